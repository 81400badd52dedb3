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
import { freedWhenForgotten } from "@/tfjs/forgotten_tensors.ts";
import {
  type DiscriminatorReport,
  type GeneratorReport,
  type StepReport,
  sync,
} from "./custody.ts";
import { averageDecayAt, currentEpoch, drawLatent, type Gan, rowsOfBatch } from "./gan.ts";
import { beside, drawLabels, oneHotTensor } from "./labels.ts";
import { DISCRIMINATOR_LOSSES, discriminatorLoss, generatorLoss } from "./losses.ts";
import {
  drawMasks,
  type DropoutMasks,
  inputGradient,
  type Network,
  type Pass,
  type Tensors,
  trace,
} from "./network.ts";
import { applyGradients } from "./optimiser.ts";
import { type GanOptions, labelCount } from "./options.ts";

/** A gradient, with what was seen on the way to it. All of it is the caller's to free. */
export interface PlayerGradients<R> {
  gradients: Tensors;
  /** Scalars to report, not yet read back. */
  report: R;
  /** Batch mean and variance of G's forward pass. */
  batch: Tensors;
}

/** Moves both players once: k updates of D and one of G. The caller frees the report. */
export function trainStep(gan: Gan): StepReport<tf.Scalar> {
  const { options } = gan;
  if (options.updates === "simultaneous") return simultaneousStep(gan);
  let d = discriminatorStep(gan);
  for (let i = 1; i < options.discriminatorSteps; i++) {
    tf.dispose(d);
    d = discriminatorStep(gan);
  }
  return { ...d, ...generatorStep(gan) };
}

/** One update of D on the next minibatch. The caller frees the report. */
export function discriminatorStep(gan: Gan): DiscriminatorReport<tf.Scalar> {
  sync(gan);
  const batch = drawBatch(gan);
  const d = discriminatorGradients(gan, batch);
  updateDiscriminator(gan, d.gradients);
  updateStatistics(gan, d.batch);
  tf.dispose([d.gradients, d.batch]);
  disposeBatch(batch);
  return d.report;
}

/** One update of G on fresh noise. The caller frees the report. */
export function generatorStep(gan: Gan): GeneratorReport<tf.Scalar> {
  sync(gan);
  const noise = drawNoise(gan);
  const g = generatorGradients(gan, noise);
  updateStatistics(gan, g.batch);
  updateGenerator(gan, g.gradients);
  tf.dispose([g.gradients, g.batch]);
  disposeBatch(noise);
  return g.report;
}

/** Both gradients at the same weights, minibatch, noise and masks; then both players move. */
function simultaneousStep(gan: Gan): StepReport<tf.Scalar> {
  sync(gan);
  const { batchSize } = gan.options;
  const batch = drawBatch(gan);
  const fakeMasks = batch.masks.map((mask) => mask && tf.slice(mask, [batchSize, 0]));
  const d = discriminatorGradients(gan, batch);
  const g = generatorGradients(gan, { ...batch, masks: fakeMasks });
  updateDiscriminator(gan, d.gradients);
  updateStatistics(gan, g.batch);
  updateGenerator(gan, g.gradients);
  tf.dispose([d.gradients, d.batch, g.gradients, g.batch]);
  disposeBatch(batch);
  disposeMasks(fakeMasks);
  return { ...d.report, ...g.report };
}

/** What an update of G takes in. */
export interface Noise {
  /** z, [rows, numbers of z]. */
  latent: tf.Tensor2D;
  /** One-hot, [rows, labels]; only where the networks are told one. */
  labels?: tf.Tensor2D;
  /** Dropout masks of D. */
  masks: DropoutMasks;
}

/** What an update of D takes in; the rows of `masks` are real, then generated. */
export interface UpdateBatch extends Noise {
  /** [batchSize, numbers of a row or pack]. */
  real: tf.Tensor2D;
  /**
   * Where between a real row and a generated one the penalty is taken, [batchSize, 1]; undefined
   * where it is not taken between them.
   */
  between?: tf.Tensor2D;
}

/**
 * The gradient of D's loss (and penalty) in D's weights.
 *
 * A generated row has the label of the real row at its place, so that both halves of the batch have
 * the same labels: D learns nothing from how frequent a label is, and eq. 2 of Mirza and Osindero
 * has one p(y).
 */
export function discriminatorGradients(
  gan: Gan,
  batch: UpdateBatch,
): PlayerGradients<DiscriminatorReport<tf.Scalar>> {
  const { gradientPenalty, batchSize, discriminatorLoss: kind = "original" } = gan.options;
  const { real, latent, labels, masks } = batch;
  const made = tf.tidy(() => {
    const pass = trace(gan.generator, beside(latent, labels), { training: true });
    return { fake: pack(pass.output, gan), batch: pass.batch };
  });
  let report: DiscriminatorReport<tf.Scalar> | undefined;
  const mode = { training: true, masks } as const;
  const gradients = gradientsIn(gan.discriminator, (discriminator) => {
    const rows = tf.concat([beside(real, labels), beside(made.fake, labels)]);
    const pass = trace(discriminator, rows, mode);
    const realLogits = tf.slice(pass.output, [0, 0], [batchSize, 1]);
    const fakeLogits = tf.slice(pass.output, [batchSize, 0], [batchSize, 1]);
    const loss = discriminatorLoss(realLogits, fakeLogits, kind);
    report = {
      dLoss: reported(loss, pass.output),
      ...whatDSays(gan.options, realLogits, fakeLogits),
    };
    if (gradientPenalty === 0) return loss;
    const penalty = gan.options.penalty === "unitSlope"
      ? slopePenalty(gan, discriminator, batch, made.fake)
      : realPenalty(gan, discriminator, pass, batch);
    report.penalty = keepCopy(penalty);
    return tf.add(loss, penalty);
  });
  made.fake.dispose();
  return { gradients, report: report!, batch: made.batch };
}

/** What is reported about D's opinion of real and generated rows. */
function whatDSays(
  { reportAccuracy, discriminatorLoss = "original" }: GanOptions,
  real: tf.Tensor,
  fake: tf.Tensor,
): Pick<DiscriminatorReport<tf.Scalar>, "dReal" | "dFake" | "dAccuracy"> {
  const { undecided = 0 } = DISCRIMINATOR_LOSSES[discriminatorLoss];
  const [a, b] = undecided === 0 ? [real, fake] : [real, fake].map((x) => tf.sub(x, undecided));
  const says = { dReal: keepCopy(meanOfD(a)), dFake: keepCopy(meanOfD(b)) };
  if (!reportAccuracy) return says;
  const right = tf.add(shareAbove(a), shareAbove(tf.neg(b)));
  return { ...says, dAccuracy: keepCopy(tf.mul(0.5, right) as tf.Scalar) };
}

function meanOfD(logits: tf.Tensor): tf.Scalar {
  return tf.mean(tf.sigmoid(logits));
}

/** R1: γ/2 · E‖∇ₓ a(x)‖² over the real rows, which are the first of `pass`. */
function realPenalty(gan: Gan, discriminator: Network, pass: Pass, batch: UpdateBatch): tf.Scalar {
  const { gradientPenalty, batchSize } = gan.options;
  const { real, labels, masks } = batch;
  const all = inputGradient(discriminator, pass, { training: true, masks }, batchSize);
  // In the row alone: D need not be smooth from one label to another for the same image.
  const slope = labels ? tf.slice(all, [0, 0], real.shape) : all;
  return tf.mul(gradientPenalty / (2 * batchSize), tf.sum(tf.square(slope)));
}

/** Added under the square root of ‖∇ₓ a(x)‖², whose own slope is infinite at 0. */
const LEAST_SQUARE = 1e-12;

/** γ · E(‖∇ₓ a(x)‖ - 1)² over rows between real and generated ones (WGAN-GP, eq. 3). */
function slopePenalty(
  gan: Gan,
  discriminator: Network,
  { real, labels, masks, between }: UpdateBatch,
  fake: tf.Tensor2D,
): tf.Scalar {
  const { gradientPenalty, batchSize } = gan.options;
  const x = tf.add(fake, tf.mul(between!, tf.sub(real, fake))) as tf.Tensor2D;
  const ofReal = masks.map((mask) => mask && tf.slice(mask, [0, 0], [batchSize, -1]));
  const mode = { training: true, masks: ofReal } as const;
  const pass = trace(discriminator, beside(x, labels), mode);
  const all = inputGradient(discriminator, pass, mode, batchSize);
  const slope = labels ? tf.slice(all, [0, 0], real.shape) : all;
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(slope), 1), LEAST_SQUARE));
  return tf.mul(gradientPenalty, tf.mean(tf.square(tf.sub(norm, 1))));
}

/** The gradient of G's loss in G's weights. */
export function generatorGradients(
  gan: Gan,
  { latent, labels, masks }: Noise,
): PlayerGradients<GeneratorReport<tf.Scalar>> {
  const { reportAccuracy, discriminatorLoss = "original" } = gan.options;
  const { undecided = 0 } = DISCRIMINATOR_LOSSES[discriminatorLoss];
  let report: GeneratorReport<tf.Scalar> | undefined;
  const batch: Tensors = {};
  const gradients = gradientsIn(gan.generator, (generator) => {
    const made = trace(generator, beside(latent, labels), { training: true });
    for (const [name, tensor] of Object.entries(made.batch)) batch[name] = keepCopy(tensor);
    const rows = beside(pack(made.output, gan), labels);
    const { output } = trace(gan.discriminator, rows, { training: true, masks });
    const loss = generatorLoss(gan.options.generatorLoss, output);
    report = { gLoss: reported(loss, output) };
    if (reportAccuracy) {
      const a = undecided === 0 ? output : tf.sub(output, undecided);
      report.gAccuracy = keepCopy(shareAbove(a));
    }
    return loss;
  });
  return { gradients, report: report!, batch };
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
function keepCopy<T extends tf.Tensor>(tensor: T): T {
  return tf.keep(tf.clone(tensor));
}

/** A loss as it is reported: NaN where a logit is NaN or infinite, of which a loss may be finite. */
function reported(loss: tf.Scalar, logits: tf.Tensor): tf.Scalar {
  return keepCopy(tf.add(loss, tf.sum(tf.mul(0, logits))));
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
    const moved = tf.tidy(() => tf.add(old, tf.mul(share, tf.sub(value, old))));
    target[name] = freedWhenForgotten(moved);
    old.dispose();
  }
}

/** What the next update of D takes in; the streams of the GAN move on. The caller frees it. */
export function drawBatch(gan: Gan): UpdateBatch {
  const { batchSize, packing = 1, penalty, discriminator } = gan.options;
  const told = labelCount(gan.options);
  const { rows, labels } = gan.batches.next();
  const real = tf.tensor2d(rows, [batchSize, packing * gan.data.columns]);
  const oneHot = told === 0 ? undefined : oneHotTensor(labels!, told);
  const latent = drawLatent(gan.options, rowsOfBatch(gan.options), gan.noise);
  const masks = drawMasks(discriminator, 2 * batchSize, gan.dropout);
  const between = penalty === "unitSlope"
    ? tf.tensor2d(gan.noise.uniforms(batchSize, 0, 1), [batchSize, 1])
    : undefined;
  return { real, labels: oneHot, latent, masks, between };
}

/** What the next update of G takes in, where it is not that of D. The caller frees it. */
export function drawNoise(gan: Gan): Noise {
  const { batchSize, generatorBatchSize = batchSize, packing = 1 } = gan.options;
  return {
    latent: drawLatent(gan.options, generatorBatchSize * packing, gan.noise),
    labels: freshLabels(gan, generatorBatchSize),
    masks: drawMasks(gan.options.discriminator, generatorBatchSize, gan.dropout),
  };
}

/** Frees what an update takes in. */
export function disposeBatch({ latent, labels, masks, ...ofD }: Noise | UpdateBatch): void {
  tf.dispose([latent, labels ?? []]);
  if ("real" in ofD) tf.dispose([ofD.real, ofD.between ?? []]);
  disposeMasks(masks);
}

/** Labels for generated rows, one-hot, where the networks are told any. */
function freshLabels({ options, data, noise }: Gan, count: number): tf.Tensor2D | undefined {
  const told = labelCount(options);
  return told === 0 ? undefined : oneHotTensor(drawLabels(data, count, noise), told);
}

/** Generated rows end to end, as many as D sees side by side. */
export function pack(rows: tf.Tensor2D, { options: { packing = 1 } }: Gan): tf.Tensor2D {
  return packing === 1 ? rows : tf.reshape(rows, [-1, packing * rows.shape[1]]);
}

/** The share of logits above 0, where D is above 1/2. */
function shareAbove(logits: tf.Tensor): tf.Scalar {
  return tf.mean(tf.step(logits));
}

function disposeMasks(masks: DropoutMasks): void {
  for (const mask of masks) mask?.dispose();
}
