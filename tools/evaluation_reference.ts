/**
 * Measures real images and noise by all metrics, against test images and against validation images,
 * and records them in `data/evaluation_reference.json`.
 *
 *   deno run -A tools/evaluation_reference.ts
 *
 * Run it again when the classifier, a metric or a version changes.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { useBackend } from "@/backend.ts";
import { loadImages } from "@/data/mnist.ts";
import { type Against, imagesAgainst } from "@/eval/against.ts";
import { measureReference, type Reference, REFERENCE_FILE } from "@/eval/reference.ts";
import { writeAtomically } from "@/io/files.ts";
import { tf } from "@/tf.ts";

await useBackend("wasm");
let last = "";
const images = await loadImages();
const measure = (against: Against) =>
  measureReference(imagesAgainst(images, against), (stage) => {
    if (stage !== last) console.log(`against ${against} images: ${last = stage}`);
  });
const test = await measure("test");
const validation = await measure("validation");
const reference: Reference = {
  command: "deno run -A tools/evaluation_reference.ts",
  versions: { deno: Deno.version.deno, "@tensorflow/tfjs": tf.version.tfjs },
  ...test,
  validation,
};
const rounded = JSON.stringify(
  reference,
  (_, value) => typeof value === "number" ? Number(value.toPrecision(6)) : value,
  2,
);
await writeAtomically(host.placeOf(REFERENCE_FILE), new TextEncoder().encode(rounded + "\n"));
Deno.exit(0);
