import { assert, assertEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";

testOnBackends(
  "the gradient of a leaky ReLU is dy above 0 and slope · dy at and below it",
  async () => {
    const x = tf.tensor1d([-2, -1e-30, 0, 1e-30, 3]);
    const dy = tf.tensor1d([1, 2, 3, 4, -5]);
    const slope = tf.grad((x) => tf.leakyRelu(x as tf.Tensor1D, 0.25))(x, dy);
    const values = await slope.data();
    // A GPU may take a number below 1e-38 for 0; these are not.
    assertEquals([...values], [0.25, 0.5, 0.75, 4, -5]);
    tf.dispose([x, dy, slope]);
  },
);

testOnBackends(
  "the gradient of a maximum goes to the largest of each group, to all of them in a tie",
  async () => {
    const x = tf.tensor3d([1, 3, 2, -1, -1, -5, 0, 0, 0, 7, -8, 9], [2, 2, 3]);
    const dy = tf.tensor2d([10, 20, 30, 40], [2, 2]);
    const slope = tf.grad((x) => tf.max(x, 2))(x, dy);
    assertEquals([...await slope.data()], [0, 10, 0, 20, 20, 0, 30, 30, 30, 0, 0, 40]);
    const whole = tf.grad((x) => tf.max(x))(x, tf.scalar(2));
    assertEquals([...await whole.data()], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    const first = tf.grad((x) => tf.max(x, 0, true))(x, tf.ones([1, 2, 3]));
    // Of the two rows of groups: 1 over 0, 3 over 0, 2 over 0, then 7, -1 over -8, 9.
    assertEquals([...await first.data()], [1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1]);
    tf.dispose([x, dy, slope, whole, first]);
  },
);

Deno.test("leaky ReLU, square roots, sums and copies on WASM are those of the CPU", async () => {
  const random = new Random(3);
  const data = random.normals(40 * 30);
  data.set([0, -0, Infinity, -Infinity, NaN]);
  const run = async (backend: "cpu" | "wasm") => {
    await useBackend(backend);
    const x = tf.tensor2d(data, [40, 30]);
    const results = [
      tf.leakyRelu(x, 0.1),
      tf.sum(x, 0),
      tf.sum(x, 1),
      tf.sum(x, 0, true),
      tf.sum(x),
      tf.clone(x),
      tf.sqrt(x),
    ];
    const numbers = await Promise.all(results.map(async (y) => ({
      shape: y.shape,
      values: [...await y.data()],
    })));
    tf.dispose([x, ...results]);
    return numbers;
  };
  const [cpu, wasm] = [await run("cpu"), await run("wasm")];
  await useBackend("cpu");
  cpu.forEach(({ shape, values }, i) => {
    assertEquals(wasm[i].shape, shape);
    values.forEach((value, j) => {
      const found = wasm[i].values[j];
      assert(Object.is(found, value) || Math.abs(found - value) <= 1e-5, `${i}, ${j}: ${found}`);
    });
  });
});

Deno.test("a copy on WASM lives on when the original is freed, and is freed itself", async () => {
  await useBackend("wasm");
  const before = tf.memory().numDataBuffers;
  const x = tf.tensor1d([1, 2, 3]);
  const copy = tf.clone(x);
  x.dispose();
  // Something else would take the memory if it were free.
  const other = tf.tensor1d([7, 8, 9]);
  assertEquals([...await copy.data()], [1, 2, 3]);
  tf.dispose([copy, other]);
  assertEquals(tf.memory().numDataBuffers, before);
  await useBackend("cpu");
});
