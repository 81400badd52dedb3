import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { gaussian } from "@/math/density.ts";
import { gaussianKl, jsDivergence } from "@/math/divergences.ts";
import { sigmoid, softplus } from "@/math/stable.ts";
import { integrate } from "@/math/quadrature.ts";
import { cost, value } from "@/math/value.ts";
import { withDiscriminatorLoss } from "@/playground/changed_settings.ts";
import { type ReadingName, type ReadingValue } from "@/playground/playground_messages.ts";
import { runReadings } from "@/playground/readings.ts";
import { type PlaygroundData } from "@/playground/settings.ts";
import { type Simulation } from "@/playground/simulation.ts";
import { tf } from "@/tf.ts";
import { type AffinePlayers, affineRun } from "../support/affine_runs.ts";
import { beginRun, bitsOf, smallSettings, steps } from "../support/playground_runs.ts";

const LINE: PlaygroundData = { kind: "toy", name: "line" };
const HEAP: PlaygroundData = { kind: "gaussians", centres: [[0, 0]], sigma: 0.4 };

interface Notebook {
  cells: { id: string; cell_type: string }[];
}

async function valuesOf(run: Simulation): Promise<Record<ReadingName, ReadingValue>> {
  return (await runReadings(run.looked)).values;
}

Deno.test("on the line JSD, C(G) and V are those of two Gaussians and an affine logit", async () => {
  const run = await affineRun(LINE, {
    ...{ generator: [[0.7]], shift: [2.2] },
    ...{ discriminator: [1.1], offset: -3 },
  });
  const found = await valuesOf(run);
  const [real, fake] = [gaussian({ mean: 3, sigma: 0.5 }), gaussian({ mean: 2.2, sigma: 0.7 })];
  assertAlmostEquals(found.jsd.value!, jsDivergence(real, fake), 1e-3);
  assertAlmostEquals(found.cost.value!, cost(real, fake), 2e-3);
  const kl = gaussianKl({ mean: 3, sigma: 0.5 }, { mean: 2.2, sigma: 0.7 });
  assertAlmostEquals(found.kl.value!, kl, 5e-3);
  assertEquals([found.jsd.error, found.jsd.ideal], [0, 0]);
  const v = value((x) => 1.1 * x - 3, real, fake);
  // 2,000 rows of each kind: so many standard errors are never seen.
  assertLess(Math.abs(found.value.value! - v), 5 * found.value.error!);
  assertLess(found.value.error!, 0.05);
  assertAlmostEquals(found.dLoss.value!, -found.value.value! / 2, 1e-5);
  const over = integrate((x) => fake.pdf(x) * softplus(3 - 1.1 * x), fake.breaks).value;
  assertAlmostEquals(found.gLoss.value!, over, 0.05);
  assertAlmostEquals(found.steepness.value!, 1.1, 1e-5);
  run.dispose();
});

Deno.test("the gradients' norms are those of an affine D, by hand", async () => {
  const run = await affineRun(LINE, {
    ...{ generator: [[0.7]], shift: [2.2] },
    ...{ discriminator: [1.1], offset: -3 },
  }, { batchSize: 4096 });
  const { dGradient, gGradient } = await valuesOf(run);
  const [real, fake] = [gaussian({ mean: 3, sigma: 0.5 }), gaussian({ mean: 2.2, sigma: 0.7 })];
  const d = (x: number) => sigmoid(1.1 * x - 3);
  const mean = (p: typeof real, f: (x: number) => number) =>
    integrate((x) => p.pdf(x) * f(x), p.breaks).value;
  const ofD = [(x: number) => x, () => 1].map((by) =>
    (mean(fake, (x) => d(x) * by(x)) - mean(real, (x) => (1 - d(x)) * by(x))) / 2
  );
  assertAlmostEquals(dGradient.value!, Math.hypot(...ofD), 0.03);
  const ofG = [(x: number) => (x - 2.2) / 0.7, () => 1].map((by) =>
    mean(fake, (x) => -(1 - d(x)) * 1.1 * by(x))
  );
  assertAlmostEquals(gGradient.value!, Math.hypot(...ofG), 0.03);
  run.dispose();
});

Deno.test("with p_g = p_data and a D that guesses, every reading is at its ideal", async () => {
  const learned: [PlaygroundData, AffinePlayers][] = [
    [LINE, { generator: [[0.5]], shift: [3], discriminator: [0], offset: 0 }],
    [HEAP, {
      ...{ generator: [[0.4, 0], [0, 0.4]], shift: [0, 0] },
      ...{ discriminator: [0, 0], offset: 0 },
    }],
  ];
  for (const [data, players] of learned) {
    const run = await affineRun(data, players);
    const found = await valuesOf(run);
    for (const [name, { value, ideal }] of Object.entries(found)) {
      assertAlmostEquals(value!, ideal!, name.endsWith("Gradient") ? 0.05 : 0.01, name);
    }
    run.dispose();
  }
});

Deno.test("in the plane KL is that of two Gaussians seen through the kernel, and at most their own", async () => {
  const run = await affineRun(HEAP, {
    ...{ generator: [[0.4, 0], [0, 0.3]], shift: [0.3, 0] },
    ...{ discriminator: [0, 0], offset: 0 },
  });
  const { kl } = await valuesOf(run);
  const own = gaussianKl({ mean: 0, sigma: 0.4 }, { mean: 0.3, sigma: 0.4 }) +
    gaussianKl({ mean: 0, sigma: 0.4 }, { mean: 0, sigma: 0.3 });
  assertLess(kl.value!, own + 5 * kl.error!);
  assertGreater(kl.value!, 0.6 * own);
  run.dispose();
});

Deno.test("the error of the JSD in the plane is that of many sets of points", async () => {
  // The seed decides the points alone here: G and D are set.
  const found: ReadingValue[] = [];
  for (let seed = 1; seed <= 12; seed++) {
    const run = await affineRun(HEAP, {
      ...{ generator: [[0.4, 0], [0, 0.2]], shift: [0.3, 0] },
      ...{ discriminator: [0, 0], offset: 0 },
    }, { seed });
    found.push((await valuesOf(run)).jsd);
    run.dispose();
  }
  const values = found.map(({ value }) => value!);
  const mean = values.reduce((sum, one) => sum + one, 0) / 12;
  const spread = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 11);
  const error = found.reduce((sum, one) => sum + one.error!, 0) / 12;
  assertGreater(error, spread / 2);
  assertLess(error, spread * 2);
});

Deno.test("real points read next to nothing, however narrow the data are", async () => {
  const points: PlaygroundData = {
    ...{ kind: "points", from: "hand", sigma: 0.01 },
    points: [[0, 0], [0.5, 0.5], [1, 0]],
  };
  for (
    const data of [
      ...["spiral", "ring", "grid", "segments"].map((name) => ({ kind: "toy", name })),
      points,
    ] as PlaygroundData[]
  ) {
    const run = await affineRun(data, {
      ...{ generator: [[1, 0], [0, 1]], shift: [0, 0] },
      ...{ discriminator: [0, 0], offset: 0 },
    });
    const { jsd } = await valuesOf(run);
    assertLess(jsd.ideal!, 0.004, JSON.stringify(data));
    assertGreater(jsd.value!, 0.2);
    run.dispose();
  }
});

Deno.test("a G that is far away covers nothing; V is not known for another loss, and says why", async () => {
  const run = await affineRun(LINE, {
    ...{ generator: [[0.01]], shift: [-0.5] },
    ...{ discriminator: [0], offset: 0 },
  });
  const { coverage, precision, jsd, kl } = await valuesOf(run);
  assertEquals(kl.value, undefined);
  assert(kl.because!.startsWith("infinite"));
  assertLess(coverage.value!, 1e-9);
  assertEquals(precision.value, 0);
  assertAlmostEquals(jsd.value!, Math.log(2), 1e-6);
  run.dispose();
  const hinge = await beginRun(withDiscriminatorLoss(smallSettings("spiral"), "hinge"));
  const found = await valuesOf(hinge);
  assertEquals([found.value.value, found.cost.value, found.gLoss.ideal], [
    undefined,
    undefined,
    undefined,
  ]);
  assert(found.value.because!.includes("original loss"));
  assertEquals(found.dLoss.ideal, 2);
  hinge.dispose();
});

Deno.test("reading moves nothing and leaves no tensor", async () => {
  for (const preset of ["line", "spiral", "ring", "grid"]) {
    const run = await beginRun(smallSettings(preset));
    steps(run, 3);
    const first = await runReadings(run.looked);
    const [bits, tensors] = [bitsOf(run), tf.memory().numTensors];
    assertEquals(await runReadings(run.looked), first);
    assertEquals(bitsOf(run), bits);
    assertEquals(tf.memory().numTensors, tensors);
    run.dispose();
  }
});

Deno.test("every reading links to a cell of code that is there", async () => {
  const run = await beginRun(smallSettings("line"));
  for (const { link, meaning } of Object.values(await valuesOf(run))) {
    const file = new URL(`../../notebooks/${link.notebook}.ipynb`, import.meta.url);
    const { cells } = JSON.parse(await Deno.readTextFile(file)) as Notebook;
    assert(
      cells.some(({ id, cell_type }) => id === link.anchor && cell_type === "code"),
      link.text,
    );
    assert(meaning.length > 40 && meaning.endsWith("."));
  }
  run.dispose();
});
