/**
 * One row of `deno task bench`, in a process of its own: for each line on stdin it takes that many
 * steps and answers with a line of JSON. Arguments: variant, backend, preset.
 *
 * @module
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { type BackendChoice, useBackend } from "@/backend.ts";
import { createGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { trainStep } from "@/gan/steps.ts";
import { tf } from "@/tf.ts";
import { createStock } from "./stock.ts";

const [variant, backend, preset] = Deno.args;

if (variant === "stock") {
  // Not useBackend: it would put this project's kernels in place.
  await tf.setBackend(backend);
  await tf.ready();
} else {
  await useBackend(backend as BackendChoice);
}

const columns = 784;
const gan = createGan({ ...findPreset(preset).options, seed: 1 }, {
  rows: 2_000,
  columns,
  // What the pixels are does not change the time; how they reach the backend does.
  batch: (indices) => new Float32Array(indices.length * columns).fill(0.1),
  means: () => new Float64Array(columns).fill(0.1),
  sha256: "constant",
});
const stock = variant === "stock" ? createStock(gan) : undefined;

for await (const line of createInterface({ input: process.stdin })) {
  const steps = Number(line);
  const start = performance.now();
  let loss = NaN;
  for (let i = 0; i < steps; i++) {
    const report = stock ? stock.step() : trainStep(gan);
    if (i === steps - 1) loss = (await report.gLoss.data())[0];
    tf.dispose({ ...report });
  }
  console.log(JSON.stringify({ msPerStep: (performance.now() - start) / steps, loss }));
}
