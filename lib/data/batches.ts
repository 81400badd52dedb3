/**
 * Minibatches: each epoch visits every row once, in a new random order.
 *
 * The rows left over when the batch does not divide their number wait for another epoch's order.
 *
 * @module
 */
import { Random, type RandomState } from "@/random.ts";

/** Where a `BatchOrder` stands. */
export interface BatchOrderState {
  /** The generator as it was before this epoch's order was drawn. */
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
    if (
      !Number.isInteger(state.position) || state.position < 0 || state.position > order.perEpoch
    ) {
      throw new RangeError(
        `Cannot restore the order of batches: the position must be an integer from 0 to ${order.perEpoch}, got ${state.position}`,
      );
    }
    order.#position = state.position;
    return order;
  }
}
