/**
 * What `deno task assignment` does with its arguments: releases an assignment, grades what comes
 * back, reports on a class.
 *
 * @module
 */
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { Aliases } from "@/course/aliases.ts";
import { released } from "@/course/assignment.ts";
import { comparedTexts } from "@/course/compared_texts.ts";
import { type LookAlike, lookAlikes } from "@/course/look_alikes.ts";
import { changeLines, readChanges } from "@/course/changes.ts";
import { type ClassSummary, gradeClass } from "@/course/class.ts";
import { classReport } from "@/course/class_report.ts";
import { type ClassGrades, parseGrades } from "@/course/grades.ts";
import { keyBeside, mergeClasses } from "@/course/merge.ts";
import { readRoster, type RosterRow } from "@/course/roster.ts";
import { release } from "@/course/release.ts";
import { summaryLines } from "@/course/summary.ts";
import { unenforced } from "@/course/system_tools.ts";
import { isFile, isSameFile, writeTextAtomically } from "@/io/files.ts";
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
import { asRequestError, RequestError } from "@/run/request_error.ts";
import { taskCommand } from "./place.ts";
import { type GradeFlags, type ReleaseFlags, type ReportFlags } from "./assignment.ts";
import { assignmentFiles, readAssignment } from "./assignment_files.ts";
import { askElsewhere } from "./elsewhere.ts";
import { JobProgress } from "./job_progress.ts";
import { checkFile, checkFolder } from "./program.ts";
import { exportGrades } from "./platform_files.ts";
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
export async function grade(
  name: string,
  submissions: string,
  flags: GradeFlags,
): Promise<number> {
  const assignment = await readAssignment((await assignmentFiles([name]))[0]);
  const { acceptRenamed, out, jobs, seed, timeout } = flags;
  if (!await isFile(submissions)) await checkFolder("grade", submissions);
  await checkFolderToMake(out);
  for (const line of await unenforced()) console.error(`warning: ${line}`);
  const roster = flags.roster === undefined ? undefined : await rosterAt(flags.roster);
  const hasEnd = flags.due !== undefined || roster?.some(({ due }) => due !== undefined);
  const { due, lateDays: freeDays, penalty: percent } = flags;
  if (!hasEnd && (freeDays > 0 || percent > 0)) {
    throw new RequestError(
      "Cannot tell who is late: add --due, or the column due to the roster, or leave --late-days and --penalty out",
    );
  }
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
      key: keyFile(flags),
      roster,
      policy: hasEnd ? { due, freeDays, percent } : undefined,
      regrade: { students: flags.regradeStudent ?? [], items: flags.regradeItem ?? [] },
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

/** Where the key of an anonymous class is: never in the folder that others see. */
function keyFile({ anonymous, out }: Pick<GradeFlags, "anonymous" | "out">): string | undefined {
  if (anonymous === undefined) return undefined;
  if (anonymous === true) return keyBeside(out);
  const way = relative(resolve(out), resolve(anonymous));
  if (way.startsWith("..") || isAbsolute(way)) return anonymous;
  throw new RequestError(
    `Cannot keep the key in ${anonymous}: it must be outside ${out}, which those who mark have`,
  );
}

async function rosterAt(file: string): Promise<RosterRow[]> {
  await checkFile("read the roster", file);
  try {
    return await readRoster(file);
  } catch (error) {
    throw asRequestError(error);
  }
}

/** Joins folders of grades; the exit code. */
export async function merge(
  name: string,
  folders: string[],
  flags: Pick<GradeFlags, "anonymous" | "out">,
): Promise<number> {
  const { out } = flags;
  const assignment = await readAssignment((await assignmentFiles([name]))[0]);
  for (const folder of folders) {
    await checkFolder("join", folder);
    await checkFile("join", join(folder, "grades.json"));
    if (await isSameFile(folder, out)) {
      throw new RequestError(
        `Cannot join the folders: --out must be another folder than those that are joined, got ${out}`,
      );
    }
  }
  await checkFolderToMake(out);
  try {
    const { tally, changes, byHand } = await mergeClasses(
      assignment,
      folders,
      out,
      keyFile(flags),
    );
    console.error(`${tally.students} submissions from ${folders.length} folders`);
    for (const line of [...changeLines(changes), ...byHand]) console.error(line);
    console.log(join(out, "grades.csv"));
    return 0;
  } catch (error) {
    throw asRequestError(error);
  }
}

/** Exit code 1 where the machine has kept a submission from being graded. */
function tellSummary(summary: ClassSummary, out: string): number {
  const { tally, ungraded } = summary;
  for (const line of summaryLines(summary)) console.error(line);
  console.log(join(out, "grades.csv"));
  for (const { student, reason } of ungraded) {
    console.error(`error: ${student} is not graded: ${reason}`);
  }
  if (ungraded.length === 0) return 0;
  console.error(
    `error: ${ungraded.length} of ${tally.students} submissions are not graded and have no points; remove the cause and run the same command again`,
  );
  return 1;
}

/** Makes the page about a class; the exit code. */
export async function report(flags: ReportFlags): Promise<number> {
  const { grades, out = join(grades, "report.html"), overwrite } = flags;
  await checkFolder("report", grades);
  const file = join(grades, "grades.json");
  await checkFile(`report, before ${taskCommand("assignment", "grade")} has made the grades`, file);
  const read = ["grades.json", "grades.csv", "by_hand.csv"].map((name) => join(grades, name));
  await checkOutputFolder(out);
  await checkOutput(out, { inputs: read, ours: isSealedPage, kind: "a report", overwrite });
  const graded = parseGrades(await Deno.readTextFile(file), file);
  const earlier = await Promise.all((flags.earlier ?? []).map(async (folder) => {
    const other = join(folder, "grades.json");
    await checkFile("compare with an earlier assignment", other);
    return parseGrades(await Deno.readTextFile(other), other);
  }));
  const alike = flags.lookAlikes === undefined
    ? undefined
    : await lookAlikesIn(flags.lookAlikes, graded, flags);
  const page = await classReport(graded, { changes: await readChanges(grades), earlier, alike });
  using _lock = await FolderLock.take(dirname(out));
  await writeTextAtomically(out, sealedPage(page));
  console.log(out);
  if (flags.export) await exportGrades(graded, flags, flags.export);
  return 0;
}

/** Compares the submissions of a class; of an anonymous one under its numbers. */
async function lookAlikesIn(
  submissions: string,
  { assignment: name, anonymous }: ClassGrades,
  { grades: out, key }: ReportFlags,
): Promise<LookAlike[]> {
  if (!await isFile(submissions)) await checkFolder("compare", submissions);
  if (anonymous && key === undefined) {
    throw new RequestError(
      "Cannot compare the submissions: the class is anonymous; add --key with the file that says who is who",
    );
  }
  try {
    const assignment = await readAssignment((await assignmentFiles([name]))[0]);
    const aliases = anonymous ? await Aliases.read(key!) : undefined;
    const { submissions: texts, given } = await comparedTexts(
      submissions,
      assignment,
      out,
      aliases,
    );
    return lookAlikes(texts, given);
  } catch (error) {
    throw asRequestError(error);
  }
}
