/**
 * A pool of threads that run WebAssembly modules in one memory.
 *
 * The calling thread works as well, and never waits for a thread that has not begun: one that is
 * late, missing or could not be started costs time and changes no number.
 *
 * Each user has a pool of its own, with its own memory and modules: a thread that sleeps on a word
 * of one memory cannot be told of another, and pools that are not at work cost no time.
 *
 * @module
 */
import { host, type StartedThread } from "@/host/host.ts";
import { narrowAgain } from "./narrow_again.ts";
import {
  CONTROL,
  instantiate,
  type JobExports,
  type Modules,
  STATE,
  type ThreadData,
} from "./thread.ts";

/** Bytes at the start of a memory that belong to its pool. */
export const CONTROL_BYTES = 4 * CONTROL.words;

/** The threads that have a word, and the calling one. */
export const MOST_THREADS = CONTROL.words - CONTROL.states + 1;

/** How often this thread looks before it sleeps: some 10 µs. */
const LOOKS = 2000;

/** Up to so many hardware threads are taken to be cores. */
const FEW = 8;

/**
 * One thread for each core, at most `most`; the calling one alone where no other may be started.
 *
 * Neither a browser nor Deno with the permissions of our tasks tells cores from hardware threads,
 * and two of these on one core multiply no faster than one. So of more than 8 half are taken, but
 * on ARM, where a core has one.
 */
export function threadsUpTo(
  most: number,
  hardware: number = navigator.hardwareConcurrency,
  architecture: string | undefined = host.architecture,
): number {
  if (!host.threads) return 1;
  const cores = architecture === "aarch64" ? hardware : Math.max(FEW, Math.ceil(hardware / 2));
  return Math.min(most, hardware, cores);
}

export class ThreadPool {
  readonly #control: Int32Array;
  /** The last module on this thread. */
  readonly #exports: JobExports;
  /** The words of the threads that were started and have not failed. */
  readonly #states: number[] = [];
  readonly #started: StartedThread[] = [];
  /** Threads that are still to be started, this one included. */
  #wanted: number;

  /**
   * @param memory Shared; its first `CONTROL_BYTES` belong to the pool.
   * @param modules The last one exports `run`: see `JobExports`.
   * @param threads In all, the calling one included; at most `MOST_THREADS`.
   * @param start Starts one of the others.
   */
  constructor(
    readonly memory: WebAssembly.Memory,
    readonly modules: Modules,
    threads: number,
    readonly start: (data: ThreadData) => StartedThread = host.startThread,
  ) {
    this.#control = new Int32Array(memory.buffer, 0, CONTROL.words);
    this.#exports = instantiate(modules, memory);
    this.#wanted = threads;
  }

  /** Threads at work, this one included: 1 until another has come up. */
  get threads(): number {
    const up = this.#states.filter((state) => Atomics.load(this.#control, state) !== STATE.absent);
    return 1 + up.length;
  }

  /** Whether there is no other thread, and none is to be started. */
  get alone(): boolean {
    return this.#wanted === 1 && this.#states.length === 0;
  }

  /**
   * Does a job on all threads, and returns when none of them is at it any more.
   *
   * @param first What this thread does before its own part of the job, while the others begin. If
   * it throws, the job is done all the same, and then the error is thrown.
   * @returns Whether no other thread has failed. One that has is gone, and the job is incomplete.
   */
  share(job: number[], first?: () => void): boolean {
    this.#startOthers();
    this.#invite(job);
    let complete = true;
    try {
      first?.();
    } finally {
      complete = this.#takePart(job);
    }
    return complete;
  }

  /** Does a job on this thread alone. */
  run(job: number[]): void {
    try {
      this.#exports.run(...job);
    } finally {
      narrowAgain();
    }
  }

  /** Has the threads that wait for what others do not do any more go on. */
  abandon(job: number[]): void {
    this.#exports.abandon?.(...job);
  }

  /** Ends the other threads; the pool goes on with this one. */
  stop(): void {
    this.#wanted = 1;
    this.#states.length = 0;
    for (const thread of this.#started.splice(0)) thread.terminate();
  }

  /** Sets the job; threads that are awake begin at once. */
  #invite(job: number[]): void {
    const control = this.#control;
    control[CONTROL.jobLength] = job.length;
    control.set(job, CONTROL.job);
    for (const state of this.#states) {
      Atomics.compareExchange(control, state, STATE.idle, STATE.invited);
    }
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.notify(control, CONTROL.generation);
  }

  /** This thread's part of a job; waits for the others. */
  #takePart(job: number[]): boolean {
    let complete = true;
    try {
      this.run(job);
    } catch (error) {
      this.abandon(job);
      throw error;
    } finally {
      complete = this.#join();
    }
    return complete;
  }

  /** Waits for the threads that are at the job; whether none of them has failed. */
  #join(): boolean {
    const control = this.#control;
    for (const state of this.#states) {
      // A thread that has not begun is no longer invited; one that is at it is about to finish.
      Atomics.compareExchange(control, state, STATE.invited, STATE.idle);
      // It is about to say so, and sleeping costs more than that takes.
      for (let looks = 0; looks < LOOKS && Atomics.load(control, state) === STATE.busy; looks++);
      while (Atomics.load(control, state) === STATE.busy) {
        Atomics.wait(control, state, STATE.busy, 10);
      }
    }
    const all = this.#states.splice(0);
    this.#states.push(...all.filter((state) => Atomics.load(control, state) !== STATE.failed));
    return this.#states.length === all.length;
  }

  /** Starts the other threads at the first job that is shared. */
  #startOthers(): void {
    for (; this.#wanted > 1; this.#wanted--) {
      const state = CONTROL.states + this.#states.length;
      this.#states.push(state);
      const data: ThreadData = { modules: this.modules, memory: this.memory, state };
      try {
        this.#started.push(this.start(data));
      } catch {
        // Not permitted: its word stays "absent", and the work is done without it.
      }
    }
  }
}
