/** The three inner loops against plain loops, on sides that fill no tile. */
import { assertEquals } from "@std/assert";
import {
  BLOCK,
  padded,
  paddedFeatures,
  PANEL,
  panelsOf,
  TILE_ROWS,
  weightIndex,
  weightSize,
} from "@/engine/layout.ts";
import { type TileExports, tileModule } from "@/engine/wasm/tile_module.ts";

const PAGES = 64;

/** Regions of the memory, in bytes. */
const [W, X, U, F, H, G, D] = [0, 1, 2, 3, 4, 5, 6].map((i) => i * 512 * 1024);

function loops(relaxed: boolean): { sweeps: TileExports; numbers: Float32Array } {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const bytes = tileModule({ relaxed, pages: PAGES, maximumPages: PAGES });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return {
    sweeps: exports as unknown as TileExports,
    numbers: new Float32Array(memory.buffer),
  };
}

interface Sides {
  inputs: number;
  outputs: number;
  rows: number;
}

/** Where feature f of row m of the batch lies. */
function panelIndex(features: number, f: number, m: number): number {
  return Math.floor(m / PANEL) * paddedFeatures(features) * PANEL + f * PANEL + m % PANEL;
}

/** All three products of these sides, with the numbers that `value` gives. */
function products(
  { sweeps, numbers }: ReturnType<typeof loops>,
  { inputs, outputs, rows }: Sides,
  value: (array: string, i: number, j: number) => number,
) {
  numbers.fill(0);
  const columns = panelsOf(rows) * PANEL;
  const [at, xAt, uAt, fAt, hAt, gAt, dAt] = [W, X, U, F, H, G, D].map((byte) => byte / 4);
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < outputs; n++) {
      numbers[at + weightIndex(inputs, k, n)] = value("w", k, n);
    }
    for (let m = 0; m < rows; m++) {
      numbers[xAt + panelIndex(inputs, k, m)] = value("x", k, m);
      numbers[fAt + Math.floor(k / PANEL) * columns * PANEL + m * PANEL + k % PANEL] = value(
        "x",
        k,
        m,
      );
    }
  }
  for (let n = 0; n < outputs; n++) {
    for (let m = 0; m < rows; m++) numbers[uAt + panelIndex(outputs, n, m)] = value("u", n, m);
  }
  const step = 4 * TILE_ROWS * padded(inputs, BLOCK);
  const [xStride, uStride] = [inputs, outputs].map((n) => 4 * paddedFeatures(n) * PANEL);
  const count = panelsOf(rows);
  const tiles = padded(outputs, TILE_ROWS) / TILE_ROWS;
  for (let tile = 0; tile < tiles; tile++) {
    const jump = 4 * BLOCK * (TILE_ROWS - 1);
    const to = H + 4 * tile * TILE_ROWS * PANEL;
    const turns = Math.ceil(inputs / 4);
    sweeps.forward(W + tile * step, X, to, turns, jump, count, 0, xStride, uStride);
  }
  for (let k = 0; k < inputs; k += TILE_ROWS) {
    const from = W + 4 * weightIndex(inputs, k, 0);
    sweeps.backward(from, U, G + 4 * k * PANEL, tiles, step, count, 0, uStride, xStride);
  }
  for (let k = 0; k < inputs; k += PANEL) {
    const to = D + 4 * weightIndex(inputs, k, 0);
    const [turns, jump, aStep] = [columns / 4, uStride - 4 * PANEL, 4 * TILE_ROWS * PANEL];
    sweeps.gradient(U, F + 4 * k * columns, to, turns, jump, tiles, aStep, 0, step);
  }
  return {
    forward: (n: number, m: number) => numbers[hAt + panelIndex(outputs, n, m)],
    backward: (k: number, m: number) => numbers[gAt + panelIndex(inputs, k, m)],
    gradient: (k: number, n: number) => numbers[dAt + weightIndex(inputs, k, n)],
  };
}

/** Small integers: every sum is exact, fused or not. */
function integer(array: string, i: number, j: number): number {
  return (array.charCodeAt(0) + 7 * i + 13 * j + i * j) % 9 - 4;
}

function sum(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

const SIDES: Sides[] = [1, 2, 7, 50].flatMap((inputs) =>
  [1, 5, 7, 13].flatMap((outputs) => [1, 15, 16, 33].map((rows) => ({ inputs, outputs, rows })))
).concat({ inputs: 784, outputs: 12, rows: 16 }, { inputs: 13, outputs: 130, rows: 100 });

for (const relaxed of [true, false]) {
  Deno.test(`products of integers are exact on sides that fill no tile [relaxed ${relaxed}]`, () => {
    const machine = loops(relaxed);
    for (const sides of SIDES) {
      const { inputs, outputs, rows } = sides;
      const { forward, backward, gradient } = products(machine, sides, integer);
      const [w, x, u] = ["w", "x", "u"].map((name) => (i: number, j: number) =>
        integer(name, i, j)
      );
      const where = JSON.stringify(sides);
      for (let m = 0; m < rows; m++) {
        for (let n = 0; n < outputs; n++) {
          assertEquals(forward(n, m), sum(inputs, (k) => w(k, n) * x(k, m)), where);
        }
        for (let k = 0; k < inputs; k++) {
          assertEquals(backward(k, m), sum(outputs, (n) => w(k, n) * u(n, m)), where);
        }
      }
      for (let k = 0; k < inputs; k++) {
        for (let n = 0; n < outputs; n++) {
          assertEquals(gradient(k, n), sum(rows, (m) => x(k, m) * u(n, m)), where);
        }
      }
    }
  });

  Deno.test(`NaN and infinities are carried to where they belong, and no further [relaxed ${relaxed}]`, () => {
    const sides = { inputs: 5, outputs: 7, rows: 3 };
    const strange = new Map([["x,1,2", NaN], ["u,6,0", Infinity]]);
    const { forward, backward, gradient } = products(
      loops(relaxed),
      sides,
      (array, i, j) => strange.get(`${array},${i},${j}`) ?? 1 + i + j,
    );
    for (let n = 0; n < sides.outputs; n++) {
      assertEquals([0, 1, 2].map((m) => Number.isNaN(forward(n, m))), [false, false, true]);
    }
    for (let k = 0; k < sides.inputs; k++) {
      assertEquals([0, 1, 2].map((m) => backward(k, m)), [
        Infinity,
        backward(k, 1),
        backward(k, 2),
      ]);
      assertEquals([1, 2].map((m) => Number.isFinite(backward(k, m))), [true, true]);
      for (let n = 0; n < sides.outputs; n++) {
        const expected = k === 1 ? "NaN" : n === 6 ? "Infinity" : "finite";
        const value = gradient(k, n);
        assertEquals(Number.isFinite(value) ? "finite" : String(value), expected);
      }
    }
  });
}

Deno.test("every weight has a place of its own, within its array", () => {
  for (const [inputs, outputs] of [[1, 1], [48, 6], [49, 7], [784, 13]]) {
    const places = new Set<number>();
    for (let k = 0; k < inputs; k++) {
      for (let n = 0; n < outputs; n++) places.add(weightIndex(inputs, k, n));
    }
    assertEquals(places.size, inputs * outputs);
    assertEquals(Math.max(...places) < weightSize(inputs, outputs), true);
  }
});
