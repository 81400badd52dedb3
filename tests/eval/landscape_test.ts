import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { cellMiddles, landscape } from "@/eval/landscape.ts";
import { disposeGan, type Gan } from "@/gan/gan.ts";
import { type NetworkSpec } from "@/gan/spec.ts";
import { createToyGan } from "@/gan/toy_gan.ts";
import { tf } from "@/tf.ts";
import { tinyGan } from "../support/gans.ts";

/** One affine layer. */
const affine = (inputs: number, width: number): NetworkSpec => ({
  inputs,
  layers: [{ width, activation: "linear" }],
  initialisation: { kind: "fanIn" },
});

function set(gan: Gan, player: "generator" | "discriminator", weight: number[][], bias: number[]) {
  const { weights } = gan[player];
  tf.dispose([weights["layers.0.weight"], weights["layers.0.bias"]]);
  weights["layers.0.weight"] = tf.tensor2d(weight);
  weights["layers.0.bias"] = tf.tensor1d(bias);
}

/** D's logit is x + 3 y; G shifts z by (.5, -.25). */
function linearGan(packing?: number): Gan {
  const gan = createToyGan("spiral", {
    seed: 1,
    packing,
    generator: affine(2, 2),
    discriminator: affine(2, 1),
  });
  set(gan, "generator", [[1, 0], [0, 1]], [0.5, -0.25]);
  if (packing === undefined) set(gan, "discriminator", [[1], [3]], [0]);
  return gan;
}

const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));

Deno.test("cells are squares from the lower left, row by row, named by their middles", () => {
  assertEquals([...cellMiddles(1, 4, [-1, 1])], [-0.75, -0.25, 0.25, 0.75]);
  assertEquals([...cellMiddles(2, 2, [0, 2])], [0.5, 0.5, 1.5, 0.5, 0.5, 1.5, 1.5, 1.5]);
});

Deno.test("D over the samples and D(G(z)) over z are D at each middle", async () => {
  await useBackend("cpu");
  const gan = linearGan();
  // More cells than one pass takes.
  const scene = await landscape(gan, [-1, 1], { points: 10, side: 40 });
  assertEquals([scene.dimensions, scene.overSamples.values.length], [2, 1600]);
  const cells = cellMiddles(2, 40, [-1, 1]);
  for (const i of [0, 39, 40, 777, 1599]) {
    const [x, y] = [cells[2 * i], cells[2 * i + 1]];
    assertAlmostEquals(scene.overSamples.values[i], sigmoid(x + 3 * y), 1e-6);
    assertAlmostEquals(scene.overLatent.values[i], sigmoid(x + 0.5 + 3 * (y - 0.25)), 1e-6);
  }
  disposeGan(gan);
});

Deno.test("looking changes nothing: the same picture twice, no stream moved, no tensor left", async () => {
  await useBackend("cpu");
  const gan = linearGan();
  const streams = () => [gan.noise.state(), gan.dropout.state(), gan.batches.state()];
  const [before, tensors] = [streams(), tf.memory().numTensors];
  const first = await landscape(gan, [-1, 1], { points: 20, side: 5 });
  assertEquals(await landscape(gan, [-1, 1], { points: 20, side: 5 }), first);
  assertEquals(streams(), before);
  assertEquals(tf.memory().numTensors, tensors);
  assertEquals([first.real.length, first.fake.length], [40, 40]);
  // G shifts U(-1, 1)².
  assert(first.fake.every((v, i) => i % 2 ? v >= -1.25 && v <= 0.75 : v >= -0.5 && v <= 1.5));
  disposeGan(gan);
});

Deno.test("with packs, D is the mean over packs filled up with real rows", async () => {
  await useBackend("cpu");
  const gan = linearGan(2);
  // The logit is x₁ alone: the companion must not matter.
  set(gan, "discriminator", [[1], [0], [0], [0]], [0]);
  const alone = await landscape(gan, [-1, 1], { points: 4, side: 3 });
  cellMiddles(2, 3, [-1, 1]).forEach((x, i) => {
    if (i % 2 === 0) assertAlmostEquals(alone.overSamples.values[i / 2], sigmoid(x), 1e-6);
  });
  // The logit is the companion's distance from where no real row can be: never near 0.
  set(gan, "discriminator", [[0], [0], [10], [0]], [20]);
  const beside = await landscape(gan, [-1, 1], { points: 4, side: 3 });
  assert(beside.overSamples.values.every((d) => d > 0.9999));
  disposeGan(gan);
});

Deno.test("a line has curves in the place of squares", async () => {
  await useBackend("cpu");
  const gan = createToyGan("line", { seed: 1 });
  const { dimensions, overLatent, overSamples } = await landscape(gan, [-1, 6], {
    points: 7,
    side: 9,
  });
  assertEquals([dimensions, overLatent.values.length, overSamples.values.length], [1, 9, 9]);
  assertEquals(overLatent.range, [-3, 3]);
  disposeGan(gan);
});

Deno.test("data that are no points are refused", async () => {
  await useBackend("cpu");
  const gan = tinyGan();
  await assertRejects(() => landscape(gan, [0, 1]), TypeError, "got 5 numbers of a fixed set");
  disposeGan(gan);
});
