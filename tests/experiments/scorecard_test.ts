/** Scorecards: what tells a set from real ones, and what a set must be to be scored. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { imagesBetween, loadImages, PIXELS } from "@/data/mnist.ts";
import { shifted } from "@/experiments/forgeries.ts";
import {
  caughtBy,
  MEASURES,
  openScoring,
  rangeOfReal,
  type Scorecard,
} from "@/experiments/scorecard.ts";
import { scorecardTable } from "@/plot/scorecard_table.ts";
import { WITH_THREADS } from "../support/rows.ts";

const card = (value: number): Scorecard =>
  Object.fromEntries(Object.keys(MEASURES).map((name) => [name, value])) as Scorecard;

Deno.test("the range is mean and deviation, by one less than the number of sets", () => {
  const { Parzen } = rangeOfReal([card(1), card(2), card(3)]);
  assertEquals(Parzen, { mean: 2, deviation: 1 });
});

Deno.test("a measure tells on its bad side only, beyond three deviations, and NaN always", () => {
  const range = rangeOfReal([card(1), card(2), card(3)]);
  assertEquals(caughtBy(card(5), range), []);
  assertEquals(caughtBy(card(5.1), range), ["Fréchet", "similarity", "copies"]);
  assertEquals(caughtBy(card(-1), range), []);
  assertEquals(
    caughtBy(card(-1.1), range),
    ["Parzen", "score", "digits", "precision", "recall", "similarity", "distance"],
  );
  assertEquals(caughtBy(card(NaN), range).length, Object.keys(MEASURES).length);
});

Deno.test("the table has real images first, and counts the measures that tell a set", () => {
  const { headings, rows } = scorecardTable(rangeOfReal([card(1), card(2), card(3)]), {
    far: card(5.1),
  });
  assertEquals(headings, ["set", ...Object.keys(MEASURES), "told by"]);
  assertEquals(rows.map((row) => [row[0], row.at(-1)]), [
    ["new real, mean", ""],
    ["their deviation", ""],
    ["far", "3"],
  ]);
});

Deno.test({
  name: "training images are copies until they are moved; new real images pass every measure",
  ...WITH_THREADS,
  fn: async () => {
    await useBackend("wasm");
    const images = await loadImages();
    const { scorecard, nearest, heldBy, realSets, realRange } = await openScoring(images);
    const training = imagesBetween(images.train, 0, 1000);
    assertEquals(Math.max(...await nearest(training.subarray(0, 20 * PIXELS))), 0);
    const [copied, moved, real] = [
      await scorecard(training),
      await scorecard(shifted(training, 1, 0)),
      await scorecard(realSets[5]), // Not among the five of the range.
    ];
    const range = await realRange();
    assertEquals(caughtBy(real, range), []);
    assertEquals(caughtBy(copied, range).slice(-2), ["distance", "copies"]);
    assertEquals([copied.distance, copied.copies], [0, 1]);
    assert(moved.distance > 0.9 && moved.copies < 0.02, JSON.stringify(moved));
    assert(Math.abs(real.distance - 1) < 0.1 && real.copies < 0.03, JSON.stringify(real));
    assert(real.digits === 10 && real.score > 9.5 && Math.abs(real.precision - 0.87) < 0.05);
    assert(moved.Parzen < real.Parzen - 30 && copied.Fréchet < 3);
    // Precision is the share of images that lie in some ball: no more than all the balls hold.
    const held = await heldBy(training);
    assertEquals(held.length, 1000);
    assert(held.reduce((a, b) => a + b, 0) >= 1000 * copied.precision);
    await assertRejects(() => scorecard(training.slice(PIXELS)), RangeError, "got 999");
    await assertRejects(() => scorecard(training.map((v) => 2 * v)), RangeError, "in [0, 1]");
  },
});
