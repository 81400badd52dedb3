import { assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import {
  type DiscriminateOptions,
  LINE_DISCRIMINATOR,
  LINE_OPTIONS,
  logitsAt,
  trainDiscriminator,
} from "@/gan/discriminate.ts";
import { createNetwork, disposeNetwork } from "@/gan/network.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { type Density, gaussian, mixture, quantile } from "@/math/density.ts";
import { linspace, sigmoid } from "@/math/stable.ts";
import { cost, optimalDiscriminator } from "@/math/value.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { useBackend } from "@/backend.ts";
import { testOnBackends } from "../support/backends.ts";
import { largestDifference, numbersOf } from "../support/gans.ts";

const data = gaussian({ mean: 0, sigma: 1 });
const generated = gaussian({ mean: 1, sigma: 0.6 });
const sampler = (density: Density, random: Random) => (count: number) =>
  density.sample(count, random);
const start = (seed: number, changes: Partial<DiscriminateOptions> = {}) => {
  const random = new Random(seed);
  const network = createNetwork(LINE_DISCRIMINATOR, random.split("weights"));
  const events = trainDiscriminator(
    network,
    sampler(data, random.split("real")),
    sampler(generated, random.split("generated")),
    { ...LINE_OPTIONS, ...changes },
  );
  return { network, events };
};

Deno.test({
  // Measured as the largest |D - D*| on 401 equally spaced points from the 0.5 % to the 99.5 %
  // quantile of (p_data + p_g)/2. Beyond them a step of 1024 + 1024 sees about twenty samples.
  name: "a small network trained on samples reaches D* within .03 on the central 99 % of the mass",
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    await useBackend("wasm");
    const both = mixture({ components: [data, generated] });
    const xs = linspace(quantile(both, 0.005), quantile(both, 0.995), 401);
    const best = xs.map(optimalDiscriminator(data, generated));
    const { network, events } = start(1);
    const errors: number[] = [];
    const losses: number[] = [];
    for await (const { loss } of events) {
      losses.push(loss);
      const logits = await logitsAt(network, xs);
      errors.push(Math.max(...best.map((d, i) => Math.abs(d - sigmoid(logits[i])))));
    }
    assertEquals(errors.length, 12);
    assertLess(errors.at(-1)!, 0.03);
    // D* falls to .22 and rises again: a logit that is linear in x cannot follow.
    const lowest = Math.min(...best);
    assertLess(lowest, 0.22);
    assertGreater(Math.min(best[0], best[400]), lowest + 0.1);
    // The loss is -V/2, and V tends to C(G). One batch of 2048 strays by about .01.
    assertLess(Math.abs(losses.at(-1)! + cost(data, generated) / 2), 0.04);
    disposeNetwork(network);
    await useBackend("cpu");
  },
});

testOnBackends("a step moves every weight of D; the same seed gives the same run", async () => {
  const run = async (steps: number) => {
    const { network, events } = start(3, { steps, batchSize: 8, logEvery: 1 });
    const before = await numbersOf(network.weights);
    const losses: number[] = [];
    for await (const { step, loss } of events) {
      losses.push(loss);
      assertEquals(step, losses.length);
    }
    const after = await numbersOf(network.weights);
    disposeNetwork(network);
    return { before, after, losses };
  };
  const { before, after, losses } = await run(3);
  for (const name of Object.keys(before)) {
    assertGreater(
      largestDifference({ [name]: before[name] }, { [name]: after[name] }),
      1e-4,
      name,
    );
  }
  assertEquals((await run(3)).losses, losses);
});

testOnBackends("training to the end, or stopping early, leaks no tensor", async () => {
  for (const stopAt of [1, 5]) {
    const { network, events } = start(4, { steps: 5, batchSize: 4, logEvery: 1 });
    const before = tf.memory().numTensors;
    for await (const { step } of events) if (step === stopAt) break;
    await logitsAt(network, [0, 1, 2]);
    assertEquals(tf.memory().numTensors, before);
    disposeNetwork(network);
  }
});

testOnBackends(
  "a sampler that gives another amount is refused, and NaN ends training",
  async () => {
    const run = async (draw: (count: number) => number[]) => {
      const network = createNetwork(LINE_DISCRIMINATOR, new Random(1));
      try {
        const one = { ...LINE_OPTIONS, steps: 1, batchSize: 4 };
        for await (const _ of trainDiscriminator(network, draw, draw, one));
      } finally {
        disposeNetwork(network);
      }
    };
    await assertRejects(() => run(() => [1, 2]), TypeError, "4 samples must be 4 numbers, got 2");
    await assertRejects(() => run((n) => Array(n).fill(NaN)), DivergedError, "step 1");
  },
);

Deno.test("counts of no steps and no samples are refused", async () => {
  await useBackend("cpu");
  const network = createNetwork(LINE_DISCRIMINATOR, new Random(1));
  for (const name of ["steps", "batchSize", "logEvery"] as const) {
    const options = { ...LINE_OPTIONS, [name]: 0 };
    await assertRejects(
      () => trainDiscriminator(network, () => [], () => [], options).next(),
      RangeError,
      `${name} must be an integer of at least 1, got 0`,
    );
  }
  disposeNetwork(network);
});
