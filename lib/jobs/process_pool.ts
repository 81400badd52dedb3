/**
 * A pool of processes that do jobs on this machine, each one job at a time.
 *
 * A process has the files of this user, may start others, and has no network. It is kept for the
 * next job; one that ended in the middle of a job, or whose job is given up, is replaced.
 *
 * @module
 */
import { availableParallelism, hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { startChild, type StartedChild } from "@/io/processes.ts";
import { v8Flags } from "@/wasm/wide_registers.ts";
import { type Done, type JobOrder } from "./job.ts";
import { MachineFailure, ProcessDied } from "./job_errors.ts";
import { type JobAnswer, type JobRequest, linesOf } from "./job_protocol.ts";
import { type RunOptions } from "./executor.ts";
import { QUEUE_VARIABLE } from "./queue_address.ts";

const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** What a process may do; the network is not in it. */
const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-run"];

/** So much of what a process has printed last is kept, to say why it ended. */
const LAST_WORDS = 2000;

export interface PoolOptions {
  /** The program of the processes, such as `cli/job_program.ts`. */
  program: URL;
  /** Processes at a time. */
  size: number;
  /** Where processes keep their temporary files. */
  folder: string;
}

export class ProcessPool implements AsyncDisposable {
  readonly #idle: JobProcess[] = [];
  readonly #all = new Set<JobProcess>();
  readonly #queue: (() => void)[] = [];
  #free: number;

  constructor(readonly options: PoolOptions) {
    this.#free = options.size;
  }

  /**
   * Does a job in a process of its own for that time.
   *
   * @throws {ProcessDied} If the process ends before it has answered.
   * @throws {MachineFailure} If the machine cannot do it now.
   * @throws {Error} If the job fails by itself, or is given up after `signal`.
   */
  async run(order: JobOrder, { signal, onProgress, keep }: RunOptions = {}): Promise<Done> {
    await this.#enter();
    let process: JobProcess | undefined;
    const stop = () => process?.kill();
    try {
      signal?.throwIfAborted();
      process = this.#idle.pop() ?? this.#start();
      signal?.addEventListener("abort", stop);
      const began = performance.now();
      const { result, backend } = await process.ask({ ...requestOf(order), keep }, onProgress);
      const seconds = Number(((performance.now() - began) / 1000).toFixed(3));
      return {
        result,
        made: { host: hostname(), cores: availableParallelism(), backend, seconds },
      };
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      if (process && !process.over) this.#idle.push(process);
      else if (process) this.#all.delete(process);
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  #leave(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#free++;
  }

  #start(): JobProcess {
    try {
      const started = new JobProcess(this.options);
      this.#all.add(started);
      return started;
    } catch (error) {
      throw new MachineFailure(`Cannot start a process for jobs: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Ends all processes, and waits for those that are idle to tidy up. */
  async [Symbol.asyncDispose](): Promise<void> {
    const idle = new Set(this.#idle);
    await Promise.all(
      [...this.#all].map((process) => idle.has(process) ? process.end() : process.kill()),
    );
  }
}

function requestOf({ job: { kind, seed, settings }, texts }: JobOrder): JobRequest {
  return { kind, seed, settings, texts };
}

type Result = Extract<JobAnswer, { result: unknown }>;

/** One process. */
class JobProcess {
  over = false;
  readonly #started: StartedChild;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<string>;
  #lastWords = "";

  constructor({ program, folder }: PoolOptions) {
    const env: Record<string, string> = { ...Deno.env.toObject(), TMPDIR: folder };
    delete env[QUEUE_VARIABLE]; // A job must not know its password.
    this.#started = startChild(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", `--config=${CONFIG}`, ...PERMISSIONS, program.href],
      cwd: folder,
      clearEnv: true,
      env: { ...env, TEMP: folder, NO_COLOR: "1", DENO_V8_FLAGS: v8Flags(Deno.build.arch) },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // A terminal's Ctrl-C is for the one who waits for the jobs.
      detached: true,
    });
    this.#child = this.#started.child;
    this.#input = this.#child.stdin.getWriter();
    this.#answers = linesOf(this.#child.stdout);
    this.#listen();
  }

  async #listen(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
    }
  }

  async ask(request: JobRequest, onProgress?: (share: number) => void): Promise<Result> {
    const line = new TextEncoder().encode(`${JSON.stringify(request)}\n`);
    // A process that has ended does not read: its end is told below.
    this.#input.write(line).catch(() => {});
    while (true) {
      const { value, done } = await this.#answers.next();
      if (done) throw await this.#ended();
      const answer = JSON.parse(value) as JobAnswer;
      if ("result" in answer) return answer;
      if ("share" in answer) onProgress?.(answer.share);
      else if (answer.machine) throw new MachineFailure(answer.error);
      else throw new Error(answer.error);
    }
  }

  async #ended(): Promise<ProcessDied> {
    this.over = true;
    const { code, signal } = await this.#child.status;
    this.#started[Symbol.dispose]();
    const words = this.#lastWords.trim().split("\n").findLast((line) => /\w/.test(line))?.trim();
    const how = signal ? `ended by ${signal}` : `ended with exit code ${code}`;
    return new ProcessDied(words ? `${how}: ${words.slice(0, 200)}` : how);
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    this.over = true;
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    this.#started[Symbol.dispose]();
  }

  /** Ends an idle process by ending its input. */
  async end(): Promise<void> {
    this.over = true;
    await this.#input.close().catch(() => {});
    await this.#child.status;
    this.#started[Symbol.dispose]();
  }
}
