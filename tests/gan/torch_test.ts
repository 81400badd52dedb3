/**
 * Ten whole training steps against PyTorch: random numbers, batches, forward, both losses, R1 and its
 * second derivative, dropout, both optimisers, running statistics and the average of the weights.
 *
 * The numbers were made by tools/torch_fixture.py, which shares no code with lib.
 */
import { assertEquals, assertLess } from "@std/assert";
import { type Backend, useBackend } from "@/backend.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { type Engine } from "@/gan/custody.ts";
import { type Network } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { train, type TrainEvent } from "@/gan/train.ts";
import { testOnBackends } from "../support/backends.ts";
import { formulaData, largestDifference, numbersOf } from "../support/gans.ts";
import fixture from "./fixtures/torch.json" with { type: "json" };

/** float32 against float64 over ten steps of Adam, which divides small numbers by small numbers. */
const TOLERANCE = { cpu: 2e-5, wasm: 2e-5, webgpu: 1e-4 };

type Case = typeof fixture.cases[number];

for (const each of fixture.cases) {
  Deno.test(`ten steps equal PyTorch's: ${each.name} [wasm, autodiff]`, async () => {
    await useBackend("wasm", { engine: "autodiff" });
    await tenSteps(each, "wasm");
    await useBackend("cpu");
  });

  testOnBackends(
    `ten steps equal PyTorch's: ${each.name}`,
    (backend, engine) => tenSteps(each, backend, engine),
  );
}

/** Trains, and compares what is reported and what is learned. */
async function tenSteps(
  { options, expected }: Case,
  backend: Backend["name"],
  engine?: Engine,
): Promise<void> {
  const gan = createGan(
    options as unknown as GanOptions,
    formulaData(fixture.rows, fixture.columns),
  );
  const log: Record<string, number[]> = {};
  const wanted: Record<string, number[]> = {};
  for await (const event of train(gan, { steps: fixture.steps, logEvery: 1 }, engine)) {
    const { step, epoch: _epoch, seconds: _seconds, ...values } = event as TrainEvent;
    log[step] = sorted(values as unknown as Record<string, number>);
    wanted[step] = sorted(expected.log[step - 1]);
  }
  assertEquals(gan.custody?.engine, engine);
  const tolerance = TOLERANCE[backend];
  assertLess(largestDifference(log, wanted), tolerance, "losses");
  for (const part of ["generator", "discriminator", "average"] as const) {
    const network: Network | undefined = gan[part as keyof Gan] as Network | undefined;
    if (!network) continue;
    const found = await numbersOf(network.weights, network.statistics);
    const numbers = expected[part] as unknown as Record<string, number[]>;
    assertLess(largestDifference(found, numbers), tolerance, part);
  }
  disposeGan(gan);
}

/** The values of a record in the order of its names. */
function sorted(record: Record<string, number>): number[] {
  return Object.keys(record).sort().map((name) => record[name]);
}
