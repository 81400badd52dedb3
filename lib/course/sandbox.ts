/**
 * A process for a student's code: no rights, bounded time, memory and output.
 *
 * What the process may do: compute, and answer over a pipe. It has no permission of Deno's, an empty
 * environment, no remote modules and no packages; its program (`child.ts`, with the modules that the
 * assignment imports) is one JavaScript file without imports, and the student's code comes over the
 * pipe. Its DENO_DIR cannot be made, so that the caches, local storage and the code cache, which Deno
 * lets a program write without permission, have no place. On Linux the kernel bounds its data
 * segment (typed arrays escape V8's own limit), its processor time and the size of any file to 0, and
 * ends it with its parent. It is killed (SIGKILL) when it has not answered in time, or has written too
 * much.
 *
 * A call has one answer: the first line with the call's token. The tokens are random; to answer in the
 * function's place is to answer.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";
import { type Answer, type Note, type Request } from "./child.ts";
import { CodecError, decode, encode, hasFewMembers, type MakeTensor } from "./codec.ts";

/** What bounds a student's process. */
export interface Limits {
  /**
   * For one call, in milliseconds. Where the system tells it, a process that was kept waiting for
   * a processor by others gets that time back, up to `PATIENCE` times as much.
   */
  callMs: number;
  /** For all calls of a submission together, start of the processes included. */
  totalMs: number;
  /** The data segment, where the system can bound it. V8 alone reserves about half a gigabyte. */
  memoryBytes: number;
  /** What the process may write in its life. */
  outputBytes: number;
}

/**
 * Longest line that is read as an answer. The grader reads it, and who makes it read much keeps all
 * other submissions waiting.
 */
const MAX_ANSWER_CHARACTERS = 8 * 2 ** 20;

/** A submission does not fail because the machine is busy with others, within reason. */
const PATIENCE = 5;

export const LIMITS: Limits = {
  callMs: 10_000,
  totalMs: 60_000,
  memoryBytes: 2 ** 30,
  outputBytes: 32 * 2 ** 20,
};

/** A call had no answer, or one that cannot be used. The message says why, to the student. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
  /** @param own Whether the words are of the student's own code. */
  constructor(message: string, readonly own = false) {
    super(message);
  }
}

/** What a function says that is as it was handed out. */
const STUB = /^Error: Write (\w+)(?::|$)/;

/** What Deno advises where a permission is missing. */
const ADVICE = /, run again with the --allow-\S+ flag/;

/** What a child process runs. */
export interface ChildProgram {
  /** One JavaScript file. */
  path: string;
  makeTensor?: MakeTensor;
}

/** The names that submissions may import, by module, and whether they compute with tensors. */
export type ImportList = Map<string, Set<string>>;

const TENSORFLOW = "@/tf.ts";

/** Modules that show things or choose a backend: here their names do nothing. */
const IDLE = /^@\/(notebook\/|plot\/|backend\.ts$)/;

/**
 * For the program of a process: TensorFlow.js with its cpu backend only, half of what `tf.ts` brings,
 * since each process reads it anew.
 */
const PLAIN_TENSORFLOW = `import * as tf from ${JSON.stringify("@tensorflow/tfjs")};
tf.enableProdMode();
await tf.setBackend("cpu");`;

/**
 * Makes the program of the child processes, in `folder`: `serve` with what may be imported.
 *
 * @throws {Error} If it cannot be bundled.
 */
export async function makeChildProgram(
  imports: ImportList,
  folder: string,
): Promise<ChildProgram> {
  const tensors = imports.has(TENSORFLOW);
  const lines = [
    `import { serve } from "@/course/child.ts";`,
    tensors ? PLAIN_TENSORFLOW : "",
    "const nothing = () => {};",
  ];
  const members = [...imports].map(([source, names], i) => {
    const value = (name: string) => {
      if (source === TENSORFLOW) return "tf";
      return IDLE.test(source) ? "nothing" : `m${i}[${JSON.stringify(name)}]`;
    };
    if (source !== TENSORFLOW && !IDLE.test(source)) {
      lines.push(`import * as m${i} from ${JSON.stringify(source)};`);
    }
    const own = [...names].map((name) => `${JSON.stringify(name)}: ${value(name)}`);
    return `${JSON.stringify(source)}: { ${own.join(", ")} }`;
  });
  lines.push(`await serve({ ${members.join(", ")} }, ${tensors ? "tf.tensor" : "undefined"});`);
  const path = join(folder, "child.js");
  await Deno.writeTextFile(path, await bundled(lines.join("\n")));
  return { path, makeTensor: tensors ? await tensorMaker() : undefined };
}

/** Bundles by their entries: what submissions import changes seldom. */
const bundles = new Map<string, string>();

/** A program as one file of JavaScript without imports. */
async function bundled(text: string): Promise<string> {
  const known = bundles.get(text) ?? await bundle(text);
  bundles.set(text, known);
  return known;
}

/** TensorFlow.js on this side, which computes what is expected. */
async function tensorMaker(): Promise<MakeTensor> {
  const [{ tf }, { useBackend }] = [await import("@/tf.ts"), await import("@/backend.ts")];
  await useBackend("cpu");
  return (...args) => tf.tensor(...args);
}

/** The project's deno.json, where "@/" is defined. */
export const CONFIG = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  "deno.json",
);

/** What the system can do here to bound a process, beyond what Deno does; a line each of what not. */
export async function unenforced(): Promise<string[]> {
  const lacking: string[] = [];
  if (!await available("prlimit")) {
    lacking.push("memory, processor time and file size of a submission have no limit: no prlimit");
  }
  if (!await available("setpriv")) {
    lacking.push("a submission in a loop outlives a grader that is killed: no setpriv");
  }
  return lacking;
}

const tools = new Map<string, Promise<boolean>>();

/** Whether a tool of util-linux is here. */
function available(tool: string): Promise<boolean> {
  let known = tools.get(tool);
  if (!known) {
    known = Deno.build.os === "linux" ? answers(tool) : Promise.resolve(false);
    tools.set(tool, known);
  }
  return known;
}

async function answers(tool: string): Promise<boolean> {
  try {
    const command = new Deno.Command(tool, { args: ["--version"], stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}

/** A submission's functions, each called in the process that holds them. */
export class Student implements AsyncDisposable {
  /** What went wrong as the cells were taken in, by their index. */
  notes: Note[] = [];
  /** The functions that the cells declare. */
  loaded: Set<string> | undefined;
  #process?: ChildProcess;
  #left: number;
  #failure?: NoAnswer;

  constructor(
    readonly program: ChildProgram,
    readonly cells: string[],
    readonly names: string[],
    readonly limits: Limits = LIMITS,
  ) {
    this.#left = limits.totalMs;
  }

  /**
   * Takes in the cells, once, and again in a new process after one that ended.
   *
   * @throws {NoAnswer} If the process ends or hangs in the doing.
   */
  async load(): Promise<void> {
    if (this.#process && !this.#process.ended) return;
    if (this.#failure) throw this.#failure;
    await this.#process?.end();
    this.#process = await ChildProcess.start(this.program, this.limits);
    try {
      const { cells, names } = this;
      const answer = await this.#ask({ load: { cells, names } });
      if (!("loaded" in answer)) {
        throw new NoAnswer("error" in answer ? String(answer.error) : "no functions", true);
      }
      this.loaded = new Set(list(answer.loaded).map(String));
      this.notes = list(answer.notes).slice(0, 20).map((note) => ({
        cell: Number((note as Note)?.cell),
        message: String((note as Note)?.message).slice(0, 300),
      }));
    } catch (error) {
      this.#failure = new NoAnswer(
        `your cells could not be taken in: ${(error as Error).message}`,
        (error as NoAnswer).own,
      );
      throw this.#failure;
    }
  }

  /**
   * Calls a function of the submission. A process that died, or had to be killed, is replaced at the
   * next call.
   *
   * @throws {NoAnswer} If there is no answer.
   */
  async call(name: string, args: unknown[]): Promise<unknown> {
    await this.load();
    if (!this.loaded!.has(name)) {
      throw new NoAnswer(`the notebook has no function ${name}`);
    }
    const request = { call: { name, args: encode(args) } };
    let answer: Answer;
    const process = this.#process!;
    try {
      answer = await this.#ask(request);
    } catch (error) {
      // What an earlier call has left in the memory is not this one's fault.
      if (!process.died || process.answered < 2) throw error;
      await this.load();
      answer = await this.#ask(request);
    }
    if ("error" in answer) {
      const error = String(answer.error).slice(0, 300);
      const unwritten = error.match(STUB)?.[1];
      if (unwritten && this.names.includes(unwritten)) {
        throw new NoAnswer(`${unwritten} is not written yet`);
      }
      throw new NoAnswer(
        `${name} fails: ${error.replace(ADVICE, "; a submission has no permissions")}`,
        true,
      );
    }
    try {
      return decode((answer as { value: unknown }).value, this.program.makeTensor);
    } catch (error) {
      if (!(error instanceof CodecError || error instanceof RangeError)) throw error;
      throw new NoAnswer(`what ${name} gives cannot be read: ${error.message}`);
    }
  }

  /** @throws {NoAnswer} If there is none in time. */
  async #ask(
    request: { load: object } | { call: { name: string; args: unknown } },
  ): Promise<Answer> {
    const { callMs, totalMs } = this.limits;
    const limit = Math.min(callMs, this.#left);
    if (limit <= 0) {
      throw new NoAnswer(`the time for all checks, ${totalMs / 1000} s, is used up`);
    }
    const began = performance.now();
    try {
      return await this.#process!.ask(request, limit);
    } finally {
      this.#left -= Math.min(limit, performance.now() - began);
      if (this.#process!.ended) await this.#process!.end();
    }
  }

  /** Lets the next call begin in a new process. */
  renew(): void {
    this.#process?.kill("a new one takes its place");
  }

  /** Ends what is under way; nothing more is answered. */
  stop(): void {
    this.#failure = new NoAnswer("stopped");
    this.#left = 0;
    this.#process?.kill("stopped");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.end();
  }
}

/** One process, from its start to its end. */
class ChildProcess {
  /** Why it is over, once it is. */
  ended?: string;
  /** Whether it ended by itself. */
  died = false;
  /** Answers that it has given; the first is to the taking in. */
  answered = 0;
  #written = 0;
  /** Milliseconds that its threads have waited for a processor, when that was asked last. */
  #waited = 0;
  #waiting?: { prefix: string; settle: (line: string | undefined) => void };
  #reading: Promise<void>;
  #writer: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(
    private readonly child: Deno.ChildProcess,
    private readonly limits: Limits,
  ) {
    this.#writer = child.stdin.getWriter();
    // A pipe that the child has closed is noticed where its output ends.
    this.#writer.closed.catch(() => {});
    this.#reading = this.#read();
  }

  static async start({ path }: ChildProgram, limits: Limits): Promise<ChildProcess> {
    const command = [
      ...await available("setpriv") ? ["setpriv", "--pdeathsig", "KILL", "--no-new-privs"] : [],
      ...await available("prlimit")
        ? [
          "prlimit",
          `--data=${limits.memoryBytes}`,
          `--cpu=${Math.ceil(2 * limits.totalMs / 1000)}`,
          "--fsize=0",
          "--core=0",
          "--",
        ]
        : [],
      Deno.execPath(),
      ...["run", "--quiet", "--no-prompt", "--no-config", "--no-lock", "--no-remote", "--no-npm"],
      ...["--cached-only", "--deny-import", path],
    ];
    const folder = noFolder();
    const child = new Deno.Command(command[0], {
      args: command.slice(1),
      cwd: dirname(path),
      clearEnv: true,
      env: {
        DENO_DIR: folder,
        // Where the tools of the system are; the child itself cannot read it.
        PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
        // Where libraries would keep caches.
        XDG_CACHE_HOME: folder,
        // No adapter of WebGPU: a driver is much code, and some keep caches on the disk.
        DENO_WEBGPU_BACKEND: "none",
        NO_COLOR: "1",
        DENO_NO_UPDATE_CHECK: "1",
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    return new ChildProcess(child, limits);
  }

  /** @throws {NoAnswer} If there is none within so many milliseconds. */
  async ask(request: object, limitMs: number): Promise<Answer> {
    if (this.ended) throw new NoAnswer(this.ended);
    const token = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const line = Promise.withResolvers<string | undefined>();
    this.#waiting = { prefix: `${token} `, settle: line.resolve };
    const began = performance.now();
    let over = false;
    const expire = async () => {
      const starved = await this.#starved(0.9 * limitMs);
      if (over) return;
      if (starved && performance.now() - began < PATIENCE * limitMs) {
        timer = setTimeout(expire, limitMs / 4);
      } else this.kill(`no answer within ${Number((limitMs / 1000).toPrecision(2))} s`);
    };
    let timer = setTimeout(expire, limitMs);
    const text = JSON.stringify({ token, ...request } as Request) + "\n";
    this.#writer.write(new TextEncoder().encode(text)).catch(() => {});
    const found = await line.promise;
    over = true;
    clearTimeout(timer);
    this.#waiting = undefined;
    if (found === undefined) {
      throw new NoAnswer(this.ended ?? "your code ended the program");
    }
    this.answered++;
    if (found.length > MAX_ANSWER_CHARACTERS || !hasFewMembers(found)) {
      throw new NoAnswer("the answer is too large");
    }
    try {
      const answer = JSON.parse(found);
      if (typeof answer === "object" && answer !== null) return answer;
    } catch {
      // Not JSON: said below.
    }
    throw new NoAnswer("the answer is no answer: something of yours wrote in its place");
  }

  /** Ends the process and waits until it is gone. */
  async end(): Promise<void> {
    this.kill("the checks are over");
    await this.#reading;
    await this.child.status;
    await this.#writer.abort().catch(() => {});
  }

  /**
   * Whether the process has had less than so much processor time in its life, and a thread of it would
   * compute now if it were let, or its threads have waited for a processor since this was asked last. Known
   * on Linux, where Deno itself may not look: by `cat`.
   */
  async #starved(ms: number): Promise<boolean> {
    if (Deno.build.os !== "linux") return false;
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", 'cd /proc/"$1"/task && cat */stat */schedstat', "sh", String(this.child.pid)],
      stderr: "null",
    }).output();
    let [used, waited] = [0, 0];
    let runnable = false;
    for (const line of new TextDecoder().decode(stdout).trim().split("\n")) {
      if (!line.includes(")")) {
        // schedstat: nanoseconds at work, nanoseconds that it waited for a processor, turns.
        waited += Number(line.split(" ")[1]) / 1e6;
        continue;
      }
      const [state, ...fields] = line.slice(line.lastIndexOf(")") + 2).split(" ");
      // utime and stime, fields 14 and 15 of proc(5), in hundredths of a second.
      used += 10 * (Number(fields[10]) + Number(fields[11]));
      runnable ||= state === "R" || state === "D";
    }
    const since = waited - this.#waited;
    this.#waited = waited;
    return used < ms && (runnable || since > ms / 10);
  }

  /** Ends the process; the first reason is the one that is told. */
  kill(reason: string): void {
    this.ended ??= reason;
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It is gone already.
    }
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let parts: string[] = [];
    try {
      for await (const chunk of this.child.stdout) {
        this.#written += chunk.length;
        if (this.#written > this.limits.outputBytes) {
          this.kill(
            `your code wrote more than ${Math.round(this.limits.outputBytes / 2 ** 20)} MiB`,
          );
          break;
        }
        const [first, ...more] = decoder.decode(chunk, { stream: true }).split("\n");
        parts.push(first);
        for (const next of more) {
          this.#line(parts.join(""));
          parts = [next];
        }
      }
    } catch {
      // The pipe broke: the process is ending.
    }
    if (!this.ended) {
      this.died = true;
      const { code, signal } = await this.child.status;
      this.ended = signal === "SIGKILL" || code === 0
        ? "your code ended the program"
        : "your code ended the program, or ran out of memory";
    }
    this.#waiting?.settle(undefined);
  }

  #line(text: string): void {
    if (!this.#waiting || !text.startsWith(this.#waiting.prefix)) return;
    const { prefix, settle } = this.#waiting;
    this.#waiting = undefined;
    settle(text.slice(prefix.length));
  }
}

/** A folder that cannot be made: whatever would be written there has no place. */
function noFolder(): string {
  return Deno.build.os === "windows" ? "NUL\\none" : "/dev/null/none";
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
