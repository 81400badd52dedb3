/** Steps of the presets on WebGPU against the same on WASM: layers as wide as they are in a run. */
import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { testOnBackends } from "../../support/backends.ts";
import { formulaData, largestDifference } from "../../support/gans.ts";
import { everything, MOMENTUM } from "../../support/planned_cases.ts";
import { machineOf, planOn } from "../../support/planned.ts";

/** The reports of some steps, and all numbers after them. */
async function stepsOn(backend: "webgpu" | "wasm", options: GanOptions, steps: number) {
  const { engine } = await useBackend(backend);
  const { batchSize, packing = 1 } = options;
  const width = options.generator.layers.at(-1)!.width;
  const gan = createGan(options, formulaData(2 * batchSize * packing, width));
  const planned = planOn(machineOf(engine), gan);
  const reports: Record<string, number>[] = [];
  for (let step = 0; step < steps; step++) {
    const report = planned.step();
    reports.push("read" in report ? await report.read() : report);
  }
  const numbers = await everything(gan);
  planned.release();
  disposeGan(gan);
  return { reports, numbers };
}

for (
  const [preset, batchSize] of [
    // More than 32 columns: other tiles than those of small batches.
    ["mlp", 35],
    ["conditional", 5],
    ["goodfellow2014", 19],
    ["spiral", 7],
  ] as const
) {
  testOnBackends(`two steps of ${preset} are those of WASM`, async () => {
    const options = {
      ...findPreset(preset).options,
      // Adam's first steps go by signs, which tell nothing about small gradients.
      generatorOptimiser: MOMENTUM,
      discriminatorOptimiser: MOMENTUM,
      seed: 1,
      batchSize,
    };
    const wanted = await stepsOn("wasm", options, 2);
    const found = await stepsOn("webgpu", options, 2);
    for (const [step, report] of wanted.reports.entries()) {
      for (const [name, value] of Object.entries(report)) {
        assertAlmostEquals(found.reports[step][name], value, 1e-5, `${name} of step ${step + 1}`);
      }
    }
    assertLess(largestDifference(found.numbers, wanted.numbers), 1e-5);
  }, ["webgpu"]);
}

testOnBackends("a step of conditional has the same bits each time", async () => {
  const options = { ...findPreset("conditional").options, seed: 1, batchSize: 3 };
  assertEquals(await stepsOn("webgpu", options, 1), await stepsOn("webgpu", options, 1));
}, ["webgpu"]);
