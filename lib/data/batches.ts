/**
 * Minibatches. With a fixed set each epoch visits every row once, in a new random order; the rows
 * left over when the batch does not divide their number wait for another epoch's order. With a
 * distribution each batch is drawn anew.
 *
 * @module
 */
import { Random, type RandomState } from "@/random.ts";
import { type FixedRows, isFresh, type TrainingData } from "./training_data.ts";

/** A minibatch. */
export interface Batch {
  /** [rows of a batch, columns]; put together when it is asked for. */
  readonly rows: Float32Array;
  /** Which rows of a fixed set they are. */
  indices?: Uint32Array;
  /** The class of each row, [rows of a batch], where the data know it. */
  labels?: Uint8Array;
}

/** A stream of minibatches that can be saved and continued. */
export interface Batches {
  /** Batches in an epoch. */
  readonly perEpoch: number;
  /** The next batch; it moves the state on. */
  next(): Batch;
  /** All that decides the batches to come. */
  state(): BatchOrderState;
}

/**
 * Batches that count as an epoch where the data have no end. A run is saved
 * and its picture drawn once an epoch: three times in 600 steps.
 */
export const FRESH_BATCHES_PER_EPOCH = 200;

/**
 * The minibatches of these data.
 *
 * @param batchSize Rows of a batch.
 * @param random Its own stream: nothing else may draw from it.
 * @throws {RangeError} If a fixed set has fewer rows than a batch.
 */
export function createBatches(data: TrainingData, batchSize: number, random: Random): Batches {
  if (isFresh(data)) return new FreshBatches(data.draw, batchSize, random, 0);
  return rowBatches(data, new BatchOrder(data.rows, batchSize, random));
}

/**
 * The minibatches whose `state()` this was.
 *
 * @throws {RangeError} If the state is not that of such batches.
 */
export function restoreBatches(
  data: TrainingData,
  batchSize: number,
  state: BatchOrderState,
): Batches {
  if (!isFresh(data)) {
    return rowBatches(data, BatchOrder.restore(data.rows, batchSize, state));
  }
  checkPosition(state.position, FRESH_BATCHES_PER_EPOCH);
  return new FreshBatches(data.draw, batchSize, Random.restore(state.random), state.position);
}

function rowBatches(data: FixedRows, order: BatchOrder): Batches {
  return {
    perEpoch: order.perEpoch,
    next() {
      const indices = order.next();
      const { labels } = data;
      return {
        get rows() {
          return data.batch(indices);
        },
        indices,
        labels: labels && Uint8Array.from(indices, (index) => labels[index]),
      };
    },
    state: () => order.state(),
  };
}

class FreshBatches implements Batches {
  readonly perEpoch = FRESH_BATCHES_PER_EPOCH;

  constructor(
    readonly draw: (count: number, random: Random) => Float32Array,
    readonly batchSize: number,
    readonly random: Random,
    private position: number,
  ) {}

  next(): Batch {
    this.position = this.position % this.perEpoch + 1;
    return { rows: this.draw(this.batchSize, this.random) };
  }

  state(): BatchOrderState {
    return { random: this.random.state(), position: this.position };
  }
}

/** Where a stream of batches stands. */
export interface BatchOrderState {
  /** The generator: before this epoch's order was drawn, or before the next fresh batch. */
  random: RandomState;
  /** Batches of this epoch already given out. */
  position: number;
}

export class BatchOrder {
  #random: Random;
  #before: RandomState;
  #order: Uint32Array;
  #position = 0;

  /**
   * @param rows Number of rows.
   * @param batchSize Rows of a batch.
   * @param random Its own stream: nothing else may draw from it.
   * @throws {RangeError} If there are fewer rows than a batch has.
   */
  constructor(readonly rows: number, readonly batchSize: number, random: Random) {
    if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > rows) {
      throw new RangeError(
        `Cannot make batches: the batch size must be an integer from 1 to the number of rows, ${rows}, got ${batchSize}`,
      );
    }
    this.#random = random;
    this.#before = random.state();
    this.#order = random.permutation(rows);
  }

  /** Batches in an epoch. */
  get perEpoch(): number {
    return Math.floor(this.rows / this.batchSize);
  }

  /** The rows of the next batch; a view that is good until the epoch ends. */
  next(): Uint32Array {
    if (this.#position === this.perEpoch) {
      this.#before = this.#random.state();
      this.#order = this.#random.permutation(this.rows);
      this.#position = 0;
    }
    const from = this.#position++ * this.batchSize;
    return this.#order.subarray(from, from + this.batchSize);
  }

  /** All that decides the batches to come. */
  state(): BatchOrderState {
    return { random: this.#before, position: this.#position };
  }

  /**
   * The order whose `state()` this was.
   *
   * @throws {RangeError} If the position is not one within an epoch.
   */
  static restore(rows: number, batchSize: number, state: BatchOrderState): BatchOrder {
    const order = new BatchOrder(rows, batchSize, Random.restore(state.random));
    checkPosition(state.position, order.perEpoch);
    order.#position = state.position;
    return order;
  }
}

function checkPosition(position: number, perEpoch: number): void {
  if (!Number.isInteger(position) || position < 0 || position > perEpoch) {
    throw new RangeError(
      `Cannot restore the order of batches: the position must be an integer from 0 to ${perEpoch}, got ${position}`,
    );
  }
}
