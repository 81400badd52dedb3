/** What a GPU makes of less than the numbers that a step takes in. */
import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { type FixedRows } from "@/data/training_data.ts";
import { loadKeptRows, loadMask, loadNormals } from "@/engine/batch_operations.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { panelsOf } from "@/engine/layout.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../../support/backends.ts";
import { tinyOptions } from "../../support/gans.ts";
import { calls } from "../../support/gpu_calls.ts";
import { conditional, leaky, logit, MOMENTUM, referenceStep } from "../../support/planned_cases.ts";
import { planOn } from "../../support/planned.ts";

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

const testOnGpu = (name: string, test: (machine: GpuMachine) => Promise<void>) =>
  testOnBackends(name, () => test(new GpuMachine(device())), ["webgpu"]);

/** Room for panels, and what lies there by row and feature once it is read. */
function panelsFor(machine: GpuMachine, features: number, rows: number) {
  const stride = 64 * features;
  const count = 16 * features * panelsOf(rows);
  const address = machine.allocate(count);
  const read = async () => {
    const numbers = await machine.read(address, count);
    return (row: number, feature: number) =>
      numbers[Math.floor(row / 16) * 16 * features + 16 * feature + row % 16];
  };
  return { to: { address, stride }, read };
}

async function normalsOf(
  machine: GpuMachine,
  words: Uint32Array,
  [rows, features]: [rows: number, features: number],
) {
  const source = machine.allocate(words.length);
  const { to, read } = panelsFor(machine, features, rows);
  machine.write(source, words);
  machine.run(machine.program([loadNormals(source, features, rows, to).words]));
  const at = await read();
  assertEquals(at(16 * panelsOf(rows) - 1, 0), rows % 16 === 0 ? at(rows - 1, 0) : 0);
  return Array.from(
    { length: rows * features },
    (_, i) => at(Math.floor(i / features), i % features),
  );
}

/** As `Random.normals`, in float64. */
function boxMuller(words: Uint32Array): number[] {
  return Array.from(words, (_, i) => {
    const [u, turn] = [words[i & ~1], words[i | 1]].map((word) => word / 2 ** 32);
    const angle = 2 * Math.PI * turn;
    return Math.sqrt(-2 * Math.log(u + 2 ** -32)) *
      (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
}

testOnGpu(
  "normal numbers that a GPU makes of words are those of Random, to float32",
  async (machine) => {
    // 7 × 37: pairs go over the ends of rows, and the last one is half used.
    for (const [features, rows] of [[7, 37], [64, 128], [1, 1]]) {
      const words = new Random(5).wordsOfNormals(features * rows);
      const wanted = new Random(5).normals(features * rows);
      const found = await normalsOf(machine, words, [rows, features]);
      assertEquals(found.length, wanted.length);
      found.forEach((x, i) => assertAlmostEquals(x, wanted[i], 2e-6, `number ${i}`));
    }
  },
);

testOnGpu(
  "normal numbers are right at the ends and at the joints of the series",
  async (machine) => {
    const radii = [0, 1, 2, 254, 255, 2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31, 0xb504f332, 0xb504f333]
      .concat([0xb504f334, 2 ** 32 - 1000, 2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1]);
    const turns = [0, 1, 2 ** 29 - 1, 2 ** 29, 2 ** 30, 3 * 2 ** 29, 3 * 2 ** 29 - 1, 2 ** 31]
      .concat([5 * 2 ** 29, 3 * 2 ** 30, 7 * 2 ** 29 - 1, 7 * 2 ** 29, 2 ** 32 - 1]);
    const words = Uint32Array.from(
      radii.flatMap((radius) => turns.flatMap((turn) => [radius, turn])),
    );
    const wanted = boxMuller(words);
    const found = await normalsOf(machine, words, [words.length / 2, 2]);
    found.forEach((x, i) => {
      const name = `words ${words[i & ~1]}, ${words[i | 1]}, number ${i % 2}`;
      // Near 1 the logarithm is as exact as elsewhere: the error is relative.
      assertAlmostEquals(x, wanted[i], 1e-6 * Math.hypot(wanted[i & ~1], wanted[i | 1]), name);
    });
  },
);

/** Rows of bytes, of which 5 fill no word. */
function byteData(rows: number, columns: number): FixedRows {
  const bytes = Uint8Array.from({ length: rows * columns }, (_, i) => (i * 37 + (i >> 3)) % 256);
  const table = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
  return {
    rows,
    columns,
    batch: (indices) =>
      Float32Array.from(
        { length: indices.length * columns },
        (_, i) => bytes[indices[Math.floor(i / columns)] * columns + i % columns] / 255,
      ),
    means: () => new Float64Array(columns).fill(0.5),
    labels: Uint8Array.from({ length: rows }, (_, i) => i % 3),
    bytes: { rows: bytes, table },
    sha256: "bytes",
  };
}

testOnGpu(
  "rows that a GPU takes by their indices are those of the data, in packs, too",
  async (machine) => {
    const data = byteData(61, 5);
    const rows = machine.allocate(61 * 5);
    const table = machine.allocate(256);
    machine.fill(rows, new Uint8Array([...data.bytes!.rows, 0, 0, 0]));
    machine.write(table, data.bytes!.table);
    for (const packing of [1, 3]) {
      const indices = Uint32Array.from({ length: 19 * packing }, (_, i) => (60 - 7 * i + 610) % 61);
      const source = machine.allocate(indices.length);
      const { to, read } = panelsFor(machine, 5 * packing, 19);
      machine.write(source, indices);
      const shape = { packing, width: 5, count: 19 };
      machine.run(machine.program([loadKeptRows(source, { rows, table }, shape, to).words]));
      const at = await read();
      const wanted = data.batch(indices);
      for (let i = 0; i < wanted.length; i++) {
        assertEquals(at(Math.floor(i / (5 * packing)), i % (5 * packing)), wanted[i]);
      }
      assertEquals(at(19, 0), 0);
    }
  },
);

testOnGpu("masks that a GPU makes of words are those of Random, bit for bit", async (machine) => {
  for (const keep of [0.8, 0.5, 1 / 3, 1e-9, 1 - 2 ** -30]) {
    const words = new Random(3).words(7 * 37);
    // On both sides of where a word begins to be kept, and at the ends.
    const threshold = keep * 2 ** 32;
    words.set([
      0,
      Math.floor(threshold) - 1,
      Math.floor(threshold),
      Math.ceil(threshold),
      2 ** 32 - 1,
    ]);
    const source = machine.allocate(words.length);
    const { to, read } = panelsFor(machine, 7, 37);
    machine.write(source, words);
    const mask = { source, features: 7, count: 37, keep };
    machine.run(machine.program([loadMask({ masks: true }, mask, to).words]));
    const at = await read();
    words.forEach((word, i) => {
      const wanted = word < threshold ? Math.fround(1 / keep) : 0;
      assertEquals(at(Math.floor(i / 7), i % 7), wanted, `word ${word}, keep ${keep}`);
    });
  }
});

const KINDS: Record<string, Partial<GanOptions>> = {
  plain: {},
  "three updates of D": { discriminatorSteps: 3 },
  "conditional, with dropout of D's input": conditional([leaky(9, 0.7), logit(0.8)]),
  "packs of 2": { packing: 2, discriminator: { ...tinyOptions().discriminator, inputs: 10 } },
  simultaneous: { updates: "simultaneous", batchSize: 20 },
};

for (const [name, changes] of Object.entries(KINDS)) {
  testOnGpu(`steps that send indices and words are those of autodiff: ${name}`, async (machine) => {
    const data = byteData(61, 5);
    const optimisers = { generatorOptimiser: MOMENTUM, discriminatorOptimiser: MOMENTUM };
    const options = tinyOptions({ ...optimisers, ...changes });
    await useBackend("cpu");
    const reference = createGan(options, data);
    const reports = [];
    for (let step = 0; step < 6; step++) reports.push(await referenceStep(reference));
    await useBackend("webgpu");
    const gan = createGan(options, data);
    const planned = planOn(machine, gan);
    for (const [step, wanted] of reports.entries()) {
      const found: Record<string, number> = { ...await planned.step().read() };
      for (const key of Object.keys(wanted)) {
        assertAlmostEquals(found[key], wanted[key], 2e-5, `${key} of step ${step + 1}`);
      }
    }
    // The streams stand where they do in the reference: a checkpoint fits both.
    assertEquals(gan.noise.state(), reference.noise.state());
    assertEquals(gan.dropout.state(), reference.dropout.state());
    assertEquals(gan.batches.state(), reference.batches.state());
    planned.release();
    disposeGan(gan);
    disposeGan(reference);
  });
}

testOnGpu(
  "GANs on one data set share it in the memory, and the last one frees it",
  async (machine) => {
    const data = byteData(3000, 5);
    const before = machine.allocated;
    const [a, b] = [createGan(tinyOptions(), data), createGan(tinyOptions(), data)];
    const first = planOn(machine, a);
    const one = machine.allocated - before;
    const second = planOn(machine, b);
    const two = machine.allocated - before;
    assert(one > 15_000, `${one} bytes`);
    assertLess(two, 2 * one - 14_000);
    first.release();
    assert(machine.allocated - before > 15_000);
    await second.step().read();
    second.release();
    assertEquals(machine.allocated, before);
    for (const gan of [a, b]) disposeGan(gan);
  },
);

testOnGpu("a step of images sends some words and no rows", async (machine) => {
  const data = byteData(1000, 784);
  const tiny = tinyOptions();
  const options = tinyOptions({
    batchSize: 64,
    generator: { ...tiny.generator, layers: [{ width: 784, activation: "sigmoid" }] },
    discriminator: {
      ...tiny.discriminator,
      inputs: 784,
      layers: [{ width: 1, activation: "linear" }],
    },
  });
  const gan = createGan(options, data);
  const planned = planOn(machine, gan);
  await planned.step().read();
  let bytes = 0;
  const own = GPUQueue.prototype.writeBuffer;
  GPUQueue.prototype.writeBuffer = function (buffer, offset, values, from, size) {
    bytes += size ?? values.byteLength;
    return own.call(this, buffer, offset, values as Uint8Array<ArrayBuffer>, from, size);
  };
  try {
    await calls(() => void planned.step(false));
  } finally {
    GPUQueue.prototype.writeBuffer = own;
  }
  assert(bytes > 0 && bytes < 12_000, `${bytes} bytes; the rows alone would be ${64 * 784 * 4}`);
  planned.release();
  disposeGan(gan);
});
