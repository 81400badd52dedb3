/**
 * Elementary functions on four numbers. NaN stays NaN, and infinities give their limits.
 *
 * exp: x = n log 2 + r, |r| <= log 2 / 2, and a polynomial in r (Taylor to the seventh power: its error is below
 * float32's). tanh near 0 is its own series, since 1 - 2/(1 + exp(2x)) cancels there.
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

// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const clamped = f32x4.max(f32x4.min(x, splat(88)), splat(-87));
  const n = f32x4.nearest(f32x4.mul(clamped, splat(1.4426950408889634)));
  // log 2 in two parts: the first has few digits, so that n times it is exact.
  let r = f32x4.sub(clamped, f32x4.mul(n, splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, splat(-2.12194440e-4)));
  let p = splat(1.0 / 5040.0);
  p = fma(p, r, splat(1.0 / 720.0));
  p = fma(p, r, splat(1.0 / 120.0));
  p = fma(p, r, splat(1.0 / 24.0));
  p = fma(p, r, splat(1.0 / 6.0));
  p = fma(p, r, splat(0.5));
  p = fma(p, r, splat(1));
  p = fma(p, r, splat(1));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
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
