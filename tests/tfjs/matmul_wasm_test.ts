import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { registerMatMul } from "@/tfjs/matmul_wasm.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";

type Matrix = { rows: number; columns: number; data: Float32Array };

/** a·b in float64, each operand transposed where asked. */
function product(a: Matrix, b: Matrix, transposeA: boolean, transposeB: boolean): number[] {
  const at = (m: Matrix, i: number, j: number, t: boolean) =>
    t ? m.data[j * m.columns + i] : m.data[i * m.columns + j];
  const [rows, inner] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
  const columns = transposeB ? b.rows : b.columns;
  const out: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += at(a, i, k, transposeA) * at(b, k, j, transposeB);
      out.push(sum);
    }
  }
  return out;
}

const random = new Random(1);
const draw = (rows: number, columns: number): Matrix => ({
  rows,
  columns,
  data: random.normals(rows * columns),
});

// Tall, wide, and single rows and columns: both ways of transposing are taken.
const SIZES = [[1, 1, 1], [1, 7, 5], [7, 1, 5], [5, 7, 1], [3, 50, 40], [40, 3, 50], [40, 50, 3], [
  17,
  33,
  9,
]];

for (const transposeA of [false, true]) {
  for (const transposeB of [false, true]) {
    Deno.test(`products with transposeA ${transposeA}, transposeB ${transposeB} are right`, async () => {
      await useBackend("wasm");
      for (const [rows, inner, columns] of SIZES) {
        const a = transposeA ? draw(inner, rows) : draw(rows, inner);
        const b = transposeB ? draw(columns, inner) : draw(inner, columns);
        const before = tf.memory().numTensors;
        const y = tf.tidy(() =>
          tf.matMul(
            tf.tensor2d(a.data, [a.rows, a.columns]),
            tf.tensor2d(b.data, [b.rows, b.columns]),
            transposeA,
            transposeB,
          )
        );
        assertEquals(y.shape, [rows, columns]);
        const found = await y.data();
        product(a, b, transposeA, transposeB).forEach((v, i) =>
          assertLess(Math.abs(found[i] - v), 1e-5 * Math.sqrt(inner) * 10)
        );
        y.dispose();
        assertEquals(tf.memory().numTensors, before);
      }
    });
  }
}

Deno.test("batches of matrices, and one matrix against a batch, are right too", async () => {
  await useBackend("wasm");
  for (const [batchA, batchB] of [[2, 2], [1, 3], [3, 1], [1, 1]]) {
    const [a, b] = [random.normals(batchA * 4 * 5), random.normals(batchB * 6 * 4)];
    const y = tf.matMul(tf.tensor3d(a, [batchA, 4, 5]), tf.tensor3d(b, [batchB, 6, 4]), true, true);
    assertEquals(y.shape, [Math.max(batchA, batchB), 5, 6]);
    const found = await y.data();
    for (let i = 0; i < y.shape[0]; i++) {
      const part = (data: Float32Array, batch: number, size: number) =>
        data.subarray((batch === 1 ? 0 : i) * size, ((batch === 1 ? 0 : i) + 1) * size);
      const expected = product(
        { rows: 4, columns: 5, data: part(a, batchA, 20) },
        { rows: 6, columns: 4, data: part(b, batchB, 24) },
        true,
        true,
      );
      expected.forEach((v, j) => assertLess(Math.abs(found[i * 30 + j] - v), 1e-5));
    }
  }
});

Deno.test("NaN and infinities are carried through", async () => {
  await useBackend("wasm");
  const a = tf.tensor2d([[NaN, 1], [1, Infinity], [0, 1]]);
  const y = await tf.matMul(a, tf.tensor2d([[1, 1], [2, 0.5]]), false, true).data();
  assertEquals([...y], [NaN, NaN, Infinity, Infinity, 1, 0.5]);
});

Deno.test("sides that do not fit are refused", async () => {
  await useBackend("wasm");
  assertThrows(
    () => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2]), true, false),
    Error,
    "inner shapes",
  );
});

Deno.test("registering twice does not wrap the kernel twice", async () => {
  await useBackend("wasm");
  const before = tf.getKernel("BatchMatMul", "wasm").kernelFunc;
  registerMatMul();
  assertEquals(tf.getKernel("BatchMatMul", "wasm").kernelFunc === before, true);
});
