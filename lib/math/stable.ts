/**
 * Elementary functions that stay right at the extremes. Plain numbers, natural logarithms (nats).
 *
 * Notation: a is a logit; sigmoid(a) = 1 / (1 + exp(-a)); softplus(a) = log(1 + exp(a)).
 * All take ±Infinity as the limit that it stands for, and NaN gives NaN.
 *
 * @module
 */

/** 1 / (1 + exp(-a)), without overflow on either side. */
export function sigmoid(a: number): number {
  if (a >= 0) return 1 / (1 + Math.exp(-a));
  const e = Math.exp(a);
  return e / (1 + e);
}

/** log(1 + exp(a)) = -log(1 - sigmoid(a)). */
export function softplus(a: number): number {
  return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
}

/** log(sigmoid(a)): finite for every finite a, unlike a logarithm taken after the sigmoid. */
export function logSigmoid(a: number): number {
  return -softplus(-a);
}

/** log(p / (1 - p)), the inverse of the sigmoid: -Infinity at 0, Infinity at 1. */
export function logit(p: number): number {
  return Math.log(p) - Math.log1p(-p);
}

/** log(exp(a) + exp(b)). */
export function logAddExp(a: number, b: number): number {
  if (a === b) return a + Math.LN2;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** log(Σ exp(values)); -Infinity for no values. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i]);
  // The limits, and NaN: there is nothing to subtract from them.
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i] - largest);
  return largest + Math.log(sum);
}

/**
 * The complementary error function, 2/√π ∫ₓ^∞ exp(-t²) dt, to about 1e-15 of its value.
 *
 * Below 1.5 it comes from Kummer's series of erf, whose terms are all positive; above, from the
 * continued fraction of Laplace. Source: Abramowitz and Stegun, 7.1.6 and 7.1.14.
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 1.5) {
    let term = (2 / Math.sqrt(Math.PI)) * x * Math.exp(-x * x);
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - sum;
  }
  let tail = x;
  // 150 levels are enough from 1.5 on.
  for (let n = 150; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}

/**
 * `count` equally spaced numbers from `low` to `high`, both included and exact.
 *
 * @throws {RangeError} If the count is not an integer of at least 2.
 */
export function linspace(low: number, high: number, count: number): number[] {
  if (!Number.isInteger(count) || count < 2) {
    throw new RangeError(
      `Cannot space numbers: the count must be an integer of at least 2, got ${count}`,
    );
  }
  const last = count - 1;
  return Array.from({ length: count }, (_, i) => i === last ? high : low + (high - low) * i / last);
}
