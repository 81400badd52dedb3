/**
 * `deno task assignment`: releases an assignment, grades what comes back, reports on a class.
 *
 * @module
 */
import { join } from "node:path";
import { Presets, SingleBar } from "cli-progress";
import { type Command } from "commander";
import { type Assignment, AssignmentError, parseAssignment } from "@/course/assignment.ts";
import { gradeClass } from "@/course/class.ts";
import { classReport } from "@/course/class_report.ts";
import { release } from "@/course/release.ts";
import { unenforced } from "@/course/system_tools.ts";
import { isFile, isFolder, writeAtomically } from "@/io/files.ts";
import { findNotebooks, selectNotebooks } from "@/notebook/folder.ts";
import { RequestError } from "@/run/request_error.ts";
import { createProgram, integer, main, path } from "./program.ts";

const FOLDER = "notebooks/assignments";
const STOPPED = 130;
/** Plain lines come no closer together than this. */
const LINE_EVERY_MS = 10_000;

interface GradeFlags {
  submissions: string;
  out: string;
  jobs: number;
  seed: number;
  timeout: number;
}

async function run(args: string[]): Promise<number> {
  let code = 0;
  const program = createProgram(
    "assignment",
    "Assignments: the students' notebooks, grades and reports.",
  );
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).allowExcessArguments(false)
      .showHelpAfterError(`(deno task assignment ${name} --help shows the options)`);
  const seed = [
    "--seed <n>",
    "decides the random inputs of the checks",
    integer(0),
    1,
  ] as const;
  command("release", "makes the students' notebook, once its solution passes every check")
    .argument("<name>", `a notebook of ${FOLDER}, or a file`)
    .requiredOption("--out <dir>", "folder that it is written to", path)
    .option(...seed)
    .action(async (name: string, { out, seed }: GradeFlags) => {
      code = await releaseNotebook(await assignmentNamed(name), out, seed);
    });
  command("grade", "grades DIR/<student>/<name>.ipynb")
    .argument("<name>", `a notebook of ${FOLDER}, or a file`)
    .requiredOption("--submissions <dir>", "folder with a folder for each student", path)
    .requiredOption(
      "--out <dir>",
      "folder of the grades; a run that was stopped goes on there",
      path,
    )
    .option("--jobs <n>", "submissions at a time", integer(1, 64), navigator.hardwareConcurrency)
    .option(...seed)
    .option("--timeout <seconds>", "limit for one call of a student's function", integer(1), 10)
    .action(async (name: string, flags: GradeFlags) => {
      code = await grade(await assignmentNamed(name), flags);
    });
  command("report", "makes one page about a graded class")
    .requiredOption("--grades <dir>", "the --out of grade", path)
    .option("--out <file>", "the page; by default report.html in the folder of grades", path)
    .action(async ({ grades, out }: { grades: string; out?: string }) => {
      code = await report(grades, out ?? join(grades, "report.html"));
    });
  await program.parseAsync(args, { from: "user" });
  return code;
}

async function assignmentNamed(name: string): Promise<Assignment> {
  let file: string;
  try {
    [file] = await selectNotebooks(await findNotebooks(FOLDER), [name]);
  } catch (error) {
    throw error instanceof RangeError ? new RequestError(error.message) : error;
  }
  return parseAssignment(await Deno.readTextFile(file), file);
}

async function releaseNotebook(assignment: Assignment, out: string, seed: number): Promise<number> {
  const text = await release(assignment, seed);
  await Deno.mkdir(out, { recursive: true });
  const file = join(out, `${assignment.name}.ipynb`);
  await write(file, text);
  console.log(file);
  return 0;
}

async function grade(assignment: Assignment, flags: GradeFlags): Promise<number> {
  const { submissions, out, jobs, seed, timeout } = flags;
  if (!await isFolder(submissions)) {
    throw new RequestError(`Cannot grade: there is no folder ${submissions}`);
  }
  for (const line of await unenforced()) console.error(`warning: ${line}`);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);
  const progress = new GradingProgress();
  try {
    const { grades, graded, open } = await gradeClass(assignment, {
      submissions,
      out,
      jobs,
      seed,
      limits: { callMs: 1000 * timeout, partMs: Math.max(60, 6 * timeout) * 1000 },
      onProgress: (done, of) => progress.show(done, of),
      signal: stop.signal,
    });
    progress.stop();
    const known = grades.students.length - graded;
    console.error(`${graded} graded${known > 0 ? `, ${known} already known` : ""}`);
    if (open > 0) {
      console.error(
        `To grade by hand: ${open} in by_hand.csv. Fill in its points and run the same command again.`,
      );
    }
    console.log(join(out, "grades.csv"));
    return 0;
  } catch (error) {
    progress.stop();
    if (!stop.signal.aborted) {
      throw error instanceof RangeError ? new RequestError(error.message) : error;
    }
    console.error("stopped; the same command goes on from here");
    return STOPPED;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.removeSignalListener(signal, onSignal);
    }
  }
}

async function report(folder: string, out: string): Promise<number> {
  const file = join(folder, "grades.json");
  if (!await isFile(file)) {
    throw new RequestError(
      `Cannot report: there is no ${file}; deno task assignment grade makes it`,
    );
  }
  await write(out, await classReport(JSON.parse(await Deno.readTextFile(file))));
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

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

async function write(file: string, text: string): Promise<void> {
  await writeAtomically(file, new TextEncoder().encode(text));
}

if (import.meta.main) {
  await main(() =>
    run(Deno.args).catch((error) => {
      throw error instanceof AssignmentError ? new Error(error.message) : error;
    })
  );
}
