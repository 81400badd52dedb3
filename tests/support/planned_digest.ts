/** Prints a digest of the weights after some planned steps of several presets; no step is read in between. */
import { distributionOf } from "@/data/points.ts";
import { useBackend } from "@/backend.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { withPacking } from "@/gan/toy_gan.ts";
import { WasmMachine } from "@/engine/wasm/wasm_machine.ts";
import { formulaData } from "./gans.ts";
import { planOn } from "./planned.ts";

await useBackend("cpu");
const machine = new WasmMachine({ relaxed: true }, 2);
for (
  const [preset, batchSize, packing] of [
    ["mlp", 128],
    ["goodfellow2014", 100],
    ["spiral", 37],
    ["ring", 100, 2],
  ] as const
) {
  const options = withPacking({ ...findPreset(preset).options, batchSize, seed: 1 }, packing);
  if (options.generatorBatchSize) options.generatorBatchSize = 50;
  const data = options.toy ? distributionOf(options.toy) : formulaData(200, 784);
  const gan = createGan(options, data);
  const planned = planOn(machine, gan);
  for (let step = 0; step < 5; step++) planned.step();
  planned.sync();
  const bytes: number[] = [];
  for (const { weights } of [gan.generator, gan.discriminator]) {
    for (const tensor of Object.values(weights)) {
      const hash = await crypto.subtle.digest("SHA-256", new Float32Array(await tensor.data()));
      bytes.push(...new Uint8Array(hash));
    }
  }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes)));
  console.log(preset, Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join(""));
  planned.release();
  disposeGan(gan);
}
machine.stop();
