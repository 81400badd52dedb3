import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { type Activation } from "@/gan/activations.ts";
import { type OptimiserSpec } from "@/gan/optimiser.ts";
import { PRESETS } from "@/gan/presets.ts";
import { type LayerSpec, type NetworkSpec } from "@/gan/spec.ts";
import { fromAddress, toAddress } from "@/playground/address.ts";
import { onGrid } from "@/data/points_text.ts";
import { LAYER_NAMES, type PlaygroundSettings, settingsOf } from "@/playground/settings.ts";
import { Random } from "@/random.ts";

/** Something of a list. */
function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.integer(list.length)];
}

/** A number of any size, with all its digits. */
function anyNumber(random: Random): number {
  return (random.uniform() - 0.5) * 10 ** (random.integer(30) - 15);
}

function maybe<T>(random: Random, value: T): T | undefined {
  return random.integer(2) === 0 ? value : undefined;
}

const ACTIVATIONS: Activation[] = ["linear", "relu", "leakyRelu", "maxout", "sigmoid", "tanh"];

function anyNetwork(random: Random): NetworkSpec {
  const layer = (): LayerSpec => ({
    width: 1 + random.integer(1024),
    activation: pick(random, ACTIVATIONS),
    slope: maybe(random, anyNumber(random)),
    pieces: maybe(random, 1 + random.integer(9)),
    batchNorm: maybe(random, { momentum: random.uniform(), epsilon: 1e-5 }),
    keep: maybe(random, random.uniform()),
  });
  return {
    inputs: 1 + random.integer(200),
    layers: Array.from({ length: 1 + random.integer(4) }, layer),
    initialisation: pick(random, [
      { kind: "fanIn" },
      { kind: "glorot" },
      { kind: "uniform", range: random.uniform() },
    ]),
  };
}

function anyOptimiser(random: Random): OptimiserSpec {
  const [a, b, c, d] = Array.from({ length: 4 }, () => anyNumber(random));
  if (random.integer(2) === 0) {
    const adam = { kind: "adam", learningRate: a, beta1: b, beta2: c, epsilon: d } as const;
    return { ...adam, decay: maybe(random, anyNumber(random)) };
  }
  const momentum = { initial: a, final: b, from: 1, to: 20 };
  return { kind: "momentum", learningRate: c, decay: d, floor: 1e-21, momentum };
}

function anyPoints(random: Random, count: number, on: boolean): number[][] {
  const points = Array.from(
    { length: count },
    () => [anyNumber(random) % 4, anyNumber(random) % 4],
  );
  return on ? onGrid(points) : points;
}

/** Settings that need not be playable: an address holds them all the same. */
function anySettings(random: Random): PlaygroundSettings {
  const flag = () => random.integer(2) === 0;
  return {
    preset: pick(random, Object.keys(PRESETS)),
    options: {
      generator: anyNetwork(random),
      discriminator: anyNetwork(random),
      latent: pick(random, ["normal", "uniform", "cube"]),
      generatorLoss: pick(random, ["nonSaturating", "saturating", "leastSquares", "score"]),
      discriminatorLoss: maybe(random, pick(random, ["original", "hinge", "wasserstein"])),
      generatorOptimiser: anyOptimiser(random),
      discriminatorOptimiser: anyOptimiser(random),
      discriminatorSteps: 1 + random.integer(9),
      updates: pick(random, ["alternating", "simultaneous"]),
      batchSize: 1 + random.integer(512),
      generatorBatchSize: maybe(random, 1 + random.integer(512)),
      packing: maybe(random, 1 + random.integer(4)),
      classes: maybe(random, 10),
      gradientPenalty: random.uniform(),
      penalty: maybe(random, pick(random, ["r1", "unitSlope"])),
      averageDecay: random.uniform(),
      outputBiasFromMeans: flag(),
      reportAccuracy: maybe(random, flag()),
      trainRows: maybe(random, 1 + random.integer(60_000)),
      seed: random.integer(2 ** 32),
    },
    generatorSteps: maybe(random, 2 + random.integer(9)),
    data: pick(random, [
      { kind: "mnist" },
      { kind: "toy", name: pick(random, ["spiral", "ring", "grid", "line", "segments"]) },
      { kind: "gaussians", centres: anyPoints(random, 3, flag()), sigma: random.uniform() },
      { kind: "points", from: "hand", points: anyPoints(random, 40, true), sigma: 0.03 },
      { kind: "points", from: "file", points: anyPoints(random, 40, false), sigma: 0.03 },
    ]),
    layers: LAYER_NAMES.filter(flag),
  };
}

/** As JSON has it: what is undefined is left out. */
function plain(settings: PlaygroundSettings): PlaygroundSettings {
  return JSON.parse(JSON.stringify(settings));
}

Deno.test("an address gives back exactly the settings that it was made of", () => {
  const random = new Random(1);
  for (let i = 0; i < 400; i++) {
    const settings = plain(anySettings(random));
    const address = toAddress(settings);
    assertEquals(fromAddress(address), settings, address);
    assertEquals(fromAddress(`#${encodeURIComponent(address)}`), settings, "escaped on its way");
    assert(/^[\w=&.,:~+-]*$/.test(address), address);
  }
});

Deno.test("an activation and an optimiser that the playground has not heard of are written by name", () => {
  const settings = settingsOf("line");
  const { generator } = settings.options;
  generator.layers[0] = { width: 32, activation: "elu" as Activation };
  const rmsprop = { kind: "rmsprop", learningRate: 0.1, rho: 0.9, epsilon: 1e-8 };
  settings.options.generatorOptimiser = rmsprop as unknown as OptimiserSpec;
  const address = toAddress(settings);
  assert(address.includes("32(elu)") && address.includes("rmsprop,learningRate:0.1"), address);
  assertEquals(fromAddress(address), settings);
});

Deno.test("an address of a preset is short, and one of 200 drawn points fits everywhere", () => {
  for (const preset of Object.keys(PRESETS)) {
    const settings = settingsOf(preset);
    assertEquals(fromAddress(toAddress(settings)), settings);
    assertLess(toAddress(settings).length, 200, preset);
  }
  const points = anyPoints(new Random(2), 200, true);
  const drawn: PlaygroundSettings = {
    ...settingsOf("spiral"),
    data: { kind: "points", from: "hand", points, sigma: 0.05 },
  };
  assertEquals(fromAddress(toAddress(drawn)), drawn);
  assertLess(toAddress(drawn).length, 1000);
});

Deno.test("points go to the nearest place of the grid, and stay there", () => {
  assertEquals(onGrid([[0.1234, -0.0001], [9, -9.0011]]), [[0.124, 0], [9, -9.002]]);
  const points = anyPoints(new Random(3), 100, true);
  assertEquals(onGrid(points), points);
});

Deno.test("what an address leaves out is as the preset has it", () => {
  const { options, data } = fromAddress("?v=1&preset=ring&k=3");
  const library = settingsOf("ring", { size: "library" });
  assertEquals(options, { ...library.options, discriminatorSteps: 3 });
  assertEquals(data, { kind: "toy", name: "ring" });
});

Deno.test("an address that cannot be read is refused, with the part that is wrong", () => {
  for (
    const [address, message] of [
      ["preset=spiral", "version must be 1, got none"],
      ["v=2&preset=spiral", "version must be 1, got 2"],
      ["v=1", "must name a preset"],
      ["v=1&preset=swirl", "Cannot find the preset swirl"],
      ["v=1&preset=spiral&k=many", "k must be a number, got many"],
      ["v=1&preset=spiral&G=2~64q~g", "G must be"],
      ["v=1&preset=spiral&moveD=adam,1", "moveD must be"],
      ["v=1&preset=spiral&data=h2:0.05:abc", "data must be known"],
      ["v=1&preset=spiral&show=da.xx", "show must list layers"],
      ["v=1&preset=spiral%", "a % must begin a character"],
    ]
  ) assertThrows(() => fromAddress(address), RangeError, message);
});
