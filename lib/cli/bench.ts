/**
 * `deno task bench`: how long a training step takes, ours beside stock TensorFlow.js.
 *
 * Each row is a process of its own. After a warm-up they take turns, round by round, so that a
 * machine that slows down slows all of them. Medians and ratios are what to quote.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { tf } from "@/tf.ts";
import { createProgram, integer, main } from "./program.ts";

interface Flags {
  backends: string[];
  rounds: number;
  steps: number;
  json?: boolean;
}

interface Row {
  variant: "ours" | "stock";
  backend: string;
  preset: string;
}

interface Result extends Row {
  /** Milliseconds of a step: over the rounds. */
  median: number;
  min: number;
  max: number;
  /** Median over the rounds of stock's time divided by this row's, same backend and round. */
  timesFasterThanStock?: number;
}

function parse(args: string[]): Flags {
  const list = (text: string) => text.split(",");
  const program = createProgram(
    "bench",
    "Times the training step, ours beside stock TensorFlow.js.",
  )
    .option("--backends <names>", "comma between them: wasm, cpu, webgpu", list, ["wasm"])
    .option("--rounds <n>", "rounds after the warm-up", integer(1), 5)
    .option("--steps <n>", "steps of a row in a round", integer(1), 3)
    .option("--json", "print JSON in place of a table")
    .addHelpText(
      "after",
      "\nRows: the lecture's networks without R1 (preset mlp-collapse), batch 128, ours and stock;\nthe same with R1 (preset mlp), ours alone: stock TensorFlow.js cannot differentiate twice.",
    );
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  for (const backend of flags.backends) {
    if (!["wasm", "cpu", "webgpu"].includes(backend)) {
      program.error(`error: --backends must be of wasm, cpu, webgpu, got ${backend}`);
    }
  }
  return flags;
}

/** A process that takes steps when told to. */
class Stepper {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;

  constructor(readonly row: Row) {
    const program = fileURLToPath(new URL("../../bench/child.ts", import.meta.url));
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "-R",
        "-W",
        "-E",
        "-S",
        program,
        row.variant,
        row.backend,
        row.preset,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    const input = Readable.fromWeb(this.#child.stdout as never);
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
  }

  /** Milliseconds of a step, over `steps` of them. */
  async time(steps: number): Promise<number> {
    await this.#writer.write(new TextEncoder().encode(`${steps}\n`));
    const { value, done } = await this.#lines.next();
    if (done) {
      throw new Error(`Cannot time ${this.row.variant} on ${this.row.backend}: its process ended`);
    }
    return JSON.parse(value).msPerStep;
  }

  async stop(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#child.status;
  }
}

async function run(args: string[]): Promise<number> {
  const { backends, rounds, steps, json } = parse(args);
  const rows = backends.flatMap((backend): Row[] => [
    { variant: "stock", backend, preset: "mlp-collapse" },
    { variant: "ours", backend, preset: "mlp-collapse" },
    { variant: "ours", backend, preset: "mlp" },
  ]);
  const steppers = rows.map((row) => new Stepper(row));
  const times = rows.map((): number[] => []);
  try {
    for (const stepper of steppers) await stepper.time(1);
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < rows.length; i++) {
        if (!json && Deno.stderr.isTerminal()) {
          console.error(`round ${round + 1}/${rounds}  ${rows[i].variant} on ${rows[i].backend}`);
        }
        times[i].push(await steppers[i].time(steps));
      }
    }
  } finally {
    await Promise.all(steppers.map((stepper) => stepper.stop()));
  }
  const results = rows.map((row, i): Result => {
    const stock = rows.findIndex((r) => r.variant === "stock" && r.backend === row.backend);
    return {
      ...row,
      median: median(times[i]),
      min: Math.min(...times[i]),
      max: Math.max(...times[i]),
      timesFasterThanStock: row.variant === "ours"
        ? median(times[i].map((ms, round) => times[stock][round] / ms))
        : undefined,
    };
  });
  const versions = { deno: Deno.version.deno, "@tensorflow/tfjs": tf.version.tfjs };
  if (json) console.log(JSON.stringify({ versions, rounds, steps, rows: results }, null, 2));
  else printTable(results);
  return 0;
}

function printTable(results: Result[]): void {
  console.log("ms per step, batch 128     median     min     max   times faster than stock");
  for (const { variant, backend, preset, median, min, max, timesFasterThanStock } of results) {
    const name = `${variant} ${backend}${preset === "mlp" ? ", R1" : ""}`;
    const cells = [median, min, max].map((ms) => ms.toFixed(1).padStart(8)).join("");
    console.log(`${name.padEnd(25)}${cells}   ${timesFasterThanStock?.toFixed(1) ?? ""}`);
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

if (import.meta.main) await main(() => run(Deno.args));
