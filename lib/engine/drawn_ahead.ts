/**
 * Noise that is drawn before its turn, while other threads compute. The stream itself stays where it
 * is until its numbers are asked for, so that nobody can tell: a checkpoint that is written in
 * between has the state that it would have had, and numbers that were drawn from another state than
 * the stream has by then are dropped.
 *
 * @module
 */
import { Random, type RandomState } from "@/random.ts";

/** Normal numbers, and where the stream stood before them. */
interface Drawn {
  from: RandomState;
  values: Float32Array;
}

export class DrawnAhead {
  #drawn: Drawn[] = [];

  /** Draws what will be asked for next, so many numbers at a time. */
  prepare(random: Random, counts: number[]): void {
    const copy = Random.restore(random.state());
    this.#drawn = counts.map((count) => ({ from: copy.state(), values: copy.normals(count) }));
  }

  /** As `random.normals(count)`. */
  normals(random: Random, count: number): Float32Array {
    const next = this.#drawn.shift();
    if (next?.values.length !== count || !same(next.from, random.state())) {
      this.#drawn = [];
      return random.normals(count);
    }
    random.wordsOfNormals(count);
    return next.values;
  }
}

function same(one: RandomState, other: RandomState): boolean {
  return one.key === other.key && one.words.every((word, i) => word === other.words[i]);
}
