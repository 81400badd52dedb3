/**
 * Do the programs that are timed compute the same thing? Compares their losses over the first
 * steps, from the same weights, batches, noise and dropout masks.
 *
 * @module
 */
import { useBackend } from "@/backend.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { type Group } from "./group.ts";
import { whyNotRun } from "./measure.ts";
import { type Row, rowName, type RowTask, type StepLosses } from "./row.ts";
import { rowCommand, RowProcess, UnavailableError } from "./row_process.ts";
import { recordTape } from "./tape.ts";
import { readTaskData, type TaskFiles } from "./task_files.ts";
import { forComparison, type Workload } from "./workload.ts";

/** The losses of a row against those of the first one. */
export type LossVerdict =
  | { row: Row; status: "agrees" | "differs"; largest: number }
  | { row: Row; status: "not run"; reason: string };

/** The number of steps over which losses are compared. */
const VERIFIED_STEPS = 5;
/**
 * The largest difference allowed, in nats: five times the largest that float32 was seen to cause.
 */
const TOLERANCE = 5e-5;

/**
 * Compares the rows of a group with its first one, which must be there.
 *
 * @param python The Python that has PyTorch, if there is one.
 * @param onTurn Told what comes next.
 */
export async function verify(
  { workload, rows }: Group,
  python: string | undefined,
  files: TaskFiles,
  onTurn: (what: string) => void,
): Promise<LossVerdict[]> {
  const { options } = forComparison(workload);
  const verdicts: LossVerdict[] = [];
  let expected: StepLosses[] | undefined;
  for (const row of rows) {
    onTurn(`${rowName(row)}: first steps`);
    if (row.variant === "stock" && workload.penalty) continue;
    const reason = whyNotRun(row, workload.penalty, python);
    if (reason !== undefined) {
      verdicts.push({ row, status: "not run", reason });
      continue;
    }
    // What a software adapter computes is right, and nothing is timed.
    const task: RowTask = { options, software: true };
    if (row.variant === "cuda") task.cuda = row.way;
    if (row.variant === "torch" || row.variant === "cuda") {
      task.tape = await writeTape(options, files);
    }
    let process: RowProcess;
    try {
      process = await RowProcess.start(row, rowCommand(row, await files.write(task), python ?? ""));
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      verdicts.push({ row, status: "not run", reason: error.message });
      continue;
    }
    const losses = await process.losses(VERIFIED_STEPS).finally(() => process.stop());
    expected ??= losses;
    const largest = largestDifference(expected, losses);
    // Written so that NaN differs.
    verdicts.push({ row, status: largest <= TOLERANCE ? "agrees" : "differs", largest });
  }
  return verdicts;
}

/** The path of the tape of these options. */
async function writeTape(options: Workload["options"], files: TaskFiles): Promise<string> {
  await useBackend("cpu");
  const gan = createGan(options, await readTaskData(await files.complete({ options })));
  const arrays = await recordTape(gan, VERIFIED_STEPS);
  disposeGan(gan);
  return await files.writeArrays(arrays);
}

/** The largest difference of two losses of the same name and step; NaN where one is missing. */
export function largestDifference(a: StepLosses[], b: StepLosses[]): number {
  if (a.length !== b.length) return NaN;
  let largest = 0;
  a.forEach((losses, step) => {
    for (const name of ["dLoss", "gLoss", "penalty"] as const) {
      if (losses[name] === undefined && b[step][name] === undefined) continue;
      // Math.max keeps a NaN.
      largest = Math.max(largest, Math.abs((losses[name] ?? NaN) - (b[step][name] ?? NaN)));
    }
  });
  return largest;
}
