/** Runs the commands as a user does, each in a process of its own, or here where no process is needed. */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { exitCodeOf } from "@/cli/program.ts";
import { v8Flags } from "@/wasm/wide_registers.ts";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What deno.json allows a task. */
async function permissionsOf(task: string): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  return tasks[task].command.match(/--allow-\S+/g);
}

const TASKS = [
  ...[
    "train",
    "sample",
    "evaluate",
    "bench",
    "notebooks",
    "kernel",
    "check",
    "assignment",
    "site",
    "ok",
    "worker",
    "jobs",
    "sweep",
    "compare",
  ],
];
/** By the name of the task; read before any test, since it is asked for in the middle of them. */
const PERMISSIONS = Object.fromEntries(
  await Promise.all(TASKS.map(async (task) => [task, await permissionsOf(task)] as const)),
);

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Circumstances {
  /** Writes beyond so many blocks of a file fail, as on a disk that is full. */
  fileSizeLimit?: number;
  /** The folder in which the user types the command; the project's where it is undefined. */
  from?: string;
  /** What starts the program, such as `ip netns exec`, with its arguments. */
  through?: string[];
  /** Variables beside those of this process; undefined takes one away. */
  env?: Record<string, string | undefined>;
}

/** Starts `deno task <name>`'s program with the permissions and flags that deno.json gives it. */
export function start(
  name: string,
  args: string[],
  circumstances: Circumstances = {},
): Deno.ChildProcess {
  const file = name === "ok" ? "tools/ok.ts" : `lib/cli/${name}.ts`;
  return startProgram(file, args, circumstances, PERMISSIONS[name]);
}

/** Starts a program of the project. */
export function startProgram(
  file: string,
  args: string[],
  { fileSizeLimit, from = ROOT, env = {}, through = [] }: Circumstances = {},
  permissions: string[] = PERMISSIONS.sample,
): Deno.ChildProcess {
  // Quiet about packages that are fetched: the cache of a fresh machine is empty.
  const command = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, file, ...args];
  // Where the signal is ignored, the write itself fails.
  const shell = `trap "" XFSZ; ulimit -f ${fileSizeLimit}; exec "$@"`;
  const limited = fileSizeLimit ? ["sh", "-c", shell, "sh", ...command] : command;
  const [first, ...rest] = [...through, ...limited];
  return new Deno.Command(first, {
    args: rest,
    cwd: ROOT,
    clearEnv: true,
    env: withoutUndefined({
      ...Deno.env.toObject(),
      NO_COLOR: "1",
      DENO_V8_FLAGS: v8Flags(Deno.build.arch),
      // Not of whoever runs the tests: where they stand, and what brought them their Deno.
      INIT_CWD: from,
      npm_lifecycle_event: undefined,
      ...env,
    }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function withoutUndefined(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Waits for a process and reads what it printed. */
export async function ended(child: Deno.ChildProcess): Promise<Ended> {
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a command to its end. */
export function run(name: string, ...args: string[]): Promise<Ended> {
  return ended(start(name, args));
}

/** Runs a command to its end where the user types it in this folder. */
export function runFrom(from: string, name: string, ...args: string[]): Promise<Ended> {
  return ended(start(name, args, { from }));
}

/**
 * Runs a command in this process, for what it says before any work begins: wrong arguments and help. Its
 * project is the one of the tests, its user stands in the project's folder.
 */
export async function runHere(name: string, ...args: string[]): Promise<Ended> {
  const { run } = await import(new URL(`../../lib/cli/${name}.ts`, import.meta.url).href);
  const printed = { stdout: "", stderr: "" };
  const kept = {
    log: console.log,
    error: console.error,
    out: process.stdout.write,
    err: process.stderr.write,
  };
  const writer = (stream: "stdout" | "stderr") => (text: string | Uint8Array) => {
    printed[stream] += typeof text === "string" ? text : new TextDecoder().decode(text);
    return true;
  };
  const npx = Deno.env.get("npm_lifecycle_event");
  Deno.env.delete("npm_lifecycle_event");
  console.log = (text = "") => void (printed.stdout += `${text}\n`);
  console.error = (text = "") => void (printed.stderr += `${text}\n`);
  process.stdout.write = writer("stdout") as typeof process.stdout.write;
  process.stderr.write = writer("stderr") as typeof process.stderr.write;
  try {
    return { code: await exitCodeOf(() => run(args)), ...printed };
  } finally {
    if (npx !== undefined) Deno.env.set("npm_lifecycle_event", npx);
    console.log = kept.log;
    console.error = kept.error;
    process.stdout.write = kept.out;
    process.stderr.write = kept.err;
  }
}

/** A folder for one test, removed after it; in the system's folder for such, unless `dir` is another. */
export async function inTempFolder(
  test: (folder: string) => Promise<void>,
  dir?: string,
): Promise<void> {
  const folder = await Deno.makeTempDir({ dir });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * The same on the disk of the project: the gate has temporary files in memory, where writing takes no time and no
 * kill comes in the middle of it.
 */
export async function inFolderOnDisk(test: (folder: string) => Promise<void>): Promise<void> {
  await Deno.mkdir(join(ROOT, "build"), { recursive: true });
  await inTempFolder(test, join(ROOT, "build"));
}

/** What a program of `tests/support/` prints, in a process with these flags of V8; it must print no error. */
export async function printedWith(flags: string, program: string): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", "--allow-sys", program],
    cwd: join(ROOT, "tests", "support"),
    env: { DENO_V8_FLAGS: flags, NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([success, text(stderr)], [true, ""]);
  return text(stdout);
}
