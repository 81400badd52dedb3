/**
 * `deno task assignment`: its arguments. What is done with them, `assignment_actions.ts`, is loaded
 * when they are known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Platform } from "@/course/platform_export.ts";
import { ASSIGNMENTS } from "./defaults.ts";
import { taskCommand } from "./place.ts";
import { createProgram, integerArgument, main, path } from "./program.ts";
import { addQueueOptions, type QueueFlags, queueOf } from "./queue_options.ts";

export interface ReleaseFlags {
  out?: string;
  bundle?: string;
  seed: number;
  overwrite?: boolean;
}

export interface ReportFlags {
  grades: string;
  out?: string;
  earlier?: string[];
  lookAlikes?: string;
  export?: Platform;
  roster?: string;
  key?: string;
  column?: string;
  overwrite?: boolean;
}

export interface MarkFlags {
  grades: string;
  grader: string;
  blind?: boolean;
  names?: boolean;
  port?: number;
}

export interface GradeFlags extends QueueFlags {
  submissions?: string;
  merge?: string[];
  acceptRenamed?: boolean;
  out: string;
  jobs: number;
  seed: number;
  timeout: number;
  regradeStudent?: string[];
  regradeItem?: string[];
  roster?: string;
  due?: Date;
  anonymous?: string | true;
  lateDays: number;
  penalty: number;
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
  releaseOptions(
    command(
      "release",
      "makes what students get: their notebook, or with --bundle the whole students' edition, " +
        "once each solution passes every check",
    ),
  )
    .action(async (names: string[], flags: ReleaseFlags) => {
      const { out, bundle } = flags;
      if (bundle !== undefined) {
        code = await (await import("./edition_release.ts")).releaseEdition(names, bundle, flags);
      } else if (out !== undefined && names.length > 0) {
        for (const name of names) await (await actions()).releaseNotebook(name, out, flags);
      } else {
        program.error(
          "error: release needs names and the option '--out <dir>', or the option '--bundle <dir>'",
        );
      }
    });
  lateOptions(gradeOptions(
    command(
      "grade",
      "grades what a class has handed in: DIR/<student>/<name>.ipynb, or a download",
    ),
  ))
    .action(async (name: string, flags: GradeFlags) => {
      code = await gradeOrMerge(name, flags, program);
    });
  markOptions(
    command(
      "mark",
      "serves a page on this computer alone, on which answers are marked by hand and points are " +
        "given in place of the program's",
    ),
  )
    .action(async (name: string, flags: MarkFlags) => {
      code = await (await import("./assignment_marking.ts")).mark(name, flags);
    });
  reportOptions(command("report", "makes one page about a graded class"))
    .action(async (flags: ReportFlags) => {
      code = await (await actions()).report(flags);
    });
  await program.parseAsync(args, { from: "user" });
  return code;
}

async function gradeOrMerge(name: string, flags: GradeFlags, program: Command): Promise<number> {
  const { submissions, merge } = flags;
  if (merge) return await (await actions()).merge(name, merge, flags);
  if (submissions) {
    const queue = queueOf(flags, program);
    return await (await actions()).grade(name, submissions, { ...flags, queue });
  }
  program.error("error: grade needs the option '--submissions <path>', or '--merge <dirs...>'");
}

function releaseOptions(command: Command): Command {
  return command
    .argument(
      "[names...]",
      `files, or notebooks of ${ASSIGNMENTS}; --bundle without names takes all`,
    )
    .addOption(
      new Option("--out <dir>", "folder that the notebooks are written to").argParser(path)
        .conflicts("bundle"),
    )
    .option(
      "--bundle <dir>",
      "folder for the students' edition, new or empty: the workbook with these assignments, " +
        "without solutions",
      path,
    )
    .option(...SEED)
    .addOption(
      new Option(
        "--overwrite",
        "replace a notebook there even if it is not a release, or was changed since",
      ).conflicts("bundle"),
    )
    .allowExcessArguments(true);
}

function gradeOptions(command: Command): Command {
  return addQueueOptions(command)
    .argument("<name>", `a file, or a notebook of ${ASSIGNMENTS}`)
    .option(
      "--submissions <path>",
      "folder with a folder for each student, or a download from Moodle or Canvas, unpacked or not",
      path,
    )
    .addOption(
      new Option(
        "--merge <dirs...>",
        "in place of --submissions: joins these folders of grades, of parts of a class or of " +
          "several graders, into --out",
      ).conflicts(["submissions", "regradeStudent", "regradeItem"]),
    )
    .option("--accept-renamed", "grade a notebook with another name if no other can be meant")
    .requiredOption(
      "--out <dir>",
      "folder of the grades; a run that was stopped goes on there",
      path,
    )
    .option(
      "--jobs <n>",
      "how many submissions are graded at a time, unless workers of a queue grade them",
      integerArgument(1, 64),
      navigator.hardwareConcurrency,
    )
    .option(...SEED)
    .option(
      "--timeout <seconds>",
      "limit for one call of a student's function",
      integerArgument(1),
      10,
    )
    .option(
      "--anonymous [key.csv]",
      "students are numbers in all that is written; the key that says who is who is this file " +
        "(default: OUT.key.csv, beside the folder of grades); --merge reads the key of each folder " +
        "from there",
    )
    .option(
      "--regrade-student <names...>",
      "grade these submissions again, although their results are known",
    )
    .option(
      "--regrade-item <ids...>",
      "grade these items or parts again, of all submissions or of those that are named",
    );
}

function reportOptions(command: Command): Command {
  return command
    .requiredOption("--grades <dir>", "the --out of grade", path)
    .option("--out <file>", "the page; by default report.html in the folder of grades", path)
    .option("--overwrite", "replace a file there even if it is not a report, or was changed since")
    .option(
      "--earlier <dirs...>",
      "folders of grades of earlier assignments, in their order: the page compares them",
    )
    .option(
      "--look-alikes <submissions>",
      "also compare these submissions with each other: a place to look, and no verdict",
      path,
    )
    .addOption(
      new Option(
        "--export <platform>",
        "also write the grades for a learning platform: moodle.csv with moodle_feedback.zip, " +
          "canvas.csv, or class.csv, beside the grades; of an anonymous class outside their folder",
      ).choices(["moodle", "canvas", "csv"]),
    )
    .option("--roster <csv>", "who the students are to the platform", path)
    .option("--key <csv>", "of an anonymous class, the file that says who is who", path)
    .option(
      "--column <title>",
      "the title of Canvas' column, such as 'Assignment 1 (12345)' (default: the notebook's name)",
    );
}

/** A moment with its time zone. */
function momentArgument(text: string): Date {
  const date = new Date(text);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) && !isNaN(date.getTime())) {
    return date;
  }
  throw new InvalidArgumentError(
    "It must be a time with its zone, such as 2026-05-04T23:59+02:00.",
  );
}

function lateOptions(command: Command): Command {
  return command
    .option("--due <time>", "the end, such as 2026-05-04T23:59+02:00", momentArgument)
    .option("--late-days <n>", "days that cost nothing after the end", integerArgument(0), 0)
    .option(
      "--penalty <percent>",
      "what each further day costs, in percent of a student's points",
      integerArgument(0, 100),
      0,
    )
    .option(
      "--roster <csv>",
      "when each student has handed in, and who has another end or more days: see docs/course.md",
      path,
    );
}

function markOptions(command: Command): Command {
  return command
    .argument("<name>", `a file, or a notebook of ${ASSIGNMENTS}`)
    .requiredOption("--grades <dir>", "the --out of grade", path)
    .requiredOption(
      "--grader <name>",
      "who marks: what is decided is kept in marks/<name>.jsonl in the folder of grades",
      graderArgument,
    )
    .option("--blind", "do not show what others have decided: for a second, independent marking")
    .option("--names", "show the students' names, and not numbers in their place")
    .option(
      "--port <n>",
      "the port of the page (default: 8100 or the next one that is free)",
      integerArgument(0, 65535),
    );
}

/** A name that can be that of a file everywhere. */
function graderArgument(text: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,39}$/.test(text)) return text;
  throw new InvalidArgumentError(
    "It must be 1 to 40 of the letters a to z, digits, - and _, beginning with a letter or digit.",
  );
}

const actions = () => import("./assignment_actions.ts");

if (import.meta.main) await main(() => run(Deno.args));
