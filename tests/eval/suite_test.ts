/** All metrics together, on a part of MNIST. */
import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { type ImageData, type LabelledImages, loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import { ALL_METRICS, DEFAULT_METRICS } from "@/eval/metrics.ts";
import { evaluate, type Evaluation, refusals } from "@/eval/suite.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { range, shuffled, testWithThreads } from "../support/rows.ts";

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

const mnist = await loadImages();

const first = ({ images, labels }: LabelledImages, count: number): LabelledImages => ({
  count,
  images: images.subarray(0, count * PIXELS),
  labels: labels.subarray(0, count),
});

/** The first 500 training and 300 test images: everything but Parzen in a second. */
const PART: ImageData = {
  ...mnist,
  train: first(mnist.train, 500),
  test: first(mnist.test, 300),
};
const QUICK = ALL_METRICS.filter((metric) => metric !== "parzen");
const real = (from: number, count: number) =>
  pixels(mnist.train.images, range(count).map((i) => from + i));

testWithThreads("each metric that is asked for is there, and no other", async () => {
  await useBackend("wasm");
  const samples = real(1000, 200);
  const all = await evaluate(samples, PART, { metrics: QUICK });
  const keys = ["samples", "frechet", "classifier", "precisionRecall", "memorisation", "diversity"];
  assertEquals(Object.keys(all), keys);
  assertEquals(Object.keys(all.frechet!), ["value"]);
  assertEquals(Object.keys(all.classifier!), [
    "score",
    "confidence",
    "shares",
    "covered",
    "klToTrain",
  ]);
  assertEquals(Object.keys(all.precisionRecall!), ["precision", "recall", "k"]);
  assertEquals(JSON.parse(JSON.stringify(all)), all, "plain JSON, no NaN");
  for (const metric of QUICK) {
    const one = await evaluate(samples, PART, { metrics: [metric] });
    assertEquals(one, { samples: 200, [metric]: all[metric] } as Evaluation);
  }
  assert(!DEFAULT_METRICS.includes("diversity"));
});

testWithThreads(
  "real images are the digits of their labels, and of other labels they are not",
  async () => {
    await useBackend("wasm");
    const labels = mnist.train.labels.subarray(1000, 1300);
    const measure = (labels: Uint8Array) =>
      evaluate(real(1000, 300), PART, { metrics: ["classifier"], labels });
    const { conditional } = await measure(labels);
    assertGreater(conditional!.accuracy, 0.98);
    for (const share of conditional!.byClass) assertGreater(share!, 0.9);
    const wrong = await measure(labels.map((label) => (label + 1) % 10));
    assertLess(wrong.conditional!.accuracy, 0.02);
  },
);

testWithThreads("real images score as real, one image as collapsed, noise as noise", async () => {
  await useBackend("wasm");
  const good = await evaluate(real(1000, 300), PART, { metrics: QUICK });
  assertGreater(good.classifier!.score, 9);
  assertEquals(good.classifier!.covered, 10);
  assertGreater(good.precisionRecall!.precision, 0.8);
  assertGreater(good.precisionRecall!.recall, 0.8);
  near(good.memorisation!.ratio, 1, 0.1);

  const copy = real(7, 1);
  const copies = new Float32Array(300 * PIXELS);
  for (let i = 0; i < 300; i++) copies.set(copy, i * PIXELS);
  const bad = await evaluate(copies, PART, { metrics: QUICK });
  near(bad.classifier!.score, 1, 1e-5);
  assertEquals(bad.classifier!.covered, 1);
  assertLess(bad.precisionRecall!.recall, 0.02);
  assertEquals([bad.memorisation!.ratio, bad.memorisation!.nearDuplicates], [0, 1]);
  near(bad.diversity!.similarity, 1, 1e-9);

  const noise = new Random(1).uniforms(300 * PIXELS);
  const worst = await evaluate(noise, PART, { metrics: QUICK });
  // Precision is high: a known weakness, as its documentation says.
  assertEquals([worst.precisionRecall!.recall, worst.memorisation!.nearDuplicates], [0, 0]);
  assertGreater(worst.memorisation!.ratio, 1.5);
  assertLess(good.frechet!.value, bad.frechet!.value / 5);
  assertLess(good.frechet!.value, worst.frechet!.value / 5);
  assertGreater(good.frechet!.value, 0);
});

testWithThreads("the order of the samples changes nothing beyond the last digits", async () => {
  await useBackend("wasm");
  const metrics = QUICK.filter((metric) => metric !== "diversity");
  const samples = real(2000, 250);
  const other = shuffled({ data: samples, columns: PIXELS }, new Random(1)).data;
  const [a, b] = [
    await evaluate(samples, PART, { metrics }),
    await evaluate(other, PART, { metrics }),
  ];
  near(a.frechet!.value, b.frechet!.value, 1e-6);
  near(a.classifier!.score, b.classifier!.score, 1e-6);
  near(a.classifier!.confidence, b.classifier!.confidence, 1e-6);
  assertEquals(a.classifier!.shares, b.classifier!.shares);
  assertEquals(a.precisionRecall, b.precisionRecall);
  assertEquals(a.memorisation, b.memorisation);
});

testWithThreads("no tensor is left behind", async () => {
  await useBackend("wasm");
  const before = tf.memory().numTensors;
  await evaluate(real(0, 100), PART, { metrics: QUICK });
  assertEquals(tf.memory().numTensors, before);
});

testWithThreads("progress is told by stage, each up to 1", async () => {
  await useBackend("wasm");
  const heard: Record<string, number> = {};
  await evaluate(real(0, 100), PART, {
    metrics: QUICK,
    onProgress: (stage, share) => {
      assert(share >= (heard[stage] ?? 0) && share <= 1 + 1e-9, `${stage} ${share}`);
      heard[stage] = share;
    },
  });
  assertEquals(Object.keys(heard), ["features", "precision and recall", "memorisation"]);
  for (const share of Object.values(heard)) near(share, 1, 1e-9);
});

testWithThreads(
  "what a metric cannot be had of is refused before anything is computed",
  async () => {
    const refused = async (samples: Float32Array, images: ImageData, message: string) => {
      let heard = 0;
      const options = { metrics: ALL_METRICS, onProgress: () => heard++ };
      await assertRejects(() => evaluate(samples, images, options), Error, message);
      assertEquals(heard, 0);
    };
    const grey = (count: number, value = 0.5) => new Float32Array(count * PIXELS).fill(value);
    await refused(grey(9_999), mnist, "parzen takes at least 10000 samples, got 9999");
    await refused(grey(64), mnist, "frechet takes at least 65 samples, got 64");
    await refused(grey(3), mnist, "precisionRecall takes at least 4 samples, got 3");
    await refused(grey(1), mnist, "diversity takes at least 11 samples, got 1");
    await refused(grey(0), mnist, "it takes at least 1, got 0");
    await refused(grey(10_000), PART, "parzen chooses sigma on rows 50000 to 50999");
    const fashion = { ...mnist, sha256: "0", source: "fashion" };
    await refused(
      grey(10_000),
      fashion,
      "frechet asks a classifier that knows MNIST's digits only",
    );
    await refused(grey(10, 1.5), mnist, "every pixel must be in [0, 1], got 1.5 in image 0");
    await refused(grey(10, NaN), mnist, "got NaN in image 0");
    await refused(grey(10, -0.5), mnist, "got -0.5 in image 0");
    await assertRejects(
      () => evaluate(grey(10), mnist, { metrics: ["fid" as "frechet"] }),
      RangeError,
      "each metric must be one of parzen, frechet, classifier, conditional, precisionRecall, memorisation, diversity, got fid",
    );
    await refused(new Float32Array(785), mnist, "each must have 784 numbers, got 785 in all");
    assertEquals(refusals(["memorisation"], { count: 1, images: fashion }), []);
  },
);
