/**
 * A training step as lists of operations on buffers that are laid out once.
 *
 * Notation, for a layer l of D: x[l] its input, h its affine map, and u[l] = ∂a/∂h for each row of the
 * batch, a the logit. A row of D does not know of the others, so one pass back with a seed of 1
 * serves everything: D's loss has the gradient Σ u (c x)ᵀ in the weights, c its slope in the logit;
 * G's loss reaches G as its own slope times W₀u[0]; and W₀u[0] is ∇ₓa, what the R1 penalty is about.
 *
 * R1, P = γ/2 · mean ‖∇ₓa‖², differentiates that pass back. Where D is piecewise linear its slopes are
 * locally constant, so the adjoint is a pass forward without biases: s[0] = γ/B ∇ₓa, and
 * s[l+1] = slope ⊙ Wᵀs[l]; the weights of layer l gain Σ u[l] s[l]ᵀ. Both sums have u[l] in common:
 * the gradient is one product, Σ u (c x + s)ᵀ.
 *
 * A conditional GAN has its labels, one-hot, in the last features of both networks' inputs. They are put there
 * after G has made the rest, and passes back to an input end before them: neither G nor R1 has a
 * gradient there.
 *
 * G has batch normalisation, which ties the rows together; its pass back carries its own slopes.
 *
 * @module
 */
import { Code, HeadWord, OptimiserWord, PenaltyWord, ReportWord } from "./fields.ts";
import { padded, PANEL, panelsOf } from "./layout.ts";
import { type Given, type Program, type StepMachine } from "./step_machine.ts";
import { type GanOptions, latentSize } from "@/gan/options.ts";
import {
  type LayerBuffers,
  type Panels,
  type PlacedNetwork,
  placeLayers,
  placeNetwork,
  Room,
} from "./buffers.ts";
import {
  adjointLayer,
  averageStatistics,
  backwardLayer,
  backwardToInput,
  type Below,
  featuresFrom,
  forwardLayer,
  loadRows,
  type Operation,
  operation,
  optimise,
  panelsFrom,
  regroup,
  type Rows,
  rowsOf,
  throughActivation,
  weightGradient,
} from "./operations.ts";

/**
 * Why these options cannot be planned; undefined where they can.
 *
 * @param machine Must have room for it, where it is given.
 */
export function whyNotPlanned(options: GanOptions, machine?: StepMachine): string | undefined {
  const { discriminator, generator, gradientPenalty } = options;
  for (const [index, layer] of discriminator.layers.entries()) {
    if (layer.batchNorm) return "the discriminator has batch normalisation";
    const smooth = layer.activation === "sigmoid" || layer.activation === "tanh";
    if (smooth && gradientPenalty > 0) {
      return `the penalty needs a piecewise linear discriminator, and this one has ${layer.activation}`;
    }
    if (smooth && (discriminator.layers[index + 1]?.keep ?? 1) < 1) {
      return `the discriminator has dropout after ${layer.activation}`;
    }
  }
  if (generator.layers.some((layer) => layer.batchNorm && layer.activation === "maxout")) {
    return "the generator has batch normalisation before maxout";
  }
  if (machine) {
    const tally = new Tally();
    new Plan(tally, options);
    if (tally.bytes > machine.available) {
      const [needed, left] = [tally.bytes, machine.available].map((n) => Math.ceil(n / 2 ** 20));
      return `it needs ${needed} MiB of memory, and the engine has ${left}`;
    }
  }
}

/** A machine that only counts what it is asked for. */
class Tally implements StepMachine {
  readonly description = "";
  readonly available = Infinity;
  bytes = 0;

  allocate(count: number): number {
    this.bytes += padded(4 * count, 64);
    return this.bytes;
  }
  program(operations: Int32Array[]): Program {
    return { operations: operations.length };
  }
  wordsOf(): Float32Array {
    return new Float32Array();
  }
  report(): number[] {
    return [];
  }
  give(): Given[] {
    return [];
  }
  release(): void {}
  write(): void {}
  releaseProgram(): void {}
  run(): void {}
  finish(): void {}
  take(): void {}
}

/** Numbers that change from step to step. */
export interface StepNumbers {
  kind: "adam" | "momentum";
  rate: number;
  /** Decays and epsilon of Adam, and 1/√(1 - beta2^t). `beta1` is momentum's own number there. */
  beta1: number;
  beta2?: number;
  epsilon?: number;
  correction?: number;
  /** Share of the new weights in the average. */
  averageShare?: number;
}

/** Where the caller puts what an update takes in, row by row. */
export interface Staging {
  latent: number;
  /** One-hot, [rows, classes]; where the GAN is conditional. */
  labels?: number;
  /** By layer of D: [rows, inputs]. */
  masks: (number | undefined)[];
}

/** Multiplications that are worth waking the other threads for: about .1 ms of work. */
const WORTH_SHARING = 2 ** 22;

export class Plan<M extends StepMachine = StepMachine> {
  readonly generator: PlacedNetwork;
  readonly discriminator: PlacedNetwork;
  /** Real rows, and what an update of D and of G takes in. */
  readonly real: number;
  readonly staging: { d: Staging; g: Staging };
  /** One update of D, and a whole step with one update of each. */
  readonly programs: { d?: Program; step: Program };
  readonly #machine: M;
  readonly #room: Room;
  readonly #report: number;
  /** Operations whose numbers are set before each run. */
  readonly #dOptimisers: [Program, index: number][] = [];
  readonly #gOptimisers: [Program, index: number][] = [];

  /**
   * @throws {RangeError} If the options cannot be planned, or the memory does not suffice.
   */
  constructor(machine: M, readonly options: GanOptions) {
    const reason = whyNotPlanned(options);
    if (reason) throw new RangeError(`Cannot plan a training step: ${reason}`);
    this.#machine = machine;
    const room = this.#room = new Room(machine);
    const { averageDecay, updates } = options;
    const averaged = averageDecay > 0;
    const { generator, discriminator } = options;
    this.generator = placeNetwork(room, generator, options.generatorOptimiser, averaged);
    this.discriminator = placeNetwork(room, discriminator, options.discriminatorOptimiser, false);
    this.#report = room.allocate(2 * ReportWord.Words);

    const b = new Buffers(room, options);
    this.real = b.real;
    this.staging = b.staging;
    const writer = new Writer(this.generator, this.discriminator, b, options, this.#report);
    const programs: Record<string, Operation[]> = {};
    if (updates === "simultaneous") {
      programs.step = writer.simultaneous();
    } else {
      const d = writer.updateOfD();
      programs.step = [...d, ...writer.updateOfG()];
      if (options.discriminatorSteps > 1) programs.d = d;
    }
    const place = (operations: Operation[]): Program => {
      const work = operations.reduce((sum, { work }) => sum + work, 0);
      const words = operations.map(({ words }) => words);
      const gate = operations.indexOf(writer.gate!);
      const program = machine.program(words, work >= WORTH_SHARING, gate);
      operations.forEach((each, i) => {
        if (writer.optimisers.d.has(each)) this.#dOptimisers.push([program, i]);
        if (writer.optimisers.g.has(each)) this.#gOptimisers.push([program, i]);
      });
      return program;
    };
    this.programs = { step: place(programs.step), d: programs.d && place(programs.d) };
  }

  /** Sets the rates of the next update of D. */
  setD(numbers: StepNumbers): void {
    for (const [program, index] of this.#dOptimisers) this.#set(program, index, numbers);
  }

  /** Sets the rates of the next update of G. */
  setG(numbers: StepNumbers): void {
    for (const [program, index] of this.#gOptimisers) this.#set(program, index, numbers);
  }

  #set(program: Program, index: number, numbers: StepNumbers): void {
    const words = this.#machine.wordsOf(program, index);
    words[OptimiserWord.FirstDecay] = numbers.beta1;
    words[OptimiserWord.SecondDecay] = numbers.beta2 ?? 0;
    words[OptimiserWord.Epsilon] = numbers.epsilon ?? 0;
    words[OptimiserWord.Rate] = numbers.rate;
    words[OptimiserWord.SecondCorrection] = numbers.correction ?? 1;
    words[OptimiserWord.AverageShare] = numbers.averageShare ?? 0;
  }

  /** What the last run reported, by `ReportWord`. */
  report(): ReturnType<M["report"]> {
    return this.#machine.report(this.#report, ReportWord.Words) as ReturnType<M["report"]>;
  }

  /**
   * Runs a program.
   *
   * @param late Puts in everything but D's staged latent numbers and labels.
   */
  run(program: Program, late: () => void): void {
    this.#machine.run(program, late);
  }

  /** Gives the memory back. */
  release(): void {
    this.#room.release();
    for (const program of Object.values(this.programs)) {
      if (program) this.#machine.releaseProgram(program);
    }
  }
}

/** Buffers of both networks' passes. */
class Buffers {
  readonly d: LayerBuffers[];
  readonly g: LayerBuffers[];
  readonly logits: Panels;
  /** Slopes of D's loss in the logits, and of G's. */
  readonly dSeeds: number;
  readonly gSeeds: number;
  /** What G makes, where that is not what D takes as it is; and the gradient on its way back. */
  readonly made?: Panels;
  readonly packed?: Panels;
  readonly squares: number;
  readonly real: number;
  readonly staging: { d: Staging; g: Staging };

  constructor(room: Room, options: GanOptions) {
    const { generator, discriminator, batchSize, generatorBatchSize = batchSize } = options;
    const { packing = 1, classes, gradientPenalty } = options;
    const width = generator.layers.at(-1)!.width;
    const dPanels = Math.max(2 * panelsOf(batchSize), panelsOf(generatorBatchSize));
    const samples = packing * Math.max(batchSize, generatorBatchSize);
    const penalty = gradientPenalty > 0;
    this.d = placeLayers(room, discriminator, dPanels, { dropout: true, penalty });
    this.g = placeLayers(room, generator, panelsOf(samples), { dropout: false, penalty: false });
    this.logits = room.panels(dPanels, 1);
    this.dSeeds = room.allocate(dPanels * PANEL);
    this.gSeeds = room.allocate(panelsOf(generatorBatchSize) * PANEL);
    const { mask } = this.d[0];
    if (packing > 1 || mask) this.made = room.panels(panelsOf(samples), width);
    // A mask lies as D's input does: what it is multiplied with must, too.
    if (packing > 1 || mask && classes) this.packed = room.panels(dPanels, discriminator.inputs);
    this.squares = room.allocate(discriminator.inputs);
    this.real = room.allocate(batchSize * packing * width);
    const staging = (dRows: number, samples: number): Staging => ({
      latent: room.allocate(samples * latentSize(options)),
      labels: classes && room.allocate(samples * classes),
      masks: this.d.map((layer, index) => {
        const inputs = index === 0 ? discriminator.inputs : discriminator.layers[index - 1].width;
        return layer.mask && room.allocate(dRows * inputs);
      }),
    });
    this.staging = {
      d: staging(2 * batchSize, batchSize * packing),
      g: staging(generatorBatchSize, generatorBatchSize * packing),
    };
    // The pass back through D begins with ones.
    const top = this.d.at(-1)!.u;
    for (let panel = 0; panel < dPanels; panel++) {
      room.machine.write(top.address + panel * top.stride, new Float32Array(PANEL).fill(1));
    }
  }
}

/** Writes the lists. */
class Writer {
  readonly optimisers = { d: new Set<Operation>(), g: new Set<Operation>() };
  /** The first operation that takes in more than what G makes D's generated rows from. */
  gate?: Operation;
  readonly #packing: number;
  readonly #width: number;
  readonly #gBatch: number;
  /** Inputs of D that are no label. */
  readonly #rowOfD: number;

  constructor(
    readonly generator: PlacedNetwork,
    readonly discriminator: PlacedNetwork,
    readonly b: Buffers,
    readonly options: GanOptions,
    readonly report: number,
  ) {
    this.#packing = options.packing ?? 1;
    this.#width = generator.spec.layers.at(-1)!.width;
    this.#gBatch = options.generatorBatchSize ?? options.batchSize;
    this.#rowOfD = this.#packing * this.#width;
  }

  updateOfD(): Operation[] {
    const { b, options: { batchSize } } = this;
    const both = rowsOf(2, batchSize);
    const fake = both.groupPanels;
    return [
      ...this.#generate(b.staging.d, batchSize, fake),
      ...this.#gated([...this.#loadMasks(b.staging.d, 2), ...this.#loadReal()]),
      ...this.#present(b.staging.d, batchSize, fake),
      ...this.#forwardD(both),
      this.#headD(),
      ...this.#backThroughD(both, true),
      ...this.#penalty(),
      ...this.#gradientsOfD(both),
      this.#optimiseD(),
    ];
  }

  updateOfG(): Operation[] {
    const rows = rowsOf(1, this.#gBatch);
    return [
      ...this.#loadMasks(this.b.staging.g, 1),
      ...this.#generate(this.b.staging.g, this.#gBatch, 0),
      ...this.#present(this.b.staging.g, this.#gBatch, 0),
      ...this.#forwardD(rows),
      this.#headG(0),
      ...this.#backThroughD(rows, false),
      ...this.#backThroughG(0),
      ...this.#optimiseG(),
    ];
  }

  /** Both gradients at the same weights, noise and masks: D's passes are made once. */
  simultaneous(): Operation[] {
    const { b, options: { batchSize } } = this;
    const both = rowsOf(2, batchSize);
    const fake = both.groupPanels;
    return [
      ...this.#generate(b.staging.d, batchSize, fake),
      ...this.#gated([...this.#loadMasks(b.staging.d, 2), ...this.#loadReal()]),
      ...this.#present(b.staging.d, batchSize, fake),
      ...this.#forwardD(both),
      this.#headD(),
      this.#headG(fake),
      ...this.#backThroughD(both, true),
      ...this.#backThroughG(fake),
      ...this.#penalty(),
      ...this.#gradientsOfD(both),
      this.#optimiseD(),
      ...this.#optimiseG(),
    ];
  }

  #gated(operations: Operation[]): Operation[] {
    this.gate = operations[0];
    return operations;
  }

  #loadReal(): Operation[] {
    const { x, mask } = this.b.d[0];
    const { batchSize } = this.options;
    return [
      loadRows(this.b.real, this.#rowOfD, batchSize, x, mask),
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
    const { classes } = this.options;
    const behind = mask && featuresFrom(mask, from);
    return [loadRows(labels, classes!, count, featuresFrom(to, from), behind)];
  }

  #loadMasks({ masks }: Staging, groups: 1 | 2): Operation[] {
    const rows = groups === 2 ? this.options.batchSize : this.#gBatch;
    return this.b.d.flatMap(({ mask }, index) => {
      if (!mask) return [];
      const { spec } = this.discriminator;
      const inputs = index === 0 ? spec.inputs : spec.layers[index - 1].width;
      return Array.from({ length: groups }, (_, group) =>
        loadRows(
          masks[index]! + 4 * group * rows * inputs,
          inputs,
          rows,
          panelsFrom(mask, group * rowsOf(1, rows).panels),
        ));
    });
  }

  /** Where G's output goes: straight to D's input where nothing is done to it on the way. */
  #madePanels(first: number): Panels {
    return this.b.made ?? panelsFrom(this.b.d[0].x, first);
  }

  /** G forwards, for `count` rows of D, from panel `first` of D on. */
  #generate(staging: Staging, count: number, first: number): Operation[] {
    const { b, generator } = this;
    const samples = count * this.#packing;
    const rows = rowsOf(1, samples);
    const made = this.#madePanels(first);
    const z = latentSize(this.options);
    const operations = [
      loadRows(staging.latent, z, samples, b.g[0].x),
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

  /** What G has made to D's panels from `first` on, masked, packed, with its labels. */
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
      forwardLayer(this.discriminator, index, buffers, this.#outOfD(index), rows, {
        mask: this.b.d[index + 1]?.mask,
        moveStatistics: false,
      })
    );
  }

  #headD(): Operation {
    const last = this.b.d.length - 1;
    const { parameters, gradients } = this.discriminator;
    return operation(Code.HeadD, {
      [HeadWord.Logits]: this.b.logits.address,
      [HeadWord.LogitsStride]: this.b.logits.stride,
      [HeadWord.Seeds]: this.b.dSeeds,
      [HeadWord.BiasGradient]: parameters.address(gradients, `layers.${last}.bias`),
      [HeadWord.Report]: this.report,
      [HeadWord.Count]: this.options.batchSize,
    });
  }

  #headG(firstPanel: number): Operation {
    return operation(Code.HeadG, {
      [HeadWord.Logits]: this.b.logits.address,
      [HeadWord.LogitsStride]: this.b.logits.stride,
      [HeadWord.FirstPanel]: firstPanel,
      [HeadWord.Seeds]: this.b.gSeeds,
      [HeadWord.Report]: this.report,
      [HeadWord.Count]: this.#gBatch,
      [HeadWord.Saturating]: this.options.generatorLoss === "saturating" ? 1 : 0,
    });
  }

  /** u of every layer of D, from the top down. */
  #backThroughD(rows: Rows, gradients: boolean): Operation[] {
    const { b, discriminator } = this;
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
    const { b, discriminator, options: { gradientPenalty, batchSize } } = this;
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
          [PenaltyWord.Report]: this.report,
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

  #gradientsOfD(rows: Rows): Operation[] {
    const { b } = this;
    return b.d.flatMap((buffers, index) =>
      weightGradient(this.discriminator, index, buffers, rows, {
        seeds: b.dSeeds,
        added: buffers.s && { panels: buffers.s, count: rows.groupPanels },
      })
    );
  }

  /** From u[0] of D's panels from `first` on to the gradients of all of G's weights. */
  #backThroughG(first: number): Operation[] {
    const { b, generator, discriminator } = this;
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
    for (let index = last; index >= 0; index--) {
      if (index > 0) {
        const below: Below = {
          network: generator,
          index: index - 1,
          buffers: b.g[index - 1],
          out: b.g[index].x,
          gradients: {},
        };
        operations.push(backwardLayer(generator, index, b.g[index].u, below, rows));
      }
      operations.push(...weightGradient(generator, index, b.g[index], rows));
    }
    return operations;
  }

  #optimiseD(): Operation {
    const step = optimise(this.discriminator, this.options.discriminatorOptimiser.kind);
    this.optimisers.d.add(step);
    return step;
  }

  #optimiseG(): Operation[] {
    const step = optimise(this.generator, this.options.generatorOptimiser.kind);
    const operations = [step];
    const { averageRunning, statistics } = this.generator;
    if (averageRunning !== undefined && statistics.size > 0) {
      operations.push(averageStatistics(this.generator));
    }
    for (const each of operations) this.optimisers.g.add(each);
    return operations;
  }
}
