/**
 * Measures real images and noise by all metrics and records them in
 * `data/evaluation_reference.json`.
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
import { measureReference, type Reference, REFERENCE_FILE } from "@/eval/reference.ts";
import { writeAtomically } from "@/io/files.ts";
import { tf } from "@/tf.ts";

await useBackend("wasm");
let last = "";
const measured = await measureReference(await loadImages(), (stage) => {
  if (stage !== last) console.log(last = stage);
});
const reference: Reference = {
  command: "deno run -A tools/evaluation_reference.ts",
  versions: { deno: Deno.version.deno, "@tensorflow/tfjs": tf.version.tfjs },
  ...measured,
};
const rounded = JSON.stringify(
  reference,
  (_, value) => typeof value === "number" ? Number(value.toPrecision(6)) : value,
  2,
);
await writeAtomically(host.placeOf(REFERENCE_FILE), new TextEncoder().encode(rounded + "\n"));
Deno.exit(0);
