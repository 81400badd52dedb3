/**
 * One step of an optimiser over all numbers of a network, and exponential averages.
 *
 * @module
 */
import { BlendWord, OptimiserWord } from "../../operation_protocol.ts";
import { each } from "./move_shaders.ts";
import { PRELUDE } from "./shader_prelude.ts";

const NUMBERS = `word(${OptimiserWord.Numbers}u) / 4u`;

const average = /* wgsl */ `
fn average(i: u32, value: vec4f) {
  if (word(${OptimiserWord.Average}u) == 0u) { return; }
  let to = at(${OptimiserWord.Average}u) + i;
  let old = memory[to];
  memory[to] = old + number(${OptimiserWord.AverageShare}u) * (value - old);
}
`;

export const ADAM = PRELUDE + average + each(
  NUMBERS,
  /* wgsl */ `
    let beta1 = number(${OptimiserWord.FirstDecay}u);
    let beta2 = number(${OptimiserWord.SecondDecay}u);
    let g = memory[at(${OptimiserWord.Gradients}u) + i];
    let mean = at(${OptimiserWord.First}u) + i;
    let square = at(${OptimiserWord.Second}u) + i;
    let m = beta1 * memory[mean] + (1.0 - beta1) * g;
    let v = beta2 * memory[square] + (1.0 - beta2) * (g * g);
    memory[mean] = m;
    memory[square] = v;
    let root = sqrt(v) * number(${OptimiserWord.SecondCorrection}u) + number(${OptimiserWord.Epsilon}u);
    let weight = at(${OptimiserWord.Weights}u) + i;
    let w = memory[weight] - (number(${OptimiserWord.Rate}u) * m) / root;
    memory[weight] = w;
    average(i, w);`,
);

/** velocity = decay velocity - rate g; w += velocity. */
export const MOMENTUM = PRELUDE + average + each(
  NUMBERS,
  /* wgsl */ `
    let velocity = at(${OptimiserWord.First}u) + i;
    let step = number(${OptimiserWord.FirstDecay}u) * memory[velocity] -
      number(${OptimiserWord.Rate}u) * memory[at(${OptimiserWord.Gradients}u) + i];
    memory[velocity] = step;
    let weight = at(${OptimiserWord.Weights}u) + i;
    let w = memory[weight] + step;
    memory[weight] = w;
    average(i, w);`,
);

/** average += share (source - average). */
export const BLEND = PRELUDE + average + each(
  NUMBERS,
  `average(i, memory[at(${BlendWord.Source}u) + i]);`,
);
