import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  restoreGan,
  restoreGenerator,
} from "@/gan/checkpoint.ts";
import { type FixedRows } from "@/data/training_data.ts";
import { type Engine } from "@/gan/custody.ts";
import { disposeGan, type Gan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { drawSamples } from "@/gan/sample.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { train } from "@/gan/train.ts";
import { decodeSafetensors, encodeSafetensors } from "@/formats/safetensors.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";
import { formulaData, numbersOf, tinyGan } from "../support/gans.ts";
import { conditional, leaky, logit } from "../support/planned_cases.ts";

const everything = (gan: Gan) =>
  Promise.all([
    numbersOf(gan.generator.weights, gan.generator.statistics),
    numbersOf(gan.discriminator.weights),
    numbersOf(gan.average?.weights ?? {}, gan.average?.statistics ?? {}),
    numbersOf(gan.generatorOptimiser.slots),
    numbersOf(gan.discriminatorOptimiser.slots),
  ]);

async function trainTo(gan: Gan, steps: number, engine?: Engine): Promise<void> {
  for await (const _ of train(gan, { steps, logEvery: 5 }, engine));
}

const KINDS: Record<string, Partial<GanOptions>> = {
  "Adam, R1, dropout, average": {},
  "momentum, simultaneous, no average": {
    updates: "simultaneous",
    averageDecay: 0,
    generatorOptimiser: {
      kind: "momentum",
      learningRate: 0.1,
      decay: 1.01,
      floor: 0.01,
      momentum: { initial: 0.5, final: 0.7, from: 1, to: 4 },
    },
  },
  "k = 3, uniform noise": { discriminatorSteps: 3, latent: "uniform" },
  "conditional": conditional([leaky(7, 0.8), logit(0.8)]),
};

for (const [name, options] of Object.entries(KINDS)) {
  testOnBackends(
    `resumed at step 0, 1, 4 or 7, a run is bitwise the run never stopped: ${name}`,
    async (_backend, engine) => {
      const whole = tinyGan(options);
      await trainTo(whole, 12, engine);
      const expected = await everything(whole);
      for (const stop of [0, 1, 4, 7]) {
        const first = tinyGan(options);
        await trainTo(first, stop, engine);
        const bytes = await encodeCheckpoint(first);
        disposeGan(first);
        const second = restoreGan(decodeCheckpoint(bytes, "x"), formulaData(17, 5));
        assertEquals(second.step, stop);
        await trainTo(second, 12, engine);
        assertEquals(await everything(second), expected, `stopped at ${stop}`);
        disposeGan(second);
      }
      disposeGan(whole);
    },
  );
}

testOnBackends(
  "samples of a checkpoint are those of the GAN; other seeds differ",
  async (_backend, engine) => {
    const gan = tinyGan();
    await trainTo(gan, 3, engine);
    const generator = restoreGenerator(decodeCheckpoint(await encodeCheckpoint(gan), "x"));
    const draw = (seed: number) => drawSamples(generator, gan.options, 5, new Random(seed));
    const own = await drawSamples(gan.average!, gan.options, 5, new Random(1));
    assertEquals(await draw(1), own);
    assertEquals(own.length, 25);
    assertEquals((await draw(2)).join() === own.join(), false);
    disposeGan(gan);
  },
);

testOnBackends(
  "a sample does not depend on how many are drawn after it",
  async (_backend, engine) => {
    const gan = tinyGan();
    await trainTo(gan, 3, engine);
    const draw = (count: number) => drawSamples(gan.average!, gan.options, count, new Random(1));
    assertEquals((await draw(500)).slice(0, 500 * 5), (await draw(501)).slice(0, 500 * 5));
    disposeGan(gan);
  },
);

Deno.test("a checkpoint of a GAN with NaN is refused", async () => {
  await useBackend("cpu");
  const gan = tinyGan();
  gan.generator.weights["layers.1.bias"] = tf.tensor1d([0, 0, NaN, 0, 0]);
  const error = await assertRejects(() => encodeCheckpoint(gan), DivergedError);
  assertMatch(error.message, /generator\/layers\.1\.bias must be finite/);
});

async function goodBytes(): Promise<Uint8Array<ArrayBuffer>> {
  await useBackend("cpu");
  const gan = tinyGan();
  await trainTo(gan, 2);
  const bytes = await encodeCheckpoint(gan);
  disposeGan(gan);
  return bytes;
}

Deno.test("a bit flipped in a checkpoint is found, at 400 places all over it", async () => {
  const bytes = await goodBytes();
  const random = new Random(9);
  for (let trial = 0; trial < 400; trial++) {
    const damaged = bytes.slice();
    // Every byte of the length, then bytes all over the file.
    const at = trial < 8 ? trial : random.integer(bytes.length);
    damaged[at] ^= 1 << random.integer(8);
    assertThrows(() => decodeCheckpoint(damaged, "the-file"), RangeError, "the-file");
  }
});

Deno.test("a checkpoint cut at 106 places, or with bytes added, is refused", async () => {
  const bytes = await goodBytes();
  const random = new Random(10);
  const lengths = [0, 1, 7, 8, 9, bytes.length - 1];
  for (let i = 0; i < 100; i++) lengths.push(random.integer(bytes.length));
  for (const length of lengths) {
    assertThrows(
      () => decodeCheckpoint(bytes.subarray(0, length), "the-file"),
      RangeError,
      "the-file",
    );
  }
  assertThrows(() => decodeCheckpoint(new Uint8Array([...bytes, 0]), "x"), RangeError, "damaged");
});

const text = (t: string) => new TextEncoder().encode(t);
const withHeader = (json: string, body = 0) => {
  const header = text(json);
  const file = new Uint8Array(8 + header.length + body);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  return file;
};

const foreign: Record<string, [Uint8Array, string]> = {
  "a PNG": [
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
    "it must be a safetensors file, got a PNG picture",
  ],
  "a text": [text("GAN weights, honestly."), "got a text"],
  "a header of 2^63 bytes": [
    new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0x80, 1, 2, 3]),
    "must fit in the file",
  ],
  "a header that is no JSON": [withHeader("{weights"), "must be JSON"],
  "a header of null": [withHeader("null"), "must be a JSON object"],
  "a header that is no UTF-8": [
    new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe]),
    "must be JSON",
  ],
  "safetensors of another program": [
    withHeader('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    "another program wrote it",
  ],
  "safetensors of ours that is no checkpoint": [
    encodeSafetensors({ arrays: {}, metadata: { kind: "something else" } }),
    "must be a gan-workbook checkpoint of version 1, got something else",
  ],
  "a checkpoint of a later version": [
    encodeSafetensors({ arrays: {}, metadata: { kind: "gan-workbook checkpoint", version: "2" } }),
    "of version 2",
  ],
};

for (const [what, [bytes, message]] of Object.entries(foreign)) {
  Deno.test(`${what} in place of a checkpoint is refused`, () => {
    assertThrows(() => decodeCheckpoint(bytes, "the-file"), RangeError, message);
  });
}

Deno.test("a checkpoint whose arrays are not its networks' is refused", async () => {
  const { arrays, metadata } = decodeSafetensors(await goodBytes(), "x");
  const refuse = (change: (a: typeof arrays) => void, message: string) => {
    const copy = { ...arrays };
    change(copy);
    const file = decodeCheckpoint(encodeSafetensors({ arrays: copy, metadata }), "x");
    assertThrows(() => restoreGan(file, formulaData(17, 5)), RangeError, message);
  };
  const name = "discriminator/layers.0.weight";
  refuse((a) => delete a[name], `must have ${name} of shape [5,7], got none`);
  refuse((a) => a[name] = { ...a[name], shape: [7, 5] }, "got [7,5]");
});

Deno.test("a checkpoint is refused for other training data", async () => {
  const checkpoint = decodeCheckpoint(await goodBytes(), "x");
  assertThrows(
    () => restoreGan(checkpoint, formulaData(18, 5)),
    RangeError,
    "must be those it began with",
  );
});

Deno.test("a conditional checkpoint is refused for other labels of the same images", async () => {
  await useBackend("cpu");
  const gan = tinyGan(conditional([logit()]));
  const checkpoint = decodeCheckpoint(await encodeCheckpoint(gan), "the-file");
  const data = formulaData(17, 5) as FixedRows;
  const labels = data.labels!.toReversed();
  assertThrows(
    () => restoreGan(checkpoint, { ...data, labels }),
    RangeError,
    "Cannot resume from the-file: the training labels must be those it began with",
  );
  // To an unconditional one they are nothing.
  const plain = decodeCheckpoint(await encodeCheckpoint(tinyGan()), "the-file");
  disposeGan(restoreGan(plain, { ...data, labels }));
  disposeGan(gan);
});
