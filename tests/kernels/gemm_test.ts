import { assert, assertEquals, assertLess } from "@std/assert";
import { type Factor, Gemm } from "@/kernels/gemm.ts";
import { gemmModule } from "@/kernels/gemm_module.ts";
import { Random } from "@/random.ts";

const random = new Random(1);

/** A factor of these sides with normal numbers, stored as its transpose where asked. */
function factor(rows: number, columns: number, transposed: boolean): Factor {
  return { data: random.normals(rows * columns), rows, columns, transposed };
}

const at = ({ data, rows, columns, transposed }: Factor, i: number, j: number) =>
  transposed ? data[j * rows + i] : data[i * columns + j];

/** a·b in float64. */
function product(a: Factor, b: Factor): Float64Array {
  const out = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const left = at(a, i, k);
      for (let j = 0; j < b.columns; j++) out[i * b.columns + j] += left * at(b, k, j);
    }
  }
  return out;
}

function multiply(gemm: Gemm, a: Factor, b: Factor): Float32Array {
  // Old numbers in the output must not show.
  const out = new Float32Array(a.rows * b.columns).fill(NaN);
  gemm.multiply(a, b, out);
  return out;
}

/** Waits until threads that were started have had time to come up. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 300));

// Tiles are 6×8 and k goes in fours: sides that divide and sides that do not, and one product that
// needs several passes over A.
const SIZES = [[12, 12, 12], [13, 17, 19], [18, 16, 24], [7, 5, 3], [100, 33, 61], [129, 255, 127]];

const leaves = { sanitizeResources: false, sanitizeOps: false };

for (const threads of [1, 2, 3]) {
  Deno.test({
    ...leaves,
    name: `products are right with ${threads} threads, either factor transposed`,
    fn: async () => {
      const gemm = new Gemm(threads);
      for (const [rows, inner, columns] of [...SIZES, [256, 784, 512], [4000, 1100, 20]]) {
        for (const [transposeA, transposeB] of [[false, false], [true, false], [false, true]]) {
          const a = factor(rows, inner, transposeA);
          const b = factor(inner, columns, transposeB);
          const found = multiply(gemm, a, b);
          let worst = 0;
          product(a, b).forEach((value, i) => {
            const error = Math.abs(found[i] - value);
            if (!(error <= worst)) worst = error;
          });
          // A sum of `inner` products has a size of √inner; a wrong or missing term shows as about 1.
          assertLess(worst, 1e-5 * Math.sqrt(inner), `${rows}×${inner}×${columns}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    },
  });
}

Deno.test({
  ...leaves,
  name: "however many threads there are, and however often it is run, the bits are the same",
  fn: async () => {
    const [one, three] = [new Gemm(1), new Gemm(3)];
    const a = factor(256, 784, false);
    const b = factor(784, 512, false);
    const expected = multiply(one, a, b);
    multiply(three, a, b);
    await settle();
    for (let i = 0; i < 100; i++) assertEquals(multiply(three, a, b), expected);
  },
});

Deno.test({
  ...leaves,
  name: "NaN and infinities are carried through, and stay in their rows and columns",
  fn: () => {
    const a = factor(14, 16, false);
    const b = factor(16, 17, false);
    a.data[3 * 16 + 2] = NaN;
    b.data[5 * 17 + 4] = Infinity;
    const found = multiply(new Gemm(1), a, b);
    for (let i = 0; i < 14; i++) {
      for (let j = 0; j < 17; j++) {
        const value = found[i * 17 + j];
        if (i === 3) assert(Number.isNaN(value));
        else assertEquals(Number.isFinite(value), j !== 4, `row ${i}, column ${j}`);
      }
    }
  },
});

Deno.test("both modules are valid; the one without relaxed SIMD gives the same to rounding", () => {
  for (const relaxed of [true, false]) assert(WebAssembly.validate(gemmModule(8, relaxed)));
  const run = (relaxed: boolean) => {
    const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
    const module = new WebAssembly.Module(gemmModule(8, relaxed));
    const { exports } = new WebAssembly.Instance(module, { gemm: { memory } });
    const numbers = new Float32Array(memory.buffer);
    // One panel of A, 6×8 by columns, and one of B, 8×8 by rows.
    const values = new Random(2).normals(48 + 64);
    numbers.set(values);
    const bytes = (index: number) => 4 * index;
    const multiply = exports.multiply as (...args: number[]) => void;
    multiply(bytes(0), bytes(48), bytes(112), 1, 2, bytes(8));
    const found = numbers.slice(112, 112 + 48);
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 8; j++) {
        let sum = 0;
        for (let k = 0; k < 8; k++) sum += values[6 * k + i] * values[48 + 8 * k + j];
        assertLess(Math.abs(found[8 * i + j] - sum), 1e-5);
      }
    }
  };
  run(true);
  run(false);
});
