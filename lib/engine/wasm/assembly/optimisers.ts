/**
 * One step of an optimiser over all numbers of a network, and exponential averages. Each chunk of
 * an optimiser flags what it stores: a NaN or an infinity in a slot that is not looked at makes one
 * in the weight.
 */
import { BlendWord, CheckWord, FLAG_BYTES, OptimiserWord, ReportWord } from "../../operation_protocol";
import { address, chunkEnd, chunkStart, number, word } from "./op";
import { splat } from "./vector";

/**
 * The larger magnitudes of `largest` and x. Bits without their sign are ordered as magnitudes are,
 * with infinity and then NaN above all numbers.
 */
// @ts-ignore: decorator
@inline
function larger(largest: v128, x: v128): v128 {
  return i32x4.max_s(largest, f32x4.abs(x));
}

/** Whether one of the magnitudes is none of a number. */
// @ts-ignore: decorator
@inline
function isLost(largest: v128): bool {
  return v128.any_true(i32x4.gt_s(largest, i32x4.splat(0x7f7fffff)));
}

/** Sets the flag of a chunk. */
function setFlag(op: usize, chunk: i32, largest: v128): void {
  const flags = address(op, OptimiserWord.Flags);
  if (!flags) return;
  store<f32>(flags + <usize> (FLAG_BYTES * chunk), isLost(largest) ? 1 : 0);
}

/** `old` moved towards `x` by `share` of the way. */
// @ts-ignore: decorator
@inline
function blended(old: v128, share: v128, x: v128): v128 {
  return f32x4.add(old, f32x4.mul(share, f32x4.sub(x, old)));
}

/** The decayed mean of `old` and `x`. */
// @ts-ignore: decorator
@inline
function decayed(decay: v128, old: v128, rest: v128, x: v128): v128 {
  return f32x4.add(f32x4.mul(decay, old), f32x4.mul(rest, x));
}

/**
 * Two vectors at a time, loaded, computed and stored together, so that V8 can pair them into
 * registers of eight; one where a chunk ends with one.
 */
export function adam(op: usize, chunk: i32): void {
  let at = <usize> chunkStart(op, chunk) << 2;
  const end = <usize> chunkEnd(op, chunk, word(op, OptimiserWord.Numbers)) << 2;
  const weights = address(op, OptimiserWord.Weights);
  const gradients = address(op, OptimiserWord.Gradients);
  const means = address(op, OptimiserWord.First);
  const squares = address(op, OptimiserWord.Second);
  const average = address(op, OptimiserWord.Average);
  const beta1 = splat(number(op, OptimiserWord.FirstDecay));
  const beta2 = splat(number(op, OptimiserWord.SecondDecay));
  const rest1 = splat(1 - number(op, OptimiserWord.FirstDecay));
  const rest2 = splat(1 - number(op, OptimiserWord.SecondDecay));
  const epsilon = splat(number(op, OptimiserWord.Epsilon));
  const rate = splat(number(op, OptimiserWord.Rate));
  const correction = splat(number(op, OptimiserWord.SecondCorrection));
  const share = splat(number(op, OptimiserWord.AverageShare));
  let largest = splat(0);
  let largest2 = largest;
  for (; at + 32 <= end; at += 32) {
    const g = v128.load(gradients + at);
    const g2 = v128.load(gradients + at, 16);
    const m = decayed(beta1, v128.load(means + at), rest1, g);
    const m2 = decayed(beta1, v128.load(means + at, 16), rest1, g2);
    const v = decayed(beta2, v128.load(squares + at), rest2, f32x4.mul(g, g));
    const v2 = decayed(beta2, v128.load(squares + at, 16), rest2, f32x4.mul(g2, g2));
    v128.store(means + at, m);
    v128.store(means + at, m2, 16);
    v128.store(squares + at, v);
    v128.store(squares + at, v2, 16);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), epsilon);
    const root2 = f32x4.add(f32x4.mul(f32x4.sqrt(v2), correction), epsilon);
    const w = f32x4.sub(v128.load(weights + at), f32x4.div(f32x4.mul(rate, m), root));
    const w2 = f32x4.sub(v128.load(weights + at, 16), f32x4.div(f32x4.mul(rate, m2), root2));
    v128.store(weights + at, w);
    v128.store(weights + at, w2, 16);
    // A weight over an infinite root stays as it is.
    largest = larger(larger(largest, v), w);
    largest2 = larger(larger(largest2, v2), w2);
    if (average) {
      const mean = blended(v128.load(average + at), share, w);
      const mean2 = blended(v128.load(average + at, 16), share, w2);
      v128.store(average + at, mean);
      v128.store(average + at, mean2, 16);
      largest = larger(largest, mean);
      largest2 = larger(largest2, mean2);
    }
  }
  for (; at < end; at += 16) {
    const g = v128.load(gradients + at);
    const m = decayed(beta1, v128.load(means + at), rest1, g);
    const v = decayed(beta2, v128.load(squares + at), rest2, f32x4.mul(g, g));
    v128.store(means + at, m);
    v128.store(squares + at, v);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), epsilon);
    const w = f32x4.sub(v128.load(weights + at), f32x4.div(f32x4.mul(rate, m), root));
    v128.store(weights + at, w);
    largest = larger(larger(largest, v), w);
    if (average) {
      const mean = blended(v128.load(average + at), share, w);
      v128.store(average + at, mean);
      largest = larger(largest, mean);
    }
  }
  setFlag(op, chunk, larger(largest, largest2));
}

/** velocity = decay velocity - rate g; w += velocity. Two vectors at a time, as `adam`. */
export function momentum(op: usize, chunk: i32): void {
  let at = <usize> chunkStart(op, chunk) << 2;
  const end = <usize> chunkEnd(op, chunk, word(op, OptimiserWord.Numbers)) << 2;
  const weights = address(op, OptimiserWord.Weights);
  const gradients = address(op, OptimiserWord.Gradients);
  const velocities = address(op, OptimiserWord.First);
  const average = address(op, OptimiserWord.Average);
  const share = splat(number(op, OptimiserWord.AverageShare));
  const keep = splat(number(op, OptimiserWord.FirstDecay));
  const rate = splat(number(op, OptimiserWord.Rate));
  let largest = splat(0);
  let largest2 = largest;
  for (; at + 32 <= end; at += 32) {
    const move = moved(keep, v128.load(velocities + at), rate, v128.load(gradients + at));
    const move2 = moved(keep, v128.load(velocities + at, 16), rate, v128.load(gradients + at, 16));
    v128.store(velocities + at, move);
    v128.store(velocities + at, move2, 16);
    const w = f32x4.add(v128.load(weights + at), move);
    const w2 = f32x4.add(v128.load(weights + at, 16), move2);
    v128.store(weights + at, w);
    v128.store(weights + at, w2, 16);
    largest = larger(largest, w);
    largest2 = larger(largest2, w2);
    if (average) {
      const mean = blended(v128.load(average + at), share, w);
      const mean2 = blended(v128.load(average + at, 16), share, w2);
      v128.store(average + at, mean);
      v128.store(average + at, mean2, 16);
      largest = larger(largest, mean);
      largest2 = larger(largest2, mean2);
    }
  }
  for (; at < end; at += 16) {
    const move = moved(keep, v128.load(velocities + at), rate, v128.load(gradients + at));
    v128.store(velocities + at, move);
    const w = f32x4.add(v128.load(weights + at), move);
    v128.store(weights + at, w);
    largest = larger(largest, w);
    if (average) {
      const mean = blended(v128.load(average + at), share, w);
      v128.store(average + at, mean);
      largest = larger(largest, mean);
    }
  }
  setFlag(op, chunk, larger(largest, largest2));
}

/** keep v - rate g. */
// @ts-ignore: decorator
@inline
function moved(keep: v128, velocity: v128, rate: v128, g: v128): v128 {
  return f32x4.sub(f32x4.mul(keep, velocity), f32x4.mul(rate, g));
}

/** average += share (source - average). */
export function blend(op: usize, chunk: i32): void {
  const start = <usize> chunkStart(op, chunk) << 2;
  const end = <usize> chunkEnd(op, chunk, word(op, BlendWord.Numbers)) << 2;
  const source = address(op, BlendWord.Source);
  const average = address(op, BlendWord.Average);
  const share = splat(number(op, BlendWord.Share));
  for (let at = start; at < end; at += 16) {
    v128.store(average + at, blended(v128.load(average + at), share, v128.load(source + at)));
  }
}

/** Reports whether a flag is set, or a number of the running statistics, or of their average, lost. */
export function check(op: usize): void {
  const flags = address(op, CheckWord.Flags);
  let set: f64 = 0;
  for (let i = 0; i < word(op, CheckWord.Count); i++) {
    set += <f64> load<f32>(flags + <usize> (FLAG_BYTES * i));
  }
  const size = <usize> word(op, CheckWord.Numbers) << 2;
  const running = address(op, CheckWord.Running);
  const average = address(op, CheckWord.Average);
  let largest = splat(0);
  for (let at: usize = 0; at < size; at += 16) {
    largest = larger(largest, v128.load(running + at));
    if (average) largest = larger(largest, v128.load(average + at));
  }
  if (isLost(largest)) set += 1;
  store<f64>(address(op, CheckWord.Report) + 8 * ReportWord.Networks, set);
}
