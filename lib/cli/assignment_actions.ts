/**
 * What `deno task assignment` does with its arguments: releases an assignment, grades what comes
 * back, reports on a class.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { released } from "@/course/assignment.ts";
import { type ClassSummary, gradeClass } from "@/course/class.ts";
import { classReport } from "@/course/class_report.ts";
import { parseGrades } from "@/course/grades.ts";
import { release } from "@/course/release.ts";
import { summaryLines } from "@/course/summary.ts";
import { unenforced } from "@/course/system_tools.ts";
import { isFile, writeTextAtomically } from "@/io/files.ts";
import { FolderLock } from "@/io/lock.ts";
import {
  checkFolderToMake,
  checkOutput,
  checkOutputFolder,
  isSealedPage,
  sealedPage,
} from "@/io/outputs.ts";
import { notebookText, parseNotebook } from "@/notebook/document.ts";
import { isSealed, sealed } from "@/notebook/seal.ts";
import { asRequestError } from "@/run/request_error.ts";
import { taskCommand } from "./place.ts";
import { type GradeFlags, type ReleaseFlags, type ReportFlags } from "./assignment.ts";
import { assignmentFiles, readAssignment } from "./assignment_files.ts";
import { askElsewhere } from "./elsewhere.ts";
import { JobProgress } from "./job_progress.ts";
import { checkFile, checkFolder } from "./program.ts";
import { StopSignals } from "./stop_signals.ts";

/** Makes the students' notebook. */
export async function releaseNotebook(
  name: string,
  out: string,
  { seed, overwrite }: ReleaseFlags,
): Promise<void> {
  const [source] = await assignmentFiles([name]);
  const assignment = await readAssignment(source);
  const file = join(out, `${assignment.name}.ipynb`);
  await checkFolderToMake(out);
  // One without a seal may be from before there were seals.
  const same = released(assignment);
  const check = () =>
    checkOutput(file, {
      inputs: [source],
      ours: (bytes) => isSealed(bytes, same),
      kind: "a release",
      overwrite,
    });
  await check();
  const notebook = parseNotebook(await release(assignment, seed), file);
  using _lock = await FolderLock.take(out);
  await check();
  await writeTextAtomically(file, notebookText(sealed(notebook)));
  console.log(file);
}

/** Grades what a class has handed in; the exit code. */
export async function grade(name: string, flags: GradeFlags): Promise<number> {
  const assignment = await readAssignment((await assignmentFiles([name]))[0]);
  const { submissions, acceptRenamed, out, jobs, seed, timeout } = flags;
  if (!await isFile(submissions)) await checkFolder("grade", submissions);
  await checkFolderToMake(out);
  for (const line of await unenforced()) console.error(`warning: ${line}`);
  const progress = new JobProgress("submissions");
  const onTrouble = (line: string) => progress.say(`warning: ${line}`);
  await using elsewhere = flags.queue && await askElsewhere(flags.queue, flags, onTrouble);
  progress.executor = elsewhere?.executor;
  using stop = new StopSignals();
  try {
    const summary = await gradeClass(assignment, {
      submissions,
      acceptRenamed,
      out,
      jobs,
      seed,
      limits: { callMs: 1000 * timeout, partMs: Math.max(60, 6 * timeout) * 1000 },
      onProgress: (done, of) => progress.show(done, of),
      onTrouble,
      elsewhere,
      signal: stop.signal,
    });
    progress.stop();
    return tellSummary(summary, out);
  } catch (error) {
    progress.stop();
    if (stop.code === undefined) {
      throw asRequestError(error);
    }
    console.error("stopped; the same command goes on from here");
    return stop.code;
  }
}

/** Exit code 1 where the machine has kept a submission from being graded. */
function tellSummary(summary: ClassSummary, out: string): number {
  const { grades, ungraded } = summary;
  for (const line of summaryLines(summary)) console.error(line);
  console.log(join(out, "grades.csv"));
  for (const { student, reason } of ungraded) {
    console.error(`error: ${student} is not graded: ${reason}`);
  }
  if (ungraded.length === 0) return 0;
  console.error(
    `error: ${ungraded.length} of ${grades.students.length} submissions are not graded and have no points; remove the cause and run the same command again`,
  );
  return 1;
}

/** Makes the page about a class; the exit code. */
export async function report(
  { grades, out = join(grades, "report.html"), overwrite }: ReportFlags,
) {
  await checkFolder("report", grades);
  const file = join(grades, "grades.json");
  await checkFile(`report, before ${taskCommand("assignment", "grade")} has made the grades`, file);
  const read = ["grades.json", "grades.csv", "by_hand.csv"].map((name) => join(grades, name));
  await checkOutputFolder(out);
  await checkOutput(out, { inputs: read, ours: isSealedPage, kind: "a report", overwrite });
  const page = await classReport(parseGrades(await Deno.readTextFile(file), file));
  using _lock = await FolderLock.take(dirname(out));
  await writeTextAtomically(out, sealedPage(page));
  console.log(out);
  return 0;
}
