/** What losses read: the equilibrium, an untrained D, and what they have to do with V. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { readLosses } from "@/experiments/loss_readings.ts";
import { discriminatorLoss, nonSaturatingLoss, saturatingLoss } from "@/gan/losses.ts";
import { gaussian, uniform } from "@/math/density.ts";
import { optimalLogit } from "@/math/value.ts";
import { tf } from "@/tf.ts";

const [p, q] = [gaussian({ mean: 0, sigma: 1 }), gaussian({ mean: 3, sigma: 1 })];

Deno.test("a coin toss reads the same at the equilibrium and far from it", () => {
  const atRest = Object.values(readLosses(p, p, optimalLogit(p, p)));
  const untrained = Object.values(readLosses(p, q, () => 0));
  const { LN2 } = Math;
  for (const readings of [atRest, untrained]) {
    readings.forEach((loss, i) =>
      assertAlmostEquals(loss, [-2 * LN2, 2 * LN2, LN2, LN2, -LN2][i], 1e-12)
    );
  }
});

Deno.test("readings on two coins are what the losses that train give on their logits", async () => {
  await useBackend("cpu");
  const [real, fake] = [[0.25, 0.75], [0.5, 0.5]];
  const logits = [1.5, -0.5];
  const all = Object.values(readLosses(real, fake, (x) => logits[x]));
  // A batch with the outcomes in these shares.
  const batch = (shares: number[]) =>
    tf.tensor2d(logits.flatMap((a, x) => Array(4 * shares[x]).fill(a)), [4, 1]);
  const [onReal, onFake] = [batch(real), batch(fake)];
  const losses = [
    discriminatorLoss(onReal, onFake),
    nonSaturatingLoss(onFake),
    saturatingLoss(onFake),
  ].map((loss) => loss.dataSync()[0]);
  losses.forEach((loss, i) => assertAlmostEquals(all[2 + i], loss, 1e-6));
  assertAlmostEquals(all[0], -all[1], 1e-12);
  tf.dispose([onReal, onFake]);
});

Deno.test("against disjoint supports the best D reads 0, and only one loss of G is infinite", () => {
  const [unit, far] = [uniform({ low: 0, high: 1 }), uniform({ low: 3, high: 4 })];
  const all = Object.values(readLosses(unit, far, optimalLogit(unit, far)));
  assertEquals(all.map(Math.abs), [0, 0, 0, Infinity, 0]);
});
