/** Gradients of convolutions on WASM, against the plain JavaScript backend of TensorFlow.js. */
import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { registerConvolutionGradients } from "@/tfjs/convolution_wasm.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";

interface Case {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  strides: number | [number, number];
  pad: "same" | "valid" | number;
}

const CASES: Case[] = [
  { x: [3, 28, 28, 1], filter: [5, 5, 1, 16], strides: 2, pad: "same" },
  { x: [2, 14, 14, 16], filter: [5, 5, 16, 32], strides: 2, pad: "same" },
  { x: [2, 7, 6, 3], filter: [3, 2, 3, 4], strides: [1, 2], pad: "valid" },
  { x: [1, 5, 5, 2], filter: [3, 3, 2, 1], strides: 1, pad: 2 },
  // A filter wider than the image: some of its columns never see it.
  { x: [1, 4, 2, 2], filter: [1, 7, 2, 2], strides: 1, pad: "same" },
];

/** The gradients of Σ w·conv(x, filter) in x and in the filter. */
async function gradients(backend: "cpu" | "wasm", { x, filter, strides, pad }: Case) {
  await useBackend(backend);
  if (backend === "wasm") registerConvolutionGradients();
  const random = new Random(1);
  const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
  const image = tf.tensor4d(random.normals(size(x)), x);
  const weights = tf.tensor4d(random.normals(size(filter)), filter);
  const convolve = (a: tf.Tensor, f: tf.Tensor) =>
    tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, strides, pad);
  const out = convolve(image, weights);
  const w = tf.tensor(random.normals(out.size), out.shape);
  const loss = (a: tf.Tensor, f: tf.Tensor) => tf.sum(tf.mul(w, convolve(a, f)));
  const { numTensors } = tf.memory();
  const numbers = tf.backend().numDataIds();
  const [dx, dFilter] = tf.grads(loss)([image, weights]);
  assertEquals(tf.memory().numTensors, numTensors + 2);
  assertEquals(tf.backend().numDataIds(), numbers + 2);
  const found = [dx, dFilter].map((t) => ({ shape: t.shape, data: t.dataSync() }));
  tf.dispose([image, weights, out, w, dx, dFilter]);
  return found;
}

for (const one of CASES) {
  Deno.test({
    name:
      `gradients of a ${one.filter} filter on ${one.x}, ${one.pad}, are those of plain JavaScript`,
    sanitizeResources: false,
    sanitizeOps: false,
    fn: async () => {
      const expected = await gradients("cpu", one);
      const found = await gradients("wasm", one);
      found.forEach(({ shape, data }, i) => {
        assertEquals(shape, expected[i].shape);
        // Sums of up to 600 products of normal numbers.
        data.forEach((v, j) => assertLess(Math.abs(v - expected[i].data[j]), 2e-4));
      });
    },
  });
}

Deno.test({
  name: "another format than NHWC is refused in words",
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    await useBackend("wasm");
    registerConvolutionGradients();
    const [x, dy] = [tf.zeros([1, 1, 4, 4]), tf.zeros([1, 1, 4, 4])];
    const { kernelFunc } = tf.getKernel("Conv2DBackpropFilter", "wasm");
    const attrs = { strides: 1, pad: "same", dataFormat: "NCHW", filterShape: [3, 3, 1, 1] };
    assertThrows(
      () => kernelFunc({ inputs: { x, dy }, backend: tf.backend(), attrs } as never),
      RangeError,
      "must be NHWC, got NCHW",
    );
  },
});
