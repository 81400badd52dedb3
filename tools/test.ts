/**
 * `deno task test`: the tests, each file in a process of its own, as many at a time as there are
 * cores.
 *
 * Processes, and not the threads of `deno test --parallel`: a test changes the environment, the
 * folder and the console of its process, and one that crashes takes no other file with it. The
 * files that take the longest, and then the largest, start first, so that those that end last are
 * short. What a file printed is shown if it fails.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { PROJECT, taskCommand } from "@/cli/place.ts";
import { createProgram, integerArgument, main } from "@/cli/program.ts";
import { v8Flags } from "@/wasm/wide_registers.ts";
import { isFile, isFolder } from "@/io/files.ts";
import { outputOf } from "@/io/processes.ts";
import { RequestError } from "@/run/request_error.ts";

/** Tests that need more than Deno: they run only if they are named, with all permissions. */
const BEYOND_DENO = ["tests/jupyter/real", "tests/browser", "tests/queue"];
/** Files that say little and take long: they run whole notebooks, or grade a class. */
const LONG = [
  "tests/queue/chaos_test.ts",
  "tests/browser/webgpu_test.ts",
  "tests/jupyter/real/learner_odd_test.ts",
  "tests/jupyter/real/learner_even_test.ts",
  "tests/browser/notebooks_odd_test.ts",
  "tests/browser/notebooks_even_test.ts",
  "tests/notebooks_test.ts",
];
/** So much of its errors is told once more at the end. */
const ERROR_LINES = 30;
const PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  "--allow-run",
  "--allow-net=127.0.0.1",
];

interface Flags {
  jobs: number;
  gate?: boolean;
  filter?: string;
}

/** What became of a file of tests. */
export interface FileResult {
  file: string;
  ok: boolean;
  passed: number;
  failed: number;
  ignored: number;
  /** The number of ignored tests that the gate runs. */
  gateOnly: number;
  seconds: number;
  /** All that it printed. */
  text: string;
}

/** The test files that these paths mean, relative to the project; those that take long first. */
export async function testFiles(paths: string[]): Promise<string[]> {
  const named = paths.length > 0;
  const found: { file: string; size: number }[] = [];
  const add = async (path: string) => {
    const { isDirectory, size } = await Deno.stat(path);
    const file = relative(PROJECT, path).replaceAll("\\", "/");
    if (!isDirectory) found.push({ file, size });
    else if (named || !BEYOND_DENO.includes(file)) {
      for await (const { name, isDirectory } of Deno.readDir(path)) {
        if (isDirectory || name.endsWith("_test.ts")) await add(join(path, name));
      }
    }
  };
  for (const path of named ? paths.map((path) => resolve(path)) : [join(PROJECT, "tests")]) {
    if (!await isFolder(path) && !await isFile(path)) {
      throw new RequestError(`Cannot run the tests of ${path}: there is no such file or folder`);
    }
    await add(path);
  }
  const isLong = (file: string) => Number(LONG.includes(file));
  return found.sort((a, b) => isLong(b.file) - isLong(a.file) || b.size - a.size)
    .map(({ file }) => file);
}

/**
 * Reads the counts in what `deno test` printed; a process that ended badly has failed, whatever it
 * said.
 */
export function resultOf(file: string, code: number, text: string, seconds: number): FileResult {
  const counts = [...text.matchAll(/^(?:ok|FAILED) \| (\d+) passed .*$/gm)].at(-1);
  const number = (what: string) => Number(counts?.[0].match(`(\\d+) ${what}`)?.[1] ?? 0);
  const failed = number("failed");
  return {
    file,
    ok: code === 0 && counts !== undefined,
    passed: number("passed"),
    // Something failed, although it was not a test.
    failed: code === 0 && counts ? failed : Math.max(1, failed),
    ignored: number("ignored"),
    gateOnly: [...text.matchAll(/^gate: .* \.\.\. ignored/gm)].length,
    seconds,
    text,
  };
}

async function runFile(file: string, { filter }: Flags, env: Record<string, string>) {
  const beyond = BEYOND_DENO.some((folder) => file.startsWith(`${folder}/`));
  const start = performance.now();
  const { code, stdout, stderr } = await outputOf(Deno.execPath(), {
    args: [
      "test",
      "--no-check",
      ...(beyond ? ["--allow-all"] : PERMISSIONS),
      ...(filter === undefined ? [] : [`--filter=${filter}`]),
      file,
    ],
    cwd: PROJECT,
    env,
  });
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  return resultOf(file, code, text, (performance.now() - start) / 1000);
}

/** Types are checked once for all files, beside the first of them. */
async function checkTypes(files: string[]): Promise<FileResult> {
  const start = performance.now();
  const { code, stderr } = await outputOf(Deno.execPath(), {
    args: ["check", ...files],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  });
  const text = new TextDecoder().decode(stderr);
  const ok = code === 0;
  const seconds = (performance.now() - start) / 1000;
  const none = { passed: 0, ignored: 0, gateOnly: 0 };
  return { file: "types", ok, ...none, failed: ok ? 0 : 1, seconds, text };
}

function tell({ file, ok, passed, ignored, seconds, text }: FileResult): void {
  const counts = passed === 0 && file === "types" ? "" : `${passed} passed`;
  const rest = ignored > 0 ? `${counts}, ${ignored} ignored` : counts;
  console.log(`${ok ? "ok    " : "FAILED"}  ${seconds.toFixed(1).padStart(6)} s  ${file}  ${rest}`);
  if (!ok) return console.log(text);
  for (const line of text.match(/.*NOT RUN.*/g) ?? []) console.log(`        ${line}`);
}

/** What a file that failed said of its errors, in few lines: a log is read from its end. */
function errorsOf({ text }: FileResult): string {
  const [, errors] = text.match(/^ ERRORS \n\n([^]*?)\n\n FAILURES $/m) ?? [];
  const lines = (errors ?? text.trim()).split("\n");
  const end = errors === undefined ? lines.slice(-ERROR_LINES) : lines.slice(0, ERROR_LINES);
  return end.map((line) => `    ${line}`.trimEnd() + "\n").join("");
}

/** The last lines: what failed, the counts, and what the gate runs in addition. */
export function summaryOf(results: FileResult[], seconds: number, all: boolean): string {
  const sum = (of: (result: FileResult) => number) => results.reduce((n, r) => n + of(r), 0);
  const [passed, failed] = [sum((r) => r.passed), sum((r) => r.failed)];
  const [ignored, gateOnly] = [sum((r) => r.ignored), sum((r) => r.gateOnly)];
  const time = `${Math.floor(seconds / 60)}m${Math.round(seconds % 60)}s`;
  const bad = results.filter(({ ok }) => !ok)
    .map((result) => `  ${result.file}\n${errorsOf(result)}`).join("");
  const [are, them] = gateOnly === 1 ? ["test is", "it"] : ["tests are", "them"];
  const command = taskCommand("test", "--gate");
  const beyond = gateOnly === 0 || !all
    ? ""
    : `${gateOnly} longer ${are} ignored here: ${command} runs ${them} too\n`;
  return `\n${bad && `Failed:\n${bad}`}${beyond}${
    bad ? "FAILED" : "ok"
  } | ${passed} passed | ${failed} failed | ${ignored} ignored (${time})`;
}

export async function run(args: string[]): Promise<number> {
  const program = createProgram("test", "Runs the tests, each file in a process of its own.")
    .allowExcessArguments(true)
    .argument("[paths...]", "files or folders of tests (default: all that need only Deno)")
    .option(
      "--jobs <n>",
      "how many files run at a time",
      integerArgument(1, 64),
      availableParallelism(),
    )
    .option("--gate", "also run the longer tests that only the full gate runs")
    .option("--filter <text>", "run only tests that have this in their name");
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  const start = performance.now();
  const files = await testFiles(program.args);
  const env = {
    NO_COLOR: "1",
    DENO_V8_FLAGS: v8Flags(Deno.build.arch),
    ...(flags.gate ? { GAN_WORKBOOK_GATE: "1" } : {}),
  };
  const waiting = [
    () => checkTypes(files),
    ...files.map((file) => () => runFile(file, flags, env)),
  ];
  const results: FileResult[] = [];
  await Promise.all(Array.from({ length: flags.jobs }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const result = await next();
      results.push(result);
      tell(result);
    }
  }));
  console.log(summaryOf(results, (performance.now() - start) / 1000, flags.filter === undefined));
  return results.every(({ ok }) => ok) ? 0 : 1;
}

if (import.meta.main) await main(() => run(Deno.args));
