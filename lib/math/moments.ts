/**
 * Mean and standard deviation of a few numbers.
 *
 * @module
 */

/**
 * The mean.
 *
 * @throws {RangeError} If there are no numbers.
 */
export function meanOf(values: ArrayLike<number>): number {
  if (values.length === 0) throw new RangeError("Cannot take a mean: it needs a number, got none");
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * The standard deviation of what the numbers were drawn from: it divides by one less than there are.
 *
 * @throws {RangeError} If there are fewer than two.
 */
export function deviationOf(values: ArrayLike<number>): number {
  if (values.length < 2) {
    throw new RangeError(
      `Cannot take a standard deviation: it needs at least two numbers, got ${values.length}`,
    );
  }
  const mean = meanOf(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}
