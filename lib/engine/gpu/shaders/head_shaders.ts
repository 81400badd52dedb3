/**
 * The two losses on logits, their slopes, and what is reported: one workgroup, in float32. Each
 * thread sums what it sees, and a tree sums the threads, so that rounding grows with the logarithm
 * of the batch.
 *
 * @module
 */
import { HeadWord, PenaltyWord, ReportWord } from "../../operation_protocol.ts";
import { PANEL } from "../../layout.ts";
import { LANES, PRELUDE, THREADS } from "./shader_prelude.ts";

const HEAD = PRELUDE + /* wgsl */ `
// log(1 + exp(a)). Where exp(-|a|) is small its sum with 1 would lose it; NaN stays NaN.
fn softplus(a: vec4f) -> vec4f {
  let e = exp(-abs(a));
  let small = e * (1.0 - e * (0.5 - e * (1.0 / 3.0 - e * 0.25)));
  return positive(a) + select(log(1.0 + e), small, e < vec4f(0.02));
}

fn report(thread: u32, address: u32, value: f32) {
  if (thread == 0u) { memory[address >> 4u][(address >> 2u) & 3u] = value; }
}

fn panelsOf(count: u32) -> u32 { return (count + ${PANEL - 1}u) / ${PANEL}u; }
`;

/** ½ (E softplus(-a) over real rows + E softplus(a) over generated ones). */
export const HEAD_D = HEAD + /* wgsl */ `
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32) {
  let count = word(${HeadWord.Count}u);
  let panels = panelsOf(count);
  let n = f32(count);
  let to = word(${HeadWord.Report}u);
  var loss = vec4f();
  var gradient = vec4f();
  var right = vec4f();
  var real = vec4f();
  var fake = vec4f();
  var largest = vec4u();
  for (var i = thread; i < 2u * panels * ${LANES}u; i += ${THREADS}u) {
    let panel = i / ${LANES}u;
    let lane = i % ${LANES}u;
    let isFake = panel >= panels;
    let mask = exists(lane + ${LANES}u * (panel % panels), count);
    let a = memory[at(${HeadWord.Logits}u) + panel * at(${HeadWord.LogitsStride}u) + lane];
    let p = select(vec4f(), sigmoid(a), mask);
    largest = max(largest, select(vec4u(), magnitude(a), mask));
    var slope = vec4f();
    if (isFake) {
      fake += p;
      slope = p;
      loss += select(vec4f(), softplus(a), mask);
      right += select(vec4f(), vec4f(1.0), mask & (a < vec4f()));
    } else {
      real += p;
      slope = select(vec4f(), -sigmoid(-a), mask);
      loss += select(vec4f(), softplus(-a), mask);
      right += select(vec4f(), vec4f(1.0), mask & (a > vec4f()));
    }
    slope /= 2.0 * n;
    gradient += slope;
    memory[at(${HeadWord.Seeds}u) + i] = slope;
  }
  report(thread, to + ${4 * ReportWord.DLoss}u, allTotal(thread, total(loss)) / (2.0 * n));
  report(thread, to + ${4 * ReportWord.DReal}u, allTotal(thread, total(real)) / n);
  report(thread, to + ${4 * ReportWord.DFake}u, allTotal(thread, total(fake)) / n);
  report(thread, to + ${4 * ReportWord.DAccuracy}u, allTotal(thread, total(right)) / (2.0 * n));
  report(thread, to + ${4 * ReportWord.DLogits}u, allTotal(thread, f32(lost(largest))));
  report(thread, word(${HeadWord.BiasGradient}u), allTotal(thread, total(gradient)));
}
`;

/** E softplus(-a), or -E softplus(a), over generated rows. */
export const HEAD_G = HEAD + /* wgsl */ `
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32) {
  let count = word(${HeadWord.Count}u);
  let n = f32(count);
  let to = word(${HeadWord.Report}u);
  let saturating = word(${HeadWord.Saturating}u) != 0u;
  var loss = vec4f();
  var believed = vec4f();
  var largest = vec4u();
  for (var i = thread; i < panelsOf(count) * ${LANES}u; i += ${THREADS}u) {
    let panel = word(${HeadWord.FirstPanel}u) + i / ${LANES}u;
    let mask = exists(i, count);
    let a = memory[at(${HeadWord.Logits}u) + panel * at(${HeadWord.LogitsStride}u) + i % ${LANES}u];
    believed += select(vec4f(), vec4f(1.0), mask & (a > vec4f()));
    largest = max(largest, select(vec4u(), magnitude(a), mask));
    var slope = vec4f();
    if (saturating) {
      loss -= select(vec4f(), softplus(a), mask);
      slope = -sigmoid(a);
    } else {
      loss += select(vec4f(), softplus(-a), mask);
      slope = -sigmoid(-a);
    }
    memory[at(${HeadWord.Seeds}u) + i] = select(vec4f(), slope / n, mask);
  }
  report(thread, to + ${4 * ReportWord.GLoss}u, allTotal(thread, total(loss)) / n);
  report(thread, to + ${4 * ReportWord.GAccuracy}u, allTotal(thread, total(believed)) / n);
  report(thread, to + ${4 * ReportWord.GLogits}u, allTotal(thread, f32(lost(largest))));
}
`;

/** A factor times the sum of the squares: γ/2 E‖∇ₓ a(x)‖². */
export const PENALTY_VALUE = HEAD + /* wgsl */ `
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < word(${PenaltyWord.Features}u); i += ${THREADS}u) {
    sum += scalar(word(${PenaltyWord.Squares}u) + 4u * i);
  }
  let value = allTotal(thread, sum) * number(${PenaltyWord.Factor}u);
  report(thread, word(${PenaltyWord.Report}u) + ${4 * ReportWord.Penalty}u, value);
}
`;
