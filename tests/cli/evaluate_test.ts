/** `deno task evaluate` as a user runs it. */
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { useBackend } from "@/backend.ts";
import { imagesBetween, loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import { disposeClassifier, FEATURES, judge, loadClassifier } from "@/eval/classifier.ts";
import { precisionRecall } from "@/eval/precision_recall.ts";
import { type Evaluation } from "@/eval/suite.ts";
import { type Ends, loadReference } from "@/eval/reference.ts";
import { decodeCheckpoint, restoreGenerator } from "@/gan/checkpoint.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { drawSamples } from "@/gan/sample.ts";
import { encodeNpy } from "@/formats/npy.ts";
import { Random } from "@/random.ts";
import { inTempFolder, run, runHere } from "../support/commands.ts";
import { idxBytes, smallDataSet, writeDataSet } from "../support/idx_files.ts";
import { range } from "../support/rows.ts";
import { gateTest } from "../support/gate.ts";

/** 200 training and 20 test images of noise, all different. */
const noise = new Random(1);
const DATA = await writeDataSet({
  ...smallDataSet(),
  "train-images-idx3-ubyte": idxBytes([200, 28, 28], () => noise.integer(256)),
  "t10k-images-idx3-ubyte": idxBytes([20, 28, 28], () => noise.integer(256)),
});
globalThis.addEventListener("unload", () => Deno.removeSync(DATA, { recursive: true }));

const grey = (count: number, value = 0.5) => new Float32Array(count * PIXELS).fill(value);
const write = (file: string, data: Float32Array, shape = [data.length / PIXELS, PIXELS]) =>
  Deno.writeFile(file, encodeNpy(data, shape));

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

gateTest(
  "10,000 training images: Parzen 241.2 ± 2.1 at .167, and what is recorded of real images",
  () =>
    inTempFolder(async (folder) => {
      const { train } = await loadImages();
      const file = join(folder, "real.npy");
      await write(file, pixels(train.images, range(10_000)));
      const metrics = "parzen,fid,coverage,precision-recall";
      const { code, stdout, stderr } = await run(
        "evaluate",
        ...["--samples", file, "--metrics", metrics, "--json"],
      );
      assertEquals(code, 0, stderr);
      const { against, reference, ...found }: Evaluation & { against: string; reference: Ends } =
        JSON.parse(stdout);
      assertEquals(against, "test");
      const keys = ["samples", "parzen", "frechet", "classifier", "precisionRecall"];
      assertEquals(Object.keys(found), keys);
      assertEquals([Object.keys(reference.real), Object.keys(reference.noise)], [keys, keys]);
      assertEquals(found.samples, 10_000);
      // An independent implementation's figure.
      const { mean, standardError, sigma } = found.parzen!;
      assertEquals([mean.toFixed(1), standardError.toFixed(1), sigma.toFixed(3)], [
        "241.2",
        "2.1",
        "0.167",
      ]);
      const { real } = await loadReference();
      near(mean, real.parzen!.mean, 0.01);
      near(found.frechet!.value, real.frechet!.value, 0.01);
      assertEquals(reference.real.frechet, real.frechet);
      near(found.classifier!.score, real.classifier!.score, 0.01);
      near(found.classifier!.confidence, real.classifier!.confidence, 0.001);
      near(found.classifier!.klToTrain, real.classifier!.klToTrain, 0.001);
      found.classifier!.shares.forEach((share, digit) =>
        near(share, real.classifier!.shares[digit], 0.001)
      );
      assertEquals(found.classifier!.covered, 10);
      near(found.precisionRecall!.precision, real.precisionRecall!.precision, 0.005);
      near(found.precisionRecall!.recall, real.precisionRecall!.recall, 0.005);
      assertFalse(stderr.includes("\x1b"), "no escape codes outside a terminal");
      assertMatch(
        stderr,
        /^features +\d+:\d\d\nparzen +\d+:\d\d\nprecision and recall +\d+:\d\d\n$/,
      );
    }),
);

Deno.test("a run, its checkpoint and its samples in a file give the same figures", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const args = ["--preset", "tiny", "--data", DATA, "--steps", "6", "--run", out, "--quiet"];
    assertEquals((await run("train", ...args)).code, 0);
    const file = join(folder, "x.npy");
    const drawn = ["--run", out, "--count", "40", "--seed", "3"];
    assertEquals((await run("sample", ...drawn, "--out", file)).code, 0);
    const evaluate = async (...args: string[]) => {
      const metrics = ["--metrics", "memorisation", "--data", DATA, "--json"];
      const { code, stdout, stderr } = await run("evaluate", ...metrics, ...args);
      assertEquals(code, 0, stderr);
      return JSON.parse(stdout) as Evaluation;
    };
    const found = await evaluate(...drawn);
    assertEquals(Object.keys(found), ["against", "samples", "memorisation"]);
    assertEquals(found.samples, 40);
    assertGreater(found.memorisation!.ratio, 0);
    const checkpoint = join(out, "checkpoints", "step-000006.safetensors");
    assertEquals(
      await evaluate("--checkpoint", checkpoint, "--count", "40", "--seed", "3"),
      found,
    );
    assertEquals(await evaluate("--samples", file), found);
    const fewer = await evaluate("--samples", file, "--count", "30");
    assertEquals(fewer.samples, 30);
    assertEquals(await evaluate("--run", out, "--count", "30", "--seed", "3"), fewer);
    const other = await evaluate("--run", out, "--count", "40", "--seed", "4");
    assert(other.memorisation!.ratio !== found.memorisation!.ratio);
  }));

Deno.test("a conditional run is asked for the labels of the first training images", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "run");
    const args = ["--preset", "conditional", "--data", DATA, "--batch-size", "20", "--steps", "2"];
    assertEquals((await run("train", ...args, "--run", out, "--quiet")).code, 0);
    // MNIST begins with 5, 0, 4, 1, 9.
    const asked = ["--run", out, "--metrics", "classifier", "--count", "5"];
    const { code, stdout, stderr } = await run("evaluate", ...asked, "--json");
    assertEquals(code, 0, stderr);
    const { conditional, classifier }: Evaluation = JSON.parse(stdout);
    assertEquals(
      conditional!.byClass.map((share) => share === null),
      [false, false, true, true, false, false, true, true, true, false],
    );
    const { accuracy, byClass } = conditional!;
    near(accuracy, byClass.reduce((sum: number, share) => sum + (share ?? 0), 0) / 5, 1e-12);
    // The same as of samples that were drawn with these labels.
    const checkpoint = decodeCheckpoint(
      await Deno.readFile(join(out, "checkpoints", "step-000002.safetensors")),
      "x",
    );
    await useBackend("wasm");
    const generator = restoreGenerator(checkpoint);
    const { options } = checkpoint.header;
    const file = join(folder, "x.npy");
    await write(file, await drawSamples(generator, options, 5, new Random(1), [5, 0, 4, 1, 9]));
    disposeNetwork(generator);
    const drawn = ["--samples", file, "--metrics", "classifier", "--json"];
    const { samples: _, against: __, reference, ...ofFile } = JSON.parse(
      (await run("evaluate", ...drawn)).stdout,
    );
    assertEquals(reference.real.samples, 5);
    assertEquals(ofFile, { classifier });
    const table = await run("evaluate", ...asked);
    assertEquals(table.code, 0, table.stderr);
    assertStringIncludes(table.stdout, "is the digit asked for, share");
    assertMatch(table.stdout, /is the digit asked for +[\d.]+ +[\d.]+ +- +- /);
  }));

Deno.test("the table has the figures of as many real images and as much noise, and says so", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "real.npy");
    const { train } = await loadImages();
    await write(file, pixels(train.images, range(100)));
    const metrics = ["--metrics", "fid,recall,coverage"];
    const { code, stdout, stderr } = await run("evaluate", "--samples", file, ...metrics);
    assertEquals(code, 0, stderr);
    // The samples are the first training images: both columns are the same.
    const same = (name: string) => {
      const [, samples, real] = stdout.match(new RegExp(`\n${name} +([\\d.]+) +([\\d.]+) `))!;
      assertEquals(samples, real, name);
      return Number(samples);
    };
    assertGreater(same("Fréchet distance"), 10);
    for (const name of ["precision", "recall", "classifier score, 1 to 10", "confidence"]) {
      same(name);
    }
    assertStringIncludes(stdout, "real:   the first 100 training images of MNIST");
    assertStringIncludes(stdout, "noise:  100 images of uniform noise");
    assertFalse(/10,000|30,000|floor/.test(stdout), stdout);
  }));

Deno.test("the table has a line for each figure, beside real images and noise, on stdout", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "noise.npy");
    await write(file, new Random(1).uniforms(100 * PIXELS));
    const { code, stdout, stderr } = await run(
      "evaluate",
      ...["--samples", file, "--metrics", "Classifier,recall,SSIM"],
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, `100 samples: ${file}\ndata: MNIST`);
    assertMatch(stdout, /\n +samples +real +noise +better\n/);
    assertMatch(stdout, /\nclassifier score, 1 to 10 +\d\.\d\d +9\.\d\d +\d\.\d\d +higher\n/);
    assertMatch(stdout, /\ncovered digits, of 10 +\d+ +10 +\d+ +higher\n/);
    assertMatch(stdout, /\nrecall +0\.\d{3} +0\.\d{3} +0\.000 +higher\n/);
    assertMatch(stdout, /\nsimilarity within a digit .* as real\n/);
    assertMatch(stdout, /\ndigit +0 +1 .* 9\nshare of samples( +[01]\.\d{3}){10}\n/);
    assertFalse(/Parzen|Fréchet|nearest/.test(stdout), "what was not asked for is not there");
    for (const line of stdout.split("\n")) assertLess(line.length, 120);
  }));

Deno.test("--against validation takes the last training rows for test images, and says what has seen them", async () => {
  const asked = ["--pretrained", "mlp", "--count", "50", "--metrics", "recall", "--json"];
  const { code, stdout, stderr } = await run("evaluate", ...asked, "--against", "validation");
  assertEquals(code, 0, stderr);
  const { against, warning, precisionRecall: found, reference } = JSON.parse(stdout);
  assertEquals(against, "validation");
  assertMatch(warning, /^pretrained mlp, step \d+ was trained on all training images/);
  assertStringIncludes(stderr, `warning: ${warning}`);
  const { train } = await loadImages();
  const images = imagesBetween(train, 50_000, 50_050);
  await useBackend("wasm");
  const classifier = await loadClassifier();
  const features = async (pixels: Float32Array) => ({
    data: (await judge(classifier, pixels)).features,
    columns: FEATURES,
  });
  const real = await features(imagesBetween(train, 0, 50));
  assertEquals(
    reference.real.precisionRecall,
    await precisionRecall(real, await features(images), 3),
  );
  disposeClassifier(classifier);
  assertEquals(Object.keys(found), Object.keys(reference.real.precisionRecall));
});

const wrong: [string[], string][] = [
  [["--metrics", "inception"], "must be one or more of parzen, frechet, classifier"],
  [["--metrics", ""], "must be one or more of parzen"],
  [["--metrics", "parzen,,fid"], "must be one or more of parzen"],
  [["--count", "0"], "integer of at least 1"],
  [["--count", "100001"], "at most 100000"],
  [["--seed", "-1"], "integer of at least 0"],
  [["--samples", ""], "must not be empty"],
  [["--samples", "/nowhere.npy"], "there is no file /nowhere.npy"],
  [["--checkpoint", "/nowhere.safetensors"], "there is no file /nowhere.safetensors"],
  [["--run", "/nowhere/at/all"], "no run was begun there"],
  [["--samples", "lib"], "there is no file lib; it is a folder"],
  [["--pretrained", "mlp", "--data", "/nowhere"], "there is no folder /nowhere"],
  [["--run", "a", "--samples", "b"], "--run and --samples exclude each other"],
  [["--checkpoint", "a", "--samples", "b"], "exclude each other"],
  [["x.npy"], "too many arguments"],
  [["--against", "train"], "Allowed choices are test, validation"],
  [["--metric", "fid"], "unknown option '--metric'"],
];

for (const [args, message] of wrong) {
  Deno.test(`evaluate ${args.join(" ")} is a wrong argument: exit code 2`, async () => {
    const { code, stdout, stderr } = await runHere("evaluate", ...args);
    assertEquals(code, 2, stderr);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, message);
    assertFalse(/\n\s+at /.test(stderr), "no stack");
  });
}

Deno.test("samples that are none are errors in one line, with the file's name", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "x.npy");
    const refused = async (message: string) => {
      const { code, stdout, stderr } = await run("evaluate", "--samples", file);
      assertEquals([code, stdout], [1, ""], stderr);
      assertMatch(stderr, /^error: .*x\.npy.*\n$/);
      assertStringIncludes(stderr, message);
    };
    await Deno.writeTextFile(file, "not NumPy's");
    await refused("it must be an .npy file");
    await write(file, grey(20), [20, 28, 28]);
    await refused("its shape must be [count, 784], got [20,28,28]. In NumPy: x.reshape(-1, 784)");
    await write(file, new Float32Array(30), [10, 3]);
    await refused("its shape must be [count, 784], got [10,3]");
    await write(file, new Float32Array(0), [0, 784]);
    await refused("it takes at least 1 image, got 0");
    const samples = grey(20);
    samples[3 * PIXELS + 5] = NaN;
    await write(file, samples);
    await refused("every pixel must be in [0, 1], got NaN in image 3");
    samples[3 * PIXELS + 5] = 1.25;
    await write(file, samples);
    await refused("got 0.5 to 1.25. The range does not say how they become pixels");
    await write(file, samples.map((value) => value > 1 ? 255 : 17));
    await refused("got 17 to 255. In NumPy: x / 255");
    const bytes = encodeNpy(grey(20), [20, PIXELS]);
    await Deno.writeFile(file, bytes.subarray(0, bytes.length - 1));
    await refused("the file is truncated");
  }));

Deno.test("too few samples, data without digits and points in the plane: what is possible is said", () =>
  inTempFolder(async (folder) => {
    const refused = async (args: string[], ...messages: string[]) => {
      const { code, stdout, stderr } = await run("evaluate", ...args);
      assertEquals([code, stdout], [2, ""], stderr);
      for (const message of messages) assertStringIncludes(stderr, message);
    };
    const file = join(folder, "x.npy");
    await write(file, grey(50));
    await refused(
      ["--samples", file],
      "parzen takes at least 10000 samples, got 50",
      "What can be measured: --metrics classifier,precisionRecall,memorisation,diversity",
    );
    await refused(["--samples", file, "--count", "51"], "Cannot take 51 samples", "it has 50");
    await refused(
      ["--samples", file, "--data", DATA, "--metrics", "fid"],
      "frechet takes at least 65",
    );
    await refused(
      ["--samples", file, "--data", DATA, "--metrics", "score"],
      "classifier asks a classifier that knows MNIST's digits only",
      "What can be measured: --metrics memorisation",
    );
    await refused(
      ["--samples", file, "--data", DATA, "--against", "validation", "--metrics", "memorisation"],
      "Cannot compare with validation images: they are rows 50000 to 59999",
      "got 200 images",
    );
    const ring = join(folder, "ring");
    const args = ["--preset", "ring", "--steps", "2", "--quiet", "--run", ring];
    assertEquals((await run("train", ...args)).code, 0);
    await refused(["--run", ring], "it must generate images, but generates toy data (ring)");
  }));

Deno.test("deno task evaluate --help shows its options and metrics, and succeeds", async () => {
  const { code, stdout } = await runHere("evaluate", "--help");
  assertEquals(code, 0);
  for (const text of ["Usage: deno task evaluate", "--samples", "fid", "all but diversity"]) {
    assertStringIncludes(stdout, text);
  }
});
