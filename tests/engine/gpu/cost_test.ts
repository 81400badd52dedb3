/** The counted cost of a step: against closed forms, and against what a GPU is asked for. */
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { type DispatchCost, estimatedSeconds, stepCosts } from "@/engine/gpu/cost.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { affineWidth, inputsOf, type NetworkSpec } from "@/gan/spec.ts";
import { COST_HEADING, stepCostTable } from "../../../tools/step_cost.ts";
import { testOnBackends } from "../../support/backends.ts";
import { formulaData } from "../../support/gans.ts";
import { machineOf, planOn } from "../../support/planned.ts";

/** Of a large card, and the least that WebGPU allows. */
const CARD = { maxComputeWorkgroupStorageSize: 49152, maxComputeInvocationsPerWorkgroup: 1024 };
const LEAST = { maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256 };

function optionsOf(preset: string, changes: Partial<GanOptions> = {}): GanOptions {
  return { ...findPreset(preset).options, seed: 1, ...changes };
}

Deno.test("a step of mlp with R1 is at most 60 dispatches", () => {
  const options = optionsOf("mlp");
  assertGreater(options.gradientPenalty, 0);
  const { length } = stepCosts(options, CARD);
  assertLess(length, 61);
  assertGreater(length, 30);
});

Deno.test("what is much work in a step of mlp keeps a large card busy", () => {
  const much = stepCosts(optionsOf("mlp", { batchSize: 128 }), CARD)
    .filter(({ flop }) => flop > 10e6);
  assertGreater(much.length, 15);
  assertEquals(much.filter(({ groups }) => groups < 100), []);
});

/** Numbers of the weights of each layer. */
function weightsOf(spec: NetworkSpec): number[] {
  return spec.layers.map((layer, index) => inputsOf(spec, index) * affineWidth(layer));
}

const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);

/** 2 m n k summed over the products of a step with alternating updates and one update of D. */
function flopOf(options: GanOptions): number {
  const { batchSize: m, generatorBatchSize = m, classes = 0, discriminator } = options;
  const [g, d] = [weightsOf(options.generator), weightsOf(discriminator)];
  // Nothing goes back to a label.
  const toData = (discriminator.inputs - classes) * affineWidth(discriminator.layers[0]);
  const ofD = m * total(g) + 2 * m * (total(d) + total(d.slice(1)) + total(d));
  const penalty = options.gradientPenalty > 0 ? m * (toData + total(d.slice(0, -1))) : 0;
  const ofG = total(g) + total(d) + total(d.slice(1)) + toData + total(g.slice(1)) + total(g);
  return 2 * (ofD + penalty + generatorBatchSize * ofG);
}

for (const preset of ["mlp", "mlp-collapse", "conditional", "spiral"]) {
  Deno.test(`the work of a step of ${preset} is 2 m n k, summed over its products`, () => {
    for (const batchSize of [64, 128]) {
      const options = optionsOf(preset, { batchSize, generatorBatchSize: 2 * batchSize });
      const flop = total(stepCosts(options, CARD).map((cost) => cost.flop));
      assertEquals(flop, flopOf(options));
    }
  });
}

Deno.test("three updates of D are counted three times", () => {
  const [one, three] = [1, 3].map((discriminatorSteps) =>
    stepCosts(optionsOf("mlp", { discriminatorSteps }), CARD)
  );
  const update = one.slice(0, one.findIndex(({ name }) => name.startsWith("adam")) + 1);
  assertEquals(three, [...update, ...update, ...one]);
});

for (const preset of ["mlp", "conditional", "goodfellow2014", "spiral"]) {
  for (const batchSize of [1, 37, 128, 2048]) {
    Deno.test(`the workgroups of ${preset} at a batch of ${batchSize} fit into any device`, () => {
      for (const limits of [CARD, LEAST]) {
        const costs = stepCosts(optionsOf(preset, { batchSize }), limits);
        for (const { name, threads, groupBytes, groups, read, written } of costs) {
          assert(threads <= limits.maxComputeInvocationsPerWorkgroup, name);
          assert(groupBytes <= limits.maxComputeWorkgroupStorageSize, name);
          assert(groups > 0 && read > 0 && written > 0, name);
        }
      }
    });
  }
}

Deno.test("the bytes of a dispatch are those of the arrays that it needs", () => {
  const costs = stepCosts(optionsOf("mlp", { batchSize: 128 }), CARD);
  const find = (start: string) => costs.find(({ name }) => name.startsWith(start))!;
  // Weights, slots and average are read and written, the gradient is read.
  const adam = costs.filter(({ name }) => name.startsWith("adam")).at(-1)!;
  const numbers = Number(adam.name.split(" ").at(-1));
  assertEquals([adam.read, adam.written], [5 * 4 * numbers, 4 * 4 * numbers]);
  const load = find("load 784");
  assertEquals([load.read, load.written], [4 * 784 * 128, 4 * 784 * 128]);
});

Deno.test("the bytes of a product are those that its tiles need", () => {
  const options = optionsOf("mlp", { batchSize: 128 });
  const find = (tiles: string, start: string) =>
    stepCosts(options, CARD, tilesNamed(tiles, CARD)).filter(({ name }) => name.startsWith(start));
  // 13 tiles of 64 rows of the result, and 2 of 64 columns.
  const [forward] = find("64x64", "forward 1024 → 784");
  assertEquals(forward.read, 4 * 1024 * (784 * 2 + 128 * 13));
  assertEquals(forward.written, 4 * 784 * 128);
  const [parts] = find("64x64,split=4", "forward 1024 → 784");
  const [sum] = find("64x64,split=4", "rows of forward 1024 → 784");
  assertEquals([parts.read, parts.written], [forward.read, 4 * forward.written]);
  assertEquals([sum.read, sum.written], [4 * forward.written, forward.written]);
  const { generator } = options;
  const gradients = find("gradients:32x64", "gradients").at(-1)!;
  const strips = generator.layers.map(({ width }, i) => {
    const inputs = inputsOf(generator, i);
    return width * Math.ceil(inputs / 64) + inputs * Math.ceil(width / 32);
  });
  assertEquals(gradients.read, 4 * 128 * total(strips));
  assertEquals(gradients.written, 4 * total(weightsOf(generator)));
});

Deno.test("the estimate adds the price of each dispatch to what takes longer, arithmetic or bytes", () => {
  const cost = (changes: Partial<DispatchCost>): DispatchCost => ({
    name: "a product",
    groups: 100,
    threads: 64,
    groupBytes: 0,
    flop: 0,
    read: 0,
    written: 0,
    ...changes,
  });
  const rates = { dispatch: 1, flop: 10, multiprocessors: 50, bytes: 5 };
  const seconds = (changes: Partial<DispatchCost>) => estimatedSeconds([cost(changes)], rates);
  assertEquals(seconds({}), 1);
  assertEquals(seconds({ flop: 40 }), 5);
  // Of 50 multiprocessors 25 are idle, and then 25 after half of the time.
  assertEquals(seconds({ flop: 40, groups: 25 }), 9);
  assertEquals(seconds({ flop: 30, groups: 75 }), 5);
  assertEquals(seconds({ flop: 40, read: 20, written: 15 }), 8);
  assertEquals(estimatedSeconds([cost({}), cost({ flop: 40 })], rates), 6);
});

/** The workgroups of each dispatch that is recorded while `run` runs. */
async function recorded(run: () => unknown): Promise<number[]> {
  const all: number[] = [];
  const owner = GPUComputePassEncoder.prototype;
  const own = Object.getOwnPropertyDescriptor(owner, "dispatchWorkgroups")!;
  Object.defineProperty(owner, "dispatchWorkgroups", {
    ...own,
    value(x: number, y = 1, z = 1) {
      all.push(x * y * z);
      return own.value.call(this, x, y, z);
    },
  });
  try {
    await run();
  } finally {
    Object.defineProperty(owner, "dispatchWorkgroups", own);
  }
  return all;
}

const STEPS: [string, Partial<GanOptions>][] = [
  ["mlp", { batchSize: 5 }],
  ["conditional", { batchSize: 5, discriminatorSteps: 2 }],
  ["spiral", { batchSize: 16, updates: "simultaneous", generatorBatchSize: 16 }],
];

for (const [preset, changes] of STEPS) {
  const name = `a GPU is asked for the dispatches that are counted: ${preset}`;
  testOnBackends(name, async () => {
    const options = optionsOf(preset, changes);
    const gan = createGan(options, formulaData(300, options.generator.layers.at(-1)!.width));
    const machine = machineOf((await useBackend("webgpu")).engine);
    assert(machine instanceof GpuMachine);
    const planned = planOn(machine, gan);
    await planned.step().read();
    const found = await recorded(() => planned.step(false));
    const last = await recorded(() => planned.step());
    assertEquals(last.slice(found.length), [1], "a report is one small dispatch more");
    const counted = stepCosts(options, machine.device.limits).map(({ groups }) => groups);
    assertEquals(found, counted);
    planned.release();
    disposeGan(gan);
  }, ["webgpu"]);
}

Deno.test("the documentation's table of a step's cost is that of tools/step_cost.ts", async () => {
  const path = new URL("../../../docs/performance.md", import.meta.url);
  const lines = (await Deno.readTextFile(path)).split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${COST_HEADING} `));
  const table = stepCostTable("mlp", 128).split("\n");
  assertEquals(lines.slice(start, start + table.length), table);
});
