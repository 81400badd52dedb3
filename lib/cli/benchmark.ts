/**
 * What `deno task bench` does with its arguments: times our training step beside those of stock
 * TensorFlow.js and PyTorch.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { findTorch } from "@/bench/find_torch.ts";
import { findAdapter } from "@/backend.ts";
import { benchRows, cardGroups, type Group, growthGroups, workloadName } from "@/bench/group.ts";
import { describeComputer, loadWarning } from "@/bench/computer.ts";
import { type RowNotRun, type Settings, timeRows, turnsOf } from "@/bench/measure.ts";
import {
  adapterOf,
  type GroupResult,
  groupResult,
  type Report,
  reportText,
  verdictsText,
  versionsOf,
} from "@/bench/bench_text.ts";
import { onlySoftware } from "@/bench/software.ts";
import { TaskFiles } from "@/bench/task_files.ts";
import { type LossVerdict, verify } from "@/bench/verify.ts";
import { TimeLimit } from "@/bench/time_limit.ts";
import { createWorkload, hasPenalty, type Workload, type WorkloadName } from "@/bench/workload.ts";
import { writeAtomically } from "@/io/files.ts";
import { checkOutputFolder } from "@/io/outputs.ts";
import { RequestError } from "@/run/request_error.ts";
import { type BenchFlags } from "./bench.ts";
import { TurnProgress } from "./turn_progress.ts";

/** The workloads that the flags ask for. */
function workloadsOf(flags: BenchFlags): Workload[] {
  const penalties = { both: [true, false], with: [true], without: [false] }[flags.r1];
  return flags.workload.flatMap((name) =>
    penalties.map((penalty) => createWorkload(name, penalty))
  );
}

/** The groups of rows that the flags ask for, and those that show how a step grows. */
function groupsOf(flags: BenchFlags): { groups: Group[]; growth: Group[] } {
  const cores = availableParallelism();
  const workloads = workloadsOf(flags);
  const [name] = flags.workload;
  const preset = createWorkload(name, hasPenalty(name));
  const { groups, growth } = flags.card ? cardGroups(workloads, preset, flags, cores) : {
    groups: workloads.map((workload) => ({ workload, rows: benchRows(flags, cores) })),
    growth: growthGroups(preset, flags, cores),
  };
  return { groups, growth: flags.growth ? growth : [] };
}

/**
 * Refuses what could not be done, before minutes are spent on the rest.
 *
 * @throws {RequestError} If there is nothing to profile, or no GPU where one is asked for.
 */
async function checkFlags(flags: BenchFlags): Promise<void> {
  if (flags.profile && flags.backends.every((backend) => backend === "cpu")) {
    throw new RequestError(
      "Cannot profile a step: --backends must have wasm or webgpu, which our engine runs on, got cpu",
    );
  }
  if (flags.tiles && !flags.backends.includes("webgpu")) {
    throw new RequestError(
      `Cannot choose tiles: they are WebGPU's, and --backends must have webgpu, got ${flags.backends}`,
    );
  }
  if (!flags.card) return;
  const adapter = await findAdapter();
  if (!adapter) throw new RequestError("Cannot time a GPU: this machine has no WebGPU adapter");
  if (adapter.software && !flags.software) {
    throw new RequestError(`Cannot time a GPU: ${onlySoftware(adapter)}`);
  }
}

/**
 * Refuses to write over what is not JSON of an earlier benchmark.
 *
 * @throws {RequestError} If there is such a file.
 */
async function checkJson(file: string): Promise<void> {
  await checkOutputFolder(file);
  const text = await Deno.readTextFile(file).catch(() => "");
  if (text === "" || /^\{\s*"(machine|verified)"/.test(text)) return;
  throw new RequestError(
    `Cannot write ${file}: it must be a new file, or JSON of an earlier benchmark, and it is neither. ` +
      "Give --json another place",
  );
}

async function time(flags: BenchFlags, files: TaskFiles): Promise<number> {
  await checkFlags(flags);
  const machine = describeComputer();
  const warning = loadWarning(machine);
  if (warning) console.error(`warning  ${warning}`);
  const python = flags.torch ? await findTorch() : undefined;
  const { rounds, steps, software, profile, minutes } = flags;
  const settings: Settings = { rounds, steps, python, software, profile };
  const { groups, growth } = groupsOf(flags);
  const all = [...groups, ...growth];
  const progress = new TurnProgress(all.reduce((sum, group) => sum + turnsOf(group, settings), 0));
  const limit = new TimeLimit(minutes === undefined ? undefined : 60_000 * minutes);
  const report: Report = { machine, warning, versions: {}, settings, workloads: [], growth: [] };
  try {
    for (const group of all) {
      const [turns, name] = [turnsOf(group, settings), describeGroup(group)];
      if (!limit.allows(turns)) {
        (report.leftOut ??= []).push(name);
        continue;
      }
      const own = { ...settings, profile: profile && !group.point };
      const rows = await limit.measure(
        turns,
        () => timeRows(group, own, files, (what) => progress.turn(`${name}: ${what}`)),
      );
      // A row that is not run has no turns.
      (group.point ? report.growth : report.workloads).push(groupResult(group, rows));
      await writeReport(report, flags);
    }
  } finally {
    progress.stop();
  }
  await writeReport(report, flags);
  console.log(flags.json === true ? jsonOf(report) : reportText(report));
  checkEnds([...report.workloads, ...report.growth]);
  return 0;
}

/** @throws {Error} If the process of a row ended where it should not: what it said. */
function checkEnds(results: GroupResult[]): void {
  const failed = results.flatMap(({ rows }) => rows)
    .filter((row) => row.status === "not run" && row.failed);
  const reasons = new Set(failed.map((row) => (row as RowNotRun).reason));
  if (reasons.size > 0) throw new Error([...reasons].join("\n"));
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeAtomically(file, new TextEncoder().encode(`${jsonOf(value)}\n`));
}

/** What is known so far, to the file that is asked for: a run that is stopped was not in vain. */
async function writeReport(report: Report, { json }: BenchFlags): Promise<void> {
  const results = [...report.workloads, ...report.growth];
  report.versions = versionsOf(results);
  report.adapter = adapterOf(results);
  if (typeof json === "string") await writeJson(json, report);
}

function describeGroup({ workload, point }: Group): string {
  return workloadName(workload) + (point ? `, ${point.vary} ${point.value}` : "");
}

/** Exit code 1 if losses differ, or if PyTorch is required and missing. */
async function check(flags: BenchFlags, files: TaskFiles): Promise<number> {
  const python = flags.torch ? await findTorch() : undefined;
  // Losses do not depend on PyTorch's threads: one setting will do.
  const groups = groupsOf(flags).groups.map(({ workload, rows }) => ({
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
  if (typeof flags.json === "string") await writeJson(flags.json, { verified: results });
  console.log(
    flags.json === true
      ? jsonOf({ verified: results })
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
  if (typeof flags.json === "string") await checkJson(flags.json);
  const files = await TaskFiles.create();
  try {
    return flags.verify ? await check(flags, files) : await time(flags, files);
  } finally {
    await files.remove();
  }
}
