/** The figures that are taken after each epoch. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { toyData } from "@/data/toy.ts";
import { loadImages } from "@/data/mnist.ts";
import { imagesAgainst } from "@/eval/against.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { PRESETS } from "@/gan/presets.ts";
import {
  loadQualityReference,
  measureQualityReference,
  QUALITY_FIGURES,
  qualityKind,
  qualityMeasure,
  realPoints,
} from "@/eval/quality.ts";
import { loadPretrained } from "@/run/pretrained.ts";
import { gateTest } from "../support/gate.ts";

const MNIST = await loadImages();

Deno.test("the recorded features of real images are those of the classifier", async () => {
  await useBackend("wasm");
  const { command: _, ...recorded } = await loadQualityReference();
  const measured = await measureQualityReference(MNIST);
  for (const name of ["mean", "covariance"] as const) {
    assertEquals(recorded[name].length, measured[name].length);
    const off = recorded[name].map((value, i) => Math.abs(value - measured[name][i]));
    assertLess(Math.max(...off), 1e-4, name);
  }
  assertAlmostEquals(recorded.real.figures.score, measured.real.figures.score, 1e-3);
  assertAlmostEquals(recorded.real.figures.frechet, measured.real.figures.frechet, 1e-2);
  assertEquals(recorded.real.shares, measured.real.shares);
});

gateTest("the recorded features of validation images are those of the classifier", async () => {
  await useBackend("wasm");
  const { command: _, ...recorded } = await loadQualityReference("validation");
  const measured = await measureQualityReference(imagesAgainst(MNIST, "validation"));
  assertAlmostEquals(recorded.real.figures.frechet, measured.real.figures.frechet, 1e-2);
  const off = recorded.mean.map((value, i) => Math.abs(value - measured.mean[i]));
  assertLess(Math.max(...off), 1e-4);
});

Deno.test("a trained generator is told from an untrained one, each figure the same every time", async () => {
  await useBackend("wasm");
  const { generator, options } = await loadPretrained("conditional");
  const measure = await qualityMeasure(options);
  const good = await measure(generator);
  assertEquals(await measure(generator), good);
  assertEquals(Object.keys(good.figures).sort(), ["frechet", "obedience", "score"]);
  assertGreater(good.figures.score, 9);
  assertGreater(good.figures.obedience, 0.9);
  assertLess(good.figures.frechet, 20);
  assertEquals(good.shares!.length, 10);
  assertAlmostEquals(good.shares!.reduce((sum, share) => sum + share), 1, 1e-9);
  disposeNetwork(generator);

  const sha256 = MNIST.sha256;
  const fresh = createGan(options, {
    rows: 128,
    columns: 784,
    batch: (rows) => new Float32Array(784 * rows.length),
    means: () => new Float64Array(784),
    labels: Uint8Array.from({ length: 128 }, (_, i) => i % 10),
    sha256,
  });
  const bad = await measure(fresh.generator);
  assertLess(bad.figures.score, 2);
  assertGreater(bad.figures.frechet, 200);
  disposeGan(fresh);
});

for (const preset of ["line", "spiral", "ring", "grid"]) {
  Deno.test(`${preset}: figures in closed form, each with a title and what real points have`, async () => {
    await useBackend("wasm");
    const options = { ...PRESETS[preset].options, seed: 1 };
    const toy = options.toy!;
    const kind = qualityKind(options, toyData(toy));
    assert(kind.kind === "points");
    const gan = createGan(options, toyData(toy));
    const { figures } = await (await qualityMeasure(options))(gan.generator);
    assertEquals(Object.keys(figures), kind.figures);
    for (const name of kind.figures) {
      assert(QUALITY_FIGURES[name].title.length > 0);
      assert(Number.isFinite(realPoints(toy)[name]) && Number.isFinite(figures[name]), name);
    }
    disposeGan(gan);
  });
}

Deno.test("other images than MNIST are not judged, with the reason", () => {
  const options = { ...PRESETS.mlp.options, seed: 1 };
  assertEquals(qualityKind(options, MNIST).kind, "digits");
  const other = qualityKind(options, { source: "/data/fashion", sha256: "0" });
  assert(other.kind === "none");
  assert(other.reason.includes("knows MNIST's digits only, not /data/fashion"));
});
