/**
 * The process of a row: it is asked by lines of JSON and answers with one line each.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { startChild, type StartedChild } from "@/io/processes.ts";
import { v8Flags } from "@/wasm/wide_registers.ts";
import { type Profile } from "./profile.ts";
import {
  type AdapterReport,
  type Calls,
  type Ready,
  type Row,
  rowName,
  type StepLosses,
} from "./row.ts";

/** What to start, and with which arguments and environment. */
export interface RowCommand {
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** Variables of this process that are withheld from it. */
  without?: string[];
}

/** The row cannot be timed on this machine, without a fault: there is no adapter or no library. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/** A time per step, in milliseconds. */
export interface Timing {
  msPerStep: number;
  /** Time for which the main thread itself was at work, if the system tells. */
  hostMsPerStep?: number;
}

const FLAGS = "DENO_V8_FLAGS";

/** How much of the end of a process's stderr is kept. */
const KEPT = 2_000;

/** The program of a row. */
const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** How a row is started on a task file. */
export function rowCommand(row: Row, taskFile: string, python: string): RowCommand {
  if (row.variant === "torch") {
    return {
      command: python,
      args: [program("torch_step.py"), taskFile],
      env: {
        OMP_NUM_THREADS: String(row.threads.omp),
        OPENBLAS_NUM_THREADS: String(row.threads.openblas),
      },
    };
  }
  if (row.variant === "cuda") {
    return { command: python, args: [program("torch_cuda.py"), taskFile] };
  }
  return {
    command: Deno.execPath(),
    // -A: reading its own peak memory in /proc needs it.
    args: ["run", "--quiet", "-A", program("row_program.ts"), row.variant, row.backend, taskFile],
    // As `deno task train` starts ours, and as Deno starts by itself.
    ...row.variant === "stock"
      ? { without: [FLAGS] }
      : { env: { [FLAGS]: v8Flags(Deno.build.arch) } },
  };
}

export class RowProcess {
  readonly #child: Deno.ChildProcess;
  readonly #started: StartedChild;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;
  readonly #stderr: Promise<void>;
  #lastWords = "";

  /** What the process said of itself. */
  ready: Ready = {};

  private constructor(readonly row: Row, { command, args, env, without = [] }: RowCommand) {
    const own = Object.entries(Deno.env.toObject()).filter(([name]) => !without.includes(name));
    this.#started = startChild(command, {
      args,
      clearEnv: true,
      env: { ...Object.fromEntries(own), NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    this.#child = this.#started.child;
    this.#writer = this.#child.stdin.getWriter();
    const input = Readable.fromWeb(this.#child.stdout as never);
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
    this.#stderr = this.#keepLastWords();
  }

  /**
   * Starts a row and waits until it can take steps.
   *
   * @param limitMs How long it may take; undefined: as long as it likes.
   * @throws {UnavailableError} If this machine lacks what the row needs, or it is not ready in time.
   * @throws {Error} If the process ends; the message has its last words.
   */
  static async start(row: Row, command: RowCommand, limitMs?: number): Promise<RowProcess> {
    const started = new RowProcess(row, command);
    const late = started.#endAfter(limitMs);
    let said: { ready?: Ready; unavailable?: string };
    try {
      said = await started.#read() as typeof said;
    } catch (error) {
      if (!late.ended) throw error;
      throw new UnavailableError(`it was not ready after ${limitMs! / 1000} s`);
    } finally {
      clearTimeout(late.timer);
    }
    if (said.unavailable !== undefined) {
      await started.stop();
      throw new UnavailableError(said.unavailable);
    }
    started.ready = said.ready ?? {};
    return started;
  }

  /** Ends the process after so long, if anybody sets a limit. */
  #endAfter(limitMs?: number): { ended: boolean; timer?: ReturnType<typeof setTimeout> } {
    const late: { ended: boolean; timer?: ReturnType<typeof setTimeout> } = { ended: false };
    if (limitMs === undefined) return late;
    late.timer = setTimeout(() => {
      late.ended = true;
      this.#child.kill("SIGKILL");
    }, limitMs);
    return late;
  }

  /** Takes and times this many steps. */
  time(steps: number): Promise<Timing> {
    return this.#ask({ do: "time", steps }) as Promise<Timing>;
  }

  /** Takes this many steps and returns the losses of each. */
  async losses(steps: number): Promise<StepLosses[]> {
    const { losses } = await this.#ask({ do: "losses", steps }) as { losses: StepLosses[] };
    return losses;
  }

  /** Counts the calls of a step. The steps that it takes for that are slow. */
  calls(): Promise<Calls> {
    return this.#ask({ do: "count" }) as Promise<Calls>;
  }

  /**
   * The most memory that the process has held so far, in bytes; undefined if the system does not
   * tell.
   */
  async peakBytes(): Promise<number | undefined> {
    const { peakBytes } = await this.#ask({ do: "memory" }) as { peakBytes: number | null };
    return peakBytes ?? undefined;
  }

  /** The GPU that our row computes on; undefined where it does not. */
  async adapter(): Promise<AdapterReport | undefined> {
    const { adapter } = await this.#ask({ do: "adapter" }) as { adapter?: AdapterReport };
    return adapter;
  }

  /** Our step operation by operation, or why there is no such thing. */
  profile(steps: number): Promise<Profile | { failure: string }> {
    return this.#ask({ do: "profile", steps }) as Promise<Profile | { failure: string }>;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#child.status;
    await this.#stderr;
    this.#started[Symbol.dispose]();
  }

  async #ask(request: { do: string; steps?: number }): Promise<unknown> {
    // If the process is gone, the output that it left says more than the broken pipe.
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`))
      .catch(() => {});
    return await this.#read();
  }

  async #read(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    const { code, signal } = await this.#child.status;
    await this.#stderr;
    this.#started[Symbol.dispose]();
    const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
    const words = this.#lastWords.trim();
    throw new Error(
      `Cannot time ${rowName(this.row)}: its process ${how}${
        words ? `. The end of what it said:\n${words}` : ", without a word"
      }`,
    );
  }

  async #keepLastWords(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stderr) {
      this.#lastWords = (this.#lastWords + decoder.decode(bytes, { stream: true })).slice(-KEPT);
    }
  }
}
