/**
 * Elementary functions on four numbers. NaN stays NaN, and infinities give their limits.
 *
 * exp: x = n log 2 + r, |r| <= log 2 / 2, and a polynomial in r (Taylor to the seventh power: its
 * error is below float32's). tanh near 0 is its own series, since 1 - 2/(1 + exp(2x)) cancels
 * there.
 */

// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * Numbers of `exp`. They are read from memory where they are used: V8 builds a constant anew at
 * each use, in more instructions.
 */
const EXP: usize = memory.data<f32>([
  88,
  -87,
  1.4426950408889634,
  // x/log 2 plus this has no place for a fraction: adding rounds to the nearest, and leaves the
  // integer in the last bits.
  12582912,
  // log 2 in two parts: the first has few digits, so that n times it is exact.
  0.693359375,
  -2.12194440e-4,
  1.0 / 5040.0,
  1.0 / 720.0,
  1.0 / 120.0,
  1.0 / 24.0,
  1.0 / 6.0,
  0.5,
  1,
]);

// @ts-ignore: decorator
@inline
function ofExp(index: usize): v128 {
  return v128.load32_splat(EXP + 4 * index);
}

// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // A NaN is neither less nor greater, and stays.
  const clamped = f32x4.pmax(f32x4.pmin(x, ofExp(0)), ofExp(1));
  const rounded = f32x4.add(f32x4.mul(clamped, ofExp(2)), ofExp(3));
  const n = f32x4.sub(rounded, ofExp(3));
  let r = f32x4.sub(clamped, f32x4.mul(n, ofExp(4)));
  r = f32x4.sub(r, f32x4.mul(n, ofExp(5)));
  let p = ofExp(6);
  p = fma(p, r, ofExp(7));
  p = fma(p, r, ofExp(8));
  p = fma(p, r, ofExp(9));
  p = fma(p, r, ofExp(10));
  p = fma(p, r, ofExp(11));
  p = fma(p, r, ofExp(12));
  p = fma(p, r, ofExp(12));
  // 2^n, by its exponent: 127 + n. What is above it is shifted out.
  const exponent = i32x4.add(i32x4.shl(rounded, 23), ofExp(12));
  return f32x4.mul(p, exponent);
}

// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), exp(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const two = splat(2);
  const far = f32x4.sub(
    splat(1),
    f32x4.div(two, f32x4.add(splat(1), exp(f32x4.mul(two, x)))),
  );
  const s = f32x4.mul(x, x);
  let p = splat(62.0 / 2835.0);
  p = fma(p, s, splat(-17.0 / 315.0));
  p = fma(p, s, splat(2.0 / 15.0));
  p = fma(p, s, splat(-1.0 / 3.0));
  const near = fma(f32x4.mul(p, s), x, x);
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), splat(0.3)));
}

/** The sum of the four, in a fixed order. */
// @ts-ignore: decorator
@inline
export function total(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** All bits set in the first `count - first` of four lanes. */
// @ts-ignore: decorator
@inline
export function laneMask(first: i32, count: i32): v128 {
  return i32x4.lt_s(
    i32x4.add(i32x4.splat(first), v128(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0)),
    i32x4.splat(count),
  );
}
