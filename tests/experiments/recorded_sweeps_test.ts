/** Recorded sweeps: what they are of, and that the prose of notebook 07 agrees with them. */
import { join } from "node:path";
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { GAMMA, spiralOptions, type SpiralRecipe } from "@/experiments/collapse.ts";
import {
  overSeeds,
  RECORDED_SWEEPS,
  type RecordedRun,
  recordedSweep,
  REMEDIES,
  spreadTexts,
} from "@/experiments/recorded_sweeps.ts";
import { findPreset } from "@/gan/presets.ts";
import { withSettings } from "@/gan/set_option.ts";
import { ROOT } from "../support/commands.ts";

const run = (seed: number, b: string, modes: number): RecordedRun => (
  { preset: "ring", seed, settings: { a: "1", b }, steps: 9, figures: { "epoch.modes": modes } }
);

const SWEEP = {
  commands: ["deno task sweep"],
  version: "1",
  runs: [run(1, "x", 4), run(2, "x", 8), run(1, "y", 6)],
};

Deno.test("a figure over the seeds is that of the runs with these settings, and of no others", () => {
  const x = overSeeds(SWEEP, { preset: "ring", settings: { b: "x" } }, "epoch.modes");
  assertEquals(x, { mean: 6, least: 4, greatest: 8, values: [4, 8] });
  const [text] = spreadTexts(SWEEP, [{ preset: "ring", settings: { b: "x" } }], "epoch.modes", 1);
  assertEquals(text, "6.0 (4.0 to 8.0)");
  assertEquals(overSeeds(SWEEP, { preset: "ring" }, "epoch.modes").values, [4, 8, 6]);
  for (const [preset, figure] of [["grid", "epoch.modes"], ["ring", "epoch.coverage"]]) {
    assertThrows(() => overSeeds(SWEEP, { preset }, figure), RangeError, "there must be runs of");
  }
});

Deno.test("each recorded sweep is whole: every recipe with seeds 1 to 5, one length, its command", async () => {
  const files = await Array.fromAsync(Deno.readDir(join(ROOT, "data/sweeps")), ({ name }) => name);
  assertEquals(files.sort(), RECORDED_SWEEPS.map((name) => `${name}.json`).sort());
  for (const name of RECORDED_SWEEPS) {
    const { commands, runs } = await recordedSweep(name);
    assert(commands.length > 0 && commands.every((text) => text.startsWith("deno task sweep ")));
    const recipes = Map.groupBy(runs, ({ preset, settings }) => JSON.stringify([preset, settings]));
    for (const [recipe, own] of recipes) {
      assertEquals(own.map(({ seed }) => seed), [1, 2, 3, 4, 5], `${name}: ${recipe}`);
    }
    assertEquals(new Set(runs.map(({ steps }) => steps)).size, 1, name);
  }
});

Deno.test("the recorded remedies are the notebook's recipes", async () => {
  const { runs } = await recordedSweep("spiral_remedies");
  const recipes: [string, SpiralRecipe][] = [
    ["collapsing", "collapsing"],
    ["R1", "penalised"],
    ["less momentum", "calmer"],
    ["both", "remedied"],
    ["less momentum, slower G (healthier)", "healthier"],
  ];
  assertEquals(Object.keys(REMEDIES), recipes.map(([name]) => name));
  for (const [name, recipe] of recipes) {
    const { preset, settings = {} } = REMEDIES[name];
    const like = runs.filter((run) =>
      run.preset === preset &&
      Object.entries(settings).every(([option, text]) => run.settings[option] === text)
    );
    assertEquals(like.length, 5, name);
    for (const { settings } of like) {
      const set = Object.entries(settings).map(([name, text]) => ({ name, text }));
      const options = withSettings({ ...findPreset(preset).options, seed: 1 }, set);
      assertEquals<unknown>(options, { ...spiralOptions(recipe, WIDTH), seed: 1 });
    }
  }
  assertEquals(GAMMA, 0.1);
});

/** Units of the recorded remedies, and steps of `packing`, as the notebook has them. */
const [WIDTH, PACKED_STEPS] = [256, 4800];

/** What notebook 07 says of the recorded runs. */
Deno.test("what the notebook says of the recorded runs is so", async () => {
  const remedies = await recordedSweep("spiral_remedies");
  const coverage = (name: string) => overSeeds(remedies, REMEDIES[name], "epoch.coverage");
  const [calm, withR1] = [coverage("less momentum"), coverage("R1")];
  assertGreater(calm.mean, 2 * withR1.mean, "less momentum does more than R1");
  const noBetter = calm.values.filter((value) => value <= withR1.greatest);
  assertEquals(noBetter.length, 2, "seeds that less momentum helps no more than R1 does");
  assertGreater(withR1.mean, coverage("collapsing").mean);
  assertGreater(coverage("both").mean, calm.mean);
  assertGreater(coverage("less momentum, slower G (healthier)").mean, coverage("both").mean);
  const long = await recordedSweep("spiral_long");
  const at = (preset: string) => overSeeds(long, { preset }, "epoch.coverage");
  assert(at("spiral-collapse").greatest <= 0.25);
  assert(at("spiral").least >= 0.9);
  assertEquals(long.runs[0].steps, 4800);
  assertEquals((await recordedSweep("packing")).runs[0].steps, PACKED_STEPS);
});
