/**
 * What all shaders begin with: the memory, the words of the operation, and sums in a fixed order.
 *
 * The memory is bound as vectors of four numbers. No two threads ever write parts of one vector. An
 * address in the words counts bytes; `at` and `stride` make it count vectors.
 *
 * @module
 */
import { ActivationCode, OP_BYTES, Word } from "../../operation_protocol.ts";
import { PANEL } from "../../layout.ts";

/** Threads of a workgroup. */
export const THREADS = 128;
/** Vectors of a feature in a panel. */
export const LANES = PANEL / 4;

export const PRELUDE = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> memory: array<vec4f>;
@group(0) @binding(1) var<uniform> op: array<vec4u, ${OP_BYTES / 16}>;

fn word(index: u32) -> u32 { return op[index >> 2u][index & 3u]; }
fn number(index: u32) -> f32 { return bitcast<f32>(word(index)); }
fn at(index: u32) -> u32 { return word(index) >> 4u; }
fn scalar(address: u32) -> f32 { return memory[address >> 4u][(address >> 2u) & 3u]; }

fn total(x: vec4f) -> f32 { return (x.x + x.y) + (x.z + x.w); }

fn exists(lane: u32, count: u32) -> vec4<bool> {
  return vec4u(4u * lane) + vec4u(0u, 1u, 2u, 3u) < vec4u(count);
}

// x, with zeros in the columns that are no rows of the batch.
fn valid(panel: u32, lane: u32, x: vec4f) -> vec4f {
  if ((panel + 1u) % word(${Word.GroupPanels}u) != 0u) { return x; }
  return select(vec4f(), x, exists(lane, word(${Word.LastColumns}u)));
}

// A compiler of WGSL may assume that no number is NaN or infinite: then x != x is false, and a
// selection that is a maximum may drop a NaN. So the bits are looked at. Without their sign they
// are ordered as magnitudes are, with infinity and then NaN above all numbers.
fn magnitude(x: vec4f) -> vec4u { return bitcast<vec4u>(x) & vec4u(0x7fffffffu); }

// Whether the largest magnitudes are those of no number.
fn lost(largest: vec4u) -> bool { return any(largest > vec4u(0x7f7fffffu)); }

// x where it is above 0, and where it is NaN: 0 where its bits are from -0 to -infinity.
fn positive(x: vec4f) -> vec4f {
  return select(x, vec4f(), bitcast<vec4u>(x) - vec4u(0x80000000u) <= vec4u(0x7f800000u));
}

// The larger of both; NaN where y or h is NaN.
fn larger(y: vec4f, h: vec4f) -> vec4f {
  return select(y, h, (h > y) | (magnitude(h) > vec4u(0x7f800000u)));
}

// Never overflows; NaN stays NaN.
fn sigmoid(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  let r = 1.0 / (1.0 + e);
  return select(e * r, r, x >= vec4f());
}

// Near 0 its own series: 1 - exp(-2x) cancels there.
fn hyperbolicTangent(x: vec4f) -> vec4f {
  let e = exp(-2.0 * abs(x));
  let r = (1.0 - e) / (1.0 + e);
  let s = x * x;
  let near = x + x * s * (-1.0 / 3.0 + s * (2.0 / 15.0 + s * (-17.0 / 315.0 + s * (62.0 / 2835.0))));
  return select(select(-r, r, x >= vec4f()), near, abs(x) < vec4f(0.3));
}

fn activate(h: vec4f) -> vec4f {
  switch word(${Word.Activation}u) {
    case ${ActivationCode.Relu}u: { return positive(h); }
    case ${ActivationCode.LeakyRelu}u: {
      return select(number(${Word.Slope}u) * h, h, h > vec4f());
    }
    case ${ActivationCode.Sigmoid}u: { return sigmoid(h); }
    case ${ActivationCode.Tanh}u: { return hyperbolicTangent(h); }
    default: { return h; }
  }
}

// dy/dh from what came out.
fn slopeOf(y: vec4f) -> vec4f {
  switch word(${Word.Activation}u) {
    case ${ActivationCode.Relu}u, ${ActivationCode.LeakyRelu}u: {
      return select(vec4f(number(${Word.Slope}u)), vec4f(1.0), y > vec4f());
    }
    case ${ActivationCode.Sigmoid}u: { return y * (1.0 - y); }
    case ${ActivationCode.Tanh}u: { return 1.0 - y * y; }
    default: { return vec4f(1.0); }
  }
}

var<workgroup> parts: array<f32, ${THREADS}>;

// The sum over all threads, for each of them.
fn allTotal(thread: u32, x: f32) -> f32 {
  parts[thread] = x;
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { parts[thread] += parts[thread + half]; }
  }
  workgroupBarrier();
  let sum = parts[0];
  workgroupBarrier();
  return sum;
}
`;
