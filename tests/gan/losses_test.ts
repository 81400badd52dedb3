import { assert, assertAlmostEquals } from "@std/assert";
import {
  discriminatorLoss,
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

testOnBackends("gradients equal central differences of the loss", async () => {
  const h = 0.05;
  for (const kind of ["nonSaturating", "saturating"] as const) {
    for (const a of [-2.5, -0.3, 0, 1.1, 3.2]) {
      const at = async (x: number) => await read(generatorLoss(kind, column([x])));
      const difference = (await at(a + h) - await at(a - h)) / (2 * h);
      const gradient = await read(tf.grad((x) => generatorLoss(kind, x))(column([a])));
      // h²/6 of the third derivative, at most 1/8, and float32's rounding over 2h.
      assertAlmostEquals(gradient, difference, 1e-4);
    }
  }
});

testOnBackends("a loss is the mean over the batch, not its sum", async () => {
  const batch = [-1, 0.5, 2, 3];
  const mean = (f: (a: number) => number) => batch.reduce((sum, a) => sum + f(a), 0) / 4;
  assertNear(await read(nonSaturatingLoss(column(batch))), mean((a) => softplus(-a)));
  assertNear(await read(saturatingLoss(column(batch))), mean((a) => -softplus(a)));
  const d = discriminatorLoss(column(batch), column([1, 2]));
  assertNear(await read(d), (mean((a) => softplus(-a)) + (softplus(1) + softplus(2)) / 2) / 2);
});

testOnBackends(
  "at D = 1/2: log 2 for D and the non-saturating loss, -log 2 for the other",
  async () => {
    const zero = column([0, 0]);
    assertNear(await read(discriminatorLoss(zero, zero)), Math.LN2);
    assertNear(await read(nonSaturatingLoss(zero)), Math.LN2);
    assertNear(await read(saturatingLoss(zero)), -Math.LN2);
  },
);

testOnBackends("NaN in a logit is NaN in the loss", async () => {
  assert(Number.isNaN(await read(nonSaturatingLoss(column([0, NaN])))));
  assert(Number.isNaN(await read(discriminatorLoss(column([NaN]), column([0])))));
});
