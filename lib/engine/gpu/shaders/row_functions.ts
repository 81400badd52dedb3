/**
 * What is done to whole rows of a result: several threads have a row, and sum it in a fixed order.
 *
 * @module
 */

/** The threads of a workgroup, and the rows that they have in hand at a time: a multiple of 4. */
export interface Crew {
  threads: number;
  rows: number;
}

/** How the threads share rows, and sums over a row. */
export const rowFunctions = ({ threads, rows }: Crew) => /* wgsl */ `
const crewRows = ${rows}u;
const rowThreads = ${threads / rows}u;
// The threads of a row take every so manyth panel: four threads have one.
const panelStep = ${threads / rows / 4}u;

fn rowOf(thread: u32) -> u32 { return thread / rowThreads; }
fn panelOf(thread: u32) -> u32 { return (thread % rowThreads) / 4u; }

var<workgroup> rowParts: array<f32, ${threads}>;

// The sum over the threads of a row, for each of them.
fn rowTotal(thread: u32, x: vec4f) -> f32 {
  rowParts[thread] = total(x);
  for (var half = rowThreads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread % rowThreads < half) { rowParts[thread] += rowParts[thread + half]; }
  }
  workgroupBarrier();
  let sum = rowParts[thread - thread % rowThreads];
  workgroupBarrier();
  return sum;
}

var<workgroup> ofRows: array<vec3f, ${rows}>;

// Stores numbers of each of the rows from tile on, which is a multiple of four, at three addresses.
fn storeRows(thread: u32, tile: u32, end: u32, addresses: vec3u, values: vec3f) {
  if (thread % rowThreads == 0u) { ofRows[rowOf(thread)] = values; }
  workgroupBarrier();
  let i = 4u * (thread % ${rows / 4}u);
  let array = thread / ${rows / 4}u;
  if (array < 3u && addresses[array] != 0u && tile + i < end) {
    memory[(addresses[array] + 4u * (tile + i)) >> 4u] = vec4f(ofRows[i][array],
      ofRows[i + 1u][array], ofRows[i + 2u][array], ofRows[i + 3u][array]);
  }
  workgroupBarrier();
}

fn storeRow(thread: u32, tile: u32, end: u32, address: u32, value: f32) {
  storeRows(thread, tile, end, vec3u(address, 0u, 0u), vec3f(value));
}
`;
