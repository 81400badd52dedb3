/** The baseline of the benchmark is a right program: its losses are ours, step by step. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createStock } from "../../lib/bench/stock.ts";
import { useBackend } from "@/backend.ts";
import { createWorkload, forComparison, type WorkloadName, WORKLOADS } from "@/bench/workload.ts";
import { distributionOf } from "@/data/points.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { trainStep } from "@/gan/steps.ts";
import { tf } from "@/tf.ts";
import { formulaData } from "../support/gans.ts";

/** A workload with batches that are small enough for a test, and fewer of them than an epoch has. */
function build(name: WorkloadName, changes: Partial<GanOptions> = {}): Gan {
  const { options } = forComparison(createWorkload(name, false));
  const generatorBatchSize = options.generatorBatchSize && 24;
  const data = options.toy ? distributionOf(options.toy) : formulaData(160, 784);
  return createGan({ ...options, batchSize: 16, generatorBatchSize, ...changes }, data);
}

for (const name of WORKLOADS) {
  Deno.test(`stock TensorFlow.js gives our losses of ${name} from the same draws`, async () => {
    await useBackend("wasm");
    const [ours, theirs] = [build(name), build(name)];
    const stock = createStock(theirs);
    for (let step = 0; step < 6; step++) {
      const a = trainStep(ours);
      const b = stock.step();
      for (const loss of ["dLoss", "gLoss"] as const) {
        const [own, other] = [(await a[loss].data())[0], (await b[loss].data())[0]];
        assertAlmostEquals(own, other, 2e-5, `${loss} of step ${step + 1}`);
      }
      tf.dispose([{ ...a }, b]);
    }
    disposeGan(ours);
    disposeGan(theirs);
  });

  Deno.test(`a stock step of ${name} leaves no tensor behind but its losses`, async () => {
    await useBackend("wasm");
    const gan = build(name);
    const stock = createStock(gan);
    // The optimisers' slots come with the first step.
    tf.dispose(stock.step());
    const before = tf.memory().numTensors;
    tf.dispose(stock.step());
    tf.dispose(stock.step());
    assertEquals(tf.memory().numTensors, before);
    disposeGan(gan);
  });
}

Deno.test("a stock GAN with a penalty is refused: TensorFlow.js cannot differentiate twice", async () => {
  await useBackend("wasm");
  const gan = build("mlp", { gradientPenalty: 1 });
  assertThrows(() => createStock(gan), RangeError, "no gradient penalty");
  disposeGan(gan);
});
