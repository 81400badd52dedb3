/** A NaN or an infinity, wherever it comes from, is in the report of its step. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Backend } from "@/backend.ts";
import { type TrainingData } from "@/data/training_data.ts";
import { PlannedEngine } from "@/engine/engine.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { PRELUDE } from "@/engine/gpu/shaders/shader_prelude.ts";
import { HEAD_D } from "@/engine/gpu/shaders/head_shaders.ts";
import { type Engine } from "@/gan/custody.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { type Tensors } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { train, type TrainEvent } from "@/gan/train.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";
import { withoutNan, withShaders } from "../support/dropping_device.ts";
import { formulaData, tinyGan, tinyOptions } from "../support/gans.ts";
import { leaky, logit, maxout, MOMENTUM, network, NORM } from "../support/planned_cases.ts";

/** Every activation and optimiser, batch norm with and without an average of its statistics. */
const GANS: Partial<GanOptions>[] = [
  {
    generator: network(3, [
      { width: 6, activation: "relu", batchNorm: NORM },
      maxout(4, 3),
      { width: 5, activation: "sigmoid" },
    ]),
    discriminator: network(5, [leaky(6), { width: 5, activation: "relu" }, maxout(4, 2), logit()]),
    averageDecay: 0.9,
  },
  {
    generator: network(3, [
      leaky(4),
      { width: 6, activation: "relu" },
      { width: 5, activation: "tanh", batchNorm: NORM },
    ]),
    discriminator: network(5, [
      { width: 4, activation: "tanh" },
      { width: 3, activation: "sigmoid" },
      logit(),
    ]),
    generatorOptimiser: MOMENTUM,
    discriminatorOptimiser: MOMENTUM,
    gradientPenalty: 0,
    updates: "simultaneous",
    averageDecay: 0,
  },
];

/** The records of a GAN's tensors, by what they are. */
function recordsOf(gan: Gan): Record<string, Tensors> {
  return {
    "G's weights": gan.generator.weights,
    "G's statistics": gan.generator.statistics,
    "D's weights": gan.discriminator.weights,
    "the average's weights": gan.average?.weights ?? {},
    "the average's statistics": gan.average?.statistics ?? {},
    "the slots of G's optimiser": gan.generatorOptimiser.slots,
    "the slots of D's optimiser": gan.discriminatorOptimiser.slots,
  };
}

/** Puts a value in the middle of a tensor. */
async function spoil(record: Tensors, name: string, value: number): Promise<void> {
  const old = record[name];
  const values = Array.from(await old.data());
  values[values.length >> 1] = value;
  record[name] = tf.tensor(values, old.shape);
  old.dispose();
}

function stepsOf(gan: Gan, steps: number, engine?: Engine): Promise<TrainEvent[]> {
  return Array.fromAsync(train(gan, { steps, logEvery: 1 }, engine));
}

/** What `train` says of the first step; undefined where that is healthy. */
async function complaintOf(gan: Gan, engine?: Engine): Promise<string | undefined> {
  try {
    await stepsOf(gan, 1, engine);
  } catch (error) {
    assertEquals(gan.custody?.engine, engine);
    if (error instanceof DivergedError) return error.message;
    throw error;
  } finally {
    disposeGan(gan);
  }
}

const COMPLAINT =
  "Training diverged at step 1: the losses and every number of both networks must be finite, and " +
  "one is NaN or infinite; a smaller learning rate is the first thing to try";

/** Where a GAN has numbers: every tensor of the networks, and of what follows them those of the first layer. */
function placesOf(options: Partial<GanOptions>): Place[] {
  const gan = tinyGan(options);
  const places = Object.entries(recordsOf(gan)).flatMap(([what, record]) =>
    Object.keys(record)
      .filter((name) => /^[GD]'s/.test(what) || name.includes("layers.0."))
      .flatMap((name) => [NaN, Infinity].map((value): Place => [what, name, value]))
  );
  disposeGan(gan);
  return places;
}

type Place = [what: string, name: string, value: number];

/** Spoils one number of a GAN, and requires the step to be refused, for every `nth` place. */
async function spoilEach(nth: number, engine?: Engine): Promise<void> {
  const all = GANS.flatMap((options) =>
    placesOf(options).map((place) => [options, ...place] as const)
  );
  for (let i = nth >> 1; i < all.length; i += nth) {
    const [options, what, name, value] = all[i];
    const gan = tinyGan(options);
    await spoil(recordsOf(gan)[what], name, value);
    assertEquals(await complaintOf(gan, engine), COMPLAINT, `${value} in ${name} of ${what}`);
  }
}

/** The engine, or none, that each way to train has. */
const WAYS: Record<string, (engine: Engine | undefined) => Engine | undefined> = {
  planned: (engine) => engine,
  "on a driver that drops NaN": () => dropping(withoutNan),
  autodiff: () => undefined,
};

/** The ways on the backends, and which places each spoils: on a GPU a step takes long. */
const TRIALS: [way: keyof typeof WAYS, backend: Backend["name"], nth: number][] = [
  ["planned", "wasm", 1],
  ["planned", "webgpu", 5],
  ["on a driver that drops NaN", "webgpu", 1],
  ["autodiff", "cpu", 1],
  ["autodiff", "wasm", 5],
  ["autodiff", "webgpu", 31],
];

/** An engine on a GPU with other shaders. */
function dropping(rewrite: (code: string) => string): Engine {
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  return new PlannedEngine(new GpuMachine(withShaders(device, rewrite)));
}

/** Registers a test for each way to train on each backend. */
function testEachWay(
  name: string,
  test: (engine: Engine | undefined, nth: number) => Promise<void>,
) {
  for (const [way, backend, nth] of TRIALS) {
    testOnBackends(`${name}, ${way}`, (_, engine) => test(WAYS[way](engine), nth), [backend]);
  }
}

testEachWay(
  "a NaN or an infinity in any tensor of a GAN is in the report of the step",
  (engine, nth) => spoilEach(nth, engine),
);

testEachWay("a NaN or an infinity in the data is in the report of the step", async (engine) => {
  for (const value of [NaN, Infinity]) {
    const data: TrainingData = {
      ...formulaData(4, 5),
      batch: (indices) => new Float32Array(5 * indices.length).fill(value, 7, 8),
    };
    const gan = createGan(tinyOptions(GANS[0]), data);
    assertEquals(await complaintOf(gan, engine), COMPLAINT, `${value}`);
  }
});

/** Real rows are positive, generated ones negative: D is always right, and so sure of it that its logits overflow. */
function tooSure(): Gan {
  const gan = tinyGan({
    generator: network(3, [{ width: 5, activation: "tanh" }]),
    discriminator: network(5, [logit()]),
    generatorLoss: "saturating",
    gradientPenalty: 0,
  });
  tf.dispose([
    gan.generator.weights["layers.0.bias"],
    gan.discriminator.weights["layers.0.weight"],
  ]);
  gan.generator.weights["layers.0.bias"] = tf.fill([5], -50);
  gan.discriminator.weights["layers.0.weight"] = tf.fill([5, 1], 3e38);
  return gan;
}

testEachWay("infinite logits are reported, even where no loss is infinite", async (engine) => {
  assertEquals(await complaintOf(tooSure(), engine), COMPLAINT);
});

testEachWay("losses of 1e30 are no divergence", async (engine) => {
  const gan = tinyGan(GANS[0]);
  await spoil(gan.discriminator.weights, "layers.3.bias", 1e30);
  const events = await stepsOf(gan, 3, engine);
  assertEquals(events.map(({ step }) => step), [1, 2, 3]);
  for (const { dLoss } of events) assert(Math.abs(dLoss / 5e29 - 1) < 1e-5, `${dLoss}`);
  disposeGan(gan);
});

testOnBackends("without a look at bits such a driver hides a NaN, so the test is one", async () => {
  // What is looked for is replaced by something that is never found.
  const blind = (code: string) =>
    withoutNan(code).replace(
      /fn lost\(.*\{.*\}/,
      "fn lost(largest: vec4u) -> bool { return false; }",
    );
  assertStringIncludes(blind(HEAD_D), "return false;");
  const engine = dropping(blind);
  const complaints: (string | undefined)[] = [];
  for (const name of ["layers.0.weight", "layers.0.scale", "layers.1.bias"]) {
    const gan = tinyGan(GANS[0]);
    await spoil(gan.generator.weights, name, NaN);
    complaints.push(await complaintOf(gan, engine));
  }
  assertEquals(complaints, [undefined, undefined, undefined]);
}, ["webgpu"]);

Deno.test("the driver that drops NaN finds all the functions that it rewrites", () => {
  const rewritten = withoutNan(PRELUDE) + withoutNan(HEAD_D);
  for (const name of ["activate", "positive", "larger", "sigmoid", "softplus"]) {
    assertStringIncludes(rewritten, `fn ${name}(given_`);
  }
  assertStringIncludes(rewritten, "default: { return given_h; }");
});

testOnBackends("a step that nobody looks at is found out by the next report", async (_, engine) => {
  for (const way of [engine, undefined]) {
    const gan = tinyGan(GANS[0]);
    await spoil(gan.generator.weights, "layers.2.bias", NaN);
    const run = () => Array.fromAsync(train(gan, { steps: 3, logEvery: 3 }, way));
    await assertRejects(run, DivergedError, "Training diverged at step 3: ");
    disposeGan(gan);
  }
}, ["wasm", "webgpu"]);
