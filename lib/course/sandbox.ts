/**
 * A student's functions, in a process with no rights and with bounded time, memory and output.
 *
 * The process may compute, and answer over a channel of its own. It has none of Deno's permissions,
 * an empty environment, no remote modules and no packages; its program (`child.ts`, with the
 * modules that the assignment imports) is one JavaScript file without imports, and the student's
 * code comes over the channel. Its DENO_DIR cannot be made, so that the caches, local storage and
 * the code cache, which Deno lets a program write without permission, have no place. On Linux the
 * kernel bounds its data segment (typed arrays escape V8's own limit) and its processor time,
 * limits the size of any file to 0, and ends it with its parent. It is killed (SIGKILL) when it has
 * not answered in time, or has sent too much.
 *
 * A call has one answer: the first line with the call's token. The tokens are random. Whatever
 * answers in the function's place has given its answer.
 *
 * @module
 */
import { type Answer, type Loaded, type Note, type TakenCell } from "./child.ts";
import { type ChildMode, type ChildProgram } from "./child_program.ts";
import { CodecError, decode, encode } from "./codec.ts";
import { GraderFailure, NoAnswer, OUT_OF_MEMORY } from "./failure.ts";
import { type Question, StudentProcess } from "./student_process.ts";

/** What bounds a student's process. */
export interface Limits {
  /**
   * For one call, in milliseconds. If the system tells how long others kept a process waiting for a
   * processor, it gets that time back, up to `PATIENCE` times as much.
   */
  callMs: number;
  /** For all calls of one part of the assignment together, in milliseconds. */
  partMs: number;
  /** The data segment, where the system can bound it. V8 alone reserves about half a gigabyte. */
  memoryBytes: number;
  /** What the process may send for one answer. */
  outputBytes: number;
}

export const LIMITS: Limits = {
  callMs: 10_000,
  partMs: 60_000,
  memoryBytes: 2 ** 30,
  outputBytes: 32 * 2 ** 20,
};

/** Once this many cells have kept a notebook from ending, only the rest's declarations count. */
const MAX_RESTARTS = 3;

/**
 * How many processes ended by a signal are replaced, and the first pause before that, which grows.
 */
const [MAX_KILLED, KILLED_MS] = [3, 300];

/** What a function says if it is as it was handed out. */
const STUB = /^Error: Write (this function|\w+)(?::|$)/;

/** What Deno advises if a permission is missing. */
const ADVICE = /, run again with the --allow-\S+ flag/;

/**
 * A submission's functions, each called in the process that holds them.
 *
 * Taken in as functions, the statements that they are made of are chosen from the cells, and
 * nothing else is run. Taken in as a notebook, all cells are run in their order, as in Jupyter,
 * each within the time of a call and all within three times that.
 *
 * A process that ends by itself is replaced once and asked again before that counts: the cause may
 * be what an earlier call has left in its memory, or the machine, which can lack memory or threads
 * for a moment. A process that waits for something and does not compute when its time is up is
 * replaced too, one time. The same goes for an error that speaks of memory. If a second process
 * ends as well, a third one must start, or the machine is to blame.
 */
export class Student {
  /** Functions that are there, once the cells have been taken in. */
  loaded?: Set<string>;
  /** What went wrong when the cells were taken in. */
  notes: Note[] = [];
  /** Whether the notebook, if it is run whole, could give other functions. */
  differs = false;
  readonly limits: Limits;
  readonly mode: ChildMode;
  #process?: StudentProcess;
  /** Why the cells cannot be taken in. */
  #refusal?: NoAnswer;
  #stopped = false;
  /** Whether a process that waited has been asked again. */
  #hasDoubted = false;
  /** Processes that a signal has ended. */
  #killed = 0;
  /** Milliseconds left, by part. */
  readonly #left = new Map<string, number>();
  /** Functions that have not answered in time. */
  readonly #late = new Map<string, string>();
  /** Cells that do not end, and why they are not run. */
  readonly #skipped = new Map<number, { why: string; wholly: boolean }>();

  constructor(
    readonly program: ChildProgram,
    readonly cells: TakenCell[],
    readonly names: string[],
    { limits = LIMITS, mode = "functions" }: { limits?: Limits; mode?: ChildMode } = {},
  ) {
    this.limits = limits;
    this.mode = mode;
  }

  /**
   * Takes in the cells, once, and again in a new process after one that ended.
   *
   * @throws {NoAnswer} If the process ends or hangs meanwhile.
   * @throws {GraderFailure} If there is no process to take them in.
   */
  async load(): Promise<void> {
    if (this.#process && !this.#process.over) return;
    if (this.#refusal) throw this.#refusal;
    try {
      await this.#takeIn();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      // When it is run cell by cell, the cell that does not end can be left out.
      this.differs = true;
      this.#refusal = new NoAnswer(`your cells could not be taken in: ${error.message}`, error.own);
      throw this.#refusal;
    }
  }

  async #takeIn(): Promise<void> {
    const { cells, names } = this;
    const answer = this.mode === "notebook"
      ? await this.#runCells()
      : await this.#twice(() => this.#fresh({ load: { cells, names } }));
    this.loaded = new Set(answer.loaded);
    this.notes = answer.notes;
    this.differs = answer.differs === true;
  }

  /** Does it again if the machine can be the reason why it failed. */
  async #twice<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 0;; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!await this.#doubts(error, tries)) throw error;
      }
    }
  }

  /** A new process, asked this first. */
  async #fresh(question: Question): Promise<Loaded> {
    await this.#process?.end();
    this.#process = await StudentProcess.start(this.program, this.limits, this.mode);
    if (this.#stopped) throw new NoAnswer("stopped");
    return loadedFrom(await this.#process.ask(question, this.limits.callMs));
  }

  /**
   * Runs the cells of a notebook. Those that keep it from ending are left out, one more each time.
   */
  async #runCells(): Promise<Loaded> {
    for (let restarts = 0;; restarts++) {
      const at = { cell: 0 };
      try {
        return await this.#twice(() => this.#runOnce(at));
      } catch (error) {
        const over = at.cell === this.cells.length || restarts === 2 * MAX_RESTARTS;
        if (!(error instanceof NoAnswer) || this.#stopped || over) throw error;
        const why = this.#process?.over?.kind === "late"
          ? error.message.replace("no answer", "it did not end")
          : error.message;
        const last = restarts >= MAX_RESTARTS ? this.cells.length - 1 : at.cell;
        for (let cell = at.cell; cell <= last; cell++) {
          const before = this.#skipped.get(cell);
          this.#skipped.set(cell, { why: before?.why ?? why, wholly: before !== undefined });
        }
      }
    }
  }

  /** Runs the cells in a new process; `at` says which one is running. */
  async #runOnce(at: { cell: number }): Promise<Loaded> {
    const { cells, names, limits: { callMs } } = this;
    const sources = cells.map(({ source }) => source);
    const { notes: unread } = await this.#fresh({ prepare: { cells: sources } });
    const notes = [...unread];
    let left = 3 * callMs;
    for (at.cell = 0; at.cell < cells.length; at.cell++) {
      const { cell } = at;
      if (unread.some((note) => note.cell === cell)) continue;
      const skipped = this.#skipped.get(cell) ??
        (left < callMs / 100
          ? { why: "the time for your cells is used up", wholly: false }
          : undefined);
      if (skipped) notes.push({ cell, message: `was not run: ${skipped.why}` });
      if (skipped?.wholly) continue;
      const only = skipped || cells[cell].declarations ? { only: "declarations" as const } : {};
      const limit = only.only ? callMs : Math.min(left, callMs);
      const began = performance.now();
      const run = await this.#process!.ask({ run: { cell, ...only } }, limit);
      left -= performance.now() - began;
      notes.push(...loadedFrom(run).notes);
    }
    const taken = await this.#process!.ask({ take: { names } }, callMs);
    return { loaded: loadedFrom(taken).loaded, notes: notes.toSorted((a, b) => a.cell - b.cell) };
  }

  /**
   * Calls a function of the submission. A process that died, or had to be killed, is replaced at
   * the next call. A function that has not answered in time is not asked again, so that the right
   * ones beside it have their time.
   *
   * @param part The part of the assignment whose time the call takes.
   * @throws {NoAnswer} If there is no answer.
   * @throws {GraderFailure} If that is not the student's fault.
   */
  async call(name: string, args: unknown[], part = ""): Promise<unknown> {
    const late = this.#late.get(name);
    if (late) throw new NoAnswer(`${name} gave ${late} before, and is not asked again`);
    await this.load();
    if (!this.loaded!.has(name)) {
      throw new NoAnswer(`the notebook has no function ${name}`);
    }
    const answer = await this.#askTwice({ call: { name, args: encode(args) } }, name, part);
    if ("error" in answer) {
      const error = String(answer.error).slice(0, 300);
      // Ours has the function's name, that of nbgrader has none.
      const unwritten = error.match(STUB)?.[1].replace("this function", name);
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
      if (!(error instanceof CodecError)) throw new GraderFailure("read an answer", error);
      throw new NoAnswer(`what ${name} gives cannot be read: ${error.message}`);
    }
  }

  /** Asks again, in a new process, what could be the machine's fault. */
  async #askTwice(question: Question, name: string, part: string): Promise<Answer> {
    const left = this.#left.get(part) ?? this.limits.partMs;
    for (let tries = 0;; tries++) {
      try {
        const answer = await this.#ask(question, name, part);
        const doubtful = "error" in answer && OUT_OF_MEMORY.test(String(answer.error));
        if (!doubtful || tries > 0) return answer;
        this.renew();
      } catch (error) {
        if (!await this.#doubts(error, tries)) {
          if (tries > 0 && this.#process?.over?.kind === "died") await this.load();
          throw error;
        }
        if (this.#late.delete(name)) this.#left.set(part, left);
      }
      await this.load();
    }
  }

  /**
   * Whether the machine can be the reason why an answer is missing, given the tries so far. Either
   * the process has ended by itself; or it waits and does not compute, as when the question or the
   * answer was lost on its side, which is doubted once (most that wait, wait for something that
   * never comes); or a signal has ended it, as a system does that has no memory left. Then there is
   * a pause and another try, but not for ever: a submission can send itself a signal.
   */
  async #doubts(error: unknown, tries: number): Promise<boolean> {
    if (!(error instanceof NoAnswer) || this.#stopped) return false;
    const { kind, idle, killed } = this.#process?.over ?? {};
    if (killed && this.#killed < MAX_KILLED) {
      await new Promise((resolve) => setTimeout(resolve, KILLED_MS * 2 ** this.#killed++));
      return true;
    }
    if (kind === "died") return tries === 0;
    if (kind !== "late" || !idle || this.#hasDoubted) return false;
    return this.#hasDoubted = true;
  }

  async #ask(question: Question, name: string, part: string): Promise<Answer> {
    const { callMs, partMs } = this.limits;
    const left = this.#left.get(part) ?? partMs;
    const usedUp = `the time for all checks of this part, ${partMs / 1000} s, is used up`;
    if (left <= 0) throw new NoAnswer(usedUp);
    const began = performance.now();
    try {
      return await this.#process!.ask(question, Math.min(callMs, left));
    } catch (error) {
      if (!(error instanceof NoAnswer) || this.#process!.over?.kind !== "late") throw error;
      if (left < callMs) throw new NoAnswer(usedUp);
      this.#late.set(name, error.message);
      throw error;
    } finally {
      this.#left.set(part, left - Math.min(left, performance.now() - began));
      if (this.#process!.over) await this.#process!.end();
    }
  }

  /** Lets functions that were late be asked again, for other checks, which they might pass. */
  forgive(): void {
    this.#late.clear();
  }

  /** Lets the next call begin in a new process. */
  renew(): void {
    this.#process?.kill("a new one takes its place");
  }

  /** Ends what is under way; nothing more is answered. */
  stop(): void {
    this.#stopped = true;
    this.#refusal = new NoAnswer("stopped");
    this.#process?.kill("stopped");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.end();
  }
}

/** What a process says about the cells, reduced to what must be there. */
function loadedFrom(answer: Answer): Loaded {
  if (!("loaded" in answer)) {
    throw new NoAnswer("error" in answer ? String(answer.error) : "no functions", true);
  }
  const notes = list(answer.notes).slice(0, 20).map((note): Note => ({
    cell: Number((note as Note)?.cell),
    message: String((note as Note)?.message).slice(0, 300),
  }));
  return { loaded: list(answer.loaded).map(String), notes, differs: answer.differs === true };
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
