/** A few steps of a preset on images by a formula, wherever it runs; and what took them. */
import { useBackend } from "@/backend.ts";
import { type BackendChoice } from "@/backend_choice.ts";
import { loadImages, PIXELS } from "@/data/mnist.ts";
import { imageRows } from "@/data/training_data.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { describeSteps, train } from "@/gan/train.ts";
import { host } from "@/host/host.ts";

/** What is asked for. */
export interface Asked {
  preset: "mlp" | "tiny";
  backend: BackendChoice;
  threads?: number;
  /** MNIST in the place of images by a formula. */
  mnist?: boolean;
}

/** What came of it. */
export interface Trained {
  backend: string;
  reason: string;
  warning?: string;
  /** How the steps were taken. */
  steps: string;
  losses: number[];
  /** Of all weights. */
  digest: string;
  /** A name as figures have it. */
  id: string;
}

const STEPS = 3;

function byFormula() {
  const images = {
    count: 256,
    images: Uint8Array.from({ length: 256 * PIXELS }, (_, i) => (i * i + 7 * i) % 251),
    labels: Uint8Array.from({ length: 256 }, (_, i) => i % 10),
  };
  return { train: images, test: images, source: "a formula", sha256: "" };
}

/** Trains. */
export async function trained(
  { preset, backend: choice, threads, mnist }: Asked,
): Promise<Trained> {
  const backend = await useBackend(choice, { threads });
  const options = { ...findPreset(preset).options, seed: 1, trainRows: undefined };
  const rows = imageRows(mnist ? await loadImages() : byFormula());
  const gan = createGan(options, rows);
  const losses: number[] = [];
  for await (const event of train(gan, { steps: STEPS, logEvery: 1 }, backend.engine)) {
    losses.push(event.dLoss, event.gLoss);
  }
  const weights = [gan.generator, gan.discriminator].flatMap(({ weights }) =>
    Object.values(weights)
  );
  const numbers = await Promise.all(weights.map((tensor) => tensor.data()));
  const digest = host.sha256(...numbers.map((each) =>
    Uint8Array.from(
      new Uint8Array(
        each.buffer,
        each.byteOffset,
        each.byteLength,
      ),
    )
  ));
  disposeGan(gan);
  const { name, reason, warning, engine } = backend;
  const steps = describeSteps(options, engine);
  const id = crypto.randomUUID();
  return { backend: name, reason, warning, steps, losses, digest, id };
}
