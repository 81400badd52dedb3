/**
 * One update of each player: Algorithm 1 of Goodfellow et al. 2014.
 *
 * The gradient of D's loss is taken in D's weights only: G's output enters as a constant. The
 * gradient of G's loss is taken in G's weights only, through D, which stays as it is. What a step
 * may move is named in its first lines; there is no flag to be forgotten.
 *
 * @module
 */
import { tf } from "@/tf.ts";
import { averageDecayAt, currentEpoch, drawLatent, type Gan, rowsOfBatch } from "./gan.ts";
import { discriminatorLoss, generatorLoss } from "./losses.ts";
import { beside, drawLabels, oneHotTensor } from "./labels.ts";
import {
  drawMasks,
  type DropoutMasks,
  inputGradient,
  type Network,
  type Tensors,
  trace,
} from "./network.ts";
import { applyGradients } from "./optimiser.ts";

/** A gradient with what was seen on the way to it. */
interface PlayerGradients {
  gradients: Tensors;
  /** Scalars to report, not yet read back. */
  report: Tensors;
  /** Batch mean and variance of G's forward pass. */
  batch: Tensors;
}

/** What one step reports; scalars that are read back only when somebody asks. */
export interface StepReport {
  dLoss: tf.Scalar;
  gLoss: tf.Scalar;
  /** Mean of D over the real rows and over the generated ones, before D moves. */
  dReal: tf.Scalar;
  dFake: tf.Scalar;
  /** Share of real and generated rows that D takes for what they are, before D moves; if asked for. */
  dAccuracy?: tf.Scalar;
  /** Share of generated rows that D takes for real, before G moves; if asked for. */
  gAccuracy?: tf.Scalar;
  /** γ/2 · E‖∇ₓ a(x)‖², part of D's objective but not of `dLoss`; only where γ > 0. */
  penalty?: tf.Scalar;
}

/** Moves both players once: k updates of D and one of G. The caller frees the report. */
export function trainStep(gan: Gan): StepReport {
  const { options } = gan;
  if (options.updates === "simultaneous") return simultaneousStep(gan);
  let d = discriminatorStep(gan);
  for (let i = 1; i < options.discriminatorSteps; i++) {
    tf.dispose(d);
    d = discriminatorStep(gan);
  }
  const g = generatorStep(gan);
  return { ...d, ...g } as unknown as StepReport;
}

/** One update of D on the next minibatch. The caller frees the report. */
export function discriminatorStep(gan: Gan): Tensors {
  const { real, labels } = nextBatch(gan);
  const latent = drawLatent(gan.options, rowsOfBatch(gan.options), gan.noise);
  const masks = discriminatorMasks(gan);
  const d = discriminatorGradients(gan, real, latent, labels, masks);
  updateDiscriminator(gan, d.gradients);
  updateStatistics(gan, d.batch);
  tf.dispose([real, labels ?? [], latent, d.gradients, d.batch]);
  disposeMasks(masks);
  return d.report;
}

/** One update of G on fresh noise. The caller frees the report. */
export function generatorStep(gan: Gan): Tensors {
  const { batchSize, generatorBatchSize = batchSize, packing = 1 } = gan.options;
  const latent = drawLatent(gan.options, generatorBatchSize * packing, gan.noise);
  const labels = freshLabels(gan, generatorBatchSize);
  const masks = drawMasks(gan.options.discriminator, generatorBatchSize, gan.dropout);
  const g = generatorGradients(gan, latent, labels, masks);
  updateStatistics(gan, g.batch);
  updateGenerator(gan, g.gradients);
  tf.dispose([latent, labels ?? [], g.gradients, g.batch]);
  disposeMasks(masks);
  return g.report;
}

/** Both gradients at the same weights, minibatch, noise and masks; then both players move. */
function simultaneousStep(gan: Gan): StepReport {
  const { batchSize } = gan.options;
  const { real, labels } = nextBatch(gan);
  const latent = drawLatent(gan.options, rowsOfBatch(gan.options), gan.noise);
  const masks = discriminatorMasks(gan);
  const fakeMasks = masks.map((mask) => mask && tf.slice(mask, [batchSize, 0]));
  const d = discriminatorGradients(gan, real, latent, labels, masks);
  const g = generatorGradients(gan, latent, labels, fakeMasks);
  updateDiscriminator(gan, d.gradients);
  updateStatistics(gan, g.batch);
  updateGenerator(gan, g.gradients);
  tf.dispose([real, labels ?? [], latent, d.gradients, d.batch, g.gradients, g.batch]);
  disposeMasks([...masks, ...fakeMasks]);
  return { ...d.report, ...g.report } as unknown as StepReport;
}

/**
 * The gradient of D's loss (and penalty) in D's weights; the rows of `masks` are real, then fake.
 *
 * A generated row has the label of the real row at its place, so that both halves of the batch have the same
 * labels: D learns nothing from which labels are frequent, and eq. 2 of Mirza and Osindero has one p(y).
 */
function discriminatorGradients(
  gan: Gan,
  real: tf.Tensor2D,
  latent: tf.Tensor2D,
  labels: tf.Tensor2D | undefined,
  masks: DropoutMasks,
): PlayerGradients {
  const { gradientPenalty, batchSize } = gan.options;
  const made = tf.tidy(() => {
    const pass = trace(gan.generator, beside(latent, labels), { training: true });
    return { fake: pack(pass.output, gan), batch: pass.batch };
  });
  const report: Tensors = {};
  const mode = { training: true, masks } as const;
  const gradients = gradientsIn(gan.discriminator, (discriminator) => {
    const rows = tf.concat([beside(real, labels), beside(made.fake, labels)]);
    const pass = trace(discriminator, rows, mode);
    const realLogits = tf.slice(pass.output, [0, 0], [batchSize, 1]);
    const fakeLogits = tf.slice(pass.output, [batchSize, 0], [batchSize, 1]);
    const loss = discriminatorLoss(realLogits, fakeLogits);
    report.dLoss = keepCopy(loss);
    report.dReal = keepCopy(tf.mean(tf.sigmoid(realLogits)));
    report.dFake = keepCopy(tf.mean(tf.sigmoid(fakeLogits)));
    if (gan.options.reportAccuracy) {
      const right = tf.add(shareAbove(realLogits), shareAbove(tf.neg(fakeLogits)));
      report.dAccuracy = keepCopy(tf.mul(0.5, right));
    }
    if (gradientPenalty === 0) return loss;
    const inputSlope = inputGradient(discriminator, pass, mode, batchSize);
    // In the row alone: what D does with another label for the same image is not to be smooth.
    const slope = labels ? tf.slice(inputSlope, [0, 0], real.shape) : inputSlope;
    const penalty = tf.mul(gradientPenalty / (2 * batchSize), tf.sum(tf.square(slope)));
    report.penalty = keepCopy(penalty);
    return tf.add(loss, penalty);
  });
  made.fake.dispose();
  return { gradients, report: report, batch: made.batch };
}

/** The gradient of G's loss in G's weights. */
function generatorGradients(
  gan: Gan,
  latent: tf.Tensor2D,
  labels: tf.Tensor2D | undefined,
  masks: DropoutMasks,
): PlayerGradients {
  const report: Tensors = {};
  const batch: Tensors = {};
  const gradients = gradientsIn(gan.generator, (generator) => {
    const made = trace(generator, beside(latent, labels), { training: true });
    for (const [name, tensor] of Object.entries(made.batch)) batch[name] = keepCopy(tensor);
    const rows = beside(pack(made.output, gan), labels);
    const { output } = trace(gan.discriminator, rows, { training: true, masks });
    const loss = generatorLoss(gan.options.generatorLoss, output);
    report.gLoss = keepCopy(loss);
    if (gan.options.reportAccuracy) report.gAccuracy = keepCopy(shareAbove(output));
    return loss;
  });
  return { gradients, report, batch };
}

/** The gradient of `loss` in the weights of `network`, and in nothing else. */
export function gradientsIn(network: Network, loss: (network: Network) => tf.Tensor): Tensors {
  const names = Object.keys(network.weights);
  const { value, grads } = tf.valueAndGrads((...weights: tf.Tensor[]) =>
    loss({ ...network, weights: Object.fromEntries(names.map((name, i) => [name, weights[i]])) })
  )(names.map((name) => network.weights[name]));
  value.dispose();
  return Object.fromEntries(names.map((name, i) => [name, grads[i]]));
}

/** A copy that outlives the tidy around a gradient; the caller frees it. */
function keepCopy(tensor: tf.Tensor): tf.Tensor {
  return tf.keep(tf.clone(tensor));
}

function updateDiscriminator(gan: Gan, gradients: Tensors): void {
  applyGradients(
    gan.discriminatorOptimiser,
    gan.discriminator.weights,
    gradients,
    currentEpoch(gan),
  );
}

function updateGenerator(gan: Gan, gradients: Tensors): void {
  applyGradients(gan.generatorOptimiser, gan.generator.weights, gradients, currentEpoch(gan));
  gan.step++;
  const { average, generator, options } = gan;
  if (!average) return;
  const decay = averageDecayAt(options, gan.step);
  blend(average.weights, generator.weights, 1 - decay);
  blend(average.statistics, generator.statistics, 1 - decay);
}

/** Moves G's running statistics towards those of a batch. */
function updateStatistics({ generator }: Gan, batch: Tensors): void {
  for (const name of Object.keys(batch)) {
    const layer = generator.spec.layers[Number(name.split(".")[1])];
    blend(generator.statistics, { [name]: batch[name] }, layer.batchNorm!.momentum);
  }
}

/** target ← (1 - share) target + share source, for each tensor of `source`. */
function blend(target: Tensors, source: Tensors, share: number): void {
  for (const [name, value] of Object.entries(source)) {
    const old = target[name];
    target[name] = tf.tidy(() => tf.add(old, tf.mul(share, tf.sub(value, old))));
    old.dispose();
  }
}

/** The next real rows, [batchSize, numbers of a row or pack], and of a conditional GAN their labels, one-hot. */
function nextBatch(gan: Gan): { real: tf.Tensor2D; labels?: tf.Tensor2D } {
  const { batchSize, packing = 1, classes } = gan.options;
  const { rows, labels } = gan.batches.next();
  return {
    real: tf.tensor2d(rows, [batchSize, packing * gan.data.columns]),
    labels: classes === undefined ? undefined : oneHotTensor(labels!, classes),
  };
}

/** Labels for generated rows of a conditional GAN, one-hot. */
function freshLabels({ options, data, noise }: Gan, count: number): tf.Tensor2D | undefined {
  const { classes } = options;
  return classes === undefined ? undefined : oneHotTensor(drawLabels(data, count, noise), classes);
}

/** Generated rows end to end, as many as D sees side by side. */
function pack(rows: tf.Tensor2D, { options: { packing = 1 } }: Gan): tf.Tensor2D {
  return packing === 1 ? rows : tf.reshape(rows, [-1, packing * rows.shape[1]]);
}

/** The share of logits above 0, D above 1/2. */
function shareAbove(logits: tf.Tensor): tf.Scalar {
  return tf.mean(tf.step(logits));
}

/** Masks for real rows and generated rows, in one pass of D over both. */
function discriminatorMasks({ options, dropout }: Gan): DropoutMasks {
  return drawMasks(options.discriminator, 2 * options.batchSize, dropout);
}

function disposeMasks(masks: DropoutMasks): void {
  for (const mask of masks) mask?.dispose();
}
