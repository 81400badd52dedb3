/**
 * Measures the real images with which the samples of each epoch are compared, and writes
 * `data/quality_reference.json`, and `data/quality_reference_validation.json` for validation images.
 *
 *   deno run -A tools/quality_reference.ts
 *
 * Run it again when the classifier changes.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { useBackend } from "@/backend.ts";
import { loadImages } from "@/data/mnist.ts";
import { COMPARED_WITH, imagesAgainst } from "@/eval/against.ts";
import {
  measureQualityReference,
  QUALITY_REFERENCE_FILES,
  type QualityReference,
} from "@/eval/quality.ts";
import { writeTextAtomically } from "@/io/files.ts";

await useBackend("wasm");
const images = await loadImages();
for (const against of COMPARED_WITH) {
  const reference: QualityReference = {
    command: "deno run -A tools/quality_reference.ts",
    ...await measureQualityReference(imagesAgainst(images, against)),
  };
  const rounded = JSON.stringify(
    reference,
    (_, value) => typeof value === "number" ? Number(value.toPrecision(6)) : value,
  );
  await writeTextAtomically(host.placeOf(QUALITY_REFERENCE_FILES[against]), rounded + "\n");
}
Deno.exit(0);
