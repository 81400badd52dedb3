/** Generators in half precision: what is stored comes back, and the stored records are true. */
import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { useBackend } from "@/backend.ts";
import { loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import { labelsToAsk } from "@/eval/conditional.ts";
import { parzenLogDensities } from "@/eval/parzen.ts";
import { evaluate, type Evaluation } from "@/eval/suite.ts";
import { disposeGan, samplingGenerator } from "@/gan/gan.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { drawSamples } from "@/gan/sample.ts";
import { train } from "@/gan/train.ts";
import { encodeSafetensors, roundToHalf } from "@/formats/safetensors.ts";
import { Random } from "@/random.ts";
import {
  decodePretrained,
  encodePretrained,
  loadPretrained,
  type Pretrained,
  type PretrainedRecord,
  readPretrained,
  restorePretrained,
  roundGenerator,
} from "@/run/pretrained.ts";
import { PRETRAINED_NAMES, type PretrainedName } from "@/run/pretrained_names.ts";
import { RequestError } from "@/run/request_error.ts";
import { tf } from "@/tf.ts";
import { pretrainedTable } from "../../tools/pretrained_table.ts";
import { numbersOf, tinyGan } from "../support/gans.ts";
import { gateTest } from "../support/gate.ts";
import { range, WITH_THREADS } from "../support/rows.ts";

const FOLDER = new URL("../../data/pretrained/", import.meta.url);
const PAGE = new URL("../../docs/evaluation.md", import.meta.url);

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

const RECORD: PretrainedRecord = {
  command: "deno task train --preset tiny --seed 1 --steps 5",
  preset: "tiny",
  seed: 1,
  steps: 5,
  seconds: 61,
  versions: { deno: "2.9.6" },
  backend: "cpu",
  metrics: { samples: 10_000 },
};

/** A rounded generator, five numbers a row, with what its training left in batch normalisation. */
async function tinyPretrained(): Promise<Pretrained> {
  await useBackend("cpu");
  const gan = tinyGan();
  for await (const _ of train(gan, { steps: 5, logEvery: 5 }));
  const generator = await roundGenerator(samplingGenerator(gan));
  disposeGan(gan);
  return { name: "tiny", generator, options: gan.options, record: RECORD };
}

Deno.test("written and read, a rounded generator is bitwise the same, and so is its record", async () => {
  const own = await tinyPretrained();
  const { arrays, ...rest } = decodePretrained(await encodePretrained(own), "x");
  const options = JSON.parse(JSON.stringify(own.options));
  assertEquals(rest, { name: "tiny", options, record: RECORD, file: "x" });
  assertEquals(Object.values(arrays).map(({ half }) => half), new Array(8).fill(true));
  const { generator } = restorePretrained({ arrays, ...rest });
  assertEquals(await numbersOf(generator.weights), await numbersOf(own.generator.weights));
  assertEquals(await numbersOf(generator.statistics), await numbersOf(own.generator.statistics));
  const draw = (one: Pretrained["generator"]) => drawSamples(one, own.options, 7, new Random(2));
  assertEquals(await draw(generator), await draw(own.generator));
});

Deno.test("rounding takes the average's weights and statistics, each to the nearest float16, and leaves them", async () => {
  await useBackend("cpu");
  const gan = tinyGan();
  for await (const _ of train(gan, { steps: 5, logEvery: 5 }));
  const average = samplingGenerator(gan);
  const before = await numbersOf(average.weights, average.statistics);
  const rounded = await roundGenerator(average);
  assertEquals(await numbersOf(average.weights, average.statistics), before);
  const after = await numbersOf(rounded.weights, rounded.statistics);
  for (const [name, values] of Object.entries(before)) {
    assertEquals(after[name], [...roundToHalf(Float32Array.from(values))], name);
  }
  assert(Object.keys(before).some((name) => after[name].join() !== before[name].join()));
  disposeGan(gan);
});

Deno.test("what is not rounded, or has no float16, is not stored", async () => {
  const own = await tinyPretrained();
  const refuse = async (value: number, message: string) => {
    const weights = { ...own.generator.weights, "layers.1.bias": tf.fill([5], value) };
    const generator = { ...own.generator, weights };
    await assertRejects(() => encodePretrained({ ...own, generator }), RangeError, message);
  };
  await refuse(0.1, "Cannot store generator/layers.1.bias as float16");
  await refuse(NaN, "every number of layers.1.bias must be finite, as float16 too, got NaN");
  const [huge] = roundToHalf(Float32Array.of(70_000));
  await refuse(huge, "must be finite, as float16 too, got Infinity");
});

Deno.test("a damaged file, another kind of file and another network's arrays are refused", async () => {
  const own = await tinyPretrained();
  const bytes = await encodePretrained(own);
  assertThrows(() => decodePretrained(bytes.slice(0, -1), "x"), RangeError, "Cannot read x");
  const damaged = bytes.slice();
  damaged[bytes.length - 9] ^= 4;
  assertThrows(
    () => decodePretrained(damaged, "x"),
    RangeError,
    "it is damaged, or another program",
  );
  const other = encodeSafetensors({ arrays: {}, metadata: { kind: "gan-workbook checkpoint" } });
  assertThrows(
    () => decodePretrained(other, "x"),
    RangeError,
    "Cannot use x: it must be a gan-workbook generator of version 1, got gan-workbook checkpoint",
  );
  const read = decodePretrained(bytes, "x");
  const name = "generator/layers.0.mean";
  const { [name]: _, ...arrays } = read.arrays;
  assertThrows(
    () => restorePretrained({ ...read, arrays }),
    RangeError,
    `must have ${name} of shape [4], got none`,
  );
});

Deno.test("a name that is none is refused, with those that are", async () => {
  const error = await assertRejects(
    () => loadPretrained("mnist" as PretrainedName),
    RequestError,
    "it must be one of ",
  );
  assertMatch(error.message, /one of mlp(, \w+)*, got mnist$/);
});

Deno.test("the names are those of the files in data/pretrained, under 12 MB together", async () => {
  const files = (await Array.fromAsync(Deno.readDir(FOLDER))).map(({ name }) => name);
  const missing = PRETRAINED_NAMES.filter((name) => !files.includes(`${name}.safetensors`));
  assertEquals(missing, [], "data/pretrained lacks a generator that PRETRAINED_NAMES has");
  assertEquals(files.sort(), PRETRAINED_NAMES.map((name) => `${name}.safetensors`).sort());
  const sizes = files.map((name) => Deno.statSync(new URL(name, FOLDER)).size);
  assertLess(sizes.reduce((a, b) => a + b), 12e6);
});

Deno.test("the table in docs/evaluation.md says what the records say", async () => {
  const all = await Promise.all(PRETRAINED_NAMES.map(readPretrained));
  assertStringIncludes(
    await Deno.readTextFile(PAGE),
    pretrainedTable(all),
    "deno run -A tools/store_pretrained.ts --table writes it",
  );
});

Deno.test("a row of the table has minutes, the Parzen figure with its error, and shares in per cent", () => {
  const metrics: Evaluation = {
    samples: 10_000,
    parzen: { mean: 225.04, standardError: 2.06, sigma: 0.167 },
    frechet: { value: 21.46 },
    classifier: {
      score: 8.004,
      confidence: 0.9,
      shares: [0.0734, ...new Array(8).fill(0.1), 0.1266],
      covered: 10,
      klToTrain: 0,
    },
  };
  const [, , row] = pretrainedTable([{ name: "x", record: { ...RECORD, metrics } }]).split("\n");
  assertEquals(row.split("|").map((cell) => cell.trim()), [
    "",
    "`x`",
    "5, 1",
    "1 min",
    "225.0 ± 2.1",
    "21.5",
    "8.00",
    "10, each 7.3 to 12.7 %",
    "",
  ]);
});

/** Every tenth test image: a Parzen figure in seconds. */
const STRIDE = 10;

for (const name of PRETRAINED_NAMES) {
  gateTest(`${name}: the stored file scores what its record says`, async () => {
    await useBackend("wasm");
    const { record, options, generator } = await loadPretrained(name);
    assertEquals([record.seed, record.metrics.samples], [options.seed, 10_000]);
    assertMatch(record.command, /^deno /);
    assert(record.steps > 0 && record.seconds > 0 && record.versions.deno);
    const images = await loadImages();
    const labels = labelsToAsk(options, images.train, 10_000);
    const samples = await drawSamples(generator, options, 10_000, new Random(1), labels);
    disposeNetwork(generator);

    // The same samples: only sums that are rounded otherwise, on another processor, make a difference.
    const { classifier, conditional } = await evaluate(samples, images, {
      metrics: ["classifier"],
      labels,
    });
    assertEquals(conditional === undefined, options.classes === undefined);
    if (conditional) near(conditional.accuracy, record.metrics.conditional!.accuracy, 1e-3);
    const stored = record.metrics.classifier!;
    near(classifier!.score, stored.score, 0.01);
    near(classifier!.confidence, stored.confidence, 1e-3);
    classifier!.shares.forEach((share, digit) => near(share, stored.shares[digit], 1e-3));
    assertEquals(classifier!.covered, stored.covered);

    // A tenth of the test images: four standard errors of such a sample.
    const { mean, standardError, sigma } = record.metrics.parzen!;
    const rows = range(images.test.count / STRIDE).map((i) => i * STRIDE);
    const [logs] = await parzenLogDensities(
      { data: samples, columns: PIXELS },
      { data: pixels(images.test.images, rows), columns: PIXELS },
      [sigma],
    );
    const found = logs.reduce((a, b) => a + b) / logs.length;
    near(found, mean, 4 * standardError * Math.sqrt(STRIDE));
  }, WITH_THREADS);
}
