/**
 * The machine that runs plans on the processor: one memory, the kernels, and a pool of threads that
 * work on the same list of operations.
 *
 * @module
 */
import { type tf } from "@/tf.ts";
import { MOST_THREADS, ThreadPool, threadsUpTo } from "@/wasm/pool.ts";
import { Allocator } from "../allocator.ts";
import { COUNTER_BYTES, MANY_CHUNKS, OP_BYTES } from "../operation_protocol.ts";
import { copyWeights, weightSize } from "../layout.ts";
import { type Place, type Program, type StepMachine } from "../step_machine.ts";
import { arrange, placeAt } from "./arrange.ts";
import { kernelModule } from "./kernel_module.ts";
import { tileModule } from "./tile_module.ts";

/** How the inner loops are built. */
export interface Build {
  /** One instruction for product and sum: see `f32x4.multiplyAdd`. */
  relaxed: boolean;
}

/** A list of operations in the memory of a machine. */
export interface WasmProgram extends Program {
  readonly address: number;
  /** Where each operation lies, by its place in the list that was given. */
  readonly addresses: number[];
  readonly counters: number;
  /** Whether it is long enough to be worth waking the other threads. */
  readonly shared: boolean;
  /** The first operation that takes in what is put in late. */
  readonly gate: number;
}

const PAGE = 2 ** 16;
/**
 * The pool's words come first, then the constants of the kernels (`--memoryBase`), then the arrays.
 */
const FIRST = 2 ** 16;
const INITIAL_PAGES = 64;
/** 2 GiB: the largest address is an integer with a sign. */
export const MAXIMUM_PAGES = 32768;
/** 256 MiB: enough for the presets. With less the engine does not start. */
const LEAST_MAXIMUM_PAGES = 4096;
/** More threads than this would wait for memory more than compute. */
const MAX_THREADS = 16;

/**
 * A shared memory and how far it may grow. Room for all of that is kept from the start, and a phone
 * may refuse to keep 2 GiB.
 *
 * @throws {Error} If there is no shared memory, or too little.
 */
function growingMemory(): [WebAssembly.Memory, number] {
  for (let maximum = MAXIMUM_PAGES;; maximum /= 2) {
    try {
      const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: true });
      return [memory, maximum];
    } catch (error) {
      if (maximum / 2 >= LEAST_MAXIMUM_PAGES) continue;
      throw new Error(`there is no shared memory: ${(error as Error).message}`);
    }
  }
}

export class WasmMachine implements StepMachine {
  readonly #memory: WebAssembly.Memory;
  readonly #maximumPages: number;
  readonly #pool: ThreadPool;
  readonly #allocator = new Allocator(FIRST);
  /** Whether a list is being run: then the memory is the threads'. */
  #running = false;

  /**
   * @param wanted Threads in all, the calling one included.
   * @throws {RangeError} If that is not an integer of at least 1, or more than have a word.
   * @throws {WebAssembly.CompileError} If the engine lacks what the build needs.
   */
  constructor(readonly build: Build, readonly wanted = threadsUpTo(MAX_THREADS)) {
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > MOST_THREADS) {
      throw new RangeError(
        `Cannot start the engine: threads must be an integer from 1 to ${MOST_THREADS}, got ${wanted}`,
      );
    }
    [this.#memory, this.#maximumPages] = growingMemory();
    const tiles = tileModule({ ...build, pages: 1, maximumPages: MAXIMUM_PAGES });
    const modules = { tiles: new WebAssembly.Module(tiles), kernels: kernelModule() };
    this.#pool = new ThreadPool(this.#memory, modules, wanted);
  }

  /** Threads at work, this one included: 1 until another has come up. */
  get threads(): number {
    return this.#pool.threads;
  }

  get description(): string {
    const threads = `planned, ${this.wanted} thread${this.wanted === 1 ? "" : "s"}`;
    return this.build.relaxed ? threads : `${threads}, without relaxed SIMD`;
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
    return this.#maximumPages * PAGE - FIRST - this.allocated;
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

  /** Numbers as they lie in the memory. */
  read(address: number, count: number): Float32Array {
    return this.floats(address, count).slice();
  }

  report(address: number, count: number): Float64Array {
    return this.doubles(address, count);
  }

  take({ address, shape }: Place, tensor: tf.Tensor): void {
    const values = tensor.dataSync() as Float32Array;
    if (shape.length === 1) return this.write(address, values);
    const weights = this.floats(address, weightSize(shape[0], shape[1]));
    copyWeights(shape, { rows: values, weights, to: "weights" });
  }

  give(places: Place[]): { values: Float32Array }[] {
    return places.map(({ address, shape }) => ({ values: this.#readRows(address, shape) }));
  }

  /** The values of a parameter, row by row. */
  #readRows(address: number, shape: number[]): Float32Array {
    if (shape.length === 1) return this.read(address, shape[0]);
    const weights = this.floats(address, weightSize(shape[0], shape[1]));
    const values = new Float32Array(shape[0] * shape[1]);
    copyWeights(shape, { rows: values, weights, to: "rows" });
    return values;
  }

  /** Everything is done when `run` returns. */
  finish(): void {}

  /**
   * Room for a list of operations, of which each is words; see `operation_protocol.ts`. They are
   * done in an order of the machine's own, some within others; the numbers are those of the order
   * that is given.
   *
   * @param shared Whether the other threads are to be woken for it.
   * @param gate The first operation that takes in what `late` of `run` puts in.
   */
  program(operations: Int32Array[], shared: boolean, gate = 0): WasmProgram {
    const arranged = arrange(operations, gate, this.wanted);
    const address = this.allocate(operations.length * OP_BYTES / 4);
    const { words, addresses } = placeAt(address, arranged);
    this.words(address, words.length).set(words);
    const { length } = arranged.list;
    const counters = this.allocate(length * COUNTER_BYTES / 4);
    return { address, addresses, operations: length, counters, shared, gate: arranged.gate };
  }

  /** Gives back the room of a list. */
  releaseProgram({ address, addresses, operations, counters }: WasmProgram): void {
    this.release(address, addresses.length * OP_BYTES / 4);
    this.release(counters, operations * COUNTER_BYTES / 4);
  }

  wordsOf({ addresses }: WasmProgram, index: number): Float32Array {
    return this.floats(addresses[index], OP_BYTES / 4);
  }

  /**
   * Runs a list of operations from the first to the last.
   *
   * @param late Puts in what the operations from the gate on take in, and touches nothing else that
   * the list does: the other threads begin meanwhile. If it throws, nothing from the gate on is
   * done.
   * @param meanwhile What this thread does then, before it takes part, where there are others.
   */
  run(
    { address, operations, counters, shared, gate }: WasmProgram,
    late?: () => void,
    meanwhile?: () => void,
  ): void {
    const counts = this.words(counters, operations * COUNTER_BYTES / 4);
    counts.fill(0);
    const list = [address, operations, counters];
    if (!shared || this.#pool.alone) {
      late?.();
      this.#pool.run(list);
      return;
    }
    const gateCounters = counters + gate * COUNTER_BYTES;
    const taken = this.words(gateCounters, 1);
    // As if all chunks of the gate were taken, and none done: nobody passes.
    if (late) taken[0] = MANY_CHUNKS;
    const open = late && (() => {
      try {
        late();
        Atomics.store(taken, 0, 0);
        Atomics.notify(taken, 0);
        if (this.#pool.threads > 1) meanwhile?.();
      } catch (error) {
        this.#pool.abandon([address, operations - gate, gateCounters]);
        throw error;
      }
    });
    this.#shareList(list, open);
  }

  #shareList(list: number[], first?: () => void): void {
    this.#running = true;
    let complete = true;
    try {
      complete = this.#pool.share(list, first);
    } finally {
      this.#running = false;
    }
    if (complete) return;
    throw new Error(
      "Cannot finish a list of operations: one of the engine's threads failed in the middle of it, " +
        "and the numbers are incomplete. Resume from the last checkpoint",
    );
  }

  /** Ends the other threads; the machine goes on with this one. */
  stop(): void {
    this.#pool.stop();
  }
}
