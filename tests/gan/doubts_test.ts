import { assert, assertEquals } from "@std/assert";
import { doubtsOf, type Undertaking } from "@/gan/doubts.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset, PRESETS } from "@/gan/presets.ts";
import { withPacking } from "@/gan/toy_gan.ts";

/** A training by a preset with changes, of as many steps as the preset's own. */
function by(
  preset: string,
  changes: Partial<GanOptions> = {},
  control: Partial<Undertaking> = {},
): string[] {
  const recipe = { options: findPreset(preset).options, steps: 18_720 };
  const options = withPacking({ ...recipe.options, ...changes, seed: 1 }, changes.packing);
  return doubtsOf({ options, steps: recipe.steps, recipe, ...control });
}

const one = (doubts: string[], beginning: string) => {
  assertEquals(doubts.length, 1, doubts.join("\n"));
  assert(doubts[0].includes(beginning), doubts[0]);
};

Deno.test("no preset as it is gives rise to a doubt", () => {
  for (const [name, { epochs }] of Object.entries(PRESETS)) {
    assertEquals(by(name, {}, { steps: 200 * epochs, logEvery: 10 }), [], name);
  }
});

Deno.test("few rows under G's batch normalisation are told, packs counted out; without it they are not", () => {
  for (const batchSize of [2, 7]) {
    one(by("mlp", { batchSize }), `takes mean and variance over ${batchSize} rows`);
  }
  assertEquals(by("mlp", { batchSize: 8 }), []);
  assertEquals(by("mlp", { batchSize: 2, packing: 4 }), []);
  one(by("ring", { generatorBatchSize: 3 }), "over 3 rows");
  assertEquals(by("goodfellow2014", { batchSize: 1 }), []);
});

Deno.test("losses that are not meant for each other are told; the pairs of their papers are not", () => {
  one(
    by("mlp", { discriminatorLoss: "hinge" }),
    "against a generatorLoss of score, and this one is",
  );
  one(
    by("mlp", { generatorLoss: "leastSquares" }),
    "a generatorLoss of nonSaturating or saturating",
  );
  assertEquals(by("mlp", { discriminatorLoss: "hinge", generatorLoss: "score" }), []);
  assertEquals(by("mlp", { generatorLoss: "saturating" }), []);
});

Deno.test("a penalty that is taken from a preset is told; one that a preset does not have is not", () => {
  one(by("mlp", { gradientPenalty: 0 }), "without its gradient penalty of 1");
  assertEquals(by("mlp-collapse", { gradientPenalty: 0 }), []);
  assertEquals(by("spiral-collapse", {}, { steps: 600 }), []);
  assertEquals(by("mlp", { gradientPenalty: 3 }), []);
});

Deno.test("batches so large that few steps are left are told, with both numbers of steps", () => {
  one(
    by("mlp", { batchSize: 10_000 }, { steps: 240 }),
    "with batches of 10,000 there are only 240 steps, and 18,720 with the preset's 128",
  );
  assertEquals(by("mlp", { batchSize: 512 }, { steps: 4_680 }), []);
  // As asked for, with the preset's own batches: a first try.
  assertEquals(by("mlp", {}, { steps: 2 }), []);
});

Deno.test("a learning rate that runs out is told, with the step", () => {
  one(by("line", {}, { steps: 6_001 }), "falls to a thousandth by step 6,000, of 6,001");
  assertEquals(by("line", {}, { steps: 5_999 }), []);
  assertEquals(by("mlp-collapse", {}, { steps: 10 ** 9 }), []);
});

Deno.test("events that are further apart than the run is long are told", () => {
  one(by("mlp", {}, { steps: 100, logEvery: 101 }), "every 101 steps, and there are 100");
  assertEquals(by("mlp", {}, { steps: 100, logEvery: 100 }), []);
  assertEquals(by("mlp", {}, { steps: 2, logEvery: 10 }), [], "nobody asked for 10");
});
