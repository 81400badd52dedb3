/**
 * The machine that training uses, if this process has one that passed its self-check.
 *
 * @module
 */
import { Machine } from "./machine.ts";
import { selfCheck } from "./self_check.ts";
import { tileModule } from "./tile_module.ts";
import { startedWide } from "./v8_flags.ts";

/** What came of starting the engine. */
export interface EngineStart {
  machine?: Machine;
  /** What the user should know, where something is slower than it could be. */
  warning?: string;
}

/** Kept when another backend is in use: its threads cannot be had back. */
let started: { engine: EngineStart; threads?: number } | undefined;
let inUse = false;

/**
 * Starts the engine, or gives the one that was started with as many threads.
 *
 * @param threads In all; one for each core where it is undefined.
 * @throws {RangeError} If that is not an integer of at least 1.
 */
export function startEngine(threads?: number): EngineStart {
  if (!started || started.threads !== threads) started = { engine: start(threads), threads };
  inUse = true;
  return started.engine;
}

/** The machine of the last `startEngine`. */
export function engineInUse(): Machine | undefined {
  return inUse ? started?.engine.machine : undefined;
}

/** Training goes on without one. */
export function stopEngine(): void {
  inUse = false;
}

function start(threads?: number): EngineStart {
  const without = (reason: string) => ({
    warning: `${reason}: training steps are taken by autodiff, several times slower`,
  });
  if (typeof SharedArrayBuffer === "undefined") return without("there is no shared memory");
  const relaxed = WebAssembly.validate(tileModule({ relaxed: true, pages: 1, maximumPages: 1 }));
  let machine: Machine;
  try {
    machine = new Machine({ relaxed }, threads);
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
