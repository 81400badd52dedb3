/**
 * One step of an optimiser over all numbers of a network, and exponential averages.
 *
 * @module
 */
import { OptimiserWord } from "../../fields.ts";
import { each } from "./moves.ts";
import { PRELUDE } from "./prelude.ts";

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
    let beta1 = number(${OptimiserWord.Beta1}u);
    let beta2 = number(${OptimiserWord.Beta2}u);
    let g = memory[at(${OptimiserWord.Gradients}u) + i];
    let mean = at(${OptimiserWord.First}u) + i;
    let square = at(${OptimiserWord.Second}u) + i;
    let m = beta1 * memory[mean] + (1.0 - beta1) * g;
    let v = beta2 * memory[square] + (1.0 - beta2) * (g * g);
    memory[mean] = m;
    memory[square] = v;
    let root = sqrt(v) * number(${OptimiserWord.Correction}u) + number(${OptimiserWord.Epsilon}u);
    let weight = at(${OptimiserWord.Weights}u) + i;
    let w = memory[weight] - (number(${OptimiserWord.Rate}u) * m) / root;
    memory[weight] = w;
    average(i, w);`,
);

/** velocity = Beta1 velocity - rate g; w += velocity. */
export const MOMENTUM = PRELUDE + average + each(
  NUMBERS,
  /* wgsl */ `
    let velocity = at(${OptimiserWord.First}u) + i;
    let step = number(${OptimiserWord.Beta1}u) * memory[velocity] -
      number(${OptimiserWord.Rate}u) * memory[at(${OptimiserWord.Gradients}u) + i];
    memory[velocity] = step;
    let weight = at(${OptimiserWord.Weights}u) + i;
    let w = memory[weight] + step;
    memory[weight] = w;
    average(i, w);`,
);

/** average += share (source - average), source in the place of the weights. */
export const BLEND = PRELUDE + average + each(
  NUMBERS,
  `average(i, memory[at(${OptimiserWord.Weights}u) + i]);`,
);
