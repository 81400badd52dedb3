/**
 * Histograms of numbers on the line.
 *
 * @module
 */
const BINS = 80;

/** The density of numbers in 80 bins: shares of all numbers, those outside included, by width. */
export function histogram(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
): { middles: number[]; densities: number[] } {
  const width = (high - low) / BINS;
  const densities = new Array<number>(BINS).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i] - low) / width);
    if (bin >= 0 && bin < BINS) densities[bin] += 1 / (values.length * width);
  }
  return { middles: densities.map((_, i) => low + (i + 0.5) * width), densities };
}
