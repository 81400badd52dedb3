import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { DivergedError } from "@/gan/diverged.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { train } from "@/gan/train.ts";
import { useBackend } from "@/backend.ts";
import {
  withBatchSize,
  withData,
  withDiscriminatorLoss,
  withGeneratorSteps,
  withHidden,
  withOptimiser,
  withOption,
  withPackSize,
  withPenalty,
  withRate,
  withSteps,
} from "@/playground/changed_settings.ts";
import { ganOptionsOf } from "@/playground/gan_options.ts";
import { dataOf } from "@/playground/playground_data.ts";
import { restoreSaved, savedGanOf } from "@/playground/saved_gan.ts";
import { type PlaygroundSettings } from "@/playground/settings.ts";
import { tf } from "@/tf.ts";
import {
  beginRun,
  bitsOf,
  bitsOfPlayer,
  smallSettings,
  steps,
} from "../support/playground_runs.ts";

/** Settings whose steps the engine takes, and settings whose steps autodiff takes. */
const PLAYED: Record<string, PlaygroundSettings> = {
  "the line": smallSettings("line"),
  "the spiral": smallSettings("spiral"),
  "batch normalisation, maxout, simultaneous updates": smallSettings("ring"),
  "k of 3, an average, R1": smallSettings("spiral", {
    discriminatorSteps: 3,
    averageDecay: 0.99,
    gradientPenalty: 1,
  }),
  "hinge": withDiscriminatorLoss(smallSettings("line"), "hinge"),
};

Deno.test("with three updates of G, a step is one of both and two of G, bit for bit", async () => {
  const settings = smallSettings("line", { discriminatorSteps: 2 });
  const [run, other] = [
    await beginRun(withGeneratorSteps(settings, 3)),
    await beginRun(settings),
  ];
  for (let i = 0; i < 15; i++) {
    run.step();
    other.step();
    for (let extra = 0; extra < 2; extra++) other.stepG();
  }
  const { move: _, ...bits } = bitsOf(run);
  const { move: __, ...expected } = bitsOf(other);
  assertEquals(bits, expected);
  assertEquals([run.state.step, run.state.discriminatorUpdates, run.move], [45, 30, 15]);
  run.back(7);
  assertEquals([run.state.step, run.state.discriminatorUpdates, run.move], [24, 16, 8]);
  steps(run, 7);
  assertEquals(bitsOf(run), { ...bits, move: "15" });
  for (const each of [run, other]) each.dispose();
  await assertRejects(
    () => beginRun({ ...smallSettings("ring"), generatorSteps: 2 }),
    RangeError,
    "simultaneous updates need generatorSteps of 1, got 2",
  );
  await assertRejects(() => beginRun({ ...settings, generatorSteps: 11 }), RangeError, "got 11");
});

Deno.test("whole steps are bitwise those of train", async () => {
  for (const [name, settings] of Object.entries(PLAYED)) {
    const run = await beginRun(settings);
    steps(run, 12);
    const { engine } = await useBackend("wasm", { threads: 2 });
    const gan = createGan(ganOptionsOf(settings), await dataOf(settings.data));
    for await (const _ of train(gan, { steps: 12, logEvery: 5 }, engine));
    assertEquals(savedGanOf(gan).arrays, run.save().arrays, `${name}, whatever the threads`);
    disposeGan(gan);
    run.dispose();
  }
});

Deno.test("step D moves D alone, and step G moves G alone, bit for bit", async () => {
  for (const [name, settings] of Object.entries(PLAYED)) {
    const run = await beginRun(settings);
    steps(run, 3);
    const moves = [["stepD", "discriminator", "generator"], [
      "stepG",
      "generator",
      "discriminator",
    ]] as const;
    for (const [step, moved, still] of moves) {
      const before = [moved, still].map((player) => bitsOfPlayer(run, player));
      const numbers = run[step]();
      const after = [moved, still].map((player) => bitsOfPlayer(run, player));
      assertNotEquals(after[0], before[0], name);
      // The running statistics of batch normalisation see every pass of G, as in lib's own steps.
      const weights = Object.keys(after[1]).filter((key) => !/\.(mean|variance)$/.test(key));
      for (const key of weights) assertEquals(after[1][key], before[1][key], `${name}: ${key}`);
      assertEquals("dLoss" in numbers, step === "stepD");
      assertEquals("gLoss" in numbers, step === "stepG");
    }
    assertEquals([run.state.step, run.state.move], [4, 5]);
    run.dispose();
  }
});

Deno.test("going back, and on again, is bitwise the run that never went back", async () => {
  for (const [name, settings] of Object.entries(PLAYED)) {
    const run = await beginRun(settings);
    const moves = "BBBBBBBBBBBBDGDBBBGGBBBBBBBBBBDBB";
    const move = (at: number) =>
      moves[at] === "B" ? run.step() : moves[at] === "D" ? run.stepD() : run.stepG();
    const seen = [bitsOf(run)];
    for (let at = 0; at < moves.length; at++) {
      move(at);
      seen.push(bitsOf(run));
    }
    for (const far of [1, 7, 16, 3, moves.length]) {
      const from = run.move;
      assertEquals(run.back(far), Math.min(far, from));
      assertEquals(bitsOf(run), seen[run.move], `${name}: ${far} back from ${from}`);
      while (run.move < moves.length) move(run.move);
      assertEquals(bitsOf(run), seen[moves.length], `${name}: and on again`);
    }
    run.dispose();
  }
});

Deno.test("one can go back 200 moves, over changes too, and no tensor is left behind", async () => {
  const settings = smallSettings("line", {}, 4);
  const run = await beginRun(settings);
  steps(run, 150);
  const old = bitsOf(run);
  await run.change(withRate(settings, "generator", 0.01));
  steps(run, 180);
  assertEquals(run.state.canGoBack, 200);
  const tensors = tf.memory().numTensors;
  assertEquals(run.back(1000), 200);
  assertEquals(run.move, 130);
  assertEquals(run.settings, settings, "settings go back as well");
  steps(run, 20);
  assertEquals(bitsOf(run), old);
  assert(tf.memory().numTensors <= tensors + 40, "only those of one GAN");
  run.dispose();
});

Deno.test("a fork with the same settings is bitwise the same run; with others it has the same batches", async () => {
  const settings = smallSettings("spiral");
  const run = await beginRun(settings);
  steps(run, 17);
  const same = await run.fork(settings);
  const other = await run.fork(withRate(settings, "generator", 1e-3));
  assertEquals([same.restarted, other.restarted], [false, false]);
  for (const each of [run, same.fork, other.fork]) steps(each, 9);
  assertEquals(bitsOf(same.fork), bitsOf(run));
  assertEquals(other.fork.save().header.order, run.save().header.order);
  assertEquals(other.fork.save().header.noise, run.save().header.noise);
  assertNotEquals(bitsOfPlayer(other.fork, "generator"), bitsOfPlayer(run, "generator"));
  const wider = await run.fork(withHidden(settings, "generator", { width: 20 }));
  assertEquals([wider.restarted, wider.fork.move], [true, 0]);
  for (const each of [run, same.fork, other.fork, wider.fork]) each.dispose();
});

Deno.test("what can be changed while it runs goes on from the present weights", async () => {
  const settings = smallSettings("spiral", { gradientPenalty: 0.5 });
  const changes: Record<string, PlaygroundSettings> = {
    "a rate": withRate(settings, "discriminator", 0.01),
    "another optimiser": withOptimiser(settings, "generator", "momentum"),
    "k": withSteps(settings, 2),
    "γ": withPenalty(settings, "r1", 3),
    "the batch": withBatchSize(settings, 7),
    "a loss": withDiscriminatorLoss(settings, "leastSquares"),
    "an average": withOption(settings, { averageDecay: 0.9 }),
    "an activation": withHidden(settings, "generator", { activation: "tanh" }),
    "data": withData(settings, { kind: "toy", name: "segments" }),
    "points by hand": withData(settings, {
      kind: "points",
      from: "hand",
      points: [[0, 0], [0.5, 0.5]],
      sigma: 0.05,
    }),
  };
  for (const [name, changed] of Object.entries(changes)) {
    const run = await beginRun(settings);
    steps(run, 5);
    const weights = (run: { save(): ReturnType<typeof savedGanOf> }) =>
      Object.entries(run.save().arrays).filter(([name]) => /^(gen|disc)\w+\//.test(name))
        .filter(([name]) => !name.includes("Optimiser"));
    const before = weights(run);
    assertEquals(await run.change(changed), { restarted: false, because: undefined }, name);
    assertEquals(weights(run), before, name);
    assertEquals([run.move, run.state.step], [5, 5]);
    const fresh = name === "another optimiser";
    assertEquals(run.gan.generatorOptimiser.step, fresh ? 0 : 5, "a new one has no past");
    steps(run, 2);
    assertNotEquals(weights(run), before, name);
    run.dispose();
  }
});

Deno.test("what cannot be changed begins anew, and says why", async () => {
  const settings = smallSettings("spiral");
  const changes: [PlaygroundSettings, string][] = [
    [withHidden(settings, "discriminator", { width: 9 }), "the discriminator has weights of other"],
    [withHidden(settings, "generator", { depth: 1 }), "the generator has weights of other shapes"],
    [withPackSize(settings, 2), "the discriminator has weights of other shapes"],
    [withOption(settings, { seed: 5 }), "another seed draws other weights"],
    [smallSettings("line"), "the generator has weights of other shapes"],
  ];
  for (const [changed, because] of changes) {
    const run = await beginRun(settings);
    steps(run, 5);
    const answer = await run.change(changed);
    assert(answer.restarted && answer.because!.startsWith(because), answer.because);
    assertEquals([run.move, run.state.step, run.state.canGoBack], [0, 0, 0]);
    const fresh = await beginRun(changed);
    assertEquals(bitsOf(run), bitsOf(fresh));
    run.dispose();
    fresh.dispose();
  }
});

Deno.test("settings that cannot be played are refused, and the run is as it was", async () => {
  const run = await beginRun(smallSettings("line"));
  steps(run, 2);
  const before = bitsOf(run);
  await assertRejects(
    () => run.change(withBatchSize(run.settings, 0)),
    RangeError,
    "batchSize must be an integer of at least 1, got 0",
  );
  await assertRejects(
    () => run.change({ ...run.settings, data: { kind: "toy", name: "spiral" } }),
    RangeError,
    "the generator must make the 2 numbers of a row of the data, got 1",
  );
  assertEquals(bitsOf(run), before);
  run.dispose();
});

Deno.test("a run that diverges says so, and can go back to before", async () => {
  const settings = smallSettings("line");
  const run = await beginRun(settings);
  steps(run, 3);
  const before = bitsOf(run);
  await run.change(withRate(settings, "discriminator", 1e30));
  assertThrows(() => steps(run, 50), DivergedError, "a smaller learning rate is the first thing");
  run.back(run.move - 2);
  steps(run, 1);
  assertEquals(bitsOf(run), before);
  run.dispose();
});

Deno.test("what is saved of a GAN does not change when the GAN goes on", async () => {
  const run = await beginRun(smallSettings("ring"));
  const saved = run.save();
  const before = structuredClone(saved);
  steps(run, 3);
  assertEquals(saved, before);
  const restored = restoreSaved(saved, run.gan.data);
  assertEquals(savedGanOf(restored).arrays, before.arrays);
  disposeGan(restored);
  run.dispose();
});
