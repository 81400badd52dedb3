/** The experiments of notebook 07: what the recipes change, what a band is, and the recorded runs. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import {
  bandOf,
  type CollapseRun,
  createRecorded,
  GAMMA,
  isMeasured,
  lastOf,
  modesOptions,
  RECIPES,
  recordedRuns,
  spiralOptions,
  valuesAt,
} from "@/experiments/collapse.ts";
import { disposeGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";

Deno.test("the remedies change momentum and penalty of the collapsing recipe, and nothing else", () => {
  const collapsing = spiralOptions("collapsing");
  const calm = (adam: object) => ({ ...adam, beta1: 0.5 });
  const calmed = {
    ...collapsing,
    generatorOptimiser: calm(collapsing.generatorOptimiser),
    discriminatorOptimiser: calm(collapsing.discriminatorOptimiser),
  };
  assertEquals<unknown>(spiralOptions("calmer"), calmed);
  assertEquals(spiralOptions("penalised"), {
    ...collapsing,
    gradientPenalty: GAMMA,
  });
  assertEquals<unknown>(spiralOptions("remedied"), {
    ...calmed,
    gradientPenalty: GAMMA,
  });
});

Deno.test("packed changes what D takes in, and nothing else", () => {
  for (const stage of ["ring", "grid"] as const) {
    const { discriminator, ...plain } = modesOptions(stage, "plain");
    const { packing, discriminator: packed, ...rest } = modesOptions(stage, "packed");
    assertEquals(rest, plain);
    assertEquals([packing, plain.packing], [2, undefined]);
    assertEquals(packed, { ...discriminator, inputs: 4 });
  }
});

Deno.test("recorded runs are of the published networks", async () => {
  await useBackend("cpu");
  for (const stage of ["spiral", "ring", "grid"] as const) {
    const gan = createRecorded({ stage, recipe: RECIPES[stage][0], seed: 3 });
    const preset = findPreset(stage === "spiral" ? "spiral-collapse" : stage);
    assertEquals<unknown>(gan.options, { ...preset.options, seed: 3 });
    disposeGan(gan);
  }
});

Deno.test("a run is measured every 100 steps up to 600, then every 600", () => {
  const steps = Array.from({ length: 2000 }, (_, i) => i + 1).filter(isMeasured);
  assertEquals(steps, [100, 200, 300, 400, 500, 600, 1200, 1800]);
});

const run = (seed: number, coverage: number[]): CollapseRun => ({
  stage: "spiral",
  recipe: "collapsing",
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
  const until = bandOf([run(1, [0, 0.5, 1]), run(2, [1, 0, 1])], { ...which, until: 200 });
  assertEquals([until.steps, until.mean], [[100, 200], [0.5, 0.25]]);
  assertThrows(() => bandOf([run(1, [0])], { ...which, recipe: "healthier" }), RangeError);
});

Deno.test("the recorded runs are of this penalty: of each recipe seeds 1 to 5, of one length", async () => {
  const { penalty, runs } = await recordedRuns();
  assertEquals(penalty, GAMMA);
  for (const [stage, recipes] of Object.entries(RECIPES)) {
    for (const recipe of recipes) {
      const own = runs.filter((one) => one.stage === stage && one.recipe === recipe);
      assertEquals(own.map(({ seed }) => seed), [1, 2, 3, 4, 5], `${stage}, ${recipe}`);
      for (const { steps, measures } of own) {
        assertEquals(steps, own[0].steps);
        assert(steps.every(isMeasured));
        assert(Object.values(measures).every((curve) => curve.length === steps.length));
      }
    }
  }
  assertEquals(runs.length, 5 * Object.values(RECIPES).flat().length);
});

Deno.test("the end of a band is written as its mean, least and greatest", () => {
  const band = { seeds: 2, steps: [1, 2], mean: [0, 0.5], lower: [0, 0.25], upper: [1, 0.75] };
  assertEquals([lastOf(band), lastOf(band, 1)], ["0.50 (0.25 to 0.75)", "0.5 (0.3 to 0.8)"]);
});

Deno.test("values of one step are those of the runs that are meant", () => {
  const run = (recipe: "plain" | "packed", seed: number, modes: number[]): CollapseRun => ({
    ...{ stage: "ring", recipe, seed, steps: [100, 200], measures: { modes } },
  });
  const runs = [run("plain", 1, [3, 4]), run("packed", 1, [8, 8]), run("plain", 2, [5, 6])];
  assertEquals(valuesAt(runs, { stage: "ring", recipe: "plain", measure: "modes" }, 200), [4, 6]);
});
