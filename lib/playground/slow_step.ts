/**
 * A step in slow motion: the stages of Algorithm 1, each with the numbers of its minibatch.
 *
 * The stages are computed on a copy of the GAN. The run itself takes its step when the last stage
 * has been seen, on the same minibatches, so that watching changes nothing.
 *
 * @module
 */
import { type Gan } from "@/gan/gan.ts";
import { learningRateAt, type OptimiserSpec } from "@/gan/optimiser.ts";
import { type Network, type Tensors, trace } from "@/gan/network.ts";
import {
  discriminatorGradients,
  discriminatorStep,
  disposeBatch,
  drawBatch,
  drawNoise,
  generatorGradients,
  generatorStep,
  type Noise,
  pack,
  trainStep,
  type UpdateBatch,
} from "@/gan/steps.ts";
import { beside } from "@/gan/labels.ts";
import { tf } from "@/tf.ts";
import { termsOfD, termsOfG } from "./loss_terms.ts";
import { normsOf, peekAt } from "./peek.ts";
import { type ShownRows, type SlowStage, type StageName } from "./playground_messages.ts";

/** Rows that are shown. */
const SHOWN = 6;

/**
 * The stages of the next step of a copy of a GAN, which is moved on the way.
 *
 * @param ofG Updates of G in the step.
 */
export function* slowStages(copy: Gan, ofG = 1): Generator<SlowStage, void> {
  if (copy.options.updates === "simultaneous") return yield* simultaneousStages(copy);
  const { discriminatorSteps: of } = copy.options;
  for (let index = 1; index <= of; index++) {
    const batch = drawBatch(peekAt(copy));
    const stages = stagesOfD(copy, batch, { index, of });
    disposeBatch(batch);
    yield* stages;
    const before = valuesOf(copy.discriminator);
    const learningRate = rateOf(copy, "discriminator");
    tf.dispose({ ...discriminatorStep(copy) });
    const moved = { ...movedBy(before, copy.discriminator), learningRate };
    yield updateStage(stages.at(-1)!, copy, moved);
  }
  for (let index = 1; index <= ofG; index++) {
    const noise = drawNoise(peekAt(copy));
    const stages = stagesOfG(copy, noise, { index, of: ofG });
    disposeBatch(noise);
    yield* stages;
    const before = valuesOf(copy.generator);
    const learningRate = rateOf(copy, "generator");
    tf.dispose({ ...generatorStep(copy) });
    yield updateStage(stages.at(-1)!, copy, { ...movedBy(before, copy.generator), learningRate });
  }
}

/** Both gradients at the same weights and minibatch; then both players move. */
function* simultaneousStages(copy: Gan): Generator<SlowStage, void> {
  const { batchSize } = copy.options;
  const batch = drawBatch(peekAt(copy));
  const ofD = stagesOfD(copy, batch, { index: 1, of: 1 });
  const fakeMasks = batch.masks.map((mask) => mask && tf.slice(mask, [batchSize, 0]));
  const ofG = stagesOfG(copy, { latent: batch.latent, labels: batch.labels, masks: fakeMasks });
  disposeBatch(batch);
  tf.dispose(fakeMasks.filter((mask) => mask !== undefined));
  yield* ofD;
  yield* ofG;
  const players = ["discriminator", "generator"] as const;
  const before = players.map((player) => valuesOf(copy[player]));
  const rates = players.map((player) => rateOf(copy, player));
  tf.dispose({ ...trainStep(copy) });
  for (const [i, stages] of [ofD, ofG].entries()) {
    const moved = { ...movedBy(before[i], copy[players[i]]), learningRate: rates[i] };
    yield updateStage(stages.at(-1)!, copy, moved);
  }
}

/** What happens in each stage, for D and for G. */
const TEXTS: Readonly<Record<"D" | "G", Record<StageName, string>>> = {
  D: {
    sample: "Draw a minibatch of noise z and one of real rows x.",
    generate: "G makes a row of each z. It stays as it is.",
    judge: "D gives real and generated rows a logit a each; D = σ(a).",
    loss: "D's loss rewards high logits for real rows and low ones for generated rows.",
    gradients: "The gradient of the loss in D's weights alone.",
    update: "D's optimiser moves its weights so that its loss falls. G has not moved.",
  },
  G: {
    sample: "Draw a minibatch of noise z. Real rows are not needed.",
    generate: "G makes a row of each z.",
    judge: "D gives each generated row a logit. It stays as it is.",
    loss: "G's loss rewards high logits for generated rows.",
    gradients: "The gradient goes through D into G's weights alone.",
    update: "G's optimiser moves its weights so that its loss falls. D has not moved.",
  },
};

/** What each stage adds to those before it. */
function stagesFrom(
  player: "D" | "G",
  update: SlowStage["update"],
  z: ShownRows,
  added: [StageName, Partial<SlowStage>][],
): SlowStage[] {
  let stage: SlowStage = { player, update, name: "sample", text: "", z };
  return added.map(([name, more]) => {
    stage = { ...stage, ...more, name, text: TEXTS[player][name] };
    return stage;
  });
}

/** What an optimiser does other than the formula of Algorithm 1. */
const BESIDE_FORMULA: Partial<Record<OptimiserSpec["kind"], string>> = {
  adam:
    " The formula is that of gradient descent. Adam replaces the gradient by a mean over the last steps, divided by its usual size.",
  momentum: " The formula is that of gradient descent. Momentum adds a share of the last step.",
};

function updateStage(last: SlowStage, gan: Gan, moved: SlowStage["moved"]): SlowStage {
  const { spec } = last.player === "D" ? gan.discriminatorOptimiser : gan.generatorOptimiser;
  const isPlain = spec.kind === "momentum" && spec.momentum.initial === 0 &&
    spec.momentum.final === 0;
  const beside = isPlain ? "" : BESIDE_FORMULA[spec.kind] ?? "";
  return { ...last, name: "update", text: `${TEXTS[last.player].update}${beside}`, moved };
}

function stagesOfD(gan: Gan, batch: UpdateBatch, update: SlowStage["update"]): SlowStage[] {
  const { options } = gan;
  const { batchSize, discriminatorLoss = "original", penalty = "r1" } = options;
  const seen = readPass(() => {
    const made = trace(gan.generator, beside(batch.latent, batch.labels), { training: true });
    const fake = pack(made.output, gan);
    const rows = tf.concat([beside(batch.real, batch.labels), beside(fake, batch.labels)]);
    const mode = { training: true, masks: batch.masks } as const;
    const { output } = trace(gan.discriminator, rows, mode);
    return { fake, output };
  });
  const [real, fake] = [seen.logits.slice(0, batchSize), seen.logits.slice(batchSize)];
  const { gradients, report, batch: statistics } = discriminatorGradients(gan, batch);
  const terms = termsOfD(discriminatorLoss, real, fake, SHOWN);
  const mean = report.penalty?.dataSync()[0];
  if (mean !== undefined) {
    const formula = penalty === "r1" ? "γ/2 ‖∇ₓa‖²" : "γ (‖∇ₓa‖ − 1)²";
    terms.push({
      ...{ formula, factor: 1, perRow: [], mean },
      over: penalty === "r1" ? "real" : "between",
    });
  }
  const loss = report.dLoss.dataSync()[0] + (mean ?? 0);
  const norms = normsOf(gradients);
  tf.dispose([gradients, { ...report }, statistics]);
  return stagesFrom("D", update, shownRows(batch.latent), [
    ["sample", { real: shownRows(batch.real) }],
    ["generate", { fake: seen.fake }],
    ["judge", { realLogits: real.slice(0, SHOWN), fakeLogits: fake.slice(0, SHOWN) }],
    ["loss", { terms, loss }],
    ["gradients", { gradients: norms }],
  ]);
}

function stagesOfG(
  gan: Gan,
  noise: Noise,
  update: SlowStage["update"] = { index: 1, of: 1 },
): SlowStage[] {
  const { latent, labels, masks } = noise;
  const seen = readPass(() => {
    const made = trace(gan.generator, beside(latent, labels), { training: true });
    const fake = pack(made.output, gan);
    const { output } = trace(gan.discriminator, beside(fake, labels), { training: true, masks });
    return { fake, output };
  });
  const { gradients, report, batch: statistics } = generatorGradients(gan, noise);
  const terms = termsOfG(gan.options.generatorLoss, seen.logits, SHOWN);
  const loss = report.gLoss.dataSync()[0];
  const norms = normsOf(gradients);
  tf.dispose([gradients, { ...report }, statistics]);
  return stagesFrom("G", update, shownRows(latent), [
    ["sample", {}],
    ["generate", { fake: seen.fake }],
    ["judge", { fakeLogits: seen.logits.slice(0, SHOWN) }],
    ["loss", { terms, loss }],
    ["gradients", { gradients: norms }],
  ]);
}

/** What G makes, as D sees it, and D's logits. */
function readPass(run: () => { fake: tf.Tensor2D; output: tf.Tensor2D }) {
  const tensors = tf.tidy(run);
  const logits = Array.from(tensors.output.dataSync());
  const found = { fake: shownRows(tensors.fake), logits };
  tf.dispose(tensors);
  return found;
}

function shownRows(rows: tf.Tensor2D): ShownRows {
  const [of, width] = rows.shape;
  const values = rows.dataSync();
  const count = Math.min(SHOWN, of);
  const row = (i: number) => Array.from(values.slice(i * width, (i + 1) * width));
  return { rows: Array.from({ length: count }, (_, i) => row(i)), of };
}

function rateOf(gan: Gan, player: "generator" | "discriminator"): number {
  const { spec, step } = gan[`${player}Optimiser`];
  return learningRateAt(spec, step);
}

function valuesOf({ weights }: Network): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(weights).map(([name, w]) => [name, w.dataSync().slice() as Float32Array]),
  );
}

function movedBy(before: Record<string, Float32Array>, { weights }: Network) {
  const changes: Tensors = tf.tidy(() =>
    Object.fromEntries(
      Object.entries(weights).map((
        [name, w],
      ) => [name, tf.sub(w, tf.tensor(before[name], w.shape))]),
    )
  );
  const norms = normsOf(changes);
  tf.dispose(changes);
  return norms;
}
