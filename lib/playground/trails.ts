/**
 * Where a few z have gone: G(z) at the last moments at which somebody looked.
 *
 * @module
 */
import { type Traces } from "./playground_messages.ts";

/** Moments that are kept. */
const MOST = 60;

/** Paths of G(z). */
export class Trails {
  #moments: { move: number; x: Float32Array }[] = [];

  /** Takes note of where the z are now; a moment that was seen before is replaced. */
  seen(move: number, x: Float32Array): void {
    this.backTo(move - 1);
    this.#moments.push({ move, x: x.slice() });
    if (this.#moments.length > MOST) this.#moments.shift();
  }

  /** Forgets what came after a move. */
  backTo(move: number): void {
    this.#moments = this.#moments.filter((moment) => moment.move <= move);
  }

  /** The paths, oldest moment first. */
  traces(count: number): Traces {
    const width = this.#moments[0]?.x.length ?? 0;
    const x = new Float32Array(width * this.#moments.length);
    this.#moments.forEach((moment, i) => x.set(moment.x, i * width));
    return { count, moves: this.#moments.map(({ move }) => move), x };
  }
}
