import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
} from "@std/assert";
import { useBackend } from "@/backend.ts";
import { slopesAt } from "@/experiments/slopes.ts";
import { type GeneratorLoss } from "@/gan/losses.ts";
import { type NetworkSpec } from "@/gan/spec.ts";
import { gaussian } from "@/math/density.ts";
import { sigmoid } from "@/math/stable.ts";
import { optimalDiscriminator } from "@/math/value.ts";
import { withDiscriminatorLoss, withPackSize } from "@/playground/changed_settings.ts";
import { lookOf } from "@/playground/look.ts";
import { type Look, type LookRequest } from "@/playground/playground_messages.ts";
import { LAYER_NAMES, type PlaygroundData, settingsOf } from "@/playground/settings.ts";
import { type Simulation } from "@/playground/simulation.ts";
import { transferable } from "@/playground/transferable.ts";
import { tf } from "@/tf.ts";
import { affineRun } from "../support/affine_runs.ts";
import { beginRun, bitsOf, smallSettings, steps } from "../support/playground_runs.ts";

const all = (request: Partial<LookRequest> = {}): LookRequest => ({
  layers: LAYER_NAMES,
  ...request,
});

function look(run: Simulation, request: Partial<LookRequest> = {}): Promise<Look> {
  return lookOf(run.looked, all(request));
}

const LINE: PlaygroundData = { kind: "toy", name: "line" };
/** One Gaussian in the middle of the plane. */
const HEAP: PlaygroundData = { kind: "gaussians", centres: [[0, 0]], sigma: 0.4 };

Deno.test("D* on the line is that of two Gaussians, and D the sigmoid of its logit", async () => {
  const run = await affineRun(LINE, {
    ...{ generator: [[0.7]], shift: [2] },
    ...{ discriminator: [1.5], offset: -4 },
  });
  const { d, best, difference, pData, pG, map, range, side } = await look(run, { side: 120 });
  const [real, fake] = [gaussian({ mean: 3, sigma: 0.5 }), gaussian({ mean: 2, sigma: 0.7 })];
  const exact = optimalDiscriminator(real, fake);
  for (let cell = 0; cell < side; cell++) {
    const x = range[0] + (range[1] - range[0]) * (cell + 0.5) / side;
    assertAlmostEquals(d!.values[cell], sigmoid(1.5 * x - 4), 1e-6);
    assertAlmostEquals(pData!.values[cell], real.pdf(x), 1e-6);
    assertAlmostEquals(pG!.values[cell], fake.pdf(x), 2e-3);
    if (x < 0.5 || x > 4.5) continue;
    assertAlmostEquals(best!.values[cell], exact(x), 5e-3);
    assertAlmostEquals(difference!.values[cell], d!.values[cell] - best!.values[cell], 1e-6);
  }
  assertEquals([pData!.how, pG!.how], ["exact", "counted through G, without samples"]);
  map!.z.forEach((z, i) => assertAlmostEquals(map!.x[i], 2 + 0.7 * z, 1e-5));
  run.dispose();
});

Deno.test("D* in the plane is one half everywhere when G has learned the data", async () => {
  const run = await affineRun(HEAP, {
    ...{ generator: [[0.4, 0], [0, 0.4]], shift: [0, 0] },
    ...{ discriminator: [0, 0], offset: 0 },
  });
  const { best, pData, range, side } = await look(run);
  const cells = [...best!.values].map((star, cell) => ({ star, p: pData!.values[cell] }));
  const heavy = cells.filter(({ p }) => p > 0.1);
  assertGreater(heavy.length, 100);
  for (const { star } of heavy) assertAlmostEquals(star, 0.5, 0.15);
  const mean = heavy.reduce((sum, { star }) => sum + star, 0) / heavy.length;
  assertAlmostEquals(mean, 0.5, 0.01);
  // Where there is nothing, D* is not a number, and not a half.
  assert(Number.isNaN(best!.values[0]) && range[0] < -1 && side === 48);
  run.dispose();
});

Deno.test("where least squares trains D, D* is its best answer; hinge, Wasserstein and packs have none", async () => {
  const small = smallSettings("spiral");
  const squares = await beginRun(withDiscriminatorLoss(small, "leastSquares"));
  const { d, best } = await look(squares);
  assert(best && d!.values.every((value) => value >= 0 && value <= 1));
  squares.dispose();
  const others = [
    [withDiscriminatorLoss(small, "hinge"), "a sign"],
    [withDiscriminatorLoss(small, "wasserstein"), "a slope"],
    [withPackSize(small, 2), "packs"],
  ] as const;
  for (const [settings, why] of others) {
    const run = await beginRun(settings);
    const { best, difference, noBest, d, pulls } = await look(run, { chosen: [0.1, 0.2] });
    assertEquals([best, difference], [undefined, undefined]);
    assert(noBest!.includes(why), noBest);
    assert([...d!.values, ...pulls!.by].every(Number.isFinite));
    run.dispose();
  }
});

Deno.test("the arrow at a chosen point is the slope of the logit there, by finite differences", async () => {
  const run = await beginRun(smallSettings("spiral"));
  steps(run, 30);
  const chosen = [0.2, -0.3, -0.6, 0.1];
  const { slopes } = await look(run, { chosen });
  const byPenalty = await slopesAt(run.gan, Float32Array.from(chosen));
  const logitAt = async (x: number, y: number) =>
    (await slopesAt(run.gan, Float32Array.of(x, y))).logits[0];
  // Small beside the pieces on which D is affine.
  const h = 1e-3;
  for (let i = 0; i < 2; i++) {
    const [x, y] = chosen.slice(2 * i, 2 * i + 2);
    const across = (await logitAt(x + h, y) - await logitAt(x - h, y)) / (2 * h);
    const up = (await logitAt(x, y + h) - await logitAt(x, y - h)) / (2 * h);
    assertAlmostEquals(slopes!.by[2 * i], across, 5e-3);
    assertAlmostEquals(slopes!.by[2 * i + 1], up, 5e-3);
    assertAlmostEquals(slopes!.d[i], sigmoid(byPenalty.logits[i]), 1e-6);
  }
  slopes!.by.forEach((slope, i) => assertAlmostEquals(slope, byPenalty.gradients[i], 1e-5));
  run.dispose();
});

Deno.test("the arrows on generated points are minus the slope of each loss of G", async () => {
  const pull: Record<GeneratorLoss, (a: number) => number> = {
    nonSaturating: (a) => sigmoid(-a),
    saturating: (a) => sigmoid(a),
    leastSquares: (a) => 1 - a,
    score: () => 1,
  };
  for (const [generatorLoss, of] of Object.entries(pull)) {
    const run = await affineRun(HEAP, {
      ...{ generator: [[0.5, 0.1], [0, 0.3]], shift: [0.2, -0.1] },
      ...{ discriminator: [2, -1], offset: 0.3 },
    }, { generatorLoss: generatorLoss as GeneratorLoss });
    const { pulls } = await look(run);
    for (let i = 0; i < pulls!.at.length; i += 2) {
      const [x, y] = pulls!.at.subarray(i, i + 2);
      const scale = of(2 * x - y + 0.3);
      assertAlmostEquals(pulls!.by[i], 2 * scale, 1e-5, generatorLoss);
      assertAlmostEquals(pulls!.by[i + 1], -scale, 1e-5, generatorLoss);
    }
    run.dispose();
  }
});

Deno.test("the grid of an affine G has one density, mass over area, and no tear", async () => {
  for (
    const [latent, shareOfMass, extent] of [["cube", 1, 2], [
      "uniform",
      1,
      2 * Math.sqrt(3),
    ]] as const
  ) {
    const run = await affineRun(HEAP, {
      ...{ generator: [[0.5, 0.1], [0, 0.3]], shift: [0, 0] },
      ...{ discriminator: [0, 0], offset: 0 },
    }, { latent });
    const { grid } = await look(run, { knots: 11 });
    const area = 0.5 * 0.3 * (extent / 10) ** 2;
    for (const density of grid!.density) {
      assertAlmostEquals(density * area / (shareOfMass / 100), 1, 1e-3);
    }
    assertEquals(grid!.x.length, 2 * 11 * 11);
    assert(grid!.torn.every((torn) => torn === 0));
    run.dispose();
  }
});

Deno.test("the grid of a G with a kink has the area that its slopes say, cell by cell", async () => {
  const kinked: NetworkSpec = {
    inputs: 2,
    layers: [{ width: 3, activation: "leakyRelu", slope: 0.2 }, { width: 2, activation: "linear" }],
    initialisation: { kind: "glorot" },
  };
  const run = await beginRun(smallSettings("spiral", { generator: kinked, latent: "cube" }));
  const { weights } = run.gan.generator;
  tf.dispose(weights);
  // x₁ = z₁ + ½ leaky(z₁ − z₂), x₂ = z₂: the kink is a diagonal, and det = 1 + ½ or 1 + 0.1.
  weights["layers.0.weight"] = tf.tensor2d([[1, 0, 1], [0, 1, -1]]);
  weights["layers.0.bias"] = tf.tensor1d([10, 10, 0]);
  weights["layers.1.weight"] = tf.tensor2d([[1, 0], [0, 1], [0.5, 0]]);
  weights["layers.1.bias"] = tf.tensor1d([-10, -10]);
  const { grid } = await look(run, { knots: 9 });
  const cell = (2 / 8) ** 2;
  grid!.density.forEach((density, i) => {
    const [row, column] = [Math.floor(i / 8), i % 8];
    const det = column > row ? 1.5 : column < row ? 1.1 : 1.3;
    assertAlmostEquals(density * cell * det * 64, 1, 1e-4);
  });
  run.dispose();
});

Deno.test("a normal z is cut into parts of equal mass: the grid's density falls with p_g", async () => {
  const run = await affineRun(HEAP, {
    ...{ generator: [[1, 0], [0, 1]], shift: [0, 0] },
    ...{ discriminator: [0, 0], offset: 0 },
  });
  const { grid } = await look(run, { knots: 41 });
  const middle = grid!.density[20 * 40 + 20];
  assertAlmostEquals(middle, 1 / (2 * Math.PI), 0.002);
  assertLess(grid!.density[0], middle / 20);
  run.dispose();
});

Deno.test("a G with a jump is torn along the jump and nowhere else", async () => {
  const run = await beginRun(smallSettings("spiral", {
    generator: {
      inputs: 2,
      layers: [{ width: 2, activation: "tanh" }, { width: 2, activation: "linear" }],
      initialisation: { kind: "glorot" },
    },
  }));
  const { weights } = run.gan.generator;
  tf.dispose(weights);
  // x = 0.3 z₁ + a jump of 1 at z₁ = 0, by a very steep tanh.
  weights["layers.0.weight"] = tf.tensor2d([[1e4, 1e-3], [0, 1e-3]]);
  weights["layers.0.bias"] = tf.tensor1d([0, 0]);
  weights["layers.1.weight"] = tf.tensor2d([[0.5, 0], [100, 100]]);
  weights["layers.1.bias"] = tf.tensor1d([0, 0]);
  const { grid } = await look(run, { knots: 20 });
  const torn = [...grid!.torn].map((one, cell) => ({ one, column: cell % 19 }))
    .filter(({ one }) => one === 1);
  assertEquals(new Set(torn.map(({ column }) => column)), new Set([9]));
  assertEquals(torn.length, 19);
  run.dispose();
});

Deno.test("traces show where the same z were, and forget what was gone back from", async () => {
  const run = await beginRun(smallSettings("spiral"));
  const seen: Look[] = [];
  for (let i = 0; i < 3; i++) {
    seen.push(await look(run));
    run.step();
  }
  const { traces, fake } = await look(run);
  assertEquals(traces!.moves, [0, 1, 2, 3]);
  seen.forEach((old, i) =>
    assertEquals(traces!.x.slice(24 * i, 24 * (i + 1)), old.fake.slice(0, 24))
  );
  assertEquals(traces!.x.slice(-24), fake.slice(0, 24));
  run.back(2);
  assertEquals((await look(run)).traces!.moves, [0, 1]);
  run.dispose();
});

Deno.test("looking moves nothing, leaves no tensor, and gives the same numbers twice", async () => {
  for (const preset of ["line", "spiral", "ring"]) {
    const run = await beginRun(smallSettings(preset));
    steps(run, 3);
    const first = structuredClone(await look(run, { chosen: [0, 0] }));
    const [bits, tensors] = [bitsOf(run), tf.memory().numTensors];
    const second = await look(run, { chosen: [0, 0] });
    assertEquals(bitsOf(run), bits);
    assertEquals(tf.memory().numTensors, tensors);
    assertEquals(second, first);
    // What a worker gives away it must not need again.
    structuredClone(second, { transfer: transferable(second) });
    assertEquals(await look(run, { chosen: [0, 0] }), first);
    run.dispose();
  }
});

Deno.test("only what was asked for is computed", async () => {
  const run = await beginRun(smallSettings("spiral"));
  const bare = await look(run, { layers: [], points: 20 });
  assertEquals([bare.real.length, bare.fake.length, bare.z.length], [40, 40, 40]);
  const parts = [bare.d, bare.best, bare.pG, bare.grid, bare.pulls, bare.slopes, bare.traces];
  assert(parts.every((part) => part === undefined));
  run.dispose();
});

Deno.test("pictures: 36 of the same z, shares of digits, and a way from one z to another", async () => {
  await useBackend("wasm");
  const settings = settingsOf("tiny");
  const run = await beginRun(settings);
  const between = (t: number) => look(run, { between: { from: 0, to: 5, t }, shares: false });
  const { digits } = await look(run);
  assertEquals([digits!.pictures.length, digits!.d.length], [36 * 784, 36]);
  assertAlmostEquals(digits!.shares.reduce((sum, share) => sum + share, 0), 1, 1e-9);
  for (const [t, picture] of [[0, 0], [1, 5]]) {
    const found = (await between(t)).digits!;
    const own = digits!.pictures.subarray(784 * picture, 784 * (picture + 1));
    found.between!.forEach((pixel, i) => assertAlmostEquals(pixel, own[i], 1e-4));
    assertEquals(found.shares, []);
  }
  assertNotEquals((await between(0.5)).digits!.between, (await between(0.6)).digits!.between);
  run.dispose();
});
