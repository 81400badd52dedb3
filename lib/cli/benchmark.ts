/**
 * What `deno task bench` does with its arguments: times our training step beside those of stock
 * TensorFlow.js and PyTorch.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { findTorch } from "@/bench/find_torch.ts";
import { benchRows, type Group, growthGroups, workloadName } from "@/bench/group.ts";
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
import { TaskFiles } from "@/bench/task_files.ts";
import { type LossVerdict, verify } from "@/bench/verify.ts";
import { createWorkload, hasPenalty, type WorkloadName } from "@/bench/workload.ts";
import { type BenchFlags } from "./bench.ts";
import { TurnProgress } from "./turn_progress.ts";

/** The groups of rows that the flags ask for. */
function groupsOf(flags: BenchFlags): Group[] {
  const penalties = { both: [true, false], with: [true], without: [false] }[flags.r1];
  const rows = benchRows(flags, availableParallelism());
  return flags.workload.flatMap((name) =>
    penalties.map((penalty) => ({ workload: createWorkload(name, penalty), rows }))
  );
}

async function time(flags: BenchFlags, files: TaskFiles): Promise<number> {
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

/** Exit code 1 if losses differ, or if PyTorch is required and missing. */
async function check(flags: BenchFlags, files: TaskFiles): Promise<number> {
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
    throw new Error(
      "Cannot compare times: the programs must have the same losses, but they differ",
    );
  }
  if (
    Deno.env.has("REQUIRE_TORCH") && verdicts.some((v) => v.status === "not run" && isTorch(v.row))
  ) {
    throw new Error("Cannot verify PyTorch: REQUIRE_TORCH is set, and there is no PyTorch");
  }
  return 0;
}

const isTorch = ({ variant }: { variant: string }) => variant === "torch";

/** Times or compares the rows that the flags ask for; the exit code. */
export async function benchAsAsked(flags: BenchFlags): Promise<number> {
  const files = await TaskFiles.create();
  try {
    return flags.verify ? await check(flags, files) : await time(flags, files);
  } finally {
    await files.remove();
  }
}
