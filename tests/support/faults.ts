/** Calls of the system that fail when a test says so. */
import { ChildProcess } from "node:child_process";
import { type Duplex } from "node:stream";

/** A call of the system: what it is, and from which line it came. */
export interface Call {
  name: string;
  /** The innermost place in lib, `file.ts:line`. */
  place: string;
  /** The functions of lib that have led to it, the innermost first. */
  functions: string[];
  /** The path that it is about, where it is about one; of a pipe, the number of the process. */
  path?: string;
}

/** Decides whether a call fails: with an error or, where it is to go its way, undefined. */
export type Decide = (call: Call) => Error | undefined;

const ASYNC = [
  ...[
    "open",
    "readFile",
    "readTextFile",
    "writeFile",
    "writeTextFile",
    "rename",
    "mkdir",
    "remove",
  ],
  ...["stat", "lstat", "realPath", "readLink", "makeTempDir", "chmod", "chown"],
] as const;
const SYNC = ["statSync", "lstatSync", "removeSync", "openSync"] as const;
const OF_FILES = ["write", "sync", "stat", "statSync", "tryLock", "read"] as const;

/** An error as Deno gives it for a code of the system. */
export function systemError(code: string): Error {
  const kinds: Record<string, new (message: string) => Error> = {
    ENOENT: Deno.errors.NotFound,
    EACCES: Deno.errors.PermissionDenied,
  };
  const error = new (kinds[code] ?? Error)(`${code} (injected)`);
  return Object.assign(error, { code });
}

/** Puts itself between lib and the system until it is disposed of. */
export function injectFaults(decide: Decide): Disposable {
  const undo: (() => void)[] = [];
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  undo.push(() => Error.stackTraceLimit = limit);
  // deno-lint-ignore no-explicit-any -- functions of many types are replaced by their names.
  const replace = (owner: any, name: string, make: (old: any) => unknown) => {
    const old = owner[name];
    owner[name] = make(old);
    undo.push(() => owner[name] = old);
  };
  const check = (name: string, first?: unknown) => {
    const from = origin(name);
    if (!from) return;
    const path = typeof first === "string" ? first : undefined;
    const error = decide({ name, ...from, path });
    if (error) throw error;
  };
  for (const name of ASYNC) {
    replace(Deno, name, (old) =>
      function (...args: unknown[]): Promise<unknown> {
        try {
          check(name, args[0]);
        } catch (error) {
          return Promise.reject(error);
        }
        return old(...args);
      });
  }
  for (const name of SYNC) {
    replace(Deno, name, (old) => (...args: unknown[]) => (check(name, args[0]), old(...args)));
  }
  replace(Deno, "readDir", (old) =>
    async function* (...args: unknown[]) {
      check("readDir", args[0]);
      yield* old(...args);
    });
  for (const name of OF_FILES) {
    replace(Deno.FsFile.prototype, name, (old) =>
      function (this: unknown, ...args: unknown[]) {
        const fail = () => check(`file.${name}`);
        if (name === "statSync") return (fail(), old.apply(this, args));
        return (async () => (fail(), await old.apply(this, args)))();
      });
  }
  replace(Deno.Command.prototype, "output", (old) =>
    function (this: unknown, ...args: unknown[]) {
      check("output");
      return old.apply(this, args);
    });
  replace(Deno.Command.prototype, "spawn", (old) =>
    function (this: unknown, ...args: unknown[]) {
      check("spawn");
      return old.apply(this, args);
    });
  replace(
    ChildProcess.prototype,
    "spawn",
    (old) =>
      function (this: ChildProcess, ...args: unknown[]) {
        check("spawn");
        const result = old.apply(this, args);
        const channel = this.stdio?.[3] as Duplex | undefined;
        if (channel) breakable(channel, (name) => check(name, String(this.pid)));
        return result;
      },
  );
  return {
    [Symbol.dispose]() {
      for (const each of undo) each();
    },
  };
}

/** Has a channel to a child process fail as a broken pipe does. */
function breakable(channel: Duplex, check: (name: string) => void): void {
  const guarded =
    <A extends unknown[]>(name: string, act: (...args: A) => boolean) => (...args: A) => {
      try {
        check(name);
      } catch (error) {
        channel.destroy(error as Error);
        return false;
      }
      return act(...args);
    };
  const write = guarded("pipe.write", channel.write.bind(channel) as (text: string) => boolean);
  channel.write = ((text: string) => {
    try {
      check("pipe.lost");
    } catch {
      return true; // As if it had gone out, and was lost on the other side.
    }
    return write(text);
  }) as typeof channel.write;
  const emit = channel.emit.bind(channel) as (event: string, ...args: unknown[]) => boolean;
  const read = guarded("pipe.read", emit);
  channel.emit =
    ((event: string, ...args: unknown[]) =>
      (event === "data" ? read : emit)(event, ...args)) as typeof channel.emit;
}

/** Where in lib a call comes from; what a pipe brings, from the sandbox. */
function origin(name: string): Omit<Call, "name" | "path"> | undefined {
  const stack = new Error().stack ?? "";
  const frames = [
    ...stack.matchAll(/at (?:async )?(?:([\w.#]+) \()?file:\S*\/lib\/([\w/]+\.ts:\d+)/g),
  ];
  if (frames.length > 0) {
    return { place: frames[0][2], functions: frames.map(([, name]) => name ?? "") };
  }
  return name === "pipe.read" ? { place: "course/student_process.ts", functions: [] } : undefined;
}
