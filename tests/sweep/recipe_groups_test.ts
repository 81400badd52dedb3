/** Means, standard errors and ranks of recipes. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { PRESETS } from "@/gan/presets.ts";
import { recipeCharts } from "@/sweep/recipe_charts.ts";
import { type ComparedRun, groupByRecipe } from "@/sweep/recipe_groups.ts";
import { betterLine, figureText, recipeTable, recipeText } from "@/sweep/recipe_table.ts";
import { betterEnd, figuresOfEvaluation } from "@/sweep/figures_of_run.ts";

function run(recipe: string, seed: number, figures: Record<string, number>): ComparedRun {
  const options = { ...PRESETS.tiny.options, seed };
  const event = { epoch: 1, dReal: 0.5, dFake: 0.5, gLoss: 1 };
  const events = [1, 2, 3].map((step) => ({ ...event, step, dLoss: step * seed }));
  return {
    name: `${recipe} ${seed}`,
    recipe,
    seed,
    options,
    step: 3,
    events,
    quality: [],
    figures,
  };
}

const RUNS = [
  run("a", 1, { frechet: 10, "classifier.score": 5 }),
  run("a", 2, { frechet: 14, "classifier.score": 7 }),
  run("a", 3, { frechet: 12 }),
  run("b", 1, { frechet: 11.5, "classifier.score": 6 }),
];

Deno.test("a figure has the mean and s/√n of the runs that have it, by their closed forms", () => {
  const [a, b] = groupByRecipe(RUNS);
  // 10, 12, 14: s = 2. 5, 7: s = √2.
  assertEquals(a.figures.frechet.mean, 12);
  assertAlmostEquals(a.figures.frechet.error!, 2 / Math.sqrt(3), 1e-12);
  assertAlmostEquals(a.figures["classifier.score"].error!, 1, 1e-12);
  assertEquals(a.figures["classifier.score"].runs, 2);
  assertEquals(b.figures.frechet, { mean: 11.5, runs: 1, rank: 1 });
});

Deno.test("the best end has rank 1, equal means have one rank, and figures without an end have none", () => {
  const ranks = (figures: Record<string, number>[]) =>
    groupByRecipe(figures.map((own, i) => run(`${i}`, 1, own)))
      .map(({ figures }) => Object.values(figures)[0]?.rank);
  assertEquals(ranks([{ frechet: 3 }, { frechet: 1 }, { frechet: 2 }]), [3, 1, 2]);
  assertEquals(ranks([{ "epoch.modes": 8 }, { "epoch.modes": 8 }, { "epoch.modes": 7 }]), [
    1,
    1,
    3,
  ]);
  assertEquals(ranks([{ "memorisation.ratio": 1 }, { "memorisation.ratio": 2 }]), [
    undefined,
    undefined,
  ]);
  // Eight modes are all of the ring, and a third of the grid.
  const on = (toy: "ring" | "grid", modes: number) => ({
    ...run(`${toy} ${modes}`, 1, { "epoch.modes": modes }),
    options: { ...PRESETS.ring.options, toy, seed: 1 },
  });
  const groups = groupByRecipe([on("ring", 8), on("grid", 10), on("ring", 7)]);
  assertEquals(groups.map(({ figures }) => figures["epoch.modes"].rank), [1, undefined, 2]);
  // Where no other recipe has the figure there is nothing to be first of.
  assertEquals(ranks([{ frechet: 3 }, {}]), [undefined, undefined]);
  assertEquals(ranks([{ frechet: 3 }]), [undefined]);
});

Deno.test("figures are written to two digits of their error", () => {
  assertEquals(
    figureText({ mean: 12.3456, error: 0.0234, runs: 3, rank: 2 }),
    "12.346 ± 0.023 (2)",
  );
  assertEquals(figureText({ mean: -123.456, error: 12.3, runs: 3 }), "−123 ± 12");
  assertEquals(figureText({ mean: 0.98765, runs: 1 }), "0.9877");
  assertEquals(figureText({ mean: 3, error: 0, runs: 2 }), "3.000 ± 0.000");
  const table = recipeTable(groupByRecipe(RUNS));
  assertEquals(table.headings, ["recipe", "runs", "frechet", "classifier.score"]);
  assertEquals(table.rows[1], ["b", "1", "11.50 (1)", "6.000 (1)"]);
  const sole = recipeText(groupByRecipe(RUNS.slice(0, 3)));
  assert(/mean ± standard error; higher/.test(sole) && !/\(1\)/.test(sole), sole);
  assertEquals(
    betterLine(groupByRecipe(RUNS)),
    "higher is better: classifier.score; lower is better: frechet",
  );
});

Deno.test("of an evaluation the figures are kept, and what belongs to them is not", () => {
  const figures = figuresOfEvaluation({
    samples: 100,
    parzen: { mean: 200, standardError: 2, sigma: 0.2 },
    frechet: { value: 3 },
    classifier: { score: 8, confidence: 0.9, shares: [1], covered: 10, klToTrain: 0.1 },
  });
  assertEquals(figures, {
    "parzen.mean": 200,
    "frechet": 3,
    "classifier.score": 8,
    "classifier.confidence": 0.9,
    "classifier.covered": 10,
    "classifier.klToTrain": 0.1,
  });
  assertEquals(Object.keys(figures).filter((name) => betterEnd(name) === undefined), []);
});

Deno.test("a curve is the mean of the seeds, in a band from the least to the greatest", () => {
  const chart = recipeCharts(groupByRecipe(RUNS)).find(({ title }) => title === "Loss of D")!;
  const [lower, upper, ...rest] = chart.figure.data;
  // Step times seed, seeds 1 to 3.
  assertEquals([lower.y, upper.y], [[1, 2, 3], [3, 6, 9]]);
  assertEquals(rest.slice(0, 3).map(({ y }) => y), [[1, 2, 3], [2, 4, 6], [3, 6, 9]]);
  assertEquals([rest[3].name, rest[3].y], ["a", [2, 4, 6]]);
  assertEquals([rest[4].name, rest[4].y], ["b", [1, 2, 3]]);
  assert(chart.figure.data.length === 7);
});
