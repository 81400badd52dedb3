/**
 * `deno task bench`: its arguments. What is done with them, `benchmark.ts`, is loaded when they are
 * known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { type RowChoice } from "@/bench/group.ts";
import { InvalidArgumentError } from "commander";
import { GRADIENT_TILE_NAMES } from "@/engine/gpu/gradient_dispatches.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { TILES } from "@/engine/gpu/tiles.ts";
import { BENCH_BACKENDS } from "@/bench/row.ts";
import { type WorkloadName, WORKLOADS } from "@/bench/workload.ts";
import { taskCommand } from "./place.ts";
import { choiceArgument, createProgram, integerArgument, listOf, main } from "./program.ts";

export interface BenchFlags extends RowChoice {
  workload: WorkloadName[];
  r1: "both" | "with" | "without";
  rounds: number;
  steps?: number;
  growth?: boolean;
  profile?: boolean;
  card?: boolean;
  software?: boolean;
  minutes?: number;
  verify?: boolean;
  /** `true`: to stdout; otherwise a file. */
  json?: string | true;
}

/** What `--card` stands for. */
const CARD = {
  backends: ["webgpu", "wasm"],
  rounds: 3,
  growth: true,
  profile: true,
  minutes: 4,
  autodiff: false,
} satisfies Partial<BenchFlags>;

const NOTES = `
Rows: our training step as \`deno task train\` takes it; the readable reference, by autodiff; stock
TensorFlow.js (tf.layers, tf.train, its own kernels), which has no R1; PyTorch on the processor, where a
python3 can import torch, in four settings of its threads, of which the best one counts; beside WebGPU,
PyTorch on CUDA: eager, by torch.compile, and as a CUDA graph.

Each row is a process of its own. After a warm-up they take turns. "/ PyTorch", "/ CUDA graph" and "stock /
this" are medians of the ratios within a round. Quote them from a quiet machine, and from several runs.

Examples:
  deno task bench                                     mlp on wasm, two minutes
  deno task bench --workload all --json               all three workloads as data
  deno task bench --backends wasm,cpu,webgpu --r1 without
  deno task bench --growth                            and how a step grows: ten minutes more
  deno task bench --profile --no-torch --no-stock     where the time of a step goes
  deno task bench --card --json card.json             all about a GPU, in four minutes
  deno task bench --backends webgpu --r1 with --tiles auto 64x64 gradients:32x64
  deno task bench --workload all --verify             time nothing; compare the programs' losses`;

function parse(args: string[]): BenchFlags {
  const program = createProgram(
    "bench",
    "Times our training step beside those of stock TensorFlow.js and PyTorch.",
  )
    .option(
      "--workload <names>",
      `comma between them: ${WORKLOADS.join(", ")}; or all`,
      listOf(WORKLOADS),
      ["mlp"],
    )
    .option(
      "--backends <names>",
      `comma between them: ${BENCH_BACKENDS.join(", ")}; or all`,
      listOf(BENCH_BACKENDS),
      ["wasm"],
    )
    .option("--r1 <which>", "both, with or without the R1 penalty", choiceArgument(R1), "both")
    .option("--rounds <n>", "rounds after the warm-up", integerArgument(1), 5)
    .option(
      "--steps <n>",
      "steps of a row in a round (default: half a second of them)",
      integerArgument(1),
    )
    .option("--growth", "also time how the step grows with batch, width and threads")
    .option("--no-growth", "with --card: the first tables alone, in half the time")
    .option("--profile", "also tell where the time of our step goes, operation by operation")
    .option(
      "--card",
      "all that four minutes can tell of a GPU: webgpu,wasm, 3 rounds, profile, larger batches",
    )
    .option(
      "--tiles <names...>",
      `make our products on WebGPU in these tiles, a row for each: auto, ${
        Object.keys(TILES).join(", ")
      } or as 64x64,split=4 for layers; gradients: and ${
        GRADIENT_TILE_NAMES.join(", ")
      } for gradients`,
      tilesArgument,
    )
    .option("--software", "time WebGPU even where its adapter is software")
    .option("--minutes <n>", "leave out what would not be done by then", integerArgument(1))
    .option("--verify", "compare the first losses of all rows and time nothing")
    .option("--no-torch", "leave PyTorch out")
    .option("--no-stock", "leave stock TensorFlow.js out")
    .option("--no-autodiff", "leave our reference by autodiff out")
    .option("--json [file]", "JSON instead of tables; or tables, and JSON to a file")
    .addHelpText("after", NOTES.replaceAll("deno task", taskCommand()));
  program.parse(args, { from: "user" });
  const flags = program.opts<BenchFlags>();
  if (!flags.card) return flags;
  const given = Object.keys(CARD).filter((name) => program.getOptionValueSource(name) === "cli");
  return {
    ...flags,
    ...CARD,
    ...Object.fromEntries(given.map((name) => [name, program.opts()[name]])),
  };
}

/** Names of tiles, one after another. */
function tilesArgument(name: string, earlier?: string[]): string[] {
  try {
    // Whether the device has room for them is seen there.
    tilesNamed(name, {
      maxComputeWorkgroupStorageSize: Infinity,
      maxComputeInvocationsPerWorkgroup: Infinity,
    });
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return [...earlier ?? [], name];
}

const R1 = ["both", "with", "without"] as const;

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const { benchAsAsked } = await import("./benchmark.ts");
  return await benchAsAsked(flags);
}

if (import.meta.main) await main(() => run(Deno.args));
