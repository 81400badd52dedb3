/**
 * The everyday names of the GAN workbook's library: enough to train a GAN and to draw from it. The other entry
 * points have the rest, a room each: `math`, `data`, `gan`, `eval`, `plot`, `run`, `notebook`, `course`.
 *
 * ```ts
 * import { createToyGan, disposeGan, train, useBackend } from "@gan-workbook/lib";
 *
 * const { engine } = await useBackend("wasm");
 * const gan = createToyGan("line", { seed: 1 });
 * for await (const { step, dLoss } of train(gan, { steps: 3, logEvery: 1 }, engine)) {
 *   console.log(step, dLoss);
 * }
 * disposeGan(gan);
 * ```
 *
 * @module
 */
export { BACKEND_CHOICES, type BackendChoice } from "@/backend_choice.ts";
export { type Backend, type BackendSettings, useBackend } from "@/backend.ts";
export { imageRows } from "@/data/training_data.ts";
export { loadImages } from "@/data/mnist.ts";
export { toyData } from "@/data/toy.ts";
export { type Engine, sync } from "@/gan/custody.ts";
export { createGan, disposeGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
export { type GanOptions } from "@/gan/options.ts";
export { findPreset, PRESETS } from "@/gan/presets.ts";
export { drawSamples } from "@/gan/sample.ts";
export { createToyGan } from "@/gan/toy_gan.ts";
export { train, type TrainControl, type TrainEvent } from "@/gan/train.ts";
export { Random, type RandomState } from "@/random.ts";
export { loadPretrained } from "@/run/pretrained.ts";
