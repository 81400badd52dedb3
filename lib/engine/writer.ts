/**
 * Writes a training step as lists of operations.
 *
 * Notation, for a layer l of D: x[l] its input, h its affine map, and u[l] = ∂a/∂h for each row of
 * the batch, a the logit. The rows of D do not depend on each other, so one pass back with a seed
 * of 1 serves everything: D's loss has the gradient Σ u (c x)ᵀ in the weights, c its slope in the
 * logit; G's loss reaches G as its own slope times W₀u[0]; and W₀u[0] is ∇ₓa, what the R1 penalty
 * is about.
 *
 * R1, P = γ/2 · mean ‖∇ₓa‖², differentiates that pass back. Where D is piecewise linear its slopes
 * are locally constant, so the adjoint is a pass forward without biases: s[0] = γ/B ∇ₓa, and
 * s[l+1] = slope ⊙ Wᵀs[l]; the weights of layer l gain Σ u[l] s[l]ᵀ. Both sums have u[l] in common:
 * the gradient is one product, Σ u (c x + s)ᵀ.
 *
 * A conditional GAN has its labels, one-hot, in the last features of both networks' inputs. They
 * are put there after G has made the rest, and passes back to an input end before them: neither G
 * nor R1 has a gradient there.
 *
 * G has batch normalisation, which ties the rows together; its pass back carries its own slopes.
 *
 * @module
 */
import { type GanOptions, labelCount, latentSize } from "@/gan/options.ts";
import { inputsOf } from "@/gan/spec.ts";
import {
  averageStatistics,
  loadLatent,
  loadMask,
  loadReal,
  loadRows,
  optimise,
  regroup,
} from "./batch_operations.ts";
import { type Panels } from "./buffers.ts";
import { codeOf, GENERATOR_LOSS_WORDS } from "./capabilities.ts";
import { checkNetworks } from "./flags.ts";
import { Code, HeadWord, PenaltyWord } from "./operation_protocol.ts";
import {
  adjointLayer,
  backwardLayer,
  backwardToInput,
  type Below,
  forwardLayer,
  throughActivation,
  weightGradient,
} from "./layer_operations.ts";
import {
  featuresFrom,
  type Operation,
  operation,
  panelsFrom,
  type Rows,
  rowsOf,
} from "./operation.ts";
import { type Placement, type Staging } from "./placement.ts";

/** Writes the lists of operations of a step. */
export class Writer {
  readonly optimisers = { d: new Set<Operation>(), g: new Set<Operation>() };
  /** The first operation that takes in more than what G makes D's generated rows from. */
  gate?: Operation;
  readonly #packing: number;
  readonly #width: number;
  readonly #gBatch: number;
  /** Inputs of D that are no label. */
  readonly #rowOfD: number;

  constructor(readonly b: Placement, readonly options: GanOptions) {
    const { generator } = b;
    this.#packing = options.packing ?? 1;
    this.#width = generator.spec.layers.at(-1)!.width;
    this.#gBatch = options.generatorBatchSize ?? options.batchSize;
    this.#rowOfD = this.#packing * this.#width;
  }

  /** A whole step with one update of each player; and one update of D, where a step has more. */
  lists(): { d?: Operation[]; step: Operation[] } {
    const { updates, discriminatorSteps } = this.options;
    if (updates === "simultaneous") return { step: this.#simultaneous() };
    const d = this.#updateOfD();
    return { d: discriminatorSteps > 1 ? d : undefined, step: [...d, ...this.#updateOfG()] };
  }

  #updateOfD(): Operation[] {
    const both = rowsOf(2, this.options.batchSize);
    return [
      ...this.#judge(both),
      ...this.#backThroughD(both, true),
      ...this.#penalty(),
      ...this.#gradientsOfD(both),
      this.#optimiseD(),
    ];
  }

  #updateOfG(): Operation[] {
    const rows = rowsOf(1, this.#gBatch);
    return [
      ...this.#loadMasks(this.b.staging.g, 1),
      ...this.#generate(this.b.staging.g, this.#gBatch, 0),
      ...this.#present(this.b.staging.g, this.#gBatch, 0),
      ...this.#forwardD(rows),
      this.#headG(0),
      ...this.#backThroughD(rows, false),
      ...this.#backThroughG(0),
      ...this.#gradientsOfG(),
      ...this.#optimiseG(),
    ];
  }

  /** Both gradients at the same weights, noise and masks: D's passes are made once. */
  #simultaneous(): Operation[] {
    const both = rowsOf(2, this.options.batchSize);
    const fake = both.groupPanels;
    return [
      ...this.#judge(both),
      this.#headG(fake),
      ...this.#backThroughD(both, true),
      ...this.#backThroughG(fake),
      ...this.#penalty(),
      ...this.#gradientsOfG(),
      ...this.#gradientsOfD(both),
      this.#optimiseD(),
      ...this.#optimiseG(),
    ];
  }

  /** D on real rows and generated ones, and its loss. */
  #judge(both: Rows): Operation[] {
    const { b, options: { batchSize } } = this;
    const fake = both.groupPanels;
    return [
      ...this.#generate(b.staging.d, batchSize, fake),
      ...this.#gated([...this.#loadMasks(b.staging.d, 2), ...this.#loadReal()]),
      ...this.#present(b.staging.d, batchSize, fake),
      ...this.#forwardD(both),
      this.#headD(),
    ];
  }

  #gated(operations: Operation[]): Operation[] {
    this.gate = operations[0];
    return operations;
  }

  #loadReal(): Operation[] {
    const { x, mask } = this.b.d[0];
    const { batchSize } = this.options;
    const shape = { packing: this.#packing, width: this.#width, count: batchSize };
    return [
      loadReal(this.b, shape, x, mask),
      ...this.#loadLabels(this.b.staging.d, batchSize, this.#rowOfD, x, mask),
    ];
  }

  /** Labels to the features from `from` on; nothing where there are none. */
  #loadLabels(
    { labels }: Staging,
    count: number,
    from: number,
    to: Panels,
    mask?: Panels,
  ): Operation[] {
    if (labels === undefined) return [];
    const behind = mask && featuresFrom(mask, from);
    return [loadRows(labels, labelCount(this.options), count, featuresFrom(to, from), behind)];
  }

  #loadMasks({ masks }: Staging, groups: 1 | 2): Operation[] {
    const rows = groups === 2 ? this.options.batchSize : this.#gBatch;
    return this.b.d.flatMap(({ mask }, index) => {
      if (!mask) return [];
      const { spec } = this.b.discriminator;
      const features = inputsOf(spec, index);
      const keep = spec.layers[index].keep!;
      return Array.from({ length: groups }, (_, group) => {
        const source = masks[index]! + 4 * group * rows * features;
        const to = panelsFrom(mask, group * rowsOf(1, rows).panels);
        return loadMask(this.b.inputs, { source, features, count: rows, keep }, to);
      });
    });
  }

  /** Where G's output goes: straight to D's input where nothing is done to it on the way. */
  #madePanels(first: number): Panels {
    return this.b.made ?? panelsFrom(this.b.d[0].x, first);
  }

  /** G forwards, for `count` rows of D, from panel `first` of D on. */
  #generate(staging: Staging, count: number, first: number): Operation[] {
    const { b } = this;
    const { generator } = b;
    const samples = count * this.#packing;
    const rows = rowsOf(1, samples);
    const made = this.#madePanels(first);
    const z = latentSize(this.options);
    const operations = [
      loadLatent(b.inputs, staging.latent, z, samples, b.g[0].x),
      ...this.#loadLabels(staging, samples, z, b.g[0].x),
    ];
    b.g.forEach((buffers, index) => {
      const out = b.g[index + 1]?.x ?? made;
      operations.push(
        forwardLayer(generator, index, buffers, out, rows, { moveStatistics: true }),
      );
    });
    return operations;
  }

  /** Moves what G has made to D's panels from `first` on, masked, packed, with its labels. */
  #present(staging: Staging, count: number, first: number): Operation[] {
    const { b } = this;
    const operations: Operation[] = [];
    const x = panelsFrom(b.d[0].x, first);
    const mask = b.d[0].mask && panelsFrom(b.d[0].mask, first);
    if (b.made) {
      const shape = { packing: this.#packing, width: this.#width, count };
      operations.push(regroup(Code.Pack, shape, b.made, x, mask));
    }
    // Last: a product may write beyond its own features.
    operations.push(...this.#loadLabels(staging, count, this.#rowOfD, x, mask));
    return operations;
  }

  /** What layer `index` of D gives out. */
  #outOfD(index: number): Panels {
    return this.b.d[index + 1]?.x ?? this.b.logits;
  }

  #forwardD(rows: Rows): Operation[] {
    return this.b.d.map((buffers, index) =>
      forwardLayer(this.b.discriminator, index, buffers, this.#outOfD(index), rows, {
        mask: this.b.d[index + 1]?.mask,
        moveStatistics: false,
      })
    );
  }

  #headD(): Operation {
    const last = this.b.d.length - 1;
    const { parameters, gradients } = this.b.discriminator;
    return operation(Code.HeadD, {
      [HeadWord.Logits]: this.b.logits.address,
      [HeadWord.LogitsStride]: this.b.logits.stride,
      [HeadWord.Seeds]: this.b.dSeeds,
      [HeadWord.BiasGradient]: parameters.address(gradients, `layers.${last}.bias`),
      [HeadWord.Report]: this.b.report,
      [HeadWord.Count]: this.options.batchSize,
    });
  }

  #headG(firstPanel: number): Operation {
    return operation(Code.HeadG, {
      [HeadWord.Logits]: this.b.logits.address,
      [HeadWord.LogitsStride]: this.b.logits.stride,
      [HeadWord.FirstPanel]: firstPanel,
      [HeadWord.Seeds]: this.b.gSeeds,
      [HeadWord.Report]: this.b.report,
      [HeadWord.Count]: this.#gBatch,
      [HeadWord.Saturating]: codeOf(GENERATOR_LOSS_WORDS, this.options.generatorLoss),
    });
  }

  /** u of every layer of D, from the top down. */
  #backThroughD(rows: Rows, gradients: boolean): Operation[] {
    const { b } = this;
    const { discriminator } = b;
    const operations: Operation[] = [];
    for (let index = b.d.length - 1; index > 0; index--) {
      const below: Below = {
        network: discriminator,
        index: index - 1,
        buffers: b.d[index - 1],
        out: b.d[index].x,
        gradients: gradients ? { seeds: b.dSeeds } : undefined,
      };
      const { u, mask } = b.d[index];
      operations.push(backwardLayer(discriminator, index, u, below, rows, { mask }));
    }
    return operations;
  }

  /** R1: its value, and s of every layer. */
  #penalty(): Operation[] {
    const { b, options: { gradientPenalty, batchSize } } = this;
    const { discriminator } = b;
    if (gradientPenalty === 0) return [];
    const rows = rowsOf(1, batchSize);
    const { u, s, mask, sums } = b.d[0];
    const penalty = { squares: b.squares, sums, factor: gradientPenalty / batchSize };
    const inputs = this.#rowOfD;
    const operations = [
      backwardToInput(discriminator, 0, u, s!, rows, { mask, penalty, inputs }),
      operation(
        Code.Penalty,
        {
          [PenaltyWord.Squares]: b.squares,
          [PenaltyWord.Features]: inputs,
          [PenaltyWord.Report]: this.b.report,
        },
        { [PenaltyWord.Factor]: gradientPenalty / (2 * batchSize) },
      ),
    ];
    for (let index = 0; index < b.d.length - 1; index++) {
      const { x: out, s: to, mask } = b.d[index + 1];
      operations.push(
        adjointLayer(discriminator, index, b.d[index], to!, rows, { out, mask }),
      );
    }
    return operations;
  }

  /** One behind the other, so that a GPU makes them together; no pass changes an x, u or s any more. */
  #gradientsOfD(rows: Rows): Operation[] {
    const { b } = this;
    return b.d.flatMap((buffers, index) =>
      weightGradient(this.b.discriminator, index, buffers, rows, {
        seeds: b.dSeeds,
        added: buffers.s && { panels: buffers.s, count: rows.groupPanels },
      })
    );
  }

  #gradientsOfG(): Operation[] {
    const rows = rowsOf(1, this.#gBatch * this.#packing);
    return this.b.g.flatMap((buffers, index) =>
      weightGradient(this.b.generator, index, buffers, rows)
    );
  }

  /** From u[0] of D's panels from `first` on to u of every layer of G. */
  #backThroughG(first: number): Operation[] {
    const { b } = this;
    const { generator, discriminator } = b;
    const packs = rowsOf(1, this.#gBatch);
    const rows = rowsOf(1, this.#gBatch * this.#packing);
    const last = b.g.length - 1;
    const top: Below = {
      network: generator,
      index: last,
      buffers: b.g[last],
      out: this.#madePanels(first),
      gradients: {},
    };
    const u = panelsFrom(b.d[0].u, first);
    const mask = b.d[0].mask && panelsFrom(b.d[0].mask, first);
    const options = { mask, seeds: b.gSeeds, inputs: this.#rowOfD };
    const operations: Operation[] = [];
    if (b.packed) {
      const raw = b.g[last].g ?? b.g[last].u;
      operations.push(
        backwardToInput(discriminator, 0, u, b.packed, packs, options),
        regroup(
          Code.Unpack,
          { packing: this.#packing, width: this.#width, count: this.#gBatch },
          b.packed,
          raw,
        ),
        throughActivation(top, rows),
      );
    } else {
      operations.push(backwardLayer(discriminator, 0, u, top, rows, options));
    }
    for (let index = last; index > 0; index--) {
      const below: Below = {
        network: generator,
        index: index - 1,
        buffers: b.g[index - 1],
        out: b.g[index].x,
        gradients: {},
      };
      operations.push(backwardLayer(generator, index, b.g[index].u, below, rows));
    }
    return operations;
  }

  #optimiseD(): Operation {
    const { discriminator, flags: { of: [flags] } } = this.b;
    const step = optimise(discriminator, this.options.discriminatorOptimiser.kind, flags);
    this.optimisers.d.add(step);
    return step;
  }

  #optimiseG(): Operation[] {
    const { generator, flags: { of: [, flags] } } = this.b;
    const { averageRunning, statistics } = generator;
    const operations = [optimise(generator, this.options.generatorOptimiser.kind, flags)];
    if (averageRunning !== undefined && statistics.size > 0) {
      operations.push(averageStatistics(generator));
    }
    for (const each of operations) this.optimisers.g.add(each);
    return operations;
  }

  /** To be run after a step whose report is wanted. */
  check(): Operation[] {
    return [checkNetworks(this.b.flags, this.b.generator, this.b.report)];
  }
}
