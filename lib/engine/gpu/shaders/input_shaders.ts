/**
 * `Load` where the processor sends less than the numbers: random words, of which normal numbers and
 * masks are made here, or the indices of rows that the memory has, one byte a number.
 *
 * The memory is bound as integers: what is read here are no float32, and a shader may do with a
 * float32 that looks like a NaN whatever it likes.
 *
 * @module
 */
import { MoveWord, OP_BYTES, Word } from "../../operation_protocol.ts";
import { PANEL } from "../../layout.ts";
import { each } from "./move_shaders.ts";
import { LANES } from "./shader_prelude.ts";

const INTEGERS = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> memory: array<vec4u>;
@group(0) @binding(1) var<uniform> op: array<vec4u, ${OP_BYTES / 16}>;

fn word(index: u32) -> u32 { return op[index >> 2u][index & 3u]; }
fn at(index: u32) -> u32 { return word(index) >> 4u; }
fn whole(address: u32) -> u32 { return memory[address >> 4u][(address >> 2u) & 3u]; }
`;

/** As `LOAD` of move_shaders.ts, with `source(row, feature)` for each number. */
const load = (source: string) =>
  INTEGERS + source + each(
    `word(${Word.Features}u) * word(${Word.Panels}u) * ${LANES}u`,
    /* wgsl */ `
    // Neighbouring threads read neighbouring numbers: features are counted first.
    let features = word(${Word.Features}u);
    let feature = i % features;
    let lane = (i / features) % ${LANES}u;
    let panel = i / features / ${LANES}u;
    let first = panel * ${PANEL}u + 4u * lane;
    var x = vec4f();
    for (var j = 0u; j < 4u; j++) {
      if (first + j < word(${MoveWord.Count}u)) { x[j] = source(first + j, feature); }
    }
    let offset = panel * at(${Word.OutStride}u) + ${LANES}u * feature + lane;
    if (word(${Word.Mask}u) != 0u) { x *= bitcast<vec4f>(memory[at(${Word.Mask}u) + offset]); }
    memory[at(${Word.Out}u) + offset] = bitcast<vec4u>(x);`,
  );

/**
 * Normal numbers from pairs of words, as `Random.normals` makes them. Nothing is left to the
 * functions of the driver, whose errors may be large: -log u and the angle are reduced as integers,
 * which is exact, and the series that follow are as good as float32.
 */
export const LOAD_NORMALS = load(/* wgsl */ `
// 2 artanh(s), for |s| up to 0.18.
fn twiceArtanh(s: f32) -> f32 {
  let t = s * s;
  return 2.0 * (s + s * t * (1.0 / 3.0 + t * (1.0 / 5.0 + t * (1.0 / 7.0 + t * (1.0 / 9.0 + t / 11.0)))));
}

// -log((w + 1) / 2^32): an integer power of two, and the logarithm of what is near to 1.
fn minusLog(w: u32) -> f32 {
  if (w == 0xffffffffu) { return 0.0; }
  let shift = countLeadingZeros(w + 1u);
  let y = (w + 1u) << shift;
  if (y >= 0xb504f334u) {
    let x = f32(0u - y) * 2.3283064365386963e-10;
    return f32(shift) * 0.6931471805599453 + twiceArtanh(x / (2.0 - x));
  }
  let x = f32(y - 0x80000000u) * 4.656612873077393e-10;
  return f32(shift + 1u) * 0.6931471805599453 - twiceArtanh(x / (2.0 + x));
}

fn source(row: u32, feature: u32) -> f32 {
  let index = row * word(${Word.Features}u) + feature;
  let pair = word(${Word.In}u) + 8u * (index / 2u);
  let radius = sqrt(2.0 * minusLog(whole(pair)));
  // The nearest quarter of a turn, and the rest of the angle.
  let turn = whole(pair + 4u);
  let quarter = (turn + 0x20000000u) >> 30u;
  let a = f32(bitcast<i32>(turn - (quarter << 30u))) * 1.4629180792671596e-9;
  let t = a * a;
  let sine = a + a * t * (-1.0 / 6.0 + t * (1.0 / 120.0 + t * (-1.0 / 5040.0 + t / 362880.0)));
  let cosine = 1.0 + t * (-0.5 + t * (1.0 / 24.0 + t * (-1.0 / 720.0 + t * (1.0 / 40320.0 - t / 3628800.0))));
  // The second of a pair is the sine: the cosine of a quarter less.
  let place = (quarter + 3u * (index & 1u)) & 3u;
  let part = select(cosine, sine, (place & 1u) == 1u);
  return radius * select(part, -part, place == 1u || place == 2u);
}
`);

/** Rows by their index, a byte for each number, which a table gives. */
export const LOAD_BYTES = load(/* wgsl */ `
fn source(row: u32, feature: u32) -> f32 {
  let width = word(${MoveWord.Width}u);
  // Packs have several rows end to end.
  let index = row * word(${MoveWord.Packing}u) + feature / width;
  let place = whole(word(${Word.In}u) + 4u * index) * width + feature % width;
  let byte = (whole(word(${MoveWord.Rows}u) + (place & 0xfffffffcu)) >> (8u * (place & 3u))) & 255u;
  return bitcast<f32>(whole(word(${MoveWord.Table}u) + 4u * byte));
}
`);

/** A mask of dropout: a word for each number, as `Random.bernoullis` reads it. */
export const LOAD_MASK = load(/* wgsl */ `
fn source(row: u32, feature: u32) -> f32 {
  let drawn = whole(word(${Word.In}u) + 4u * (row * word(${Word.Features}u) + feature));
  return select(0.0, bitcast<f32>(word(${MoveWord.Value}u)), drawn < word(${MoveWord.Threshold}u));
}
`);
