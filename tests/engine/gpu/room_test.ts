/** The room that the parts of products take up: given out, counted beforehand, and given back. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { dryPlan, programsOf } from "@/engine/dry_plan.ts";
import { PlannedEngine } from "@/engine/engine.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { type StepMachine } from "@/engine/step_machine.ts";
import { disposeGan } from "@/gan/gan.ts";
import { testOnBackends } from "../../support/backends.ts";
import { tinyGan, tinyOptions } from "../../support/gans.ts";
import { everything } from "../../support/planned_cases.ts";
import { machineOf, planOn } from "../../support/planned.ts";

/** A machine of which all products have as many parts as can be, with small turns. */
async function splitting(): Promise<GpuMachine> {
  const { device } = machineOf((await useBackend("webgpu")).engine) as GpuMachine;
  return new GpuMachine(device, tilesNamed("16x16,inner=4,slices=1,split=16", device.limits));
}

testOnBackends("a plan takes up the bytes that were counted, and gives them back", async () => {
  const changes = { discriminatorSteps: 3 };
  const plan = dryPlan(tinyOptions(changes));
  const [bytes, programs] = [plan.bytes, programsOf(plan)];
  const { device } = machineOf((await useBackend("webgpu")).engine) as GpuMachine;
  const taken: number[] = [];
  for (const machine of [new GpuMachine(device), await splitting()]) {
    const gan = tinyGan(changes);
    const planned = planOn(machine, gan);
    const parts = machine.choose(programs).bytes;
    assert(machine.allocated <= bytes + parts);
    taken.push(machine.allocated - parts);
    planned.release();
    assertEquals(machine.allocated, 0);
    disposeGan(gan);
  }
  assert((await splitting()).choose(programs).bytes > 0);
  assertEquals(taken[0], taken[1]);
}, ["webgpu"]);

testOnBackends("a step in many parts has the same bits each time", async () => {
  const numbers: Record<string, number[]>[] = [];
  for (let run = 0; run < 2; run++) {
    const gan = tinyGan();
    const planned = planOn(await splitting(), gan);
    for (let step = 0; step < 3; step++) planned.step();
    numbers.push(await everything(gan));
    planned.release();
    disposeGan(gan);
  }
  assertEquals(numbers[1], numbers[0]);
}, ["webgpu"]);

Deno.test("a plan that has no room for its parts is left to autodiff", () => {
  const options = tinyOptions();
  const { bytes } = dryPlan(options);
  const whyNot = (available: number) => {
    const machine = { available, choose: () => ({ tiles: {}, bytes: 1000 }) };
    return new PlannedEngine(machine as unknown as StepMachine).whyNot(options);
  };
  assertEquals(whyNot(bytes + 1000), undefined);
  assertStringIncludes(whyNot(bytes + 999) ?? "", "it needs 1 MiB of memory");
});
