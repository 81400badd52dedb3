/** Slopes and pulls of D against differences of its logit and of the loss. */
import { assert, assertAlmostEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { createExperiment } from "@/experiments/collapse.ts";
import { meanSteepness, pullsOf, slopesAt } from "@/experiments/slopes.ts";
import { disposeGan } from "@/gan/gan.ts";
import { softplus } from "@/math/stable.ts";
import { tf } from "@/tf.ts";

Deno.test("a slope is the difference of logits, and a pull that of log D, per unit of x", async () => {
  await useBackend("cpu");
  const gan = createExperiment("healthier", { seed: 2, width: 16 });
  // A D that is sure of itself: at ½ a pull of D ∇a would be the same.
  const { weights } = gan.discriminator;
  weights["layers.3.bias"].dispose();
  weights["layers.3.bias"] = tf.tensor1d([2]);
  const points = Float32Array.of(0.3, -0.2, -0.7, 0.5);
  const found = await slopesAt(gan, points);
  const pulls = pullsOf(found);
  const h = 1e-3;
  for (let i = 0; i < 4; i++) {
    const at = (sign: number) => points.map((x, j) => j === i ? x + sign * h : x);
    const [up, down] = [await slopesAt(gan, at(1)), await slopesAt(gan, at(-1))]
      .map(({ logits }) => logits[i >> 1]);
    assertAlmostEquals(found.gradients[i], (up - down) / (2 * h), 1e-3);
    assertAlmostEquals(pulls[i], (softplus(-down) - softplus(-up)) / (2 * h), 1e-3);
    assert(Math.abs(pulls[i]) < Math.abs(found.gradients[i]));
  }
  const norms = [0, 2].map((i) => Math.hypot(found.gradients[i], found.gradients[i + 1]));
  assertAlmostEquals(meanSteepness(found), (norms[0] + norms[1]) / 2, 1e-6);
  disposeGan(gan);
});
