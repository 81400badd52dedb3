/**
 * One process that holds a student's code: its start, its answers and its end.
 *
 * Requests and answers go over a descriptor of their own. What the student's code prints, by
 * whatever means, goes nowhere, its standard input is empty, and neither can touch an answer.
 *
 * The process says "ready" before it is given any of the student's code. What goes wrong until then
 * is the machine's fault or the grader's (`GraderFailure`); what goes wrong later counts as the
 * student's (`NoAnswer`), except for what the system says about the pipes on this side.
 *
 * @module
 */
import { type ChildProcess as Child, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { isFolder } from "@/io/files.ts";
import { type Answer, type Request } from "./child.ts";
import { type ChildMode, type ChildProgram } from "./child_program.ts";
import { hasFewMembers } from "./codec.ts";
import { GraderFailure, NoAnswer } from "./failure.ts";
import { type Limits } from "./sandbox.ts";
import { type Command, commandOf, lastWords, OWN_PIPE } from "./student_command.ts";

/**
 * Longest line that is read as an answer. The grader reads it, and a process that makes it read
 * much keeps all other submissions waiting.
 */
const MAX_ANSWER_CHARACTERS = 8 * 2 ** 20;

/** A submission does not fail because the machine is busy with others, within reason. */
const PATIENCE = 5;

/**
 * A process is ready in a quarter of a second; one that is not ready after this time never will be.
 */
const START_MS = 60_000;

/** A process whose processor time does not change for this long is waiting for something. */
const IDLE_MS = 100;

/** The signal of a process that the system or somebody has ended. */
const FROM_OUTSIDE = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

/** The time between the end of its channel and its own end, in ms. */
const END_MS = 1_000;

/** What is asked: a request without its token. */
export type Question = Request extends infer R ? R extends Request ? Omit<R, "token"> : never
  : never;

/** Why a process is over. */
interface End {
  /** For the student. */
  reason: string;
  /** `late`: it gave no answer in time. `died`: nobody here ended it. */
  kind: "late" | "died" | "ended";
  /** For one that was late: it did not compute, but waited for something. */
  idle?: boolean;
  /** For one that died: a signal has ended it, the system's, its own or somebody's. */
  killed?: boolean;
}

/** The processor time that a process has had in its life, in milliseconds. */
interface Use {
  used: number;
  /** The time that all its threads together have waited while others had the processors. */
  waited: number;
  /** Whether one of its threads computes now, or would if it had a processor. */
  runnable: boolean;
}

/** One process, from its start to its end. */
export class StudentProcess {
  /** Why it is over, once it is. */
  over?: End;
  /** What the system has said of the pipes. */
  #broken?: GraderFailure;
  /** Characters since the last question. */
  #received = 0;
  /** Milliseconds that its threads had waited for a processor when this was last asked. */
  #waited?: number;
  #waiting?: { prefix: string; settle: (line: string | NoAnswer | undefined) => void };
  readonly #channel: Duplex;
  readonly #exit: Promise<string>;
  readonly #closed: Promise<void>;

  private constructor(private readonly child: Child, private readonly limits: Limits) {
    this.#channel = OWN_PIPE ? child.stdio[3] as Duplex : messagesOf(child);
    this.#exit = new Promise((resolve) =>
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`))
    );
    this.#closed = this.#read();
  }

  /**
   * Starts a process that is ready for a student's code.
   *
   * @throws {GraderFailure} If there is none: no student's code has run yet.
   */
  static async start(
    program: ChildProgram,
    limits: Limits,
    mode: ChildMode,
  ): Promise<StudentProcess> {
    const action = "start a process for a submission";
    const command = await commandOf(program, limits, mode);
    let made: StudentProcess;
    try {
      made = await StudentProcess.#spawned(command, limits);
    } catch (error) {
      const there = await isFolder(command.cwd).catch(() => true);
      throw new GraderFailure(action, there ? error : `its folder ${command.cwd} is gone`);
    }
    try {
      await made.#line("ready", START_MS);
      return made;
    } catch (error) {
      if (error instanceof GraderFailure) throw error;
      await made.end();
      const how = `it ends before it is ready (${await made.#exit})`;
      throw new GraderFailure(action, [how, ...await lastWords(command)].join(": "));
    }
  }

  static async #spawned(
    { name, args, cwd, env }: Command,
    limits: Limits,
  ): Promise<StudentProcess> {
    const channel = OWN_PIPE ? "pipe" : "ipc";
    const child = spawn(name, args, { cwd, env, stdio: ["ignore", "ignore", "ignore", channel] });
    await new Promise((resolve, reject) => {
      child.once("spawn", resolve);
      // It has a listener from now on: what fails later shows when the process ends.
      child.on("error", reject);
    });
    return new StudentProcess(child, limits);
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws {NoAnswer} If there is none within the limit.
   * @throws {GraderFailure} If that is not the student's fault.
   */
  async ask(question: Question, limitMs: number): Promise<Answer> {
    const token = crypto.getRandomValues(new Uint8Array(16)).toHex();
    this.#received = 0;
    const answer = this.#line(`${token} `, limitMs);
    // A channel that the process has closed is noticed where its output ends.
    this.#channel.write(JSON.stringify(JSON.stringify({ token, ...question })) + "\n");
    const found = await answer;
    if (!hasFewMembers(found)) throw new NoAnswer("the answer is too large");
    try {
      const answer = JSON.parse(found);
      if (typeof answer === "object" && answer !== null) return answer;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw new GraderFailure("read an answer", error);
    }
    throw new NoAnswer("the answer cannot be read: your code wrote something else in its place");
  }

  /** Ends the process and waits until it is gone. */
  async end(): Promise<void> {
    this.kill("the checks are over");
    await this.#closed;
  }

  /** Ends the process; the first reason is the one that is told. */
  kill(reason: string, end: Omit<End, "reason"> = { kind: "ended" }): void {
    this.over ??= { reason, ...end };
    this.child.kill("SIGKILL");
  }

  /** What follows `prefix` in the first line that begins with it. */
  async #line(prefix: string, limitMs: number): Promise<string> {
    if (this.over) throw new NoAnswer(this.over.reason);
    const line = Promise.withResolvers<string | NoAnswer | undefined>();
    this.#waiting = { prefix, settle: line.resolve };
    const began = performance.now();
    let settled = false;
    let first: Use | undefined;
    const look = async () => {
      const now = await this.#use();
      if (settled) return;
      first ??= now;
      const waited = now.waited - (this.#waited ?? now.waited);
      this.#waited = now.waited;
      const patience = PATIENCE * limitMs - (performance.now() - began);
      // The processor time that it should have had since the first look, which was at a quarter.
      const starved = now.used - first.used < 0.9 * 0.75 * limitMs &&
        (now.runnable || waited > 0.09 * limitMs);
      if (now === first || (starved && patience > 0)) {
        timer = setTimeout(check, (now === first ? 0.75 : 0.25) * limitMs);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
      const later = await this.#use();
      if (settled) return;
      const idle = !now.runnable && !later.runnable && now.used === later.used;
      this.kill(`no answer within ${Number((limitMs / 1000).toPrecision(2))} s`, {
        kind: "late",
        idle,
      });
    };
    const check = () => {
      look().catch((error) => this.#fail("see how much time a submission has had", error));
    };
    let timer = setTimeout(check, limitMs / 4);
    const found = await line.promise;
    settled = true;
    clearTimeout(timer);
    this.#waiting = undefined;
    if (found instanceof NoAnswer) throw found;
    if (found !== undefined) return found;
    if (this.#broken) throw this.#broken;
    throw new NoAnswer(this.over!.reason);
  }

  /**
   * The processor time that it has had. This is known on Linux, where Deno itself may not look and
   * `cat` does. On other systems it counts as computing.
   */
  async #use(): Promise<Use> {
    if (Deno.build.os !== "linux") return { used: Infinity, waited: 0, runnable: true };
    const use: Use = { used: 0, waited: 0, runnable: false };
    const { stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", 'cd /proc/"$1"/task && exec cat */stat */schedstat', "sh", `${this.child.pid}`],
    }).output();
    // A thread, or all of them, may be gone by now; nothing else may fail.
    const said = new TextDecoder().decode(stderr).trim();
    if (stdout.length === 0 && !/No such (file|process)|can't cd/.test(said)) throw new Error(said);
    for (const line of new TextDecoder().decode(stdout).trim().split("\n")) {
      if (!line.includes(")")) {
        // schedstat: nanoseconds at work, nanoseconds that it waited for a processor, turns.
        use.waited += Number(line.split(" ")[1] ?? 0) / 1e6;
        continue;
      }
      const [state, ...fields] = line.slice(line.lastIndexOf(")") + 2).split(" ");
      // utime and stime, fields 14 and 15 of proc(5), in hundredths of a second.
      use.used += 10 * (Number(fields[10]) + Number(fields[11]));
      use.runnable ||= state === "R" || state === "D";
    }
    return use;
  }

  /** Reads lines until the process is gone. */
  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let parts: string[] = [];
    this.#channel.on("data", (chunk: Uint8Array) => {
      const [first, ...more] = decoder.decode(chunk, { stream: true }).split("\n");
      this.#received += chunk.length;
      parts.push(first);
      for (const next of more) {
        this.#take(parts.join(""));
        parts = [next];
      }
      if (this.#received > this.limits.outputBytes) {
        const most = Math.round(this.limits.outputBytes / 2 ** 20);
        this.kill(`your code sent more than ${most} MiB for one answer`);
      }
    });
    await new Promise<void>((resolve) => {
      for (const event of ["end", "close"]) this.#channel.once(event, resolve);
      this.#channel.on("error", (error: Error & { code?: string }) => {
        // This is how a process that has ended looks from here.
        if (!["EPIPE", "ECONNRESET"].includes(error.code ?? "")) {
          this.#fail("exchange data with the process of a submission", error);
        }
        resolve();
      });
    });
    if (!this.over) {
      this.over = { reason: "your code ended the program", kind: "died" };
      // It is ending, or has closed its channel and goes on.
      let killed = false;
      const timer = setTimeout(() => killed = this.child.kill("SIGKILL"), END_MS);
      const how = await this.#exit;
      clearTimeout(timer);
      this.over.killed = !killed && FROM_OUTSIDE.includes(how);
      if (how !== "SIGKILL" && how !== "exit code 0") this.over.reason += ", or ran out of memory";
    }
    await this.#exit;
    this.#channel.destroy();
    this.#waiting?.settle(undefined);
  }

  /** A failure on this side: told instead of an answer. */
  #fail(action: string, error: unknown): void {
    this.#broken ??= new GraderFailure(action, error);
    this.kill("the grader has failed");
  }

  /** A line is a text in JSON. */
  #take(line: string): void {
    if (!this.#waiting || !line.startsWith(`"${this.#waiting.prefix}`)) return;
    const { prefix, settle } = this.#waiting;
    let found: string | NoAnswer;
    if (line.length > MAX_ANSWER_CHARACTERS) found = new NoAnswer("the answer is too large");
    else {
      try {
        found = String(JSON.parse(line)).slice(prefix.length);
      } catch (error) {
        if (!(error instanceof SyntaxError)) this.#fail("read an answer", error);
        return; // The program did not write this line, so it is not an answer.
      }
    }
    this.#waiting = undefined;
    settle(found);
  }
}

/** Messages of a child as lines, where only the runtime can make the pipe for them. */
function messagesOf(child: Child): Duplex {
  const channel = new Duplex({
    read() {},
    write(line, _, done) {
      child.send(JSON.parse(String(line)), (error) => done(error));
    },
  });
  child.on("message", (message) => channel.push(`${JSON.stringify(message)}\n`));
  child.once("disconnect", () => channel.push(null));
  return channel;
}
