import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { type Factor, Gemm } from "@/tfjs/gemm.ts";
import { GEMM_COLUMNS, gemmModule } from "@/tfjs/gemm_module.ts";
import { Random } from "@/random.ts";

const random = new Random(1);

/** A factor of these sides with normal numbers, stored as its transpose where asked. */
function factor(rows: number, columns: number, transposed: boolean): Factor {
  return { data: random.normals(rows * columns), rows, columns, transposed };
}

/** The numbers of a factor row by row, in float64. */
function byRows({ data, rows, columns, transposed }: Factor): Float64Array {
  if (!transposed) return Float64Array.from(data);
  return Float64Array.from(data, (_, at) => data[at % columns * rows + Math.floor(at / columns)]);
}

/** a·b in float64. */
function product(a: Factor, b: Factor): Float64Array {
  const [left, right, width] = [byRows(a), byRows(b), b.columns];
  const out = new Float64Array(a.rows * width);
  for (let i = 0; i < a.rows; i++) {
    const row = out.subarray(i * width, (i + 1) * width);
    for (let k = 0; k < a.columns; k++) {
      const x = left[i * a.columns + k];
      for (let j = 0, at = k * width; j < width; j++) row[j] += x * right[at++];
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

// Tiles are 6×8 or 6×16 and k goes in fours: sides that divide and sides that do not, and one product that
// needs several passes over A.
const SIZES = [[12, 12, 12], [13, 17, 19], [18, 16, 24], [7, 5, 3], [100, 33, 61], [129, 255, 127]];

/** Factors of these sides, either one transposed or none, and their product. */
const PRODUCTS = [...SIZES, [256, 784, 512], [4000, 1100, 20]].flatMap(([rows, inner, columns]) =>
  [[false, false], [true, false], [false, true]].map(([transposeA, transposeB]) => {
    const a = factor(rows, inner, transposeA);
    const b = factor(inner, columns, transposeB);
    return { a, b, expected: product(a, b) };
  })
);

/** Every way in which the module is built. */
const BUILDS = [true, false].flatMap((relaxed) =>
  [GEMM_COLUMNS.narrow, GEMM_COLUMNS.wide].map((columns) => ({ relaxed, columns }))
);

const leaves = { sanitizeResources: false, sanitizeOps: false };

for (const [threads, columns] of [[1, 8], [1, 16], [2, 8], [3, 16]]) {
  Deno.test({
    ...leaves,
    name: `products are right with ${threads} threads and ${columns} columns of a tile, either ` +
      "factor transposed",
    fn: async () => {
      const gemm = new Gemm(threads, columns);
      for (const { a, b, expected } of PRODUCTS) {
        const found = multiply(gemm, a, b);
        let worst = 0;
        expected.forEach((value, i) => {
          const error = Math.abs(found[i] - value);
          if (!(error <= worst)) worst = error;
        });
        // A sum of `inner` products has a size of √inner; a wrong or missing term shows as about 1.
        const where = `${a.rows}×${a.columns}×${b.columns}`;
        assertLess(worst, 1e-5 * Math.sqrt(a.columns), where);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    },
  });
}

Deno.test({
  ...leaves,
  name: "whatever the threads and the tile, and however often it is run, the bits are the same",
  fn: async () => {
    const [one, three] = [new Gemm(1, 8), new Gemm(3, 16)];
    // Just worth the threads' while, and no side fills its tiles.
    const a = factor(131, 397, false);
    const b = factor(397, 259, false);
    const expected = multiply(one, a, b);
    multiply(three, a, b);
    await settle();
    for (let i = 0; i < 100; i++) {
      const found = multiply(three, a, b);
      assert(found.every((value, at) => value === expected[at]), `run ${i}`);
    }
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

Deno.test("factors that do not fit, or are shorter than their sides, are refused before anything is written", () => {
  const gemm = new Gemm(1);
  const [a, b] = [factor(12, 16, false), factor(16, 20, false)];
  const out = new Float32Array(12 * 20);
  const refused = (a: Factor, b: Factor, out: Float32Array, found: string) =>
    assertThrows(() => gemm.multiply(a, b, out), RangeError, found);
  refused({ ...a, columns: 15 }, b, out, "the inner sides must be equal");
  refused(a, b, out.subarray(1), "192, 320, 240 numbers, got 192, 320, 239");
  refused({ ...a, rows: 13 }, b, new Float32Array(260), "208, 320, 260 numbers, got 192");
  const wide = {
    data: new Float32Array(2048 * 2049),
    rows: 2048,
    columns: 2049,
    transposed: false,
  };
  assertEquals(gemm.suits(12, 2048, 2049), false);
  refused(factor(12, 2048, false), wide, new Float32Array(12 * 2049), "at most 4194304");
  gemm.multiply(a, b, out);
});

Deno.test("the inner loop writes its tiles and nothing else", () => {
  const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
  const numbers = new Float32Array(memory.buffer);
  const [rows, k] = [3 * 6, 12];
  const [a, b, c] = [1000, 3000, 10_000];
  for (const { relaxed, columns } of BUILDS) {
    // Rows of C lie apart, as they do for one panel of B of several.
    const stride = 5 * columns;
    const module = new WebAssembly.Module(gemmModule(8, { relaxed, columns }));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const multiply = exports.multiply as (...args: number[]) => void;
    numbers.fill(-7);
    numbers.fill(1, a, a + rows * k);
    numbers.fill(2, b, b + k * columns);
    multiply(4 * a, 4 * b, 4 * c, rows / 6, k / 4, 4 * stride);
    const before = (i: number) =>
      i >= a && i < a + rows * k ? 1 : i >= b && i < b + k * columns ? 2 : -7;
    const isTile = (i: number) => i >= c && i < c + rows * stride && (i - c) % stride < columns;
    assert(numbers.every((x, i) => x === (isTile(i) ? 2 * k : before(i))));
  }
});

Deno.test("all modules are valid; those without relaxed SIMD give the same to rounding", () => {
  for (const { relaxed, columns } of BUILDS) {
    const bytes = gemmModule(8, { relaxed, columns });
    assert(WebAssembly.validate(bytes));
    const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory },
    });
    const numbers = new Float32Array(memory.buffer);
    // One panel of A, 6×8 by columns, and one of B, 8 rows.
    const values = new Random(2).normals(48 + 8 * columns);
    numbers.set(values);
    const [b, c] = [48, 48 + 8 * columns];
    const multiply = exports.multiply as (...args: number[]) => void;
    multiply(0, 4 * b, 4 * c, 1, 2, 4 * columns);
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < 8; k++) sum += values[6 * k + i] * values[b + columns * k + j];
        assertLess(Math.abs(numbers[c + columns * i + j] - sum), 1e-5);
      }
    }
  }
});
