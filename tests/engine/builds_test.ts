/**
 * The inner loops have two builds. With relaxed SIMD a product and its sum are one instruction, which
 * rounds once where the processor fuses them; without, they are two, and each rounds as IEEE 754 says.
 */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { WasmMachine } from "@/engine/wasm/wasm_machine.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { assemble, f32x4, local } from "@/wasm/assembler.ts";
import { formulaData, largestDifference } from "../support/gans.ts";
import { planOn } from "../support/planned.ts";
import { everything } from "../support/planned_cases.ts";

const STEPS = 10;

/**
 * Weights, moments and reports after some steps of `mlp`, with the Adam of `mlp-collapse`: without
 * momentum a weight whose gradient is a rounding error moves by the whole rate, in either direction.
 */
async function trained(relaxed: boolean) {
  await useBackend("cpu");
  const machine = new WasmMachine({ relaxed }, 1);
  const { generatorOptimiser, discriminatorOptimiser } = findPreset("mlp-collapse").options;
  const options = {
    ...findPreset("mlp").options,
    generatorOptimiser,
    discriminatorOptimiser,
    batchSize: 32,
    seed: 1,
  };
  const gan = createGan(options, formulaData(200, 784));
  const planned = planOn(machine, gan);
  const reports = Array.from({ length: STEPS }, () => planned.step());
  const numbers = await everything(gan);
  planned.release();
  disposeGan(gan);
  machine.stop();
  return { reports, numbers };
}

/** x·y + sum as a build computes it, in each of four lanes. */
function multiplyAdd(relaxed: boolean, x: number, y: number, sum: number): number {
  const [pages, first] = [1, 1];
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const numbers = new Float32Array(memory.buffer);
  numbers.set([x, y, sum]);
  const load = (i: number) => [
    ...local.get(0),
    ...f32x4.loadSplat(4 * i),
    ...local.set(first + i),
  ];
  const bytes = assemble({ pages, maximumPages: pages }, [{
    name: "run",
    parameters: 1,
    locals: { integers: 0, vectors: 3 },
    body: [
      ...[0, 1, 2].flatMap(load),
      ...f32x4.multiplyAdd(first, first + 1, first + 2, relaxed),
      ...[...local.get(0), ...local.get(first + 2), ...f32x4.store(16)],
    ],
  }]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  (exports.run as (at: number) => void)(0);
  return numbers[4];
}

Deno.test("without relaxed SIMD a product is rounded before it is added, on every processor", () => {
  const [x, y] = [1 + 2 ** -12, 1 - 2 ** -12].map(Math.fround);
  // x·y is 1 - 2^-24, of which float32 keeps nothing but 1 or its neighbour below.
  const sum = Math.fround(-1);
  assertEquals(multiplyAdd(false, x, y, sum), Math.fround(Math.fround(x * y) + sum));
  const [a, b] = [1 + 2 ** -13, 1 + 2 ** -13].map(Math.fround);
  assertEquals(Math.fround(a * b), 1 + 2 ** -12);
  assertEquals(multiplyAdd(false, a, b, -1), 2 ** -12);
  // Fused or not, as the processor has it.
  assert([2 ** -12, 2 ** -12 + 2 ** -26].includes(multiplyAdd(true, a, b, -1)));
});

Deno.test("ten steps are the same on both builds, but for the last digits", async () => {
  const [once, twice] = [await trained(true), await trained(false)];
  const difference = largestDifference(once.numbers, twice.numbers);
  assertLess(difference, 1e-4);
  for (const [step, report] of once.reports.entries()) {
    for (const [name, value] of Object.entries(report)) {
      const other = (twice.reports[step] as unknown as Record<string, number>)[name];
      assertAlmostEquals(other, value, 1e-4, `${name} of step ${step + 1}`);
    }
  }
  const fused = multiplyAdd(true, 1 + 2 ** -13, 1 + 2 ** -13, -1) !== 2 ** -12;
  if (fused) assertNotEquals(twice.numbers, once.numbers);
  else assertEquals(twice.numbers, once.numbers);
});
