/** The penalty between real and generated rows, and trainings with every loss. */
import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { createGan, disposeGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { DISCRIMINATOR_LOSSES, type DiscriminatorLoss } from "@/gan/losses.ts";
import { type MomentumSpec } from "@/gan/optimiser.ts";
import { type GanOptions } from "@/gan/options.ts";
import { drawSamples } from "@/gan/sample.ts";
import { discriminatorStep } from "@/gan/steps.ts";
import { createToyGan } from "@/gan/toy_gan.ts";
import { describeSteps, train } from "@/gan/train.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { formulaData, tinyGan, tinyOptions } from "../support/gans.ts";
import { conditional, leaky, logit, network } from "../support/planned_cases.ts";

/** Moves a weight by minus its gradient. */
const PLAIN: MomentumSpec = {
  kind: "momentum",
  learningRate: 1,
  decay: 1,
  floor: 0,
  momentum: { initial: 0, final: 0, from: 1, to: 2 },
};

const between: Partial<GanOptions> = {
  penalty: "unitSlope",
  gradientPenalty: 10,
  discriminatorOptimiser: PLAIN,
};

Deno.test("of a linear D the penalty is γ (‖w‖ - 1)², wherever it is taken", async () => {
  await useBackend("cpu");
  const gan = tinyGan({ ...between, discriminator: network(5, [logit()]) });
  const w = [...await gan.discriminator.weights["layers.0.weight"].data()];
  const report = discriminatorStep(gan);
  const norm = Math.hypot(...w);
  assertAlmostEquals((await report.penalty!.data())[0], 10 * (norm - 1) ** 2, 1e-4);
  tf.dispose(report);
  disposeGan(gan);
});

const SMOOTH: Partial<GanOptions> = {
  ...between,
  discriminator: network(5, [{ width: 4, activation: "tanh" }, logit()]),
};

/** D's loss with its penalty at a changed weight, and the gradient that a step has moved it by. */
async function objective(options: Partial<GanOptions>, name: string, at: number, change: number) {
  const gan = createGan(tinyOptions(options), formulaData(17, 5));
  const old = gan.discriminator.weights[name];
  const values = await old.data() as Float32Array;
  values[at] += change;
  gan.discriminator.weights[name] = tf.tensor(values, old.shape);
  old.dispose();
  const { dLoss, penalty, ...rest } = discriminatorStep(gan);
  const moved = (await gan.discriminator.weights[name].data())[at];
  const value = (await dLoss.data())[0] + (await penalty!.data())[0];
  tf.dispose([dLoss, penalty!, { ...rest }]);
  disposeGan(gan);
  return { value, gradient: values[at] - moved };
}

Deno.test("D moves against the gradient of its loss with the penalty: central differences", async () => {
  await useBackend("cpu");
  const told = { ...conditional([{ width: 4, activation: "tanh" }, logit()]), ...between };
  for (const options of [SMOOTH, told]) {
    for (const [name, at] of [["layers.0.weight", 3], ["layers.1.weight", 2]] as const) {
      const h = 0.01;
      const { value: above } = await objective(options, name, at, h);
      const { value: below } = await objective(options, name, at, -h);
      const { gradient } = await objective(options, name, at, 0);
      assertAlmostEquals(
        gradient,
        (above - below) / (2 * h),
        5e-3 * Math.max(1, Math.abs(gradient)),
      );
    }
  }
});

Deno.test("the noise of a GAN without that penalty is what it was", () => {
  const state = (options: Partial<GanOptions>) => {
    const gan = tinyGan(options);
    tf.dispose(discriminatorStep(gan));
    const after = gan.noise.state();
    disposeGan(gan);
    return after;
  };
  assertEquals(state({ gradientPenalty: 3 }), state({ penalty: "r1", gradientPenalty: 3 }));
});

/** How far the mean of what G makes is from that of the data. */
async function distance(gan: Gan): Promise<number> {
  const points = await drawSamples(samplingGenerator(gan), gan.options, 500, new Random(3));
  const real = gan.data as { draw(count: number, random: Random): Float32Array };
  const mean = (values: Float32Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.abs(mean(points) - mean(real.draw(2000, new Random(4))));
}

for (const [name, { against }] of Object.entries(DISCRIMINATOR_LOSSES)) {
  for (const generatorLoss of against) {
    Deno.test(`G comes nearer to the data by the losses ${name} and ${generatorLoss}`, async () => {
      const { engine } = await useBackend("wasm", { threads: 1 });
      const gan = createToyGan("line", {
        seed: 1,
        discriminatorLoss: name as DiscriminatorLoss,
        generatorLoss,
        penalty: name === "wasserstein" ? "unitSlope" : "r1",
        gradientPenalty: 1,
        batchSize: 64,
        generatorBatchSize: 64,
      });
      const before = await distance(gan);
      for await (const _ of train(gan, { steps: 150, logEvery: 150 }, engine));
      assertLess(await distance(gan), before / 2);
      const how = describeSteps(gan.options, engine);
      assertEquals(how.startsWith("planned"), name === "original", how);
      disposeGan(gan);
      await useBackend("cpu");
    });
  }
}

Deno.test("a wasserstein loss without a penalty, and a penalty of no weight, are refused", () => {
  const refused = (changes: Partial<GanOptions>, rule: string) =>
    assertThrows(() => tinyGan({ gradientPenalty: 0, ...changes }), RangeError, rule);
  refused({ discriminatorLoss: "wasserstein" }, "a wasserstein loss needs a gradientPenalty");
  refused({ penalty: "unitSlope" }, "a penalty of unitSlope needs a gradientPenalty");
  refused(
    { discriminatorLoss: "hinged" as DiscriminatorLoss },
    'discriminatorLoss must be original, leastSquares, hinge or wasserstein, got "hinged"',
  );
});

Deno.test("the engine says which part it does not have", async () => {
  const { engine } = await useBackend("wasm");
  const how = (changes: Partial<GanOptions>) => describeSteps(tinyOptions(changes), engine);
  assertEquals(
    how({ discriminatorLoss: "hinge" }),
    "autodiff, since the engine has no hinge loss of the discriminator",
  );
  assertEquals(
    how({ generatorLoss: "score" }),
    "autodiff, since the engine has no score loss of the generator",
  );
  assertEquals(
    how({ penalty: "unitSlope" }),
    "autodiff, since the engine has no unitSlope penalty",
  );
  assertEquals(how({ discriminator: network(5, [leaky(4), logit()]) }).slice(0, 7), "planned");
  // What somebody adds to the GAN is heeded by autodiff, and not passed over by a plan.
  const normed = { ...leaky(4), layerNorm: true };
  const autodiff = "autodiff, since the engine has no ";
  assertEquals(how({ discriminator: network(5, [normed, logit()]) }), `${autodiff}layerNorm`);
  assertEquals(how({ labelSmoothing: 0.1 } as Partial<GanOptions>), `${autodiff}labelSmoothing`);
  await useBackend("cpu");
});

/** Minus D's wasserstein loss beside a G that stands still, as a share of the distance of the two. */
async function shareOfDistance(seed: number): Promise<number> {
  const gan = createToyGan("line", {
    seed,
    discriminatorLoss: "wasserstein",
    generatorLoss: "score",
    penalty: "unitSlope",
    gradientPenalty: 50,
    batchSize: 128,
  });
  const fake = await drawSamples(gan.generator, gan.options, 2000, new Random(3));
  const real = (gan.data as { draw(count: number, random: Random): Float32Array })
    .draw(2000, new Random(4));
  // On the line the best coupling pairs them in their order.
  real.sort();
  fake.sort();
  const distance = real.reduce((sum, x, i) => sum + Math.abs(x - fake[i]), 0) / real.length;
  let last = 0;
  for (let step = 0; step < 80; step++) {
    const report = discriminatorStep(gan);
    if (step >= 60) last += -(await report.dLoss.data())[0] / 20;
    tf.dispose(report);
  }
  disposeGan(gan);
  return last / distance;
}

Deno.test("D's wasserstein loss comes to minus the distance, or is held on the wrong side by its penalty", async () => {
  await useBackend("cpu");
  // A slope of 1 + distance / 2γ is worth its penalty; batches of 128 are noise of about 0.05.
  assertLess(Math.abs(await shareOfDistance(3) - 1), 0.15);
  // This D begins with the wrong sign. On the line it would have to cross a slope of 0, where the
  // penalty is highest; in the plane a gradient can turn round without losing its length.
  assertLess(Math.abs(await shareOfDistance(1) + 1), 0.15);
});
