/** The game on the line: its moments, its stages, and what it says when it diverges. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import {
  ARROW_STARTS,
  bestAnswer,
  createLineGan,
  deviations,
  distanceOfD,
  LINE_BINS,
  type LineMoment,
  type LineRecipe,
  lossReadings,
  meanOnFakes,
  momentOf,
  orderOf,
  playAlone,
  playRounds,
  slopeOfD,
  startLineRun,
} from "@/experiments/line_game.ts";
import { disposeGan } from "@/gan/gan.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { gaussian, mixture } from "@/math/density.ts";
import { sigmoid } from "@/math/stable.ts";
import { Random } from "@/random.ts";

await useBackend("cpu");
const data = gaussian({ mean: 1, sigma: 0.8 });
const recipe: LineRecipe = { k: 2, dRate: 0.01, gRate: 0.002, decay: true, seed: 3 };

Deno.test("p_g of a moment is a distribution that 100,000 samples agree with", async () => {
  const gan = createLineGan(data, recipe);
  const moment = await momentOf(gan, data);
  assertAlmostEquals(moment.fake.reduce((a, b) => a + b), 1, 1e-12);
  const off = await deviations(gan, moment, new Random(60));
  assert(off.length > 10 && off.every((z) => Math.abs(z) < 5), String(off));
  // Against another p_g they do not agree.
  const others = await deviations(gan, { ...moment, fake: moment.real }, new Random(60));
  assert(others.some((z) => Math.abs(z) > 5));
  disposeGan(gan);
});

Deno.test("V is at most C(G) = -log 4 + 2 JSD, whatever D is", async () => {
  const gan = createLineGan(data, recipe);
  const { v, c, jsd } = await momentOf(gan, data);
  assert(v < c);
  assertAlmostEquals(c, -Math.log(4) + 2 * jsd, 1e-9);
  disposeGan(gan);
});

Deno.test("each stage moves its player alone, counts its updates and keeps its last moment", async () => {
  const run = await startLineRun(createLineGan(data, recipe), data);
  const a = await playRounds(run, 3, { every: 2, stage: "both" });
  assertEquals([a.updates, a.stage], [9, "both"]);
  const b = await playAlone(run, "D", 3);
  assertEquals(b.fake, a.fake);
  assert(b.logits.some((logit, i) => logit !== a.logits[i]));
  const c = await playAlone(run, "G", 1);
  assertEquals(c.logits, b.logits);
  assert(c.fake.some((mass, i) => mass !== b.fake[i]));
  assertEquals(run.moments.map(({ updates }) => updates), [0, 6, 9, 11, 12, 13]);
  assertEquals(run.losses.map(({ updates }) => updates), [0, 3, 6, 9, 12]);
  assertEquals(run.losses.map(({ dLoss }) => Number.isNaN(dLoss)), [0, 0, 0, 1, 1].map(Boolean));
  disposeGan(run.gan);
});

Deno.test("the same recipe gives the same run, and hears of each moment", async () => {
  const heard: number[] = [];
  const jsds = [];
  for (let i = 0; i < 2; i++) {
    const run = await startLineRun(createLineGan(data, recipe), data, (m) => heard.push(m.updates));
    jsds.push((await playRounds(run, 2)).jsd);
    disposeGan(run.gan);
  }
  assertEquals(jsds[0], jsds[1]);
  assertEquals(heard, [0, 6, 0, 6]);
});

Deno.test("a game that diverges says so, and draws nothing", async () => {
  const run = await startLineRun(
    createLineGan(data, { ...recipe, dRate: 1e30, gRate: 1e30 }),
    data,
  );
  await assertRejects(() => playRounds(run, 20), DivergedError, "must be finite, got");
  disposeGan(run.gan);
});

const flat = (tips: number[], logit: number): LineMoment => {
  const real = LINE_BINS.places.map((_, i) => i === 5 ? 1 : 0);
  const fake = LINE_BINS.places.map((_, i) => i === 5 ? 0.25 : i === 9 ? 0.75 : 0);
  return { real, fake, logits: real.map(() => logit), tips, jsd: 0, v: 0, c: 0 };
};

Deno.test("where D is ½ every convention reads a multiple of log 2, and V is that of the bins", async () => {
  const { LN2 } = Math;
  const found = Object.values(lossReadings(flat([0], 0)));
  [-2 * LN2, 2 * LN2, LN2, LN2, -LN2].forEach((exact, i) => assertAlmostEquals(found[i], exact));
  const gan = createLineGan(data, recipe);
  const moment = await momentOf(gan, data);
  assertAlmostEquals(lossReadings(moment).V, moment.v, 1e-9);
  disposeGan(gan);
});

Deno.test("arrows rise, fall or cross", () => {
  assertEquals(orderOf(flat([...ARROW_STARTS], 0)), "rises");
  assertEquals(orderOf(flat(ARROW_STARTS.map((z) => -z), 0)), "falls");
  assertEquals(orderOf(flat(ARROW_STARTS.map((z) => z * z), 0)), "folds");
});

Deno.test("the slope of a straight logit is its slope, anywhere on the line", () => {
  const straight = { ...flat([0], 0), logits: LINE_BINS.centres.map((x) => 3 - 2 * x) };
  straight.logits = [NaN, ...straight.logits, NaN]; // Beyond the ends it is not asked.
  for (const x of [-2.9, 0, 1.23, 4.9]) assertAlmostEquals(slopeOfD(straight, x), -2, 1e-9);
});

Deno.test("D* is p/(p + q) in each bin, and D is compared with it where there is mass", () => {
  const moment = flat([0], 0);
  const best = bestAnswer(moment);
  assertEquals([best[5], best[9], best[0]], [0.8, 0, NaN]);
  // D = ½: (1.25 |½ - 0.8| + 0.75 |½ - 0|) / 2
  assertAlmostEquals(distanceOfD(moment, (i) => best[i]), 0.375, 1e-12);
  assertAlmostEquals(meanOnFakes(flat([0], 1), sigmoid), sigmoid(1), 1e-12);
});

Deno.test("with a slow G two humps end as one: ¾ log(4/3), with a D that has nothing to add", async () => {
  await useBackend("wasm");
  const humps = [-0.5, 2.5].map((mean) => gaussian({ mean, sigma: 0.4 }));
  const target = mixture({ components: humps });
  const gan = createLineGan(target, { k: 3, dRate: 0.01, gRate: 0.002, decay: true, seed: 1 });
  const { jsd, c, v } = await playRounds(await startLineRun(gan, target), 400, { every: 400 });
  assertAlmostEquals(jsd, 0.75 * Math.log(4 / 3), 0.01);
  assert(c - v < 0.02, String(c - v));
  disposeGan(gan);
});
