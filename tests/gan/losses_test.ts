import { assert, assertAlmostEquals } from "@std/assert";
import {
  DISCRIMINATOR_LOSSES,
  type DiscriminatorLoss,
  discriminatorLoss,
  GENERATOR_LOSSES,
  generatorLoss,
  nonSaturatingLoss,
  saturatingLoss,
} from "@/gan/losses.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";

const LOGITS = [-200, -88.8, -30, -3, -0.1, 0, 0.1, 3, 30, 88.8, 200];

/** log(1 + exp(a)) in float64, by the formula that neither overflows nor cancels. */
const softplus = (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));
const column = (values: number[]) => tf.tensor2d(values, [values.length, 1]);
const read = async (t: tf.Tensor) => (await t.data())[0];

/** Relative to 1 or to the value, whichever is larger. */
function assertNear(actual: number, expected: number, tolerance = 2e-6) {
  assertAlmostEquals(actual, expected, tolerance * Math.max(1, Math.abs(expected)));
}

testOnBackends("losses equal their closed forms at logits up to ±200", async () => {
  for (const a of LOGITS) {
    const logit = column([a]);
    assertNear(await read(nonSaturatingLoss(logit)), softplus(-a));
    assertNear(await read(saturatingLoss(logit)), -softplus(a));
    for (const b of [-200, 0, 200]) {
      assertNear(
        await read(discriminatorLoss(logit, column([b]))),
        (softplus(-a) + softplus(b)) / 2,
      );
    }
  }
});

testOnBackends("gradients in the logit: D(a) - 1 against -D(a), finite at ±200", async () => {
  for (const a of LOGITS) {
    const logit = column([a]);
    const gradient = (f: (x: tf.Tensor) => tf.Tensor) => read(tf.grad(f)(logit));
    assertNear(await gradient(nonSaturatingLoss), sigmoid(a) - 1);
    assertNear(await gradient(saturatingLoss), -sigmoid(a));
    assertNear(await gradient((x) => discriminatorLoss(x, column([0]))), (sigmoid(a) - 1) / 2);
    assertNear(await gradient((x) => discriminatorLoss(column([0]), x)), sigmoid(a) / 2);
  }
});

const D_LOSSES = Object.entries(DISCRIMINATOR_LOSSES);

/** The derivative of D's loss in what it gives out for a real row, and for a generated one. */
const slopesOfD = async (kind: DiscriminatorLoss, a: number): Promise<[number, number]> => [
  await read(tf.grad((x) => discriminatorLoss(x, column([a]), kind))(column([a]))),
  await read(tf.grad((x) => discriminatorLoss(column([a]), x, kind))(column([a]))),
];

Deno.test("where both kinds of rows are alike, no answer of D beats what its loss reads there", async () => {
  for (const [name, { atEquilibrium, undecided = 0 }] of D_LOSSES) {
    const kind = name as DiscriminatorLoss;
    const at = (a: number) => read(discriminatorLoss(column([a]), column([a]), kind));
    for (let a = -4; a <= 4; a += 0.25) {
      assert(await at(a) >= atEquilibrium!.value - 1e-6, `${name} ${a}`);
    }
    assertNear(await at(undecided), atEquilibrium!.value);
  }
});

Deno.test("against D's best answer each loss of G reads what its entry says", async () => {
  for (const { undecided = 0, against } of Object.values(DISCRIMINATOR_LOSSES)) {
    for (const kind of against) {
      const { atEquilibrium } = GENERATOR_LOSSES[kind];
      const found = await read(generatorLoss(kind, column([undecided])));
      if (atEquilibrium !== undefined) assertNear(found, atEquilibrium.value);
    }
  }
});

Deno.test("the best answers of D are those of their papers: log p/q, p/(p + q), the sign of p - q", async () => {
  for (const [p, q] of [[0.9, 0.2], [0.3, 0.3], [0.1, 2]]) {
    const pull = async (kind: DiscriminatorLoss, a: number) => {
      const [real, fake] = await slopesOfD(kind, a);
      return p * real + q * fake;
    };
    assertAlmostEquals(await pull("original", Math.log(p / q)), 0, 1e-6);
    assertAlmostEquals(await pull("leastSquares", p / (p + q)), 0, 1e-6);
    // Within (-1, 1) the hinge pulls towards the greater density, and beyond it lets go of it.
    assertAlmostEquals(await pull("hinge", 0.5), q - p, 1e-6);
    assertAlmostEquals(await pull("hinge", 1.5), q, 1e-6);
    assertAlmostEquals(await pull("wasserstein", 7), q - p, 1e-6);
  }
});

testOnBackends("every loss's gradient equals central differences", async () => {
  const h = 0.05;
  const losses: Record<string, (x: tf.Tensor) => tf.Tensor> = {};
  for (const [name, { loss }] of Object.entries(GENERATOR_LOSSES)) losses[`G ${name}`] = loss;
  for (const [name, { loss }] of D_LOSSES) {
    losses[`D ${name}, real`] = (x) => loss(x, column([0.3]));
    losses[`D ${name}, generated`] = (x) => loss(column([0.3]), x);
  }
  for (const [name, loss] of Object.entries(losses)) {
    // Not at the hinge's corners.
    for (const a of [-2.5, -0.3, 0, 0.6, 3.2]) {
      const at = (x: number) => read(loss(column([x])));
      const difference = (await at(a + h) - await at(a - h)) / (2 * h);
      assertAlmostEquals(await read(tf.grad(loss)(column([a]))), difference, 2e-4, name);
    }
  }
});
