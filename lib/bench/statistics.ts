/**
 * Statistics of times that were measured in rounds.
 *
 * A slow machine slows a whole round, so ratios are taken within a round and only then summed up.
 *
 * @module
 */

/** Times of one row, one number per round, in the unit in which they came. */
export interface Spread {
  median: number;
  /** The first and the third quartile. */
  quartiles: [number, number];
  min: number;
  max: number;
}

/**
 * The number below which the share `share` of the values lies, interpolated linearly between two
 * values.
 *
 * @throws {RangeError} If there are no values.
 */
export function sampleQuantile(values: readonly number[], share: number): number {
  if (values.length === 0) {
    throw new RangeError("Cannot take a quantile: it needs at least one value, got none");
  }
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)] - below);
}

export function median(values: readonly number[]): number {
  return sampleQuantile(values, 0.5);
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    median: median(values),
    quartiles: [sampleQuantile(values, 0.25), sampleQuantile(values, 0.75)],
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/**
 * The median over the rounds of `times[round] / others[round]`.
 *
 * @throws {RangeError} If they are not of the same rounds.
 */
export function medianRatio(times: readonly number[], others: readonly number[]): number {
  if (times.length !== others.length) {
    throw new RangeError(
      `Cannot compare times: both must be of the same rounds, got ${times.length} and ${others.length}`,
    );
  }
  return median(times.map((time, round) => time / others[round]));
}
