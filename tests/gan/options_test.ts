/** Options as a whole: each number out of its range, each name unknown, each pair that cannot work. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { type AdamSpec, createOptimiser, type MomentumSpec } from "@/gan/optimiser.ts";
import { checkOptions, type GanOptions } from "@/gan/options.ts";
import { findPreset, PRESETS } from "@/gan/presets.ts";
import { withPacking } from "@/gan/toy_gan.ts";
import { train } from "@/gan/train.ts";
import { formulaData, tinyGan, tinyOptions } from "../support/gans.ts";
import { logit, network, NORM } from "../support/planned_cases.ts";

const refused = (options: unknown, message: string) =>
  assertThrows(() => checkOptions(options as GanOptions), RangeError, message);

/** Every field that is a number, with values that it must not have. */
const numbers: Record<string, unknown[]> = {
  discriminatorSteps: [0, -1, 1.5, NaN, Infinity, "1"],
  batchSize: [0, -4, 2.5, NaN, Infinity, "32", null],
  generatorBatchSize: [0, -4, 2.5, NaN, Infinity, "32"],
  packing: [0, -1, 1.5, NaN, Infinity, "1"],
  classes: [0, 1, -3, 2.5, 257, NaN, Infinity, "3"],
  gradientPenalty: [-1, NaN, Infinity, "1", true],
  averageDecay: [-0.1, 1, 2, NaN, "0.9"],
  trainRows: [0, -1, 1.5, NaN, Infinity, "10"],
  seed: [-1, 0.5, NaN, Infinity, 2 ** 53, "1", undefined],
};

for (const [field, values] of Object.entries(numbers)) {
  Deno.test(`${field} is checked: ${values.map(String).join(", ")} are refused`, () => {
    for (const value of values) {
      const found = typeof value === "number" ? value : JSON.stringify(value) ?? "nothing";
      const error = refused({ ...tinyOptions(), [field]: value }, field);
      assertEquals(error.message.endsWith(`, got ${found}`), true, error.message);
    }
  });
}

const named: Record<string, unknown[]> = {
  latent: ["gaussian", 1, null],
  generatorLoss: ["wasserstein", true],
  updates: ["both", 0],
  toy: ["moons", 1],
  outputBiasFromMeans: ["false", 0, 1],
  reportAccuracy: ["yes", 1],
};

for (const [field, values] of Object.entries(named)) {
  Deno.test(`${field} is checked: ${values.map(String).join(", ")} are refused`, () => {
    for (const value of values) {
      const error = refused({ ...tinyOptions(), [field]: value }, `${field} must be `);
      assertEquals(error.message.endsWith(`, got ${JSON.stringify(value)}`), true, error.message);
    }
  });
}

Deno.test("what is no record, and a name that no option has, are refused", () => {
  for (const value of [null, undefined, 1, "mlp", []]) {
    refused(value, "the options must be an object");
  }
  refused({ ...tinyOptions(), learningRate: 1 }, "but generator, discriminator, latent");
  refused({ ...tinyOptions(), learningRate: 1 }, ', got "learningRate"');
  refused({ ...tinyOptions(), batchSize: undefined }, "must have batchSize, got nothing");
});

const ADAM: AdamSpec = { kind: "adam", learningRate: 1e-3, beta1: 0.5, beta2: 0.9, epsilon: 1e-8 };
const MOMENTUM: MomentumSpec = {
  kind: "momentum",
  learningRate: 0.1,
  decay: 1,
  floor: 0,
  momentum: { initial: 0.5, final: 0.7, from: 1, to: 250 },
};

const optimisers: Record<string, [object, string]> = {
  "of an unknown kind": [{ ...ADAM, kind: "sgd" }, 'must be adam or momentum, got "sgd"'],
  "of a kind that every object has": [{ ...ADAM, kind: "toString" }, 'got "toString"'],
  "without a kind": [{ ...ADAM, kind: undefined }, "must be adam or momentum, got nothing"],
  "with a rate of 0": [
    { ...ADAM, learningRate: 0 },
    "learningRate of the optimiser must be finite and greater than 0, got 0",
  ],
  "with a rate of NaN": [{ ...ADAM, learningRate: NaN }, "got NaN"],
  "with a negative rate": [{ ...MOMENTUM, learningRate: -0.1 }, "got -0.1"],
  "with beta1 of 1": [{ ...ADAM, beta1: 1 }, "beta1 of the optimiser must be in [0, 1), got 1"],
  "with beta2 of 1": [{ ...ADAM, beta2: 1 }, "beta2 of the optimiser must be in [0, 1), got 1"],
  "with a negative beta": [{ ...ADAM, beta2: -0.5 }, "got -0.5"],
  "with epsilon of 0": [
    { ...ADAM, epsilon: 0 },
    "epsilon of the optimiser must be finite and greater than 0, got 0",
  ],
  "with a rate that grows": [
    { ...ADAM, decay: 0.99 },
    "decay of the optimiser must be finite and at least 1, got 0.99",
  ],
  "with a misspelt field": [{ ...ADAM, beta_1: 0.9 }, 'got "beta_1"'],
  "without beta1": [{ ...ADAM, beta1: undefined }, "the optimiser must have beta1, got nothing"],
  "with momentum of 1": [
    { ...MOMENTUM, momentum: { ...MOMENTUM.momentum, final: 1 } },
    "final of the optimiser's momentum must be in [0, 1), got 1",
  ],
  "whose momentum ends before it begins": [{
    ...MOMENTUM,
    momentum: { ...MOMENTUM.momentum, to: 1 },
  }, "from of the optimiser's momentum must be less than to, 1, got 1"],
  "whose momentum is a number": [
    { ...MOMENTUM, momentum: 0.9 },
    "momentum of the optimiser must be an object, got 0.9",
  ],
  "with a negative floor": [
    { ...MOMENTUM, floor: -1 },
    "floor of the optimiser must be finite and at least 0, got -1",
  ],
};

for (const [what, [spec, message]] of Object.entries(optimisers)) {
  Deno.test(`an optimiser ${what} is refused, alone and as an option`, () => {
    assertThrows(() => createOptimiser(spec as AdamSpec, {}), RangeError, message);
    refused(
      { ...tinyOptions(), discriminatorOptimiser: spec },
      message.replaceAll("the optimiser", "discriminatorOptimiser"),
    );
  });
}

Deno.test("batch normalisation with one row is refused: of every preset that has it, and as a GAN is made", async () => {
  await useBackend("cpu");
  const rule = "batch normalisation in the generator needs at least 2 rows in a batch";
  refused(tinyOptions({ batchSize: 1 }), rule);
  refused(tinyOptions({ batchSize: 4, generatorBatchSize: 1 }), rule);
  assertThrows(
    () => createGan(tinyOptions({ batchSize: 1 }), formulaData(17, 5)),
    RangeError,
    rule,
  );
  for (const [name, { options }] of Object.entries(PRESETS)) {
    const one = () =>
      checkOptions({ ...options, generatorBatchSize: undefined, batchSize: 1, seed: 1 });
    const normalised = options.generator.layers.some(({ batchNorm }) => batchNorm);
    if (normalised) assertThrows(one, RangeError, rule, name);
    else one();
  }
  // A pack has more rows than one, and a generator without normalisation needs no more.
  checkOptions(withPacking(tinyOptions({ batchSize: 1 }), 2));
  checkOptions(
    tinyOptions({ batchSize: 1, generator: network(3, [{ width: 5, activation: "sigmoid" }]) }),
  );
});

Deno.test("batch normalisation in D is refused with one row, and with a gradient penalty", () => {
  const discriminator = network(5, [{ width: 4, activation: "relu", batchNorm: NORM }, logit()]);
  const generator = network(3, [{ width: 5, activation: "sigmoid" }]);
  const options = { generator, discriminator, gradientPenalty: 0 };
  checkOptions(tinyOptions(options));
  refused(tinyOptions({ ...options, batchSize: 1 }), "in the discriminator needs at least 2 rows");
  refused(
    tinyOptions({ ...options, gradientPenalty: 1 }),
    "a gradientPenalty needs a discriminator without batch normalisation",
  );
});

Deno.test("a bias from the means needs a sigmoid, and a batch fits the memory", () => {
  refused(
    tinyOptions({
      outputBiasFromMeans: true,
      generator: network(3, [{ width: 5, activation: "tanh" }]),
    }),
    'needs a generator that ends in a sigmoid, whose bias is a logit, got "tanh"',
  );
  refused(
    tinyOptions({ batchSize: 2 ** 21 }),
    "at most 1048576 rows, counting every sample of a pack, got 2097152",
  );
  refused(
    { ...findPreset("line").options, seed: 1, batchSize: 1e9, generatorBatchSize: 1 },
    "got 1000000000",
  );
});

Deno.test("steps and logEvery that are no such numbers are refused before the first step", async () => {
  await useBackend("cpu");
  const gan = tinyGan();
  const run = (control: { steps: number; logEvery: number }) =>
    Array.fromAsync(train(gan, control));
  for (const steps of [NaN, -1, 1.5, Infinity]) {
    await assertRejects(
      () => run({ steps, logEvery: 1 }),
      RangeError,
      `Cannot train: steps must be an integer of at least 0, got ${steps}`,
    );
  }
  for (const logEvery of [NaN, 0, 0.5]) {
    await assertRejects(
      () => run({ steps: 1, logEvery }),
      RangeError,
      `Cannot train: logEvery must be an integer of at least 1, got ${logEvery}`,
    );
  }
  assertEquals(gan.step, 0);
  disposeGan(gan);
});
