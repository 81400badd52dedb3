/**
 * Where the time of a planned training step goes, operation by operation.
 *
 *   DENO_V8_FLAGS=$(deno run lib/cli/v8_flags.ts) deno run -A lib/bench/profile_step.ts [preset] [threads] [steps]
 *
 * Each operation is run and timed by itself, so the sum is a little more than a step takes in one
 * go.
 *
 * @module
 */
import { useBackend } from "@/backend.ts";
import { toyData } from "@/data/toy.ts";
import { type TrainingData } from "@/data/training_data.ts";
import { createGan } from "@/gan/gan.ts";
import { PlannedEngine } from "@/engine/engine.ts";
import { PlannedStep } from "@/engine/planned_step.ts";
import { findPreset } from "@/gan/presets.ts";
import { Code, GradientWord, OP_BYTES, OptimiserWord, Word } from "@/engine/operation_protocol.ts";
import { PANEL, TILE_ROWS } from "@/engine/layout.ts";
import { WasmMachine, type WasmProgram } from "@/engine/wasm/wasm_machine.ts";

const [preset = "mlp", threads = "2", steps = "100"] = Deno.args;

interface Line {
  name: string;
  milliseconds: number;
  /** Multiplications and additions, in millions, of a product. */
  megaflop?: number;
  /** Bytes read and written, in millions, of an optimiser. */
  megabytes?: number;
}

/** Runs operation by operation when told to. */
class ProfilingMachine extends WasmMachine {
  profiling = false;
  readonly lines = new Map<string, Line>();

  override run(program: WasmProgram, late?: () => void): void {
    if (!this.profiling) return super.run(program, late);
    late?.();
    for (let i = 0; i < program.operations; i++) {
      const address = program.address + i * OP_BYTES;
      const start = performance.now();
      super.run({ ...program, address, operations: 1 });
      const milliseconds = performance.now() - start;
      const key = `${program.address} ${i}`;
      const line = this.lines.get(key) ?? {
        ...describe(this.words(address, OP_BYTES / 4)),
        milliseconds: 0,
      };
      this.lines.set(key, { ...line, milliseconds: line.milliseconds + milliseconds });
    }
  }
}

/** Names of the codes. */
const NAMES: Record<number, string> = Object.fromEntries(
  Object.entries({
    load: Code.Load,
    pack: Code.Pack,
    unpack: Code.Unpack,
    features: Code.Transpose,
    activation: Code.ToAffine,
    "head of D": Code.HeadD,
    "head of G": Code.HeadG,
    penalty: Code.Penalty,
    adam: Code.Adam,
    momentum: Code.Momentum,
    average: Code.Blend,
  }).map(([name, code]) => [code, name]),
);

function describe(words: Int32Array): Omit<Line, "milliseconds"> {
  const name = NAMES[words[Word.Code]];
  const columns = words[Word.Panels] * PANEL;
  const [rows, turns] = [words[Word.Features], words[Word.Turns]];
  switch (words[Word.Code]) {
    case Code.Forward: {
      const [n, k] = [rows * words[Word.Pieces], 4 * turns];
      const what = words[Word.Adjoint] ? "adjoint" : "forward";
      return { name: `${what} ${k} → ${n}, ${columns} rows`, megaflop: 2 * n * k * columns / 1e6 };
    }
    case Code.Backward: {
      const n = TILE_ROWS * turns;
      return {
        name: `backward ${n} → ${rows}, ${columns} rows`,
        megaflop: 2 * n * rows * columns / 1e6,
      };
    }
    case Code.Gradient: {
      const [k, n, m] = [
        PANEL * words[GradientWord.InputPanels],
        TILE_ROWS * words[GradientWord.OutputTiles],
        4 * words[GradientWord.Turns],
      ];
      return { name: `gradient ${k} × ${n}, ${m} rows`, megaflop: 2 * k * n * m / 1e6 };
    }
    case Code.Adam:
    case Code.Momentum: {
      const arrays = (words[Word.Code] === Code.Adam ? 7 : 5) +
        (words[OptimiserWord.Average] ? 2 : 0);
      const numbers = words[OptimiserWord.Numbers];
      return { name: `${name} of ${numbers} numbers`, megabytes: 4 * arrays * numbers / 1e6 };
    }
    default:
      return { name };
  }
}

// Autodiff: this program has a machine of its own.
await useBackend("wasm", { engine: "autodiff" });
const options = { ...findPreset(preset).options, seed: 1 };
const columns = 784;
const pixels: TrainingData = {
  rows: 50_000,
  columns,
  batch: (indices) => new Float32Array(indices.length * columns).fill(0.1),
  means: () => new Float64Array(columns).fill(0.1),
  sha256: "constant",
};
const gan = createGan(options, options.toy ? toyData(options.toy) : pixels);
const machine = new ProfilingMachine({ relaxed: true }, Number(threads));
const planned = new PlannedStep(gan, machine, new PlannedEngine(machine));
const count = Number(steps);

function time(): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) planned.step();
  return (performance.now() - start) / count;
}

time();
await new Promise((resolve) => setTimeout(resolve, 100));
const whole = time();
machine.profiling = true;
const apart = time();

const lines = [...machine.lines.values()].map((line) => ({
  ...line,
  milliseconds: line.milliseconds / count,
}));
const kinds = Map.groupBy(lines, ({ name }) => name.split(" ")[0]);
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const inside = sum(lines.map(({ milliseconds }) => milliseconds));
const speed = ({ megaflop, megabytes, milliseconds }: Line) =>
  megaflop
    ? `${(megaflop / milliseconds).toFixed(0)} GFLOP/s`
    : megabytes
    ? `${(megabytes / milliseconds).toFixed(0)} GB/s`
    : "";
console.log(
  `${preset}, ${machine.threads} threads: ${whole.toFixed(2)} ms a step in one go, ` +
    `${inside.toFixed(2)} operation by operation, ${(apart - inside).toFixed(2)} before them`,
);
for (const line of lines) {
  console.log(
    `  ${line.name.padEnd(40)}${line.milliseconds.toFixed(3).padStart(8)} ms  ${speed(line)}`,
  );
}
for (const [kind, members] of kinds) {
  const milliseconds = sum(members.map((line) => line.milliseconds));
  const megaflop = sum(members.map((line) => line.megaflop ?? 0));
  const megabytes = sum(members.map((line) => line.megabytes ?? 0));
  const all = { name: kind, milliseconds, megaflop, megabytes };
  console.log(`${kind.padEnd(42)}${milliseconds.toFixed(2).padStart(8)} ms  ${speed(all)}`);
}
Deno.exit(0);
