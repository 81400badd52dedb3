/** GANs on toy data: options, presets, exact resume. What they learn is in `collapse_test.ts`. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { distributionOf } from "@/data/points.ts";
import { toyData } from "@/data/toy.ts";
import { decodeCheckpoint, encodeCheckpoint, restoreGan } from "@/gan/checkpoint.ts";
import { disposeGan, drawLatent, finishedEpochs, type Gan } from "@/gan/gan.ts";
import { checkOptions, type GanOptions } from "@/gan/options.ts";
import { type Engine } from "@/gan/custody.ts";
import { findPreset, PRESETS } from "@/gan/presets.ts";
import { createToyGan } from "@/gan/toy_gan.ts";
import { train, type TrainEvent } from "@/gan/train.ts";
import { Random } from "@/random.ts";
import { testOnBackends } from "../support/backends.ts";
import { numbersOf, tinyGan } from "../support/gans.ts";

const everything = (gan: Gan) =>
  Promise.all([
    numbersOf(gan.generator.weights, gan.generator.statistics),
    numbersOf(gan.discriminator.weights),
    numbersOf(gan.generatorOptimiser.slots),
    numbersOf(gan.discriminatorOptimiser.slots),
  ]);

async function trainTo(
  gan: Gan,
  steps: number,
  { logEvery = 5, engine }: { logEvery?: number; engine?: Engine } = {},
): Promise<TrainEvent[]> {
  return await Array.fromAsync(train(gan, { steps, logEvery }, engine));
}

/** Ring's networks at a size for tests: batch norm, maxout, packs. */
function smallRing(): Gan {
  const { generator, discriminator } = findPreset("ring").options;
  const narrow = (layers: GanOptions["generator"]["layers"]) =>
    layers.map((layer) => layer.width > 2 ? { ...layer, width: 12 } : layer);
  return createToyGan("ring", {
    seed: 3,
    packing: 3,
    batchSize: 8,
    generator: { ...generator, layers: narrow(generator.layers) },
    discriminator: { ...discriminator, layers: narrow(discriminator.layers) },
  });
}

for (
  const [name, create] of [
    ["line", () => createToyGan("line", { seed: 3, batchSize: 16, generatorBatchSize: 24 })],
    ["ring in packs of 3", smallRing],
  ] as const
) {
  testOnBackends(
    `resumed at step 0, 1 or 7, ${name} is bitwise the run never stopped`,
    async (_backend, engine) => {
      const whole = create();
      const events = await trainTo(whole, 12, { engine });
      const expected = await everything(whole);
      for (const stop of [0, 1, 7]) {
        const first = create();
        await trainTo(first, stop, { engine });
        const bytes = await encodeCheckpoint(first);
        disposeGan(first);
        const second = restoreGan(decodeCheckpoint(bytes, "x"), distributionOf(whole.options.toy!));
        const later = await trainTo(second, 12, { engine });
        assertEquals(await everything(second), expected, `stopped at ${stop}`);
        assertEquals({ ...later.at(-1)!, seconds: 0 }, { ...events.at(-1)!, seconds: 0 });
        assertEquals(second.batches.state(), whole.batches.state());
        disposeGan(second);
      }
      disposeGan(whole);
    },
  );
}

Deno.test("a checkpoint on one toy distribution is refused for another", async () => {
  await useBackend("cpu");
  const gan = smallRing();
  const checkpoint = decodeCheckpoint(await encodeCheckpoint(gan), "x");
  disposeGan(gan);
  assertThrows(
    () => restoreGan(checkpoint, toyData("grid")),
    RangeError,
    "must be those it began with",
  );
});

Deno.test("an epoch of endless data is 200 batches of D", async () => {
  await useBackend("cpu");
  const small = { seed: 1, batchSize: 2 };
  const one = createToyGan("line", small);
  const two = createToyGan("line", { ...small, discriminatorSteps: 2 });
  assertEquals([199, 200, 399, 400].map((step) => finishedEpochs(one, step)), [0, 1, 1, 2]);
  assertEquals([99, 100, 200].map((step) => finishedEpochs(two, step)), [0, 1, 2]);
  disposeGan(one);
  disposeGan(two);
});

Deno.test("every batch is fresh, and no epoch repeats another", async () => {
  await useBackend("cpu");
  const gan = createToyGan("line", { seed: 1, batchSize: 4 });
  const seen = new Set(Array.from({ length: 450 }, () => [...gan.batches.next().rows]).flat());
  // Of 1,800 float32 numbers near 3 about 1 pair is equal by chance.
  assert(seen.size > 1790, `${seen.size} different numbers`);
  disposeGan(gan);
});

Deno.test("z in a cube is uniform in (-1, 1)", async () => {
  await useBackend("cpu");
  const options = { ...findPreset("spiral").options, seed: 1 };
  const z = drawLatent(options, 50_000, new Random(2));
  const values = (await z.data() as Float32Array).slice().sort();
  z.dispose();
  assertEquals(values.length, 100_000);
  // Kolmogorov–Smirnov: √n times the distance exceeds 2.1 with a probability of 3e-4.
  const distances = values.map((v, i) => Math.abs((v + 1) / 2 - (i + 0.5) / 100_000));
  const distance = distances.reduce((a, b) => Math.max(a, b));
  assert(Math.sqrt(100_000) * distance < 2.1, `distance ${distance}`);
});

Deno.test("the presets of toy data are what their sources say", () => {
  const { options: collapse } = findPreset("spiral-collapse");
  for (const network of [collapse.generator, collapse.discriminator]) {
    assertEquals(network.inputs, 2);
    assertEquals(network.layers.slice(0, 3).map(({ width, slope }) => [width, slope]), [
      [512, 0.1],
      [512, 0.1],
      [512, 0.1],
    ]);
  }
  assertEquals(collapse.generator.layers[3], { width: 2, activation: "tanh" });
  assertEquals([collapse.batchSize, collapse.generatorBatchSize, collapse.latent], [
    256,
    512,
    "cube",
  ]);
  const rates = (name: string) => {
    const { generatorOptimiser: g, discriminatorOptimiser: d } = findPreset(name).options;
    return [g, d].map((adam) => adam.kind === "adam" ? [adam.learningRate, adam.beta1] : []);
  };
  assertEquals(rates("spiral-collapse"), [[0.001, 0.9], [0.001, 0.9]]);
  assertEquals(rates("spiral"), [[0.0002, 0.5], [0.001, 0.5]]);
  assertEquals(rates("ring"), [[1e-4, 0.8], [1e-4, 0.8]]);
  const { options: grid } = findPreset("grid");
  assertEquals(grid.generator.layers.map(({ width }) => width), [400, 400, 400, 400, 2]);
  assertEquals(grid.discriminator.layers.map(({ width, pieces }) => [width, pieces]), [
    [200, 5],
    [200, 5],
    [200, 5],
    [1, undefined],
  ]);
  assertEquals(grid.batchSize, 100);
  for (const [name, { options }] of Object.entries(PRESETS)) {
    checkOptions({ ...options, seed: 1 });
    if (options.toy) assertEquals(options.reportAccuracy, true, name);
  }
});

Deno.test("options that contradict themselves are refused by rule and value", async () => {
  await useBackend("cpu");
  const refuse = (changes: Partial<GanOptions>, message: string) =>
    assertThrows(() => createToyGan("line", { seed: 1, ...changes }), RangeError, message);
  refuse({ packing: 0 }, "packing must be an integer of at least 1, got 0");
  refuse({ packing: 1.5 }, "packing must be an integer of at least 1, got 1.5");
  refuse({ generatorBatchSize: 0 }, "generatorBatchSize must be an integer of at least 1, got 0");
  refuse(
    { updates: "simultaneous", generatorBatchSize: 128 },
    "simultaneous updates need one batch size for both players, got 128",
  );
  refuse({ latent: "gaussian" as "normal" }, 'latent must be normal, uniform or cube, got "gauss');
  refuse(
    { toy: "moons" as "ring" },
    "toy must be one of spiral, ring, grid, line, segment, segments, or " +
      'points:dimensions:sigma:list, got "moons"',
  );
  refuse({ toy: "ring" }, "the generator must make the 2 numbers of a row of the data, got 1");
  assertThrows(
    () => createToyGan("mlp", { seed: 1 }),
    RangeError,
    "the preset must be of toy data, got mlp",
  );
  const { discriminator } = findPreset("line").options;
  assertThrows(
    () => checkOptions({ ...findPreset("line").options, packing: 2, discriminator, seed: 1 }),
    RangeError,
    "must take the 2 numbers that the generator makes for a pack of 2, got 1",
  );
});

Deno.test("accuracies are reported where they are asked for, and change nothing", async () => {
  await useBackend("cpu");
  const run = async (reportAccuracy: boolean) => {
    const gan = tinyGan({ reportAccuracy });
    const events = await trainTo(gan, 6, { logEvery: 1 });
    const weights = await everything(gan);
    disposeGan(gan);
    return { events, weights };
  };
  const [without, asked] = [await run(false), await run(true)];
  assertEquals(asked.weights, without.weights);
  for (const event of without.events) assertEquals("dAccuracy" in event, false);
  // Shares of 8 and of 4 rows.
  for (const { dAccuracy, gAccuracy } of asked.events) {
    assertEquals([8 * dAccuracy! % 1, 4 * gAccuracy! % 1], [0, 0]);
    assert(dAccuracy! >= 0 && dAccuracy! <= 1 && gAccuracy! >= 0 && gAccuracy! <= 1);
  }
});
