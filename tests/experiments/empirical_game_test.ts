/** The game on a training set: how much of G lies near the points, and how far a network gets. */
import { assert, assertAlmostEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { probabilityNear, valueOfTrained } from "@/experiments/empirical_game.ts";
import { tf } from "@/tf.ts";
import { gaussian, uniform } from "@/math/density.ts";
import { Random } from "@/random.ts";

const unit = uniform({ low: 0, high: 1 });

Deno.test("the probability near points counts an overlap once, and nothing outside of the support", () => {
  assertAlmostEquals(probabilityNear([0.5], unit, 0.1), 0.2, 1e-12);
  assertAlmostEquals(probabilityNear([0.6, 0.5], unit, 0.1), 0.3, 1e-12);
  assertAlmostEquals(probabilityNear([0, 1, 7], unit, 0.25), 0.5, 1e-12);
  assertAlmostEquals(probabilityNear([0.5, 0.5, 0.2], unit, 0), 0, 1e-12);
  assertAlmostEquals(probabilityNear([0.5, 0.45], unit, 2), 1, 1e-12);
  assertThrows(() => probabilityNear([0.5], unit, -1), RangeError, "at least 0, got -1");
});

Deno.test("the probability near points is the share of samples near them", () => {
  const density = gaussian({ mean: 0, sigma: 1 });
  const points = density.sample(9, new Random(1));
  const samples = [...density.sample(20_000, new Random(2))];
  const near = samples.filter((x) => points.some((point) => Math.abs(x - point) <= 0.15));
  assertAlmostEquals(probabilityNear(points, density, 0.15), near.length / 20_000, 0.015);
});

Deno.test("a network tells few points from their density, hardly many, and leaks nothing", async () => {
  await useBackend("cpu");
  const density = gaussian({ mean: 0, sigma: 1 });
  const before = tf.memory().numTensors;
  const of = (count: number) =>
    valueOfTrained(density.sample(count, new Random(3)), density, {
      steps: 60,
      batchSize: 64,
      seed: 1,
    });
  const [few, many] = [await of(3), await of(500)];
  assert(tf.memory().numTensors === before);
  assertGreater(few, -1.3);
  assertLess(Math.abs(many + Math.log(4)), 0.03);
});
