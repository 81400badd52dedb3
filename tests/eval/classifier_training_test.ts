import { assert, assertEquals, assertGreater, assertLess, assertNotEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import {
  type Classifier,
  CLASSIFIER_PARAMETERS,
  classify,
  createClassifier,
  digitsOf,
  disposeClassifier,
  judge,
} from "@/eval/classifier.ts";
import {
  CLASSIFIER_TRAINING,
  type ClassifierEvent,
  distort,
  type Distortion,
  trainClassifier,
} from "@/eval/classifier_training.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { range, testWithThreads } from "../support/rows.ts";

const STILL: Distortion = { angle: 0, scale: [1, 1], shear: 0, shift: [0, 0] };
const image = new Random(1).uniforms(PIXELS);
const at = (pixels: Float32Array, x: number, y: number) => pixels[28 * y + x];

/** NaN fails. */
const near = (found: number, expected: number, tolerance = 1e-5) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

Deno.test("no distortion is none", () => {
  assertEquals(distort(image, STILL), image);
});

Deno.test("a shift moves right and down, background comes in", () => {
  const moved = distort(image, { ...STILL, shift: [2, -1] });
  assertEquals(at(moved, 10, 10), at(image, 8, 11));
  assertEquals([at(moved, 1, 5), at(moved, 0, 0), at(moved, 5, 27)], [0, 0, 0]);
  const half = distort(image, { ...STILL, shift: [0.5, 0] });
  near(at(half, 10, 10), (at(image, 9, 10) + at(image, 10, 10)) / 2);
});

Deno.test("a quarter turn is counter-clockwise: what was at the right is at the top", () => {
  const turned = distort(image, { ...STILL, angle: Math.PI / 2 });
  near(at(turned, 13, 4), at(image, 23, 13));
  near(at(turned, 5, 20), at(image, 7, 5));
});

Deno.test("scale is about the middle, each side by its own; shear moves rows by their depth", () => {
  const wide = distort(image, { ...STILL, scale: [3, 1] });
  // 13.5 + 1.5 comes from 13.5 + .5.
  near(at(wide, 15, 8), at(image, 14, 8));
  const bent = distort(image, { ...STILL, shear: 1 });
  // Row 15.5 + .5 is 2.5 below the middle.
  near(at(bent, 12, 16), (at(image, 9, 16) + at(image, 10, 16)) / 2);
});

async function train(seed: number, backend: "wasm" | "cpu" = "wasm") {
  await useBackend(backend);
  const { train } = await loadImages();
  const part = { count: 256, images: train.images.slice(0, 256 * PIXELS), labels: train.labels };
  const training = trainClassifier(part, {
    ...CLASSIFIER_TRAINING,
    seed,
    epochs: 6,
    batchSize: 32,
    learningRate: { first: 2e-3, last: 1e-3 },
  });
  const events: ClassifierEvent[] = [];
  let next = await training.next();
  for (; !next.done; next = await training.next()) events.push(next.value);
  return { classifier: next.value, events };
}

const numbers = ({ weights }: Classifier) => Object.values(weights).map((w) => [...w.dataSync()]);

testWithThreads(
  "training learns; the same seed gives the same weights, another does not",
  async () => {
    await useBackend("wasm");
    const before = tf.memory().numTensors;
    const { classifier, events } = await train(1);
    assertEquals(events.map(({ step }) => step), [48]);
    const { test } = await loadImages();
    const judgement = await judge(classifier, pixels(test.images, range(500)));
    const right = digitsOf(judgement).filter((digit, i) => digit === test.labels[i]).length;
    assertGreater(right / 500, 0.5);
    assertEquals(tf.memory().numTensors, before + CLASSIFIER_PARAMETERS.length);
    const again = await train(1);
    assertEquals(numbers(again.classifier), numbers(classifier));
    const other = await train(2);
    assertNotEquals(numbers(other.classifier), numbers(classifier));
    for (const one of [classifier, again.classifier, other.classifier]) disposeClassifier(one);
  },
);

testWithThreads("the gradient in the image is the slope of the logit, on WASM", async () => {
  await useBackend("wasm");
  const classifier = createClassifier(new Random(3));
  const x = tf.tensor2d(new Random(4).uniforms(PIXELS), [1, PIXELS]);
  const logit = (x: tf.Tensor) =>
    tf.tidy(() => tf.sum(tf.slice(classify(classifier, x as tf.Tensor2D).logits, [0, 3], [1, 1])));
  const slope = tf.grad((x) => logit(x))(x).dataSync();
  const direction = new Random(5).normals(PIXELS).map((v) => 1e-3 * v);
  const move = (sign: number) =>
    logit(tf.add(x, tf.mul(sign, tf.tensor2d(direction, [1, PIXELS])))).dataSync()[0];
  const expected = direction.reduce((sum, d, i) => sum + d * slope[i], 0);
  const found = (move(1) - move(-1)) / 2;
  assertLess(Math.abs(found - expected), 0.02 * Math.abs(expected) + 1e-5);
});
