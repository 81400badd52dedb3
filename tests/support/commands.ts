/** Runs the commands as a user does, each in a process of its own. */
import { fileURLToPath } from "node:url";
import { v8Flags } from "@/kernels/engine/v8_flags.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys"];

/** Commands that start programs themselves. */
const START_OTHERS = ["bench", "assignment"];

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

interface Limits {
  /** Writes beyond so many blocks of a file fail, as on a disk that is full. */
  fileSizeLimit?: number;
}

/** Starts `deno task <name>`'s program with the permissions and flags that deno.json gives it. */
export function start(name: string, args: string[], limits: Limits = {}): Deno.ChildProcess {
  const more = START_OTHERS.includes(name) ? ["--allow-run"] : [];
  return startProgram(`lib/cli/${name}.ts`, args, limits, more);
}

/** Starts a program of the project. */
export function startProgram(
  file: string,
  args: string[],
  limits: Limits = {},
  morePermissions: string[] = [],
): Deno.ChildProcess {
  const permissions = [...PERMISSIONS, ...morePermissions];
  // Quiet about packages that are fetched: the cache of a fresh machine is empty.
  const command = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, file, ...args];
  const { fileSizeLimit } = limits;
  // Where the signal is ignored, the write itself fails.
  const shell = `trap "" XFSZ; ulimit -f ${fileSizeLimit}; exec "$@"`;
  const [first, ...rest] = fileSizeLimit ? ["sh", "-c", shell, "sh", ...command] : command;
  return new Deno.Command(first, {
    args: rest,
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_V8_FLAGS: v8Flags() },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
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

/** A folder for one test, removed after it. */
export async function inTempFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
