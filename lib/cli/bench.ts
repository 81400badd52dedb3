/**
 * `deno task bench`: how long a training step takes, ours beside stock TensorFlow.js and PyTorch.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { findTorch } from "@/bench/find_torch.ts";
import {
  benchRows,
  type Group,
  growthGroups,
  type RowChoice,
  workloadName,
} from "@/bench/group.ts";
import { describeComputer, loadWarning } from "@/bench/computer.ts";
import { type Settings, timeRows, turnsOf } from "@/bench/measure.ts";
import {
  type GroupResult,
  groupResult,
  type Report,
  reportText,
  verdictsText,
  versionsOf,
} from "@/bench/bench_text.ts";
import { BENCH_BACKENDS } from "@/bench/row.ts";
import { TaskFiles } from "@/bench/task_files.ts";
import { type LossVerdict, verify } from "@/bench/verify.ts";
import { createWorkload, hasPenalty, type WorkloadName, WORKLOADS } from "@/bench/workload.ts";
import { taskCommand } from "./place.ts";
import { TurnProgress } from "./turn_progress.ts";
import { choiceArgument, createProgram, integerArgument, listOf, main } from "./program.ts";

interface Flags extends RowChoice {
  workload: WorkloadName[];
  r1: "both" | "with" | "without";
  rounds: number;
  steps?: number;
  growth?: boolean;
  verify?: boolean;
  json?: boolean;
}

const NOTES = `
Rows: our training step as \`deno task train\` takes it; the readable reference, by autodiff; stock
TensorFlow.js (tf.layers, tf.train, its own kernels), which has no R1; PyTorch on the processor, where a
python3 can import torch, in four settings of its threads, of which the best one counts.

Each row is a process of its own. After a warm-up they take turns. "/ PyTorch" and "stock / this" are
medians of the ratios within a round. Quote them from a quiet machine, and from several runs.

Examples:
  deno task bench                                     mlp on wasm, two minutes
  deno task bench --workload all --json               all three workloads as data
  deno task bench --backends wasm,cpu,webgpu --r1 without
  deno task bench --growth                            and how a step grows: ten minutes more
  deno task bench --workload all --verify             times nothing: are the programs the same?`;

function parse(args: string[]): Flags {
  const program = createProgram(
    "bench",
    "Times the training step, ours beside stock TensorFlow.js and PyTorch.",
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
    .option("--growth", "also how the step grows with batch, width and threads")
    .option("--verify", "compare the first losses of all rows, and time nothing")
    .option("--no-torch", "without PyTorch")
    .option("--no-stock", "without stock TensorFlow.js")
    .option("--no-autodiff", "without our reference by autodiff")
    .option("--json", "print JSON in place of tables")
    .addHelpText("after", NOTES.replaceAll("deno task", taskCommand()));
  program.parse(args, { from: "user" });
  return program.opts<Flags>();
}

const R1 = ["both", "with", "without"] as const;

/** The groups of rows that the flags ask for. */
function groupsOf(flags: Flags): Group[] {
  const penalties = { both: [true, false], with: [true], without: [false] }[flags.r1];
  const rows = benchRows(flags, availableParallelism());
  return flags.workload.flatMap((name) =>
    penalties.map((penalty) => ({ workload: createWorkload(name, penalty), rows }))
  );
}

async function time(flags: Flags, files: TaskFiles): Promise<number> {
  const machine = describeComputer();
  const warning = loadWarning(machine);
  if (warning) console.error(`warning  ${warning}`);
  const python = flags.torch ? await findTorch() : undefined;
  const settings: Settings = { rounds: flags.rounds, steps: flags.steps, python };
  const groups = groupsOf(flags);
  const [name] = flags.workload;
  const growth = flags.growth
    ? growthGroups(createWorkload(name, hasPenalty(name)), flags.torch, machine.cores)
    : [];
  const all = [...groups, ...growth];
  const progress = new TurnProgress(all.reduce((sum, group) => sum + turnsOf(group, settings), 0));
  const results: GroupResult[] = [];
  try {
    for (const group of all) {
      const rows = await timeRows(
        group,
        settings,
        files,
        (what) => progress.turn(`${describeGroup(group)}: ${what}`),
      );
      // A row that is not run has no turns.
      results.push(groupResult(group, rows));
    }
  } finally {
    progress.stop();
  }
  const report: Report = {
    machine,
    warning,
    versions: versionsOf(results),
    settings,
    workloads: results.slice(0, groups.length),
    growth: results.slice(groups.length),
  };
  console.log(flags.json ? JSON.stringify(report, null, 2) : reportText(report));
  return 0;
}

function describeGroup({ workload, point }: Group): string {
  return workloadName(workload) + (point ? `, ${point.vary} ${point.value}` : "");
}

/** Exit code 1 where losses differ, and where PyTorch must be there and is not. */
async function check(flags: Flags, files: TaskFiles): Promise<number> {
  const python = flags.torch ? await findTorch() : undefined;
  // Losses do not depend on PyTorch's threads: one setting will do.
  const groups = groupsOf(flags).map(({ workload, rows }) => ({
    workload,
    rows: rows.filter((row) => row.variant !== "torch" || row === rows.find(isTorch)),
  }));
  const progress = new TurnProgress(groups.reduce((sum, { rows }) => sum + rows.length, 0));
  const results: { workload: WorkloadName; penalty: boolean; rows: LossVerdict[] }[] = [];
  try {
    for (const group of groups) {
      const name = workloadName(group.workload);
      const rows = await verify(group, python, files, (what) => progress.turn(`${name}: ${what}`));
      results.push({ workload: group.workload.name, penalty: group.workload.penalty, rows });
    }
  } finally {
    progress.stop();
  }
  console.log(
    flags.json
      ? JSON.stringify({ verified: results }, null, 2)
      : results.map((result) =>
        verdictsText(workloadName({ ...result, name: result.workload }), result.rows)
      ).join("\n\n"),
  );
  const verdicts = results.flatMap(({ rows }) => rows);
  if (verdicts.some(({ status }) => status === "differs")) {
    throw new Error("Cannot compare times: the programs must have the same losses, and differ");
  }
  if (
    Deno.env.has("REQUIRE_TORCH") && verdicts.some((v) => v.status === "not run" && isTorch(v.row))
  ) {
    throw new Error("Cannot verify PyTorch: REQUIRE_TORCH is set, and there is no PyTorch");
  }
  return 0;
}

const isTorch = ({ variant }: { variant: string }) => variant === "torch";

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const files = await TaskFiles.create();
  try {
    return flags.verify ? await check(flags, files) : await time(flags, files);
  } finally {
    await files.remove();
  }
}

if (import.meta.main) await main(() => run(Deno.args));
