/**
 * The machine that training uses, if this process has one that passed its self-check.
 *
 * @module
 */
import { GpuMachine } from "./gpu/gpu_machine.ts";
import { WasmMachine } from "./wasm/wasm_machine.ts";
import { selfCheck, selfCheckOnGpu } from "./self_check.ts";
import { type StepMachine } from "./step_machine.ts";
import { tileModule } from "./wasm/tile_module.ts";
import { startedWide } from "./wasm/v8_flags.ts";

/** What came of starting the engine. */
export interface EngineStart<M extends StepMachine = StepMachine> {
  machine?: M;
  /** What the user should know, where something is slower than it could be. */
  warning?: string;
}

/** Kept when another backend is in use: its threads cannot be had back. */
let started: { engine: EngineStart<WasmMachine>; threads?: number } | undefined;
/** One for each device. */
const startedOnGpu = new WeakMap<GPUDevice, EngineStart<GpuMachine>>();
let inUse: StepMachine | undefined;

/**
 * Starts the engine, or gives the one that was started with as many threads.
 *
 * @param threads In all; one for each core where it is undefined.
 * @throws {RangeError} If that is not an integer of at least 1.
 */
export function startEngine(threads?: number): EngineStart<WasmMachine> {
  if (!started || started.threads !== threads) {
    const engine = start(threads);
    // Who still has the old machine goes on with it, on one thread.
    started?.engine.machine?.stop();
    started = { engine, threads };
  }
  inUse = started.engine.machine;
  return started.engine;
}

/** Starts the engine on a GPU, or gives the one that was started there. */
export async function startGpuEngine(device: GPUDevice): Promise<EngineStart<GpuMachine>> {
  let engine = startedOnGpu.get(device);
  if (!engine) startedOnGpu.set(device, engine = await startOnGpu(device));
  inUse = engine.machine;
  return engine;
}

/** The machine that was started last. */
export function engineInUse(): StepMachine | undefined {
  return inUse;
}

/** Training goes on without one. */
export function stopEngine(): void {
  inUse = undefined;
}

async function startOnGpu(device: GPUDevice): Promise<EngineStart<GpuMachine>> {
  let wrong: string | undefined;
  try {
    const machine = new GpuMachine(device);
    wrong = await selfCheckOnGpu(machine);
    if (!wrong) return { machine };
  } catch (error) {
    wrong = (error as Error).message;
  }
  return without(`the engine failed its self-check on the GPU (${wrong})`);
}

function without(reason: string): { warning: string } {
  return { warning: `${reason}: training steps are taken by autodiff, several times slower` };
}

function start(threads?: number): EngineStart<WasmMachine> {
  if (typeof SharedArrayBuffer === "undefined") return without("there is no shared memory");
  const relaxed = WebAssembly.validate(tileModule({ relaxed: true, pages: 1, maximumPages: 1 }));
  let machine: WasmMachine;
  try {
    machine = new WasmMachine({ relaxed }, threads);
  } catch (error) {
    if (error instanceof RangeError && threads !== undefined) throw error;
    return without(`the engine did not start (${(error as Error).message})`);
  }
  const wrong = selfCheck(machine);
  if (wrong) return without(`the engine failed its self-check (${wrong})`);
  return {
    machine,
    warning: !relaxed
      ? "this WebAssembly has no relaxed SIMD: training steps are slower than they could be"
      : !startedWide()
      ? "V8 was started without the flags for wide registers: training steps take about twice as long. " +
        "`deno task` sets them; elsewhere set DENO_V8_FLAGS (README, Performance)"
      : undefined,
  };
}
