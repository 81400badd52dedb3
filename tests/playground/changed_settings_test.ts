import { assert, assertEquals, assertThrows } from "@std/assert";
import { ACTIVATION_NAMES } from "@/gan/activations.ts";
import { TOY_NAMES } from "@/data/toy.ts";
import { doubtsOf } from "@/gan/doubts.ts";
import { DISCRIMINATOR_LOSSES, type DiscriminatorLoss } from "@/gan/losses.ts";
import { PRESETS } from "@/gan/presets.ts";
import * as changes from "@/playground/changed_settings.ts";
import { checkSettings, ganOptionsOf } from "@/playground/gan_options.ts";
import { type PlaygroundSettings, settingsOf, sizeNote } from "@/playground/settings.ts";

const PLAYED = Object.keys(PRESETS).filter((name) => name !== "conditional");

/** Every change that a control can make, from some settings. */
function* changed(from: PlaygroundSettings): Generator<[string, PlaygroundSettings]> {
  for (const name of TOY_NAMES) {
    yield [`data ${name}`, changes.withData(from, { kind: "toy", name })];
  }
  const points = [[0, 1], [3, 2]];
  yield ["points", changes.withData(from, { kind: "points", from: "file", points, sigma: 0.1 })];
  yield ["Gaussians", changes.withData(from, { kind: "gaussians", centres: [[0]], sigma: 1 })];
  yield ["mnist", changes.withData(from, { kind: "mnist" })];
  for (const player of ["generator", "discriminator"] as const) {
    for (const activation of ACTIVATION_NAMES) {
      yield [`${player} ${activation}`, changes.withHidden(from, player, { activation })];
    }
    for (const depth of [0, 1, 5]) {
      yield [`${player} depth ${depth}`, changes.withHidden(from, player, { depth, width: 8 })];
    }
    yield [`${player} rate`, changes.withRate(from, player, 0.1)];
    for (const kind of ["adam", "momentum"] as const) {
      const other = changes.withOptimiser(from, player, kind);
      yield [`${player} ${kind}`, other];
      yield [`${player} ${kind} share`, changes.withMomentum(other, player, 0.7)];
    }
  }
  for (const loss of Object.keys(DISCRIMINATOR_LOSSES) as DiscriminatorLoss[]) {
    yield [loss, changes.withDiscriminatorLoss(from, loss)];
  }
  yield ["saturating", changes.withGeneratorLoss(from, "saturating")];
  yield ["no penalty", changes.withPenalty(from, "unitSlope", 0)];
  yield ["R1", changes.withPenalty(from, "r1", 3)];
  for (const batch of [2, 100]) yield [`batch ${batch}`, changes.withBatchSize(from, batch)];
  for (const k of [1, 5]) yield [`k ${k}`, changes.withSteps(from, k)];
  for (const  of of[1, 4]) yield [`${of} of G`, changes.withGeneratorSteps(from, of)];
  for (const updates of ["alternating", "simultaneous"] as const) {
    yield [updates, changes.withUpdates(from, updates)];
  }
  for (const packing of [1, 3]) yield [`packing ${packing}`, changes.withPackSize(from, packing)];
  yield ["noise", changes.withNoise(from, { latent: "uniform", inputs: 3 })];
  yield ["seed", changes.withOption(from, { seed: 9, averageDecay: 0.5 })];
}

Deno.test("one change, or two, from any preset gives settings that can be played", () => {
  for (const preset of PLAYED) {
    const before = settingsOf(preset);
    const frozen = JSON.stringify(before);
    for (const [name, after] of changed(before)) {
      checkSettings(after);
      if (!["spiral", "ring", "line"].includes(preset)) continue;
      for (const [next, both] of changed(after)) {
        const played = () => checkSettings(both);
        // Wasserstein without a penalty is the one pair that a control must not offer.
        if (name === "wasserstein" && next === "no penalty") assertThrows(played, RangeError);
        else played();
      }
    }
    assertEquals(JSON.stringify(before), frozen, "nothing is changed in place");
  }
});

Deno.test("a change to what is there changes nothing", () => {
  for (const preset of PLAYED) {
    const from = settingsOf(preset);
    const { options, data } = from;
    assertEquals(changes.withData(from, data), from);
    assertEquals(changes.withBatchSize(from, options.batchSize), from);
    assertEquals(changes.withSteps(from, options.discriminatorSteps), from);
    assertEquals(changes.withPackSize(from, 1), from);
    assertEquals(changes.withUpdates(from, options.updates), from);
    for (const player of ["generator", "discriminator"] as const) {
      const { activation, depth } = changes.hiddenOf(from, player);
      assertEquals(changes.withHidden(from, player, { activation, depth }), from, preset);
    }
  }
});

Deno.test("a loss of D brings a loss of G that is meant for it, as the library has it", () => {
  for (const [loss, { against }] of Object.entries(DISCRIMINATOR_LOSSES)) {
    assertEquals(changes.AGAINST[loss as DiscriminatorLoss], against);
    const after = changes.withDiscriminatorLoss(settingsOf("spiral"), loss as DiscriminatorLoss);
    assertEquals(doubtsOf({ options: ganOptionsOf(after), steps: 10 }), []);
  }
});

Deno.test("data beyond the reach of tanh make G's end linear", () => {
  const spiral = settingsOf("spiral");
  const last = ({ options }: PlaygroundSettings) => options.generator.layers.at(-1)!.activation;
  assertEquals(last(changes.withData(spiral, { kind: "toy", name: "segment" })), "tanh");
  assertEquals(last(changes.withData(spiral, { kind: "toy", name: "grid" })), "linear");
});

Deno.test("presets in the plane are played with narrower networks, and the note says so", () => {
  const own = settingsOf("ring");
  const library = settingsOf("ring", { size: "library" });
  assert(sizeNote(library)!.includes("400 units in a layer, as in the library: steps are slow"));
  assertEquals(sizeNote(settingsOf("line")), undefined);
  assertEquals(sizeNote(own, false), undefined);
  assert(sizeNote(own)!.includes("at most 64 units a layer, where the preset ring has 400"));
  assertEquals(own.options.discriminator.layers[0].pieces, 5);
  assertEquals(settingsOf("line"), settingsOf("line", { size: "library" }));
});

Deno.test("settings that no control can make are refused in words", () => {
  const refused = (changes: object, message: string) =>
    assertThrows(
      () => checkSettings({ ...settingsOf("spiral"), ...changes } as PlaygroundSettings),
      RangeError,
      message,
    );
  refused({ layers: ["sky"] }, "layer must be discriminator,");
  refused({ layers: "data" }, "layers must be a list");
  refused({ data: { kind: "toy", name: "swirl" } }, "name of the data must be spiral, ring");
  refused({ data: { kind: "csv" } }, "the kind of data must be toy, gaussians, points or mnist");
  refused({ data: { kind: "points", from: "hand", points: [], sigma: 1 } }, "at least one");
  refused({ data: { kind: "points", from: "hand", points: [[1, 2]], sigma: 0 } }, "sigma");
  refused({ data: { kind: "points", from: "hand", points: [1, 2], sigma: 1 } }, "a list of points");
  refused({ preset: "swirl" }, "Cannot find the preset swirl");
  const many = Array.from({ length: 2001 }, () => [0, 0]);
  refused({ data: { kind: "points", from: "hand", points: many, sigma: 1 } }, "at most 2000");
  assertThrows(() => checkSettings(settingsOf("conditional")), RangeError, "without labels");
});
