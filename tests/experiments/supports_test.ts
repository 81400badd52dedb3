/** Where images can lie: exactly black pixels, a rule that tells real from generated, and dimensions. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { loadImages, PIXELS } from "@/data/mnist.ts";
import { blackPixels, cellsTouched, judgeByBlack } from "@/experiments/supports.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { drawSamples } from "@/gan/sample.ts";
import { jsDivergence } from "@/math/divergences.ts";
import { linspace } from "@/math/stable.ts";
import { Random } from "@/random.ts";
import { loadPretrained } from "@/run/pretrained.ts";

Deno.test("black pixels are those that are exactly 0, image by image", () => {
  const images = new Float32Array(3 * PIXELS).fill(1e-30);
  images[0] = images[783] = images[784] = 0;
  assertEquals([...blackPixels(images)], [2, 1, 0]);
  assertThrows(() => blackPixels(images.subarray(1)), TypeError, "784 pixels each");
  assertThrows(() => blackPixels([]), TypeError);
});

Deno.test("all test images of MNIST have at least 473 exactly black pixels; no sample of mlp has one", async () => {
  const { test } = await loadImages();
  const real = blackPixels(test.images);
  assertEquals([real.length, Math.min(...real)], [10_000, 473]);
  await useBackend("cpu");
  const { generator, options } = await loadPretrained("mlp");
  const fake = blackPixels(await drawSamples(generator, options, 200, new Random(1)));
  disposeNetwork(generator);
  assertEquals([fake.length, Math.max(...fake)], [200, 0]);
  assertEquals(judgeByBlack(1, real, fake), { real: 1, generated: 0, divergence: Math.LN2 });
});

Deno.test("a rule counts an image with as many black pixels as it asks for, and bounds the JSD", () => {
  const result = judgeByBlack(5, [4, 5, 6, 7], [5, 4, 3, 2, 1]);
  assertEquals([result.real, result.generated], [0.75, 0.2]);
  assertAlmostEquals(result.divergence, jsDivergence([0.75, 0.25], [0.2, 0.8]), 1e-15);
  // By itself the counts tell more than the rule: all of them differ but 4 and 5.
  const counts = (own: number[]) => linspace(1, 7, 7).map((n) => own.filter((c) => c === n).length);
  const share = (own: number[]) => counts(own).map((n) => n / own.length);
  assert(result.divergence < jsDivergence(share([4, 5, 6, 7]), share([5, 4, 3, 2, 1])));
  assertThrows(() => judgeByBlack(1, [], [1]), RangeError, "of both kinds");
});

Deno.test("a curve touches a share of cells that halves with their side, a square all of them", () => {
  // The diagonal touches one cell of each row.
  const diagonal = linspace(-0.999, 0.999, 5000).flatMap((t) => [t, t]);
  for (const across of [1, 8, 64]) assertEquals(cellsTouched(diagonal, across), 1 / across);
  const side = linspace(-0.99, 0.99, 100);
  assertEquals(cellsTouched(side.flatMap((x) => side.flatMap((y) => [x, y])), 16), 1);
  assertEquals(cellsTouched([-1, -1, 1, 1, 2, 0], 2), 0.25); // The upper ends are outside.
  assertThrows(() => cellsTouched(diagonal, 0), RangeError, "at least 1, got 0");
});
