/**
 * What a planned training step asks of the machine that runs it, be its memory the processor's or a
 * GPU's.
 *
 * @module
 */
import { type tf } from "@/tf.ts";

/** A list of operations that a machine has taken in. */
export interface Program {
  readonly operations: number;
}

/** A parameter in the memory of a machine; a matrix lies as `layout.ts` says. */
export interface Place {
  address: number;
  shape: number[];
}

/** Numbers that are still in another memory. */
export interface Later {
  /** They are those of the moment at which they were asked for. Call it once at most. */
  read(): Promise<ArrayLike<number>>;
}

/** The numbers of a parameter: here, or in a buffer that is good until the next step. */
export type Given = { values: Float32Array } | { buffer: GPUBuffer };

export interface StepMachine {
  /** What runs the steps: a clause for the user. */
  readonly description: string;
  /** Bytes that may still be given out. */
  readonly available: number;
  /**
   * Room for `count` numbers of four bytes, all zero; its address is a multiple of 64.
   *
   * @throws {RangeError} If the memory may not grow so far.
   */
  allocate(count: number): number;
  /** Gives back what `allocate` gave out for `count` numbers. */
  release(address: number, count: number): void;
  /** Puts numbers, or words, into the memory. */
  write(address: number, values: Float32Array | Uint32Array): void;
  /**
   * Where `Load` can make numbers of less (`Inputs`): puts many bytes into the memory, a multiple
   * of four of them.
   */
  fill?(address: number, bytes: Uint8Array<ArrayBuffer>): void;
  /**
   * Takes in a list of operations, of which each is words; see `operation_protocol.ts`.
   *
   * @param shared Whether it is long enough to be worth waking other threads.
   * @param gate The first operation that takes in what `late` of `run` puts in; the first of all,
   * where it is left out.
   */
  program(operations: Int32Array[], shared: boolean, gate?: number): Program;
  /**
   * Where it is the machine that chooses how products are made, and their bits depend on it: how it
   * would make those of these programs, by shape, and the bytes of memory that this takes besides.
   */
  choose?(programs: Int32Array[][]): { tiles: Record<string, string>; bytes: number };
  releaseProgram(program: Program): void;
  /** The words of an operation, as float32, to be changed before the next run. */
  wordsOf(program: Program, index: number): Float32Array;
  /**
   * Runs a list from the first operation to the last; at the latest when `finish` is called.
   *
   * @param late Puts in numbers that no operation before the gate takes in. These may run
   * meanwhile.
   * @param meanwhile What might as well be done while other threads compute. A machine need not
   * call it.
   */
  run(program: Program, late?: () => void, meanwhile?: () => void): void;
  /** A step ends: it is done, or is sent off with the next ones, or when somebody reads. */
  finish(): void;
  /** Where `finish` does not wait: whether steps are put together that are not sent off yet. */
  readonly gathering?: boolean;
  /** Where `finish` does not wait: waits until so little is under way that more may follow. */
  room?(): Promise<void>;
  /** Where `finish` does not wait: numbers as they lie in the memory now, end to end. */
  copyOut?(ranges: { address: number; count: number }[]): Later;
  /** What the operations reported at `address`; to be asked for before `finish`. */
  report(address: number, count: number): ArrayLike<number> | Later;
  /** Takes a tensor's numbers into the memory. */
  take(place: Place, tensor: tf.Tensor): void;
  /** Gives the memory's numbers, row by row, to be made into tensors at once. */
  give(places: Place[]): Given[];
}
