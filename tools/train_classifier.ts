/**
 * Trains the digit classifier and writes `data/digit_classifier.safetensors`, about ten minutes.
 *
 *   deno run -A tools/train_classifier.ts [--epochs 30] [--seed 1] [--out FILE]
 *
 * Trained on the 60,000 training images only; the test images are looked at once, at the end,
 * through the weights as they are stored.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { parseArgs } from "node:util";
import { useBackend } from "@/backend.ts";
import { loadImages, pixels } from "@/data/mnist.ts";
import {
  CLASSIFIER_FILE,
  digitsOf,
  encodeClassifier,
  judge,
  roundClassifier,
} from "@/eval/classifier.ts";
import { CLASSIFIER_TRAINING, trainClassifier } from "@/eval/classifier_training.ts";
import { writeAtomically } from "@/io/files.ts";
import { tf } from "@/tf.ts";

const { values } = parseArgs({
  options: {
    epochs: { type: "string", default: String(CLASSIFIER_TRAINING.epochs) },
    seed: { type: "string", default: String(CLASSIFIER_TRAINING.seed) },
    out: { type: "string", default: host.placeOf(CLASSIFIER_FILE) },
  },
});
const options = {
  ...CLASSIFIER_TRAINING,
  epochs: Number(values.epochs),
  seed: Number(values.seed),
};
await useBackend("wasm");
const { train, test, source } = await loadImages();
const start = performance.now();
const training = trainClassifier(train, options);
let next = await training.next();
for (; !next.done; next = await training.next()) {
  const { step, steps, loss } = next.value;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`step ${step}/${steps}  loss ${loss.toFixed(4)}  ${seconds} s`);
}
const classifier = await roundClassifier(next.value);
const judgement = await judge(classifier, pixels(test.images, [...Array(test.count).keys()]));
const right = digitsOf(judgement).filter((digit, i) => digit === test.labels[i]).length;
classifier.metadata = {
  command:
    `deno run -A tools/train_classifier.ts --epochs ${options.epochs} --seed ${options.seed}`,
  data: source,
  options: JSON.stringify(options),
  testAccuracy: String(right / test.count),
  versions: JSON.stringify({ deno: Deno.version.deno, "@tensorflow/tfjs": tf.version.tfjs }),
};
const bytes = await encodeClassifier(classifier);
await writeAtomically(values.out, bytes);
console.log(
  `${right} of ${test.count} test images right: ${values.out}, ${bytes.length} bytes`,
);
Deno.exit(0);
