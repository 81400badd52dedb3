/** The gradients at D*, computed without a divergence, against the slopes of the divergences. */
import { assertAlmostEquals } from "@std/assert";
import { slopeOf } from "@/experiments/descent.ts";
import { DESCENDED_ON, trustIn } from "@/experiments/exact_gradients.ts";
import { gaussian } from "@/math/density.ts";
import { total } from "@/math/distribution.ts";
import { klDivergence } from "@/math/divergences.ts";
import { softplus } from "@/math/stable.ts";
import { optimalLogit } from "@/math/value.ts";

const data = gaussian({ mean: 4, sigma: 0.5 });
const made = (mean: number) => gaussian({ mean, sigma: 0.5 });

Deno.test("with D held at D*, each loss has the slope of the divergence that it descends on", () => {
  for (const mean of [1, 2.5, 3.6, 4.5]) {
    const { accepted, rejected } = trustIn(data, made(mean));
    const steep = (4 - mean) / 0.25; // The slope of D*'s logit: δ/σ.
    const slope = (kind: keyof typeof DESCENDED_ON) =>
      slopeOf((at) => DESCENDED_ON[kind](data, made(at)), mean);
    assertAlmostEquals(slope("saturating"), -steep * accepted, 1e-6);
    assertAlmostEquals(slope("non-saturating"), -steep * rejected, 1e-6);
  }
});

Deno.test("the same holds in the width, where KL is not symmetric", () => {
  const wide = (sigma: number) => gaussian({ mean: 3, sigma });
  const a = optimalLogit(data, wide(0.8)); // D*, held while the width moves
  const lossAt = (loss: (a: number) => number) => (sigma: number) =>
    total(wide(sigma), wide(sigma), (log, _, x) => Math.exp(log) * loss(a(x)));
  const descended = (kind: keyof typeof DESCENDED_ON) =>
    slopeOf((sigma) => DESCENDED_ON[kind](data, wide(sigma)), 0.8, 1e-4);
  const saturating = slopeOf(lossAt((a) => -softplus(a)), 0.8, 1e-4);
  assertAlmostEquals(saturating, descended("saturating"), 1e-5);
  const other = slopeOf(lossAt((a) => softplus(-a)), 0.8, 1e-4);
  assertAlmostEquals(other, descended("non-saturating"), 1e-5);
});

Deno.test("acceptance and rejection add up to 1, and are a half each where p_g = p_data", () => {
  const { accepted, rejected } = trustIn(data, made(2.8));
  assertAlmostEquals(accepted + rejected, 1, 1e-10);
  assertAlmostEquals(trustIn(data, made(4)).accepted, 0.5, 1e-10);
});

Deno.test("near the data KL is 4 JSD, so that both losses descend on 2 JSD", () => {
  for (const mean of [4.01, 4.02]) {
    const q = made(mean);
    assertAlmostEquals(klDivergence(q, data) / DESCENDED_ON.saturating(data, q), 2, 1e-3);
    const ratio = DESCENDED_ON["non-saturating"](data, q) / DESCENDED_ON.saturating(data, q);
    assertAlmostEquals(ratio, 1, 2e-3);
  }
});
