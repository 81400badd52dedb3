/** The experiments of notebook 07: what the recipes change, what a band is, and the recorded runs. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  bandOf,
  type CollapseRun,
  experimentOptions,
  PENALTY,
  RECORDED_WIDTH,
  recordedRuns,
} from "@/experiments/collapse.ts";

Deno.test("the remedies change momentum and penalty of the collapsing recipe, and nothing else", () => {
  const collapsing = experimentOptions("spiral", "collapsing");
  const calm = (adam: object) => ({ ...adam, beta1: 0.5 });
  const calmed = {
    ...collapsing,
    generatorOptimiser: calm(collapsing.generatorOptimiser),
    discriminatorOptimiser: calm(collapsing.discriminatorOptimiser),
  };
  assertEquals<unknown>(experimentOptions("spiral", "calmer"), calmed);
  assertEquals(experimentOptions("spiral", "penalised"), {
    ...collapsing,
    gradientPenalty: PENALTY,
  });
  assertEquals<unknown>(experimentOptions("spiral", "remedied"), {
    ...calmed,
    gradientPenalty: PENALTY,
  });
});

const run = (seed: number, coverage: number[]): CollapseRun => ({
  stage: "spiral",
  recipe: "collapsing",
  width: RECORDED_WIDTH,
  seed,
  steps: coverage.map((_, i) => 100 * (i + 1)),
  measures: { coverage },
});

Deno.test("a band is mean and extremes over the seeds, as far as the shortest run", () => {
  const which = { stage: "spiral", recipe: "collapsing", measure: "coverage" } as const;
  assertEquals(bandOf([run(1, [0, 0.5]), run(2, [1, 0, 1])], which), {
    seeds: 2,
    steps: [100, 200],
    mean: [0.5, 0.25],
    lower: [0, 0],
    upper: [1, 0.5],
  });
  assertThrows(() => bandOf([run(1, [0])], { ...which, recipe: "healthier" }), RangeError);
});

Deno.test("the recorded runs are of this penalty, and once for each seed", async () => {
  const { penalty, runs } = await recordedRuns();
  assertEquals(penalty, PENALTY);
  const keys = runs.map(({ stage, recipe, width, seed }) => [stage, recipe, width, seed].join());
  assertEquals(new Set(keys).size, keys.length);
  assert(
    runs.every((one) => Object.values(one.measures).every((m) => m.length === one.steps.length)),
  );
});
