/**
 * One step of an optimiser over all numbers of a network, and exponential averages. Each workgroup
 * of an optimiser flags what it takes in and stores, in a vector of its own: what was read from the
 * memory, too, since of the result of a calculation a compiler might assume that it is a number.
 *
 * @module
 */
import {
  BlendWord,
  CheckWord,
  FLAG_BYTES,
  OptimiserWord,
  ReportWord,
} from "../../operation_protocol.ts";
import { each } from "./move_shaders.ts";
import { PRELUDE, THREADS } from "./shader_prelude.ts";

const average = /* wgsl */ `
fn average(i: u32, value: vec4f) -> vec4f {
  if (word(${OptimiserWord.Average}u) == 0u) { return value; }
  let to = at(${OptimiserWord.Average}u) + i;
  let old = memory[to];
  let moved = old + number(${OptimiserWord.AverageShare}u) * (value - old);
  memory[to] = moved;
  return moved;
}
`;

/** Calls `body`, which has `look` at numbers, with each vector of the network's numbers. */
const eachFlagged = (body: string) =>
  PRELUDE + average + /* wgsl */ `
var<workgroup> isLost: atomic<u32>;
var<private> largest = vec4u();

fn look(x: vec4f) { largest = max(largest, magnitude(x)); }

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32) {
  let count = word(${OptimiserWord.Numbers}u) / 4u;
  for (var i = group.x * ${THREADS}u + thread; i < count; i += ${THREADS}u * groups.x) {
    ${body}
  }
  // The same in any order of the threads.
  if (lost(largest)) { atomicOr(&isLost, 1u); }
  workgroupBarrier();
  if (thread == 0u && word(${OptimiserWord.Flags}u) != 0u) {
    let flag = at(${OptimiserWord.Flags}u) + ${FLAG_BYTES / 16}u * group.x;
    memory[flag] = vec4f(f32(atomicLoad(&isLost)), 0.0, 0.0, 0.0);
  }
}
`;

export const ADAM = eachFlagged(
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
    let old = memory[weight];
    let w = old - (number(${OptimiserWord.Rate}u) * m) / root;
    memory[weight] = w;
    look(g);
    look(old);
    look(m);
    look(v);
    look(w);
    look(average(i, w));`,
);

/** velocity = decay velocity - rate g; w += velocity. */
export const MOMENTUM = eachFlagged(
  /* wgsl */ `
    let velocity = at(${OptimiserWord.First}u) + i;
    let g = memory[at(${OptimiserWord.Gradients}u) + i];
    let step = number(${OptimiserWord.FirstDecay}u) * memory[velocity] -
      number(${OptimiserWord.Rate}u) * g;
    memory[velocity] = step;
    let weight = at(${OptimiserWord.Weights}u) + i;
    let old = memory[weight];
    let w = old + step;
    memory[weight] = w;
    look(g);
    look(old);
    look(step);
    look(w);
    look(average(i, w));`,
);

/** average += share (source - average). */
export const BLEND = PRELUDE + average + each(
  `word(${BlendWord.Numbers}u) / 4u`,
  `average(i, memory[at(${BlendWord.Source}u) + i]);`,
);

/**
 * Reports whether a flag is set, or a number of the running statistics, or of their average, lost:
 * one workgroup.
 */
export const CHECK = PRELUDE + /* wgsl */ `
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < word(${CheckWord.Count}u); i += ${THREADS}u) {
    sum += memory[at(${CheckWord.Flags}u) + ${FLAG_BYTES / 16}u * i].x;
  }
  var largest = vec4u();
  for (var i = thread; i < word(${CheckWord.Numbers}u) / 4u; i += ${THREADS}u) {
    largest = max(largest, magnitude(memory[at(${CheckWord.Running}u) + i]));
    if (word(${CheckWord.Average}u) != 0u) {
      largest = max(largest, magnitude(memory[at(${CheckWord.Average}u) + i]));
    }
  }
  let found = allTotal(thread, sum + f32(lost(largest)));
  let to = word(${CheckWord.Report}u) + ${4 * ReportWord.Networks}u;
  if (thread == 0u) { memory[to >> 4u][(to >> 2u) & 3u] = found; }
}
`;
