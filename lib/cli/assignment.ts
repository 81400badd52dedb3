/**
 * `deno task assignment`: releases an assignment, grades what comes back, reports on a class.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { Presets, SingleBar } from "cli-progress";
import { type Command } from "commander";
import {
  type Assignment,
  AssignmentError,
  parseAssignment,
  released,
} from "@/course/assignment.ts";
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
import { notebookText, parseNotebook, readNotebookText } from "@/notebook/document.ts";
import { findNotebooks, selectNotebooks } from "@/notebook/notebook_files.ts";
import { isSealed, sealed } from "@/notebook/seal.ts";
import { asRequestError } from "@/run/request_error.ts";
import { projectPath, taskCommand } from "./place.ts";
import { checkFile, checkFolder, createProgram, integerArgument, main, path } from "./program.ts";
import { StopSignals } from "./stop_signals.ts";

const FOLDER = "notebooks/assignments";
/** Plain lines come no closer together than this. */
const LINE_EVERY_MS = 10_000;

interface ReleaseFlags {
  out: string;
  seed: number;
  overwrite?: boolean;
}

interface ReportFlags {
  grades: string;
  out?: string;
  overwrite?: boolean;
}

interface GradeFlags {
  submissions: string;
  acceptRenamed?: boolean;
  out: string;
  jobs: number;
  seed: number;
  timeout: number;
}

const SEED = [
  "--seed <n>",
  "decides the random inputs of the checks",
  integerArgument(0),
  1,
] as const;

export async function run(args: string[]): Promise<number> {
  let code = 0;
  const program = createProgram(
    "assignment",
    "Assignments: the students' notebooks, grades and reports.",
  );
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).allowExcessArguments(false)
      .showHelpAfterError(`(${taskCommand("assignment", name, "--help")} shows the options)`);
  command("release", "makes the students' notebook, once its solution passes every check")
    .argument("<name>", `a file, or a notebook of ${FOLDER}`)
    .requiredOption("--out <dir>", "folder that it is written to", path)
    .option(...SEED)
    .option("--overwrite", "replace a notebook there though it is no release as it was left")
    .action(async (name: string, flags: ReleaseFlags) => {
      code = await releaseNotebook(await assignmentFile(name), flags);
    });
  gradeOptions(
    command(
      "grade",
      "grades what a class has handed in: DIR/<student>/<name>.ipynb, or a download",
    ),
  )
    .action(async (name: string, flags: GradeFlags) => {
      code = await grade(await readAssignment(await assignmentFile(name)), flags);
    });
  command("report", "makes one page about a graded class")
    .requiredOption("--grades <dir>", "the --out of grade", path)
    .option("--out <file>", "the page; by default report.html in the folder of grades", path)
    .option("--overwrite", "replace a file there though it is no report as it was left")
    .action(async (flags: ReportFlags) => {
      code = await report(flags);
    });
  await program.parseAsync(args, { from: "user" });
  return code;
}

function gradeOptions(command: Command): Command {
  return command
    .argument("<name>", `a file, or a notebook of ${FOLDER}`)
    .requiredOption(
      "--submissions <path>",
      "folder with a folder for each student, or a download of Moodle or Canvas, unpacked or not",
      path,
    )
    .option("--accept-renamed", "grade a notebook of another name where no other can be meant")
    .requiredOption(
      "--out <dir>",
      "folder of the grades; a run that was stopped goes on there",
      path,
    )
    .option(
      "--jobs <n>",
      "submissions at a time",
      integerArgument(1, 64),
      navigator.hardwareConcurrency,
    )
    .option(...SEED)
    .option(
      "--timeout <seconds>",
      "limit for one call of a student's function",
      integerArgument(1),
      10,
    );
}

/** A file that is there, or the one of the project's assignments that is called so. */
async function assignmentFile(name: string): Promise<string> {
  try {
    const [file] = await selectNotebooks(await findNotebooks(projectPath(FOLDER)), [name]);
    return file;
  } catch (error) {
    throw asRequestError(error);
  }
}

async function readAssignment(file: string): Promise<Assignment> {
  return parseAssignment(await readNotebookText(file), file);
}

async function releaseNotebook(
  source: string,
  { out, seed, overwrite }: ReleaseFlags,
): Promise<number> {
  const assignment = await readAssignment(source);
  const file = join(out, `${assignment.name}.ipynb`);
  await checkFolderToMake(out);
  // One without a seal may be of before there were seals.
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
  return 0;
}

async function grade(assignment: Assignment, flags: GradeFlags): Promise<number> {
  const { submissions, acceptRenamed, out, jobs, seed, timeout } = flags;
  if (!await isFile(submissions)) await checkFolder("grade", submissions);
  await checkFolderToMake(out);
  for (const line of await unenforced()) console.error(`warning: ${line}`);
  const progress = new GradingProgress();
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
      onTrouble: (line) => progress.say(`warning: ${line}`),
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
    `error: ${ungraded.length} of ${grades.students.length} submissions are not graded and have no points; see to the cause and run the same command again`,
  );
  return 1;
}

async function report({ grades, out = join(grades, "report.html"), overwrite }: ReportFlags) {
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

/** A bar in a terminal, a line now and then elsewhere. */
class GradingProgress {
  #bar?: SingleBar;
  #lastLine = -Infinity;

  show(done: number, of: number): void {
    if (Deno.stderr.isTerminal()) {
      if (!this.#bar) {
        this.#bar = new SingleBar({
          format: "{bar} {value}/{total} submissions  {eta_formatted} left",
          barsize: 30,
          hideCursor: true,
          gracefulExit: false,
          linewrap: false,
        }, Presets.shades_classic);
        this.#bar.start(of, done);
      }
      this.#bar.update(done);
    } else if (performance.now() - this.#lastLine > LINE_EVERY_MS || done === of) {
      this.#lastLine = performance.now();
      console.error(`${done}/${of} submissions`);
    }
  }

  /** A line of its own, above the bar. */
  say(line: string): void {
    this.stop();
    console.error(line);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

if (import.meta.main) {
  await main(() =>
    run(Deno.args).catch((error) => {
      throw error instanceof AssignmentError ? new Error(error.message) : error;
    })
  );
}
