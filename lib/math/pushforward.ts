/**
 * The distribution of G(z) on the line, counted through G instead of estimated from samples.
 *
 * Notation: z has a density; g holds the values of G at knots z₀ < z₁ < …, and G is taken as linear
 * between them. The mass of z between two knots is spread evenly over its image, so that no
 * derivative of G is needed: folds, where the density of G(z) is infinite, are counted rightly.
 *
 * @module
 */
import { type Density } from "./density.ts";
import { linspace } from "./stable.ts";

/**
 * P(G(z) ≤ x) as a function of x. The two outermost cells take the tails of z.
 *
 * @param knots At least two, from left to right.
 * @param g G at the knots.
 * @throws {TypeError} If there are not as many values as knots, or fewer than two.
 * @throws {RangeError} If a value is NaN.
 */
export function pushforwardCdf(
  source: Density,
  knots: readonly number[],
  g: ArrayLike<number>,
): (x: number) => number {
  const cells = knots.length - 1;
  if (cells < 1 || g.length !== knots.length) {
    throw new TypeError(
      `Cannot count G(z): there must be two or more knots and a value of G at each, got ${knots.length} knots and ${g.length} values`,
    );
  }
  const lost = Array.from(g).findIndex(Number.isNaN);
  if (lost >= 0) {
    throw new RangeError(
      `Cannot count G(z): G must be a number at every knot, got NaN at z = ${knots[lost]}`,
    );
  }
  const below = knots.map((z, i) => i === 0 ? 0 : i === cells ? 1 : source.cdf(z));
  return (x) => {
    let sum = 0;
    for (let i = 0; i < cells; i++) {
      const mass = below[i + 1] - below[i];
      const [low, high] = g[i] < g[i + 1] ? [g[i], g[i + 1]] : [g[i + 1], g[i]];
      if (x >= high) sum += mass;
      else if (x > low) sum += mass * (x - low) / (high - low);
    }
    return sum;
  };
}

/** The line cut into equal bins, with one more bin at each end for all that lies beyond. */
export interface Bins {
  /** Ends of the equal bins, from left to right. */
  edges: number[];
  /** Of each of them. */
  width: number;
  /** Their middles. */
  centres: number[];
  /** A point for every bin, the two beyond included: where a function is asked. */
  places: number[];
}

/** `count` equal bins from `low` to `high`, and one beyond each end. */
export function binsBetween(low: number, high: number, count: number): Bins {
  const edges = linspace(low, high, count + 1);
  const width = (high - low) / count;
  const centres = edges.slice(1).map((edge) => edge - width / 2);
  return { edges, width, centres, places: [low, ...centres, high] };
}

/** The probability of each bin, the two beyond the ends included: `bins.places.length` of them. */
export function massesIn({ edges }: Bins, cdf: (x: number) => number): number[] {
  const below = [0, ...edges.map(cdf), 1];
  // A rounding can make an empty bin negative.
  return below.slice(1).map((mass, i) => Math.max(0, mass - below[i]));
}

/** The bin that x is in, as an index of `massesIn`; a point on an edge is in the bin to its left. */
export function binOf({ edges, width }: Bins, x: number): number {
  return Math.min(edges.length, Math.max(0, Math.ceil((x - edges[0]) / width)));
}
