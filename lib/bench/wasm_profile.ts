/**
 * Where the time of a planned training step on the processor goes. Each operation is run and timed
 * by itself, so the sum is a little more than a step takes in one go.
 *
 * @module
 */
import { PlannedEngine } from "@/engine/engine.ts";
import { PANEL, TILE_ROWS } from "@/engine/layout.ts";
import { Code, GradientWord, OP_BYTES, OptimiserWord, Word } from "@/engine/operation_protocol.ts";
import { PlannedStep } from "@/engine/planned_step.ts";
import { WasmMachine, type WasmProgram } from "@/engine/wasm/wasm_machine.ts";
import { disposeGan } from "@/gan/gan.ts";
import { ganOf, type Profile, type UntimedLine, withTimes } from "./profile.ts";
import { plural, type RowTask } from "./row.ts";

/** Runs operation by operation when told to. */
class ProfilingMachine extends WasmMachine {
  profiling = false;
  /** Operations and their times, in the order in which they ran. */
  readonly ran: { line: UntimedLine; microseconds: number }[] = [];

  override run(program: WasmProgram, late?: () => void): void {
    if (!this.profiling) return super.run(program, late);
    late?.();
    for (let i = 0; i < program.operations; i++) {
      const address = program.address + i * OP_BYTES;
      const start = performance.now();
      super.run({ ...program, address, operations: 1 });
      const microseconds = 1000 * (performance.now() - start);
      this.ran.push({ line: lineOf(this.words(address, OP_BYTES / 4)), microseconds });
    }
  }
}

/** The step of a row's task, on a machine of its own. */
export async function profileOnWasm(task: RowTask, steps: number): Promise<Profile> {
  const gan = await ganOf(task);
  const machine = new ProfilingMachine({ relaxed: true }, task.threads);
  const planned = new PlannedStep(gan, machine, new PlannedEngine(machine));
  const take = () => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) planned.step(false);
    return (performance.now() - start) / steps;
  };
  take();
  const wholeMs = take();
  machine.profiling = true;
  take();
  const { ran, threads } = machine;
  planned.release();
  disposeGan(gan);
  machine.stop();
  const lines = withTimes(
    ran.slice(0, ran.length / steps).map(({ line }) => line),
    ran.map(({ microseconds }) => microseconds),
    steps,
  );
  return { where: `wasm, ${plural(threads, "thread")}`, steps, wholeMs, lines };
}

/** Names of the codes. */
const NAMES: Record<Code, string> = {
  [Code.Forward]: "forward",
  [Code.Backward]: "backward",
  [Code.ToAffine]: "activation",
  [Code.Transpose]: "features",
  [Code.Gradient]: "gradient",
  [Code.Load]: "load",
  [Code.Pack]: "pack",
  [Code.Unpack]: "unpack",
  [Code.HeadD]: "loss of D",
  [Code.HeadG]: "loss of G",
  [Code.Penalty]: "penalty",
  [Code.Adam]: "adam",
  [Code.Momentum]: "momentum",
  [Code.Blend]: "average",
  [Code.Check]: "check",
  [Code.Tile]: "tile",
  [Code.Untile]: "untile",
};

/** What the words of an operation say; its sides and its work include padding. */
function lineOf(words: Int32Array): UntimedLine {
  const name = NAMES[words[Word.Code] as Code];
  const columns = words[Word.Panels] * PANEL;
  const [rows, turns] = [words[Word.Features], words[Word.Turns]];
  switch (words[Word.Code]) {
    case Code.Forward: {
      const [n, k] = [rows * words[Word.Pieces], 4 * turns];
      const what = words[Word.Adjoint] ? "adjoint" : name;
      return { name: `${what} ${k} → ${n}, ${columns} rows`, flop: 2 * n * k * columns };
    }
    case Code.Backward: {
      const n = TILE_ROWS * turns;
      return { name: `${name} ${n} → ${rows}, ${columns} rows`, flop: 2 * n * rows * columns };
    }
    case Code.Gradient: {
      const n = TILE_ROWS * words[GradientWord.OutputTiles];
      const k = PANEL * words[GradientWord.InputPanels];
      const m = 4 * words[GradientWord.Turns];
      return { name: `${name} ${k} × ${n}, ${m} rows`, flop: 2 * k * n * m };
    }
    case Code.Adam:
    case Code.Momentum: {
      const arrays = (words[Word.Code] === Code.Adam ? 7 : 5) +
        (words[OptimiserWord.Average] ? 2 : 0);
      const numbers = words[OptimiserWord.Numbers];
      return { name: `${name} of ${numbers} numbers`, bytes: 4 * arrays * numbers };
    }
    default:
      return { name };
  }
}
