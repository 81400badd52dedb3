/** The baseline of the benchmark is a right program: its losses are ours, step by step. */
import { assertAlmostEquals } from "@std/assert";
import { createStock } from "../../bench/stock.ts";
import { useBackend } from "@/backend.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { trainStep } from "@/gan/steps.ts";
import { findPreset } from "@/gan/presets.ts";
import { tf } from "@/tf.ts";
import { formulaData } from "../support/gans.ts";

Deno.test("stock TensorFlow.js gives our losses from the same weights, batches and noise", async () => {
  await useBackend("wasm");
  const { options } = findPreset("mlp-collapse");
  const build = () => createGan({ ...options, batchSize: 16, seed: 5 }, formulaData(64, 784));
  const [ours, theirs] = [build(), build()];
  const stock = createStock(theirs);
  for (let step = 0; step < 4; step++) {
    const a = trainStep(ours);
    const b = stock.step();
    for (const loss of ["dLoss", "gLoss"] as const) {
      const [own, other] = [(await a[loss].data())[0], (await b[loss].data())[0]];
      // Adam turns the rounding of a gradient that is zero into a move; a few steps stay close.
      assertAlmostEquals(own, other, 2e-3, `${loss} of step ${step + 1}`);
    }
    tf.dispose([{ ...a }, b]);
  }
  disposeGan(ours);
});
