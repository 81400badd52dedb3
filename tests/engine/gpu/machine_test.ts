/** The machine on WebGPU: its memory, and how it starts. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { startGpuEngine } from "@/engine/engine.ts";
import {
  BlendWord,
  Code,
  HeadWord,
  OP_BYTES,
  ReportWord,
  Word,
} from "@/engine/operation_protocol.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { selfCheckOnGpu } from "@/engine/self_check.ts";
import { copyWeights, weightSize } from "@/engine/layout.ts";
import { tf } from "@/tf.ts";
import { machineOf } from "../../support/planned.ts";
import { testOnBackends } from "../../support/backends.ts";

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

/** Runs a test on a machine of its own. */
const testOnGpu = (name: string, test: (machine: GpuMachine) => Promise<void>) =>
  testOnBackends(name, () => test(new GpuMachine(device())), ["webgpu"]);

const filled = (count: number, value: number) => new Float32Array(count).fill(value);

testOnGpu(
  "memory on a GPU is zero when it is given out, also for the second time",
  async (machine) => {
    const first = machine.allocate(100);
    machine.write(first, filled(100, 7));
    machine.release(first, 100);
    const again = machine.allocate(50);
    assertEquals(again, first);
    assertEquals(await machine.read(again, 50), filled(50, 0));
    assertEquals(machine.allocated, 256);
  },
);

testOnGpu("memory on a GPU keeps its numbers when it grows", async (machine) => {
  const small = machine.allocate(16);
  machine.write(small, filled(16, 3));
  const large = machine.allocate(10 ** 6);
  machine.write(large + 4 * (10 ** 6 - 16), filled(16, 5));
  assertEquals(await machine.read(small, 16), filled(16, 3));
  assertEquals(await machine.read(large + 4 * (10 ** 6 - 32), 16), filled(16, 0));
  assertEquals(await machine.read(large + 4 * (10 ** 6 - 16), 16), filled(16, 5));
});

testOnGpu("more than a buffer may have is refused, and the machine goes on", async (machine) => {
  const before = machine.allocated;
  assertThrows(() => machine.allocate(2 ** 40), RangeError, "a buffer may have at most");
  assertEquals(machine.allocated, before);
  const address = machine.allocate(16);
  machine.write(address, filled(16, 1));
  assertEquals(await machine.read(address, 16), filled(16, 1));
});

testOnGpu(
  "numbers that come from the processor are where they belong, however many",
  async (machine) => {
    // Neighbours with padding in between, one far away, and more than the first upload has room for.
    const counts = [10, 16, 100_000, 3];
    const addresses = counts.map((count) => machine.allocate(count));
    counts.forEach((count, i) => machine.write(addresses[i], filled(count, i + 1)));
    machine.write(addresses[0], filled(4, 9));
    for (const [i, count] of counts.entries()) {
      const wanted = filled(count, i + 1);
      if (i === 0) wanted.fill(9, 0, 4);
      assertEquals(await machine.read(addresses[i], count), wanted);
    }
  },
);

testOnGpu(
  "a list that runs twice before it is sent off sees the words of its own run",
  async (machine) => {
    const [source, average] = [machine.allocate(16), machine.allocate(16)];
    machine.write(source, filled(16, 1));
    const words = new Int32Array(OP_BYTES / 4);
    words[Word.Code] = Code.Blend;
    words[BlendWord.Source] = source;
    words[BlendWord.Average] = average;
    words[BlendWord.Numbers] = 16;
    const program = machine.program([words]);
    for (const share of [0.5, 0.25]) {
      machine.wordsOf(program, 0)[BlendWord.Share] = share;
      machine.run(program);
    }
    // 0 → ½ → ½ + ¼ · ½.
    assertEquals(await machine.read(average, 16), filled(16, 0.625));
  },
);

for (const shape of [[1, 1], [5, 3], [48, 6], [49, 7], [100, 13], [7]]) {
  testOnGpu(
    `tensors of shape ${shape} lie as the layout says, and come back bitwise`,
    async (machine) => {
      const size = shape.reduce((a, b) => a * b);
      const values = Float32Array.from({ length: size }, (_, i) => i % 5 ? Math.sin(i) : -0);
      const room = shape.length === 1 ? size : weightSize(shape[0], shape[1]);
      const address = machine.allocate(room);
      const host = tf.tensor(values, shape);
      const onDevice = tf.neg(tf.neg(host));
      for (const tensor of [host, onDevice]) {
        machine.write(address, filled(room, 0));
        machine.take({ address, shape }, tensor);
        const found = await machine.read(address, room);
        const wanted = filled(room, 0);
        if (shape.length === 1) wanted.set(values);
        else copyWeights(shape, { rows: values, weights: wanted, to: "weights" });
        assertEquals(found, wanted);
        const [{ buffer }] = machine.give([{ address, shape }]);
        const back = tf.tensor({ buffer }, shape, "float32");
        assertEquals(await back.data(), values);
        back.dispose();
      }
      tf.dispose([host, onDevice]);
    },
  );
}

testOnGpu(
  "losses and slopes are right for logits of 0, ±0.5, ±30 and ±200, and others are told of",
  async (machine) => {
    const logits = [0, 0.5, -0.5, 30, -30, 200, -200, NaN, Infinity, -Infinity];
    const [a, seeds, report, bias] = [64, 64, 16, 16].map((count) => machine.allocate(count));
    const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    for (const logit of logits) {
      // One real row and one generated row; what is in the other columns does not count.
      const rows = filled(32, NaN);
      rows[0] = rows[16] = logit;
      machine.write(a, rows);
      const words = new Int32Array(OP_BYTES / 4);
      words[Word.Code] = Code.HeadD;
      words[HeadWord.Logits] = a;
      words[HeadWord.LogitsStride] = 64;
      words[HeadWord.Seeds] = seeds;
      words[HeadWord.BiasGradient] = bias;
      words[HeadWord.Report] = report;
      words[HeadWord.Count] = 1;
      const g = words.slice();
      g[Word.Code] = Code.HeadG;
      g[HeadWord.FirstPanel] = 1;
      g[HeadWord.Seeds] = seeds + 128;
      machine.run(machine.program([words, g]));
      const numbers = await machine.read(report, ReportWord.Words);
      const slopes = await machine.read(seeds, 48);
      const lost = [numbers[ReportWord.DLogits], numbers[ReportWord.GLogits]].map((x) => x !== 0);
      assertEquals(lost, Number.isFinite(logit) ? [false, false] : [true, true]);
      if (lost[0]) continue;
      const near = (found: number, wanted: number) =>
        assertAlmostEquals(found, wanted, 3e-6 * Math.max(1e-6, Math.abs(wanted)) + 1e-40);
      near(numbers[ReportWord.DLoss], (softplus(-logit) + softplus(logit)) / 2);
      near(numbers[ReportWord.GLoss], softplus(-logit));
      near(numbers[ReportWord.DReal], sigmoid(logit));
      near(slopes[0], -sigmoid(-logit) / 2);
      near(slopes[16], sigmoid(logit) / 2);
      near(slopes[32], -sigmoid(-logit));
      assertEquals([slopes[1], slopes[17], slopes[33]], [0, 0, 0]);
    }
  },
);

testOnGpu("the self-check passes, and finds one number that is wrong", async (machine) => {
  assertEquals(await selfCheckOnGpu(machine), undefined);
  assertEquals(machine.allocated, 0);
  for (
    const [nth, complaint] of [
      [0, "a product forwards is wrong"],
      [1, "a product backwards is wrong"],
      [2, "the gradient of a weight is wrong"],
      [3, "relu is wrong"],
      [4, "leakyRelu is wrong"],
      [5, "sigmoid is wrong"],
      [6, "tanh is wrong"],
      [7, "a step of Adam is wrong"],
      [8, "a product forwards in parts is wrong"],
      [9, "a product backwards in parts is wrong"],
      [10, "a sum over the batch is wrong"],
      [11, "a normal number is wrong"],
      [12, "a row of the data is wrong"],
    ] as const
  ) {
    const wrong = new GpuMachine(device());
    const read = wrong.read.bind(wrong);
    let reads = 0;
    wrong.read = async (address, count) => {
      const values = await read(address, count);
      if (reads++ === nth) values[0] += 1e-4;
      return values;
    };
    assertEquals(await selfCheckOnGpu(wrong), complaint);
  }
});

testOnBackends("a GPU that refuses the shaders is left to autodiff, with a warning", async () => {
  const own = device();
  // A device that is not the one before: its engine is started anew.
  const refusing = new Proxy(own, {
    get(target, name) {
      if (name === "createComputePipeline") {
        return () => {
          throw new Error("no shaders today");
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const { engine, warning } = await startGpuEngine(refusing);
  assertEquals(engine, undefined);
  assertEquals(
    warning,
    "the engine failed its self-check on the GPU (no shaders today): " +
      "training steps are taken by autodiff, several times slower",
  );
  const again = await useBackend("webgpu");
  assert(machineOf(again.engine) instanceof GpuMachine);
}, ["webgpu"]);
