/**
 * Numbers as the playground writes them in a text.
 *
 * @module
 */

/** Less than this is what rounding leaves. */
const ROUNDING = 1e-9;

/** Three digits after the point, fewer of a large number, a power of ten where these say little. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size < ROUNDING) return "0";
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 3;
  const text = size !== 0 && (size < 0.001 || size >= 1e4)
    ? value.toExponential(1)
    : value.toFixed(digits);
  return text.replaceAll("-", "−").replace("e+", "e");
}
