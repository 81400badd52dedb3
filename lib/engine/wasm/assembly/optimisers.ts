/** One step of an optimiser over all numbers of a network, and exponential averages. */
import { BlendWord, OptimiserWord } from "../../operation_protocol";
import { address, chunkEnd, chunkStart, number, word } from "./op";
import { splat } from "./vector";

export function adam(op: usize, chunk: i32): void {
  const start = <usize> chunkStart(op, chunk) << 2;
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
  for (let at = start; at < end; at += 16) {
    const g = v128.load(gradients + at);
    const m = f32x4.add(f32x4.mul(beta1, v128.load(means + at)), f32x4.mul(rest1, g));
    const v = f32x4.add(
      f32x4.mul(beta2, v128.load(squares + at)),
      f32x4.mul(rest2, f32x4.mul(g, g)),
    );
    v128.store(means + at, m);
    v128.store(squares + at, v);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), epsilon);
    const w = f32x4.sub(v128.load(weights + at), f32x4.div(f32x4.mul(rate, m), root));
    v128.store(weights + at, w);
    if (average) {
      const old = v128.load(average + at);
      v128.store(average + at, f32x4.add(old, f32x4.mul(share, f32x4.sub(w, old))));
    }
  }
}

/** velocity = decay velocity - rate g; w += velocity. */
export function momentum(op: usize, chunk: i32): void {
  const start = <usize> chunkStart(op, chunk) << 2;
  const end = <usize> chunkEnd(op, chunk, word(op, OptimiserWord.Numbers)) << 2;
  const weights = address(op, OptimiserWord.Weights);
  const gradients = address(op, OptimiserWord.Gradients);
  const velocities = address(op, OptimiserWord.First);
  const average = address(op, OptimiserWord.Average);
  const share = splat(number(op, OptimiserWord.AverageShare));
  const keep = splat(number(op, OptimiserWord.FirstDecay));
  const rate = splat(number(op, OptimiserWord.Rate));
  for (let at = start; at < end; at += 16) {
    const move = f32x4.sub(
      f32x4.mul(keep, v128.load(velocities + at)),
      f32x4.mul(rate, v128.load(gradients + at)),
    );
    v128.store(velocities + at, move);
    const w = f32x4.add(v128.load(weights + at), move);
    v128.store(weights + at, w);
    if (average) {
      const old = v128.load(average + at);
      v128.store(average + at, f32x4.add(old, f32x4.mul(share, f32x4.sub(w, old))));
    }
  }
}

/** average += share (source - average). */
export function blend(op: usize, chunk: i32): void {
  const start = <usize> chunkStart(op, chunk) << 2;
  const end = <usize> chunkEnd(op, chunk, word(op, BlendWord.Numbers)) << 2;
  const source = address(op, BlendWord.Source);
  const average = address(op, BlendWord.Average);
  const share = splat(number(op, BlendWord.Share));
  for (let at = start; at < end; at += 16) {
    const old = v128.load(average + at);
    v128.store(
      average + at,
      f32x4.add(old, f32x4.mul(share, f32x4.sub(v128.load(source + at), old))),
    );
  }
}
