/** The GAN with an affine G: its gradients against differences, steps that leak and steps that do not. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { slopeOf } from "@/experiments/descent.ts";
import {
  adamSteps,
  createAffineGan,
  farFromData,
  gradientIn,
  inBothPlayers,
  leakingStep,
  placeG,
  placeOfG,
  plainSteps,
  pullOnG,
  rmsDistance,
  roundOf,
  stepWith,
  trainAffine,
  trainD,
  watchPulls,
} from "@/experiments/affine_gan.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { disposeGan } from "@/gan/gan.ts";
import { discriminatorLoss, generatorLoss } from "@/gan/losses.ts";
import { discriminatorStep, generatorStep, trainStep } from "@/gan/steps.ts";
import { sigmoid, softplus } from "@/math/stable.ts";
import { tf } from "@/tf.ts";

await useBackend("cpu");

/** D's loss as the sum of its two cross-entropies: -V. */
const minusV = (real: tf.Tensor2D, fake: tf.Tensor2D) =>
  tf.mul(2, discriminatorLoss(real, fake)) as tf.Scalar;

Deno.test("the gradient in G is the slope of its loss, by differences in mean and width", () => {
  const gan = createAffineGan({ mean: 2.5, seed: 5 });
  trainD(gan, 40);
  const lossAt = (mean: number, width: number) => {
    placeG(gan, mean, width);
    let value = 0;
    gradientIn(gan, "generator", (_, fake) => {
      const loss = generatorLoss("nonSaturating", fake);
      value = loss.dataSync()[0];
      return loss;
    });
    return value;
  };
  const pull = pullOnG(gan);
  const size = Math.max(Math.abs(pull.mean), Math.abs(pull.width));
  assert(size > 0.02); // Not a comparison of zeros.
  // Seven digits of float32, and D has kinks.
  assertAlmostEquals(slopeOf((mean) => lossAt(mean, 0.5), 2.5, 0.01), pull.mean, 3e-3 * size);
  assertAlmostEquals(slopeOf((width) => lossAt(2.5, width), 0.5, 0.01), pull.width, 3e-3 * size);
  disposeGan(gan);
});

Deno.test("D's loss in G is minus the saturating gradient, and detached it is nothing", () => {
  const gan = createAffineGan({ mean: 2, seed: 5 });
  trainD(gan, 40);
  const leaked = gradientIn(gan, "generator", minusV);
  const saturating = pullOnG(gan, "saturating");
  const alone = gradientIn(gan, "generator", (_, fake) => generatorLoss("saturating", fake));
  assertEquals([saturating.width, saturating.mean], alone); // The same z, with and without real rows.
  assertAlmostEquals(leaked[0], -saturating.width, 1e-6);
  assertAlmostEquals(leaked[1], -saturating.mean, 1e-6);
  assert(Math.abs(leaked[1]) > 0.05);
  const constant = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: () => tf.zerosLike(x as tf.Tensor),
  }));
  const [inD, inG, stopped] = inBothPlayers(gan, minusV, (fake) => constant(fake));
  assertEquals(stopped.map(Math.abs), [0, 0]);
  assertEquals(inG, leaked);
  assertEquals(inD, gradientIn(gan, "discriminator", minusV));
  disposeGan(gan);
});

Deno.test("a step with an own loss is the library's step, where the loss is the library's", () => {
  for (
    const [kind, loss] of [
      ["nonSaturating", (a: number) => softplus(-a)],
      ["saturating", (a: number) => -softplus(a)],
    ] as const
  ) {
    const start = { mean: 3, seed: 2, generatorLoss: kind };
    const [own, usual] = [createAffineGan(start), createAffineGan(start)];
    for (let n = 0; n < 5; n++) {
      stepWith(loss)(own);
      tf.dispose({ ...trainStep(usual) });
    }
    assertAlmostEquals(placeOfG(own).mean, placeOfG(usual).mean, 1e-5);
    assertAlmostEquals(placeOfG(own).width, placeOfG(usual).width, 1e-5);
    assert(Math.abs(placeOfG(own).mean - 3) > 1e-3);
    [own, usual].forEach(disposeGan);
  }
});

Deno.test("a step of D leaves G bitwise alone, and one that leaks moves it away from the data", () => {
  const gan = createAffineGan({ mean: 2, seed: 5 });
  trainD(gan, 60);
  const before = placeOfG(gan);
  tf.dispose(discriminatorStep(gan));
  assertEquals(placeOfG(gan), before);
  leakingStep(gan);
  assert(placeOfG(gan).mean < before.mean);
  disposeGan(gan);
});

Deno.test("a run is what its start says, leaks no tensor, and says when it has diverged", () => {
  const before = tf.memory().numTensors;
  const run = trainAffine({ mean: 3, seed: 1, headStart: 2, steps: 3, step: stepWith(sigmoid) });
  assertEquals(run.mean.length, 4);
  assertEquals([run.mean[0], run.width[0]], [3, 0.5]);
  assertAlmostEquals(run.norm[0] ** 2 - run.wider[0] ** 2, pullSquared(), 1e-6);
  assertThrows(
    () => trainAffine({ mean: 3, seed: 1, steps: 30, discriminatorOptimiser: plainSteps(1e6) }),
    DivergedError,
    "must be finite",
  );
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("own losses: one never sets off, a steep one arrives without width, one leaves the numbers", () => {
  const run = (loss: (a: number) => number) =>
    trainAffine({ mean: -4, seed: 1, headStart: 150, steps: 60, step: stepWith(loss) });
  const still = run((a) => -sigmoid(a));
  assert(still.mean.every((mean) => Math.abs(mean + 4) < 0.01));
  const steep = run((a) => softplus(-a) ** 2);
  assert(Math.abs(steep.mean[60] - 4) < 1.5 && steep.width[60] < 0.1);
  assertThrows(() => run((a) => Math.exp(-a)), DivergedError, "the mean of p_g must be finite");
});

/** The square of what pulls on the mean, at the start of the run above. */
function pullSquared(): number {
  const gan = createAffineGan({ mean: 3, seed: 1 });
  trainD(gan, 2);
  const { mean } = pullOnG(gan);
  disposeGan(gan);
  return mean ** 2;
}

Deno.test("while D learns and G waits, one loss loses its pull on G and the other does not", () => {
  const before = tf.memory().numTensors;
  const { saturating, nonSaturating } = watchPulls({ mean: -4, seed: 1, every: 50, until: 100 });
  assertEquals([saturating.length, nonSaturating.length], [3, 3]);
  // At first D is undecided, and the two differ by the factor (1 - D)/D alone.
  assert(nonSaturating[0] / saturating[0] < 3);
  assert(nonSaturating[2] / saturating[2] > 1000);
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("a round is five steps of D, and one of G unless it misses its turn", () => {
  const same = () => createAffineGan({ mean: 2, seed: 5, discriminatorOptimiser: adamSteps(0.01) });
  const [round, byHand, waiting] = [same(), same(), same()];
  roundOf({ leaks: false, gMoves: true })(round);
  trainD(byHand, 5);
  tf.dispose(generatorStep(byHand));
  roundOf({ leaks: false, gMoves: false })(waiting);
  assertEquals(placeOfG(round), placeOfG(byHand));
  assertEquals(placeOfG(waiting), { mean: 2, width: 0.5 });
  roundOf({ leaks: true, gMoves: false })(waiting);
  assert(placeOfG(waiting).mean !== 2);
  [round, byHand, waiting].forEach(disposeGan);
});

Deno.test("distances from the data are of the mean or the width, and rms is over all", () => {
  const run = { mean: [4, 3, 4.2], width: [0.5, 0.6, 1.5], norm: [], wider: [] };
  farFromData(run).forEach((far, n) => assertAlmostEquals(far, [0, 1, 1][n], 1e-12));
  assertAlmostEquals(rmsDistance([5, 3, 4, 4]), Math.sqrt(0.5), 1e-12);
});
