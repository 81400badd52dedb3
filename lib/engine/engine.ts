/**
 * The engines of this process: each a machine that passed its self-check, and the plans that it
 * runs.
 *
 * @module
 */
import { type Engine } from "@/gan/custody.ts";
import { type Gan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { host } from "@/host/host.ts";
import { startedWide } from "@/wasm/started_wide.ts";
import { whyNotPlanned } from "./capabilities.ts";
import { dryPlan, programsOf } from "./dry_plan.ts";
import { GpuMachine } from "./gpu/gpu_machine.ts";
import { PlannedStep } from "./planned_step.ts";
import { tilesRecorded } from "./gpu/tile_names.ts";
import { type TileChoice } from "./gpu/tiles.ts";
import { selfCheck, selfCheckOnGpu } from "./self_check.ts";
import { type StepMachine } from "./step_machine.ts";
import { WasmMachine } from "./wasm/wasm_machine.ts";
import { tileModule } from "./wasm/tile_module.ts";

/** An engine that plans the steps of GANs on a machine. */
export class PlannedEngine<M extends StepMachine = StepMachine> implements Engine {
  constructor(readonly machine: M) {}

  get description(): string {
    return this.machine.description;
  }

  whyNot(options: GanOptions): string | undefined {
    const reason = whyNotPlanned(options);
    if (reason) return reason;
    const plan = dryPlan(options);
    const needed = plan.bytes + (this.machine.choose?.(programsOf(plan)).bytes ?? 0);
    const left = this.machine.available;
    if (needed <= left) return undefined;
    const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
    return `it needs ${mebibytes(needed)} MiB of memory, and the engine has ${mebibytes(left)}`;
  }

  tiles(options: GanOptions): Record<string, string> | undefined {
    if (this.whyNot(options)) return undefined;
    return this.machine.choose?.(programsOf(dryPlan(options))).tiles;
  }

  take(gan: Gan): PlannedStep<M> {
    const reason = this.whyNot(gan.options);
    if (reason) throw new RangeError(`Cannot plan a training step: ${reason}`);
    return new PlannedStep(gan, this.machine, this);
  }
}

/** What came of starting the engine. */
export interface EngineStart<M extends StepMachine = StepMachine> {
  engine?: PlannedEngine<M>;
  /** Why there is no engine: a clause. */
  failure?: string;
  /** What the user should know, where something is slower than it could be. */
  warning?: string;
}

/** Kept while another backend is in use, since its threads could not be got back. */
let started: { wasm: EngineStart<WasmMachine>; threads?: number } | undefined;
/** One for each device. */
const startedOnGpu = new WeakMap<GPUDevice, EngineStart<GpuMachine>>();

/**
 * Starts the engine on the processor, or gives the one that was started with the same number of
 * threads.
 *
 * @param threads In all; one for each core where it is undefined.
 * @throws {RangeError} If that is not an integer of at least 1.
 */
export function startEngine(threads?: number): EngineStart<WasmMachine> {
  if (!started || started.threads !== threads) {
    const wasm = start(threads);
    // Plans on the old machine go on with it, on one thread.
    started?.wasm.engine?.machine.stop();
    started = { wasm, threads };
  }
  return started.wasm;
}

/**
 * Starts the engine on a GPU, or gives the one that was started there.
 *
 * @param tiles In which it is to make products, as `Engine.tiles` wrote them down; by their shapes
 * where it is left out.
 * @throws {RangeError} If they are none.
 */
export async function startGpuEngine(
  device: GPUDevice,
  tiles?: Record<string, string>,
): Promise<EngineStart<GpuMachine>> {
  if (tiles) return await startOnGpu(device, tilesRecorded(tiles, device.limits));
  let start = startedOnGpu.get(device);
  if (!start) startedOnGpu.set(device, start = await startOnGpu(device));
  return start;
}

async function startOnGpu(
  device: GPUDevice,
  tiles?: TileChoice,
): Promise<EngineStart<GpuMachine>> {
  let wrong: string | undefined;
  try {
    const machine = new GpuMachine(device, tiles);
    wrong = await selfCheckOnGpu(machine);
    if (!wrong) return { engine: new PlannedEngine(machine) };
  } catch (error) {
    wrong = (error as Error).message;
  }
  return without(`the engine failed its self-check on the GPU (${wrong})`);
}

function without(failure: string): { failure: string; warning: string } {
  const warning = `${failure}: training steps are taken by autodiff, several times slower`;
  return { failure, warning };
}

function start(threads?: number): EngineStart<WasmMachine> {
  const relaxed = hasRelaxedSimd();
  let machine: WasmMachine;
  try {
    const possible = threads !== undefined && !host.threads ? Math.min(threads, 1) : threads;
    machine = new WasmMachine({ relaxed }, possible);
  } catch (error) {
    if (error instanceof RangeError && threads !== undefined) throw error;
    return without(`the engine did not start (${(error as Error).message})`);
  }
  const wrong = selfCheck(machine);
  if (wrong) return without(`the engine failed its self-check (${wrong})`);
  return { engine: new PlannedEngine(machine), warning: slower(relaxed) };
}

function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(tileModule({ relaxed: true, pages: 1, maximumPages: 1 }));
}

/** Why an engine that has started is slower than it could be. */
function slower(relaxed: boolean): string | undefined {
  const reasons: string[] = [];
  if (!host.threads) {
    reasons.push(
      "this page is not cross-origin isolated, so there is one thread and training steps take " +
        "longer (docs/browsers.md, Threads)",
    );
  }
  if (!relaxed) {
    reasons.push(
      "this WebAssembly has no relaxed SIMD: training steps are slower than they could be, and the " +
        "last digits of their numbers are others",
    );
  } else if (host.architecture !== undefined && !startedWide()) {
    reasons.push(
      "V8 was started without the flags for wide registers: training steps take about twice as long. " +
        "`deno task` sets them; elsewhere set DENO_V8_FLAGS (docs/performance.md, V8's flags)",
    );
  }
  return reasons.join("; ") || undefined;
}
