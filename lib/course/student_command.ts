/**
 * The command that starts a student's process, with the limits that the system enforces and nothing
 * of the grader's environment.
 *
 * @module
 */
import { dirname } from "node:path";
import { type ChildMode, type ChildProgram } from "./child_program.ts";
import { type Limits } from "./sandbox.ts";
import { available } from "./system_tools.ts";

/**
 * Whether the channel is a pipe of ours, from which no more is read than is wanted. On Windows a
 * pipe cannot be handed on by its number.
 */
export const OWN_PIPE = Deno.build.os !== "windows";

export interface Command {
  name: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

/** The command for a way to take in a submission. */
export async function commandOf(
  program: ChildProgram,
  limits: Limits,
  mode: ChildMode,
): Promise<Command> {
  const path = program.paths[mode];
  const [name, ...args] = [
    ...await available("setpriv") ? ["setpriv", "--pdeathsig", "KILL", "--no-new-privs"] : [],
    ...await available("prlimit")
      ? [
        "prlimit",
        `--data=${limits.memoryBytes}`,
        // For an orphan, if setpriv is missing: no part of an assignment takes that long.
        `--cpu=${Math.ceil(10 * limits.partMs / 1000)}`,
        "--fsize=0",
        "--core=0",
        "--",
      ]
      : [],
    Deno.execPath(),
    ...["run", "--quiet", "--no-prompt", "--no-config", "--no-lock", "--no-remote", "--no-npm"],
    // It has no place for a lock file or a configuration, and would look for one in vain.
    "--no-code-cache",
    // The console of V8, which evaluates cells, counts as information about the system. The program
    // gives this right back before it is ready.
    ...mode === "notebook" ? ["--allow-sys"] : [],
    ...["--cached-only", "--deny-import", path],
  ];
  const folder = noFolder();
  const env = {
    DENO_DIR: folder,
    // Where the tools of the system are; the child itself cannot read it.
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    // The folder in which libraries would keep caches.
    XDG_CACHE_HOME: folder,
    // No adapter of WebGPU: a driver is much code, and some keep caches on the disk.
    DENO_WEBGPU_BACKEND: "none",
    NO_COLOR: "1",
    DENO_NO_UPDATE_CHECK: "1",
    // Deno speaks over this descriptor what `process.send` sends, a line each.
    ...OWN_PIPE ? { NODE_CHANNEL_FD: "3", NODE_CHANNEL_SERIALIZATION_MODE: "json" } : {},
  };
  return { name, args, cwd: dirname(path), env };
}

/** The same command, changed so that it says why it does not start. */
const LAST_WORDS_MS = 60_000;

/** What the command says when it does not start; empty if it says nothing. */
export async function lastWords({ name, args, cwd, env }: Command): Promise<string[]> {
  const { NODE_CHANNEL_FD: _, ...rest } = env;
  try {
    const { stderr } = await new Deno.Command(name, {
      args,
      cwd,
      clearEnv: true,
      env: rest,
      stdin: "null",
      stdout: "null",
      signal: AbortSignal.timeout(LAST_WORDS_MS),
    }).output();
    const lines = new TextDecoder().decode(stderr).split("\n").map((line) => line.trim());
    return lines.filter((line) => /^[^=]*\w/.test(line)).slice(0, 2);
  } catch (error) {
    return [(error as Error).message];
  }
}

/** A folder that cannot be made, so that nothing can be written there. */
function noFolder(): string {
  return Deno.build.os === "windows" ? "NUL\\none" : "/dev/null/none";
}
