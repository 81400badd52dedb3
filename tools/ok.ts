/**
 * `deno task ok`: everything that must hold before a commit, one line per check.
 *
 * What a check printed is shown when it fails. A process that crashed or was ended by a signal has
 * failed, whatever its last line says.
 *
 * @module
 */
import { constants } from "node:os";
import { join } from "node:path";
import { PROJECT } from "@/cli/place.ts";
import { createProgram, main } from "@/cli/program.ts";
import { outputOf } from "@/io/processes.ts";

const CODE = ["lib", "tests", "tools", "links"];
const FORMATTED = [
  ...CODE,
  "data",
  "docs",
  "notebooks",
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "deno.json",
];

interface Flags {
  fix?: boolean;
  tests: boolean;
}

/** The arguments of `deno` that make each check, by the check's name. */
async function checksFor({ fix, tests }: Flags): Promise<Record<string, string[]>> {
  // On the command line, an --ignore replaces the lists of deno.json.
  const { exclude, fmt } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  const unformatted = [
    ...(fix ? [] : ["**/*.ipynb"]),
    ...exclude,
    ...fmt.exclude,
    ...await strangers(),
  ];
  return {
    format: ["fmt", ...(fix ? [] : ["--check"]), `--ignore=${unformatted.join()}`],
    lint: ["lint", ...CODE],
    types: ["check", ...CODE],
    notebooks: ["run", "--no-prompt", "-R", "-W", "-E", "-S", "--allow-run", "tools/cells.ts"],
    ...(tests ? { tests: ["task", "test"] } : {}),
    "public names": ["task", "doc", "--lint"],
    package: ["publish", "--dry-run", "--allow-dirty"],
    "doc examples": ["test", "--doc", "--no-prompt", "-R", "-E", "-S", "lib", "docs/library.md"],
  };
}

/**
 * The user's files among the project's own, such as a class's grades. They are named, and not the
 * project's files: with several paths, deno fmt forgets some of what it should leave out.
 */
async function strangers(): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(PROJECT))).map(({ name }) => name);
  return names.filter((name) => !name.startsWith(".") && !FORMATTED.includes(name));
}

/** What became of a check. */
export interface Checked {
  success: boolean;
  /** One line for a reader. */
  line: string;
  /** All that it printed. */
  text: string;
}

/** Runs a check in the project's folder. */
export async function runCheck(name: string, program: string, args: string[]): Promise<Checked> {
  const start = performance.now();
  const { code, signal, stdout, stderr } = await outputOf(program, {
    args,
    cwd: PROJECT,
    env: { NO_COLOR: "1", INIT_CWD: PROJECT },
  });
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  const success = code === 0 && signal === null;
  const summary = [text.match(/\d+ passed \|.*failed.*/)?.[0], success ? "" : ending(code, signal)];
  const said = summary.filter(Boolean).join(", ");
  return {
    success,
    line: `${success ? "ok    " : "FAILED"}  ${name.padEnd(13)} ${seconds} s  ${said}`.trimEnd(),
    text,
  };
}

/**
 * How a process ended: a shell, or deno task, tells of a signal by the exit code 128 + its number.
 */
function ending(code: number, signal: Deno.Signal | null): string {
  const name = signal ??
    Object.entries(constants.signals).find(([, number]) => 128 + number === code)?.[0];
  return name === undefined ? `exit code ${code}` : `ended by ${name}`;
}

export async function run(args: string[]): Promise<number> {
  const program = createProgram("ok", "Checks everything that must hold before a commit.")
    .option("--fix", "format the files instead of complaining")
    .option("--no-tests", "leave the tests out");
  program.parse(args, { from: "user" });
  const checks = Object.entries(await checksFor(program.opts<Flags>()));

  let failed = 0;
  for (const [name, args] of checks) {
    const { success, line, text } = await runCheck(name, Deno.execPath(), args);
    console.log(line);
    const notRun = text.match(/.*NOT RUN.*/g) ?? [];
    if (notRun.length > 0) console.log(`        ${notRun.length} tests not run: no WebGPU adapter`);
    if (!success) {
      failed++;
      console.log(text);
    }
  }
  console.log(failed === 0 ? "\nAll is well." : `\n${failed} of ${checks.length} checks failed.`);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) await main(() => run(Deno.args));
