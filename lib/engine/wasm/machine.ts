/**
 * The machine that runs plans: one memory, the kernels, and threads that work on the same list of
 * operations.
 *
 * The calling thread works as well, and never waits for a thread that has not begun: a thread that is
 * late, missing or could not be started costs time and changes no number.
 *
 * @module
 */
import { host, type Thread } from "@/host/host.ts";
import { type tf } from "@/tf.ts";
import { Allocator } from "../allocator.ts";
import { OP_BYTES } from "../fields.ts";
import { kernelModule } from "./kernel_module.ts";
import { eachWeight, weightSize } from "../layout.ts";
import { type Place, type StepMachine } from "../step_machine.ts";
import { type TileExports, tileModule } from "./tile_module.ts";

/** Words of control at the start of the memory. */
export const CONTROL = {
  /** Rises with each job: what sleeping threads watch. */
  generation: 0,
  /** Address of the list, number of operations, address of the counters. */
  job: 2,
  /** One word for each thread. */
  states: 16,
  /** How many words there are in all. */
  words: 1024,
} as const;

/** What a thread's word says. One that failed is gone, and its part of the list was not done. */
export const STATE = { absent: 0, idle: 1, invited: 2, busy: 3, failed: 4 } as const;

/** What a thread is started with. */
export interface ThreadData {
  tiles: WebAssembly.Module;
  kernels: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Its word. */
  state: number;
}

/** What the kernels export. */
export interface KernelExports {
  run(program: number, operations: number, counters: number): void;
}

/** How the inner loops are built. */
export interface Build {
  /** One instruction for product and sum. */
  relaxed: boolean;
}

/** A list of operations in the memory of a machine. */
export interface Program {
  readonly address: number;
  readonly operations: number;
  readonly counters: number;
  /** Whether it is long enough to be worth waking the other threads. */
  readonly shared: boolean;
  /** The first operation that takes in what is put in late. */
  readonly gate: number;
}

const PAGE = 2 ** 16;
/** The kernels keep their constants below this address, the control words below 4096. */
const FIRST = 2 ** 16;
const INITIAL_PAGES = 64;
/** 2 GiB: the largest address is an integer with a sign. */
export const MAXIMUM_PAGES = 32768;
/** Bytes of the counters of an operation. */
export const COUNTER_BYTES = 128;
/** More than an operation has. */
const MANY_CHUNKS = 2 ** 30;
/** More threads than this would wait for memory more than compute. */
const MAX_THREADS = 8;

/** As many as have a word, and the calling one. */
const MOST_THREADS = CONTROL.words - CONTROL.states + 1;

/** Lets everybody pass the operations from `first` on, although they are not done. */
export function abandon(counts: Int32Array, first = 0): void {
  counts.fill(MANY_CHUNKS, first * COUNTER_BYTES / 4);
}

/** Instantiates the two modules in a memory. */
export function instantiate(
  { tiles, kernels, memory }: Omit<ThreadData, "state">,
): KernelExports & { sweeps: TileExports } {
  const inner = new WebAssembly.Instance(tiles, { env: { memory } });
  const outer = new WebAssembly.Instance(kernels, {
    env: { memory },
    tiles: { ...inner.exports },
  });
  const { run } = outer.exports as unknown as KernelExports;
  return { run, sweeps: inner.exports as unknown as TileExports };
}

/** Threads that this machine has use for: one for each core, at most eight. */
export function defaultThreads(): number {
  return Math.min(MAX_THREADS, navigator.hardwareConcurrency);
}

export class Machine implements StepMachine {
  readonly #memory = new WebAssembly.Memory({
    initial: INITIAL_PAGES,
    maximum: MAXIMUM_PAGES,
    shared: true,
  });
  readonly #control = new Int32Array(this.#memory.buffer, 0, CONTROL.words);
  readonly #modules: { tiles: WebAssembly.Module; kernels: WebAssembly.Module };
  readonly #run: KernelExports["run"];
  /** The inner loops by themselves. */
  readonly sweeps: TileExports;
  readonly #states: number[] = [];
  readonly #workers: Thread[] = [];
  readonly #allocator = new Allocator(FIRST);
  /** Threads that are still to be started, this one included. */
  #threads: number;
  /** Whether a list is being run: then the memory is the threads'. */
  #running = false;

  /**
   * @param wanted Threads in all, the calling one included.
   * @throws {RangeError} If that is not an integer of at least 1, or more than have a word.
   * @throws {WebAssembly.CompileError} If the engine lacks what the build needs.
   */
  constructor(readonly build: Build, readonly wanted = defaultThreads()) {
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > MOST_THREADS) {
      throw new RangeError(
        `Cannot start the engine: threads must be an integer from 1 to ${MOST_THREADS}, got ${wanted}`,
      );
    }
    const tiles = tileModule({ ...build, pages: 1, maximumPages: MAXIMUM_PAGES });
    this.#modules = { tiles: new WebAssembly.Module(tiles), kernels: kernelModule() };
    const { run, sweeps } = instantiate({ ...this.#modules, memory: this.#memory });
    this.#run = run;
    this.sweeps = sweeps;
    this.#threads = wanted;
  }

  /** Threads at work, this one included: 1 until another has come up. */
  get threads(): number {
    const up = this.#states.filter((state) => Atomics.load(this.#control, state) !== STATE.absent);
    return 1 + up.length;
  }

  get description(): string {
    return `planned, ${this.wanted} thread${this.wanted === 1 ? "" : "s"}`;
  }

  /** Bytes of the memory as far as it has grown. */
  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Bytes that are given out. */
  get allocated(): number {
    return this.#allocator.allocated;
  }

  get available(): number {
    return MAXIMUM_PAGES * PAGE - FIRST - this.allocated;
  }

  /**
   * Room for `count` numbers of four bytes, all zero; its address is a multiple of 64.
   *
   * @throws {RangeError} If the memory may not grow so far.
   */
  allocate(count: number): number {
    this.#refuseWhileRunning();
    const { address, bytes } = this.#allocator.take(count);
    const missing = this.#allocator.end - this.#memory.buffer.byteLength;
    try {
      if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    } catch (error) {
      this.#allocator.release(address, count);
      throw error;
    }
    this.words(address, bytes / 4).fill(0);
    return address;
  }

  /**
   * Gives back what `allocate` gave out for `count` numbers.
   *
   * @throws {RangeError} If it did not.
   */
  release(address: number, count: number): void {
    this.#refuseWhileRunning();
    this.#allocator.release(address, count);
  }

  #refuseWhileRunning(): void {
    if (!this.#running) return;
    throw new Error(
      "Cannot give out or take back memory while a list of operations is being run: its threads use it",
    );
  }

  /** A view of `count` float32; good as long as what it shows is not released. */
  floats(address: number, count: number): Float32Array<SharedArrayBuffer> {
    return new Float32Array(this.#memory.buffer as unknown as SharedArrayBuffer, address, count);
  }

  doubles(address: number, count: number): Float64Array<SharedArrayBuffer> {
    return new Float64Array(this.#memory.buffer as unknown as SharedArrayBuffer, address, count);
  }

  words(address: number, count: number): Int32Array<SharedArrayBuffer> {
    return new Int32Array(this.#memory.buffer as unknown as SharedArrayBuffer, address, count);
  }

  write(address: number, values: Float32Array): void {
    this.floats(address, values.length).set(values);
  }

  report(address: number, count: number): Float64Array {
    return this.doubles(address, count);
  }

  take({ address, shape }: Place, tensor: tf.Tensor): void {
    const values = tensor.dataSync() as Float32Array;
    if (shape.length === 1) return this.write(address, values);
    const weights = this.floats(address, weightSize(shape[0], shape[1]));
    eachWeight(shape, (k, n, index) => weights[index] = values[k * shape[1] + n]);
  }

  give(places: Place[]): { values: Float32Array }[] {
    return places.map(({ address, shape }) => ({ values: this.#read(address, shape) }));
  }

  /** The values of a parameter, row by row. */
  #read(address: number, shape: number[]): Float32Array {
    if (shape.length === 1) return this.floats(address, shape[0]).slice();
    const weights = this.floats(address, weightSize(shape[0], shape[1]));
    const values = new Float32Array(shape[0] * shape[1]);
    eachWeight(shape, (k, n, index) => values[k * shape[1] + n] = weights[index]);
    return values;
  }

  /** Everything is done when `run` returns. */
  finish(): void {}

  /**
   * Room for a list of operations, of which each is words; see `fields.ts`.
   *
   * @param shared Whether the other threads are to be woken for it.
   * @param gate The first operation that takes in what `late` of `run` puts in.
   */
  program(operations: Int32Array[], shared: boolean, gate = 0): Program {
    const address = this.allocate(operations.length * OP_BYTES / 4);
    operations.forEach((words, i) => {
      this.words(address + i * OP_BYTES, OP_BYTES / 4).set(words);
    });
    const counters = this.allocate(operations.length * COUNTER_BYTES / 4);
    return { address, operations: operations.length, counters, shared, gate };
  }

  /** Gives back the room of a list. */
  releaseProgram({ address, operations, counters }: Program): void {
    this.release(address, operations * OP_BYTES / 4);
    this.release(counters, operations * COUNTER_BYTES / 4);
  }

  wordsOf({ address }: Program, index: number): Float32Array {
    return this.floats(address + index * OP_BYTES, OP_BYTES / 4);
  }

  /**
   * Runs a list of operations from the first to the last.
   *
   * @param late Puts in what the operations from the gate on take in, and touches nothing else that the list
   * does: the other threads begin meanwhile. If it throws, nothing from the gate on is done.
   */
  run({ address, operations, counters, shared, gate }: Program, late?: () => void): void {
    const control = this.#control;
    const counts = this.words(counters, operations * COUNTER_BYTES / 4);
    counts.fill(0);
    if (!shared || this.#threads === 1 && this.#states.length === 0) {
      late?.();
      this.#run(address, operations, counters);
      return;
    }
    this.#start();
    // As if all chunks of the gate were taken, and none done: nobody passes.
    const gateCount = gate * COUNTER_BYTES / 4;
    if (late) counts[gateCount] = MANY_CHUNKS;
    control.set([address, operations, counters], CONTROL.job);
    this.#running = true;
    for (const state of this.#states) {
      Atomics.compareExchange(control, state, STATE.idle, STATE.invited);
    }
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.notify(control, CONTROL.generation);
    try {
      late?.();
      if (late) Atomics.store(counts, gateCount, 0);
    } catch (error) {
      abandon(counts, gate);
      throw error;
    } finally {
      this.#takePart(address, operations, counters, counts);
    }
  }

  /** Does this thread's part of a list, and waits for the others. */
  #takePart(address: number, operations: number, counters: number, counts: Int32Array): void {
    let failed = false;
    try {
      this.#run(address, operations, counters);
    } catch (error) {
      abandon(counts);
      throw error;
    } finally {
      failed = this.#join();
      this.#running = false;
    }
    if (failed) {
      throw new Error(
        "Cannot finish a list of operations: one of the engine's threads failed in the middle of it, " +
          "and the numbers are incomplete. Resume from the last checkpoint",
      );
    }
  }

  /** Waits for the threads that are at a list; whether one of them has failed. Those are gone. */
  #join(): boolean {
    const control = this.#control;
    for (const state of this.#states) {
      // A thread that has not begun is no longer invited; one that is at it is about to finish.
      Atomics.compareExchange(control, state, STATE.invited, STATE.idle);
      while (Atomics.load(control, state) === STATE.busy) {
        Atomics.wait(control, state, STATE.busy, 10);
      }
    }
    const all = this.#states.splice(0);
    this.#states.push(...all.filter((state) => Atomics.load(control, state) !== STATE.failed));
    return this.#states.length < all.length;
  }

  /** Ends the other threads; the machine goes on with this one. */
  stop(): void {
    this.#threads = 1;
    this.#states.length = 0;
    for (const worker of this.#workers.splice(0)) worker.end();
  }

  /** Starts the other threads at the first list that is worth it. */
  #start(): void {
    for (; this.#threads > 1; this.#threads--) {
      const state = CONTROL.states + this.#states.length;
      this.#states.push(state);
      const data: ThreadData = { ...this.#modules, memory: this.#memory, state };
      // Where it cannot be started, its word stays "absent": the work is done without it.
      this.#workers.push(host.startThread("engine", data));
    }
  }
}
