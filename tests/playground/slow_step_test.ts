import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { type DiscriminatorLoss, type GeneratorLoss } from "@/gan/losses.ts";
import { DISCRIMINATOR_LOSSES, GENERATOR_LOSSES } from "@/gan/losses.ts";
import { withDiscriminatorLoss, withGeneratorSteps } from "@/playground/changed_settings.ts";
import { lookOf } from "@/playground/look.ts";
import { termsOfD, termsOfG } from "@/playground/loss_terms.ts";
import { type SlowStage } from "@/playground/playground_messages.ts";
import { type Simulation } from "@/playground/simulation.ts";
import { type PlaygroundSettings } from "@/playground/settings.ts";
import { tf } from "@/tf.ts";
import { beginRun, bitsOf, smallSettings, steps } from "../support/playground_runs.ts";

/** All stages of one step. */
function stagesOf(run: Simulation): SlowStage[] {
  const stages: SlowStage[] = [];
  for (let stage; (stage = run.slow());) stages.push(stage);
  return stages;
}

const namesOf = (stages: SlowStage[]) =>
  stages.map(({ player, name, update }) => `${player}${update.index} ${name}`);

const SIX = ["sample", "generate", "judge", "loss", "gradients", "update"];
const of = (player: string, names = SIX) => names.map((name) => `${player} ${name}`);

const SETTINGS: Record<string, PlaygroundSettings> = {
  "k of 2, R1": smallSettings("line", { discriminatorSteps: 2, gradientPenalty: 3 }),
  "batch normalisation, simultaneous": smallSettings("ring"),
  "three updates of G": withGeneratorSteps(smallSettings("line"), 3),
  "Wasserstein with its penalty": withDiscriminatorLoss(smallSettings("spiral"), "wasserstein"),
};

Deno.test("the stages of a step are those of Algorithm 1, k times for D and once for G", async () => {
  const run = await beginRun(SETTINGS["k of 2, R1"]);
  assertEquals(namesOf(stagesOf(run)), [...of("D1"), ...of("D2"), ...of("G1")]);
  run.dispose();
  const often = await beginRun(SETTINGS["three updates of G"]);
  assertEquals(namesOf(stagesOf(often)), [...of("D1"), ...of("G1"), ...of("G2"), ...of("G3")]);
  often.dispose();
  const together = await beginRun(SETTINGS["batch normalisation, simultaneous"]);
  assertEquals(
    namesOf(stagesOf(together)),
    [...of("D1", SIX.slice(0, -1)), ...of("G1", SIX.slice(0, -1)), "D1 update", "G1 update"],
  );
  together.dispose();
});

Deno.test("watching a step in slow motion changes nothing: the run is bitwise the same", async () => {
  for (const [name, settings] of Object.entries(SETTINGS)) {
    const [watched, played] = [await beginRun(settings), await beginRun(settings)];
    for (const run of [watched, played]) steps(run, 4);
    const before = bitsOf(watched);
    const tensors = tf.memory().numTensors;
    assert(watched.slow() !== undefined);
    assertEquals(bitsOf(watched), before, `${name}: nothing has moved yet`);
    watched.endSlow();
    assertEquals(tf.memory().numTensors, tensors, `${name}: no tensor is left`);
    stagesOf(watched);
    played.step();
    assertEquals(bitsOf(watched), bitsOf(played), name);
    steps(watched, 1);
    played.step();
    assertEquals(bitsOf(watched), bitsOf(played), `${name}: and after another step`);
    for (const run of [watched, played]) run.dispose();
  }
});

Deno.test("the numbers of the stages are those that the step reports", async () => {
  for (const [name, settings] of Object.entries(SETTINGS)) {
    const run = await beginRun(settings);
    steps(run, 4);
    const stages: SlowStage[] = [];
    for (let stage = run.slow(); stage; stage = run.slow()) stages.push(stage);
    run.back(1);
    const report = run.step();
    const lastLoss = (player: string) =>
      stages.filter((stage) => stage.player === player && stage.name === "loss").at(-1)!;
    const ofD = lastLoss("D");
    const penalty = ofD.terms!.filter(({ perRow }) => perRow.length === 0);
    assertAlmostEquals(ofD.loss! - sum(penalty), report.dLoss!, 1e-4, name);
    if (report.penalty !== undefined) assertAlmostEquals(penalty[0].mean, report.penalty, 1e-3);
    assertAlmostEquals(lastLoss("G").loss!, report.gLoss!, 1e-4, name);
    assertEquals(ofD.z.of, settings.options.batchSize);
    run.dispose();
  }
});

function sum(terms: { factor: number; mean: number }[]): number {
  return terms.reduce((sum, { factor, mean }) => sum + factor * mean, 0);
}

Deno.test("the first update of Adam moves each weight by its rate, so its norm is known", async () => {
  // At the first step m/√v is ±1 wherever the gradient is not tiny.
  const run = await beginRun(smallSettings("line"));
  const updates = stagesOf(run).filter(({ name }) => name === "update");
  for (const { moved, gradients } of updates) {
    const { discriminator } = run.gan;
    assert(moved!.all > 0 && gradients!.all > 0);
    assertAlmostEquals(Math.hypot(...moved!.layers), moved!.all, 1e-9);
    assertAlmostEquals(Math.hypot(...gradients!.layers), gradients!.all, 1e-9);
    const numbers = Object.values(discriminator.weights).reduce((sum, { size }) => sum + size, 0);
    assert(moved!.all <= moved!.learningRate * Math.sqrt(numbers) * 1.001);
  }
  assertEquals(updates.map(({ moved }) => moved!.learningRate), [5e-3, 5e-4]);
  run.dispose();
});

Deno.test("within a step in slow motion a look shows D moved and G not yet", async () => {
  const run = await beginRun(smallSettings("line"));
  steps(run, 3);
  const look = () => lookOf(run.looked, { layers: ["discriminator"] });
  const before = await look();
  while (run.slow()?.name !== "update");
  const between = await look();
  assertNotEquals(between.d, before.d);
  assertEquals(between.fake, before.fake);
  while (run.slow()?.name !== "update");
  assertNotEquals((await look()).fake, before.fake);
  run.dispose();
});

Deno.test("the terms of each loss add up to the loss that trains", () => {
  const real = [-200, -1.5, 0, 0.3, 2, 200].map(Math.fround);
  const fake = [200, 1, 0.2, -0.7, -3, -200].map(Math.fround);
  const column = (values: number[]) => tf.tensor2d(values, [values.length, 1]);
  tf.tidy(() => {
    for (const [kind, { loss }] of Object.entries(DISCRIMINATOR_LOSSES)) {
      const terms = termsOfD(kind as DiscriminatorLoss, real, fake, 4);
      const expected = loss(column(real), column(fake)).dataSync()[0];
      assertAlmostEquals(sum(terms) / expected, 1, 1e-5, kind);
      assertEquals(terms.map(({ perRow }) => perRow.length), [4, 4]);
    }
    for (const [kind, { loss }] of Object.entries(GENERATOR_LOSSES)) {
      const expected = loss(column(fake)).dataSync()[0];
      assertAlmostEquals(sum(termsOfG(kind as GeneratorLoss, fake, 4)), expected, 1e-3, kind);
    }
  });
});
