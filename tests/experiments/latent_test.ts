/** Walks in z: what is drawn, which way a quantity grows, and what a walk passes. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { imagesBetween, loadImages, PIXELS } from "@/data/mnist.ts";
import { judge, loadClassifier } from "@/eval/classifier.ts";
import {
  digitMeans,
  directionOf,
  drawNoises,
  imagesAt,
  inkOf,
  measureWalk,
  pathLength,
  surestOf,
} from "@/experiments/latent.ts";
import { drawSamples } from "@/gan/sample.ts";
import { lerp } from "@/math/interpolation.ts";
import { linspace } from "@/math/stable.ts";
import { Random } from "@/random.ts";
import { loadPretrained } from "@/run/pretrained.ts";
import { tf } from "@/tf.ts";
import { WITH_THREADS } from "../support/rows.ts";

Deno.test({
  name: "noises and their images are those that samples are drawn from, and no tensor is left",
  ...WITH_THREADS,
  fn: async () => {
    await useBackend("wasm");
    const { generator, options } = await loadPretrained("mlp");
    const before = tf.memory().numTensors;
    const images = await imagesAt(generator, await drawNoises(options, 3, 8));
    assertEquals(images, await drawSamples(generator, options, 3, new Random(8)));
    assertEquals(tf.memory().numTensors, before);
  },
});

Deno.test("the direction of a linear quantity is its gradient, of length 1", () => {
  const random = new Random(2);
  const zs = Array.from({ length: 20_000 }, () => Array.from(random.normals(3)));
  const direction = directionOf(zs, zs.map(([a, b]) => 5 + 6 * a - 8 * b));
  [0.6, -0.8, 0].forEach((value, k) => assertAlmostEquals(direction[k], value, 0.02));
  assertAlmostEquals(Math.hypot(...direction), 1, 1e-12);
  assertThrows(() => directionOf(zs, zs.map(() => 1)), RangeError, "must vary");
  assertThrows(() => directionOf(zs, [1]), RangeError, "got 20000 and 1");
});

Deno.test("the mean of a digit is that of its own noises, and a digit without any is named", () => {
  const zs = Array.from({ length: 20 }, (_, i) => [i, -i]);
  const digits = Uint8Array.from(zs, (_, i) => i % 10);
  assertEquals(digitMeans(zs, digits)[3], [8, -8]); // of 3 and 13
  assertThrows(() => digitMeans(zs, digits.fill(1, 4, 5).fill(1, 14, 15)), RangeError, "makes a 4");
});

Deno.test("ink and length of a way are sums over pixels and over steps", () => {
  const images = new Float32Array(3 * PIXELS);
  images[5] = 1;
  images[PIXELS + 5] = 1;
  images[PIXELS + 6] = 0.5;
  assertEquals(inkOf(images), [1, 1.5, 0]);
  assertAlmostEquals(pathLength(images), 0.5 + Math.sqrt(1.25), 1e-12);
});

Deno.test({
  name: "a walk is as sure as its least sure image, and one that jumps or misses its ends says so",
  ...WITH_THREADS,
  fn: async () => {
    await useBackend("wasm");
    const classifier = await loadClassifier();
    const { test } = await loadImages();
    const real = imagesBetween(test, 0, 200);
    const judged = await judge(classifier, real);
    const [six, zero] = [6, 0].map((digit) => surestOf(judged, digit))
      .map((i) => real.subarray(i * PIXELS, (i + 1) * PIXELS));
    const ends = Float32Array.of(...six, ...zero);
    const fade = linspace(0, 1, 50).map((t) => lerp(six, zero, t));
    const faded = Float32Array.from(fade.flat());
    const walk = await measureWalk(classifier, faded, ends);
    const sure = await Promise.all(
      fade.map(async (image) =>
        Math.max(...(await judge(classifier, Float32Array.from(image))).probabilities)
      ),
    );
    assertAlmostEquals(walk["least sure"], Math.min(...sure), 1e-5);
    assertAlmostEquals(walk.pixels, pathLength(ends), 1e-3);
    assertEquals([walk.walk, walk.digits.at(0), walk.digits.at(-1)], ["whole", "6", "0"]);
    assert(walk.digits.split(" ").every((digit, i, all) => digit !== all[i - 1]), walk.digits);
    assertEquals((await measureWalk(classifier, ends, ends)).walk, "jumps");
    assertEquals(
      (await measureWalk(classifier, faded.slice(9 * PIXELS), ends)).walk,
      "begins elsewhere",
    );
    assertEquals(
      (await measureWalk(classifier, faded.slice(0, 9 * PIXELS), ends)).walk,
      "ends elsewhere",
    );
  },
});
