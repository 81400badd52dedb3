/** GANs that are told clusters: by all that they compute, conditional GANs whose labels nobody has given. */
import {
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { useBackend } from "@/backend.ts";
import { clustersOf } from "@/data/clusters.ts";
import { type FixedRows } from "@/data/training_data.ts";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  restoreGan,
  restoreGenerator,
} from "@/gan/checkpoint.ts";
import { type Engine } from "@/gan/custody.ts";
import { createGan, disposeGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { drawCounted } from "@/gan/labels.ts";
import { checkOptions, type GanOptions, latentSize } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawSamples } from "@/gan/sample.ts";
import { withSettings } from "@/gan/set_option.ts";
import { train } from "@/gan/train.ts";
import { Random } from "@/random.ts";
import {
  decodePretrained,
  encodePretrained,
  restorePretrained,
  roundGenerator,
} from "@/run/pretrained.ts";
import { formulaData, numbersOf, tinyOptions } from "../support/gans.ts";
import { leaky, logit, network } from "../support/planned_cases.ts";

const CLUSTERS = 4;
const COLUMNS = 5;
const { labels: _, ...unlabelled } = formulaData(130, COLUMNS) as FixedRows;

function options(told: "clusters" | "classes", changes: Partial<GanOptions> = {}): GanOptions {
  return tinyOptions({
    [told]: CLUSTERS,
    generator: network(3 + CLUSTERS, [leaky(6), { width: COLUMNS, activation: "sigmoid" }]),
    discriminator: network(COLUMNS + CLUSTERS, [leaky(7), leaky(4), logit()]),
    gradientPenalty: 2,
    averageDecay: 0.5,
    batchSize: 20,
    ...changes,
  });
}

async function trained(gan: Gan, steps: number, engine?: Engine): Promise<Gan> {
  for await (const _ of train(gan, { steps, logEvery: steps }, engine));
  return gan;
}

const numbers = (gan: Gan) => numbersOf(gan.generator.weights, gan.discriminator.weights);

for (const taken of ["autodiff", "the engine"]) {
  Deno.test(`by ${taken}, the steps are those of a conditional GAN with these labels`, async () => {
    const { engine } = await useBackend("wasm", { threads: 1 });
    const own = taken === "autodiff" ? undefined : engine;
    const found = await trained(createGan(options("clusters"), unlabelled), 5, own);
    const labels = clustersOf(unlabelled, CLUSTERS);
    const given = await trained(createGan(options("classes"), { ...unlabelled, labels }), 5, own);
    assertEquals(await numbers(found), await numbers(given));
    const other = { ...unlabelled, labels: labels.map((label) => (label + 1) % CLUSTERS) };
    const wrong = await trained(createGan(options("classes"), other), 5, own);
    assertNotEquals(await numbers(found), await numbers(wrong));
    for (const gan of [found, given, wrong]) disposeGan(gan);
  });
}

Deno.test("samples are drawn with each cluster as frequent as among the rows", async () => {
  await useBackend("cpu");
  const counts = [3, 0, 1, 6];
  const drawn = drawCounted(counts, 20_000, new Random(3));
  counts.forEach((count, label) => {
    const share = drawn.filter((each) => each === label).length / drawn.length;
    // Five standard errors.
    assertAlmostEquals(share, count / 10, 5 * Math.sqrt(0.25 / drawn.length));
    if (count === 0) assertEquals(share, 0);
  });
  const gan = createGan(options("clusters"), unlabelled);
  const labels = clustersOf(unlabelled, CLUSTERS);
  const wanted = [0, 1, 2, 3].map((label) => labels.filter((each) => each === label).length);
  assertEquals(gan.generator.labelCounts, wanted);
  // The labels come first, then z, both from the stream that is given.
  const random = new Random(4);
  const asked = drawCounted(wanted, 50, random);
  const { clusters: classes, ...rest } = gan.options;
  const told = await drawSamples(gan.average!, { ...rest, classes }, 50, random, asked);
  assertEquals(await drawSamples(gan.average!, gan.options, 50, new Random(4)), told);
  await assertRejects(
    () => drawSamples({ ...gan.generator, labelCounts: undefined }, gan.options, 5, new Random(1)),
    TypeError,
    "must know how many rows each has, got one without labelCounts",
  );
  disposeGan(gan);
});

Deno.test("a checkpoint goes on as if it had not been written, and draws the same samples", async () => {
  await useBackend("cpu");
  const gan = await trained(createGan(options("clusters"), unlabelled), 3);
  const checkpoint = decodeCheckpoint(await encodeCheckpoint(gan), "x");
  const again = restoreGan(checkpoint, unlabelled);
  const draw = (network: Gan["generator"]) => drawSamples(network, gan.options, 9, new Random(5));
  assertEquals(await draw(restoreGenerator(checkpoint)), await draw(samplingGenerator(gan)));
  const rounded = await roundGenerator(samplingGenerator(gan));
  const record = {
    ...{ command: "", preset: "tiny", seed: 1, steps: 3, seconds: 1, versions: {}, backend: "cpu" },
    metrics: { samples: 1 },
  };
  const kept = { name: "tiny", generator: rounded, options: gan.options, record };
  const read = restorePretrained(decodePretrained(await encodePretrained(kept), "x"));
  assertEquals(await draw(read.generator), await draw(rounded));
  assertEquals(
    await numbers(await trained(gan, 7)),
    await numbers(await trained(again, 7)),
  );
  disposeGan(gan);
  disposeGan(again);
});

Deno.test("an option widens both networks by the clusters, and takes them back", () => {
  const preset: GanOptions = { ...findPreset("mlp").options, seed: 1 };
  const set = (from: GanOptions, text: string) => withSettings(from, [{ name: "clusters", text }]);
  const told = set(preset, "128");
  checkOptions(told);
  assertEquals([told.generator.inputs, told.discriminator.inputs], [
    preset.generator.inputs + 128,
    784 + 128,
  ]);
  assertEquals(latentSize(told), latentSize(preset));
  assertEquals(set(set(told, "32"), "none"), JSON.parse(JSON.stringify(preset)));
});

Deno.test("clusters that cannot be told are refused", () => {
  const refused = (changes: Partial<GanOptions>, message: string) =>
    assertThrows(() => checkOptions(options("clusters", changes)), RangeError, message);
  refused({ classes: 3 }, "with classes, clusters must be left out");
  refused({ packing: 2 }, "with clusters, packing must be 1 or left out, got 2");
  refused(
    { toy: "ring" },
    'clusters need a fixed set of rows, and toy data are drawn anew, got "ring"',
  );
  refused({ clusters: 300 }, "clusters must be an integer from 2 to 256, got 300");
  refused(
    { generator: network(CLUSTERS, [leaky(6), { width: COLUMNS, activation: "sigmoid" }]) },
    "the generator must take a label of 4 and at least one number of z, got 4",
  );
});
