/**
 * Training steps by a plan: the numbers of a GAN live in the memory of the machine while it trains, and
 * are back in tensors as soon as somebody looks at them.
 *
 * @module
 */
import { ReportWord } from "./fields.ts";
import { type Later, type StepMachine } from "./step_machine.ts";
import { type Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import {
  averageDecayAt,
  currentEpoch,
  drawLatentValues,
  type Engine,
  type Gan,
  type PendingNumbers,
  rowsOfBatch,
  type StepNumbers,
} from "@/gan/gan.ts";
import { drawLabels, oneHot } from "@/gan/labels.ts";
import { type Tensors } from "@/gan/network.ts";
import { learningRateAt, momentumAt, type Optimiser } from "@/gan/optimiser.ts";
import { inputsOf } from "@/gan/spec.ts";
import { type Arena } from "./arena.ts";
import { type PlacedNetwork } from "./buffers.ts";
import { Plan, type Staging, type StepNumbers as Rates } from "./plan.ts";

/** An arena, and the object whose property has its tensors. */
interface Holding {
  owner: object;
  key: string;
  arena: Arena;
  address: number;
  /** Put before a parameter's name: `mean.` of Adam. */
  prefix: string;
}

/** What a step reports, by what the machine reports. */
type Reported<R> = R extends ArrayLike<number> ? StepNumbers : PendingNumbers;

export class PlannedStep<M extends StepMachine = StepMachine> implements Engine {
  readonly #gan: Gan;
  readonly #plan: Plan<M>;
  readonly #holdings: Holding[];
  /** The records of tensors, by owner and key. */
  readonly #records = new Map<object, Map<string, Tensors>>();
  /** Whether the machine has the numbers; otherwise the tensors have. */
  #holds = false;

  /**
   * @throws {RangeError} If the GAN's options cannot be planned (`whyNotPlanned`).
   */
  constructor(gan: Gan, readonly machine: M) {
    this.#gan = gan;
    this.#plan = new Plan(machine, gan.options);
    this.#holdings = this.#listHoldings();
    for (const { owner, key } of this.#holdings) this.#guard(owner, key);
  }

  /** k updates of D and one of G, as `trainStep` of `steps.ts`. */
  step(): Reported<ReturnType<M["report"]>> {
    this.#take();
    const { options } = this.#gan;
    const { programs, staging } = this.#plan;
    for (let i = 1; i < options.discriminatorSteps; i++) {
      this.#plan.run(programs.d!, this.#stageD());
    }
    const rest = this.#stageD();
    this.#setG();
    this.#plan.run(programs.step, () => {
      rest();
      if (options.updates === "alternating") this.#stageG(staging.g);
    });
    this.machine.finish();
    this.#gan.step++;
    return this.#report();
  }

  async settle(): Promise<void> {
    await this.machine.settle?.();
  }

  /** Gives the numbers back to the tensors, and the memory to the machine. */
  release(): void {
    this.#giveBack();
    for (const [owner, records] of this.#records) {
      for (const [key, tensors] of records) {
        Object.defineProperty(owner, key, {
          value: tensors,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
    }
    this.#plan.release();
  }

  /** Puts in what G makes D's generated rows from; what is returned puts in the rest. */
  #stageD(): () => void {
    const gan = this.#gan;
    const { options, batches, noise } = gan;
    const { real, staging: { d } } = this.#plan;
    const optimiser = gan.discriminatorOptimiser;
    this.#plan.setD(ratesOf(optimiser, currentEpoch(gan)));
    optimiser.step++;
    this.#put(d.latent, drawLatentValues(options, rowsOfBatch(options), noise));
    // A batch has the labels with its rows.
    const batch = d.labels === undefined ? undefined : batches.next();
    if (batch) this.#put(d.labels!, oneHot(batch.labels!, options.classes!));
    return () => {
      this.#put(real, (batch ?? batches.next()).rows);
      this.#putMasks(d, 2 * options.batchSize);
    };
  }

  /** What an update of G takes in: noise, then labels, where there are any; drawn in this order. */
  #stageG(staging: Staging): void {
    const { options, data, noise } = this.#gan;
    const { batchSize, generatorBatchSize = batchSize, packing = 1 } = options;
    const samples = generatorBatchSize * packing;
    this.#put(staging.latent, drawLatentValues(options, samples, noise));
    if (staging.labels !== undefined) {
      this.#put(staging.labels, oneHot(drawLabels(data, samples, noise), options.classes!));
    }
    this.#putMasks(staging, generatorBatchSize);
  }

  #putMasks({ masks }: Staging, rows: number): void {
    masks.forEach((mask, index) => {
      if (mask !== undefined) this.#put(mask, this.#drawMask(index, rows, this.#gan.dropout));
    });
  }

  #drawMask(index: number, rows: number, dropout: Random): Float32Array {
    const { discriminator } = this.#gan.options;
    const keep = discriminator.layers[index].keep!;
    return dropout.bernoullis(rows * inputsOf(discriminator, index), keep, 1 / keep);
  }

  #setG(): void {
    const gan = this.#gan;
    const optimiser = gan.generatorOptimiser;
    const rates = ratesOf(optimiser, currentEpoch(gan));
    const averageShare = gan.average ? 1 - averageDecayAt(gan.options, gan.step + 1) : 0;
    this.#plan.setG({ ...rates, averageShare });
    optimiser.step++;
  }

  #put(address: number, values: Float32Array): void {
    this.machine.write(address, values);
  }

  #report(): Reported<ReturnType<M["report"]>> {
    const report: ArrayLike<number> | Later = this.#plan.report();
    const numbers = "read" in report
      ? { read: async () => this.#name(await report.read()) }
      : this.#name(report);
    return numbers as Reported<ReturnType<M["report"]>>;
  }

  #name(report: ArrayLike<number>): StepNumbers {
    const { reportAccuracy, gradientPenalty } = this.#gan.options;
    return {
      dLoss: report[ReportWord.DLoss],
      dReal: report[ReportWord.DReal],
      dFake: report[ReportWord.DFake],
      ...reportAccuracy && { dAccuracy: report[ReportWord.DAccuracy] },
      ...gradientPenalty > 0 && { penalty: report[ReportWord.Penalty] },
      gLoss: report[ReportWord.GLoss],
      ...reportAccuracy && { gAccuracy: report[ReportWord.GAccuracy] },
    };
  }

  #listHoldings(): Holding[] {
    const { generator, discriminator, average, generatorOptimiser, discriminatorOptimiser } =
      this.#gan;
    const { generator: g, discriminator: d } = this.#plan;
    const holding = (owner: object, key: string, arena: Arena, address: number, prefix = "") => ({
      owner,
      key,
      arena,
      address,
      prefix,
    });
    const slots = (optimiser: Optimiser, { parameters, slots }: PlacedNetwork) => {
      const kinds = optimiser.spec.kind === "adam" ? ["mean.", "square."] : ["velocity."];
      return kinds.map((kind, i) => holding(optimiser, "slots", parameters, slots[i], kind));
    };
    return [
      holding(generator, "weights", g.parameters, g.weights),
      holding(generator, "statistics", g.statistics, g.running),
      holding(discriminator, "weights", d.parameters, d.weights),
      holding(discriminator, "statistics", d.statistics, d.running),
      ...average
        ? [
          holding(average, "weights", g.parameters, g.average!),
          holding(average, "statistics", g.statistics, g.averageRunning!),
        ]
        : [],
      ...slots(generatorOptimiser, g),
      ...slots(discriminatorOptimiser, d),
    ];
  }

  /** Makes a property one that gives the numbers back before it is read. */
  #guard(owner: object, key: string): void {
    let records = this.#records.get(owner);
    if (!records) this.#records.set(owner, records = new Map());
    if (records.has(key)) return;
    const tensors = (owner as Record<string, Tensors>)[key];
    records.set(key, tensors);
    Object.defineProperty(owner, key, {
      get: () => {
        this.#giveBack();
        return tensors;
      },
      enumerable: true,
      configurable: true,
    });
  }

  #tensorsOf({ owner, key }: Holding): Tensors {
    return this.#records.get(owner)!.get(key)!;
  }

  /** Tensors to the machine. */
  #take(): void {
    if (this.#holds) return;
    for (const holding of this.#holdings) {
      const tensors = this.#tensorsOf(holding);
      const { arena, address, prefix } = holding;
      for (const name of arena.names) {
        this.machine.take(arena.place(address, name), tensors[prefix + name]);
      }
    }
    this.#holds = true;
  }

  /** The machine's numbers to tensors, which replace the old ones. */
  #giveBack(): void {
    if (!this.#holds) return;
    this.#holds = false;
    const all = this.#holdings.flatMap((holding) => {
      const tensors = this.#tensorsOf(holding);
      const { arena, address, prefix } = holding;
      return arena.names.map((name) => ({
        tensors,
        name: prefix + name,
        place: arena.place(address, name),
      }));
    });
    const given = this.machine.give(all.map(({ place }) => place));
    all.forEach(({ tensors, name, place: { shape } }, i) => {
      const numbers = given[i];
      const tensor = "values" in numbers
        ? tf.tensor(numbers.values, shape)
        : tf.tensor({ buffer: numbers.buffer }, shape, "float32");
      tensors[name].dispose();
      tensors[name] = tf.keep(tensor);
    });
  }
}

/** The rates of the next step of an optimiser. */
function ratesOf({ spec, step }: Optimiser, epoch: number): Rates {
  const rate = learningRateAt(spec, step);
  if (spec.kind === "momentum") return { kind: "momentum", rate, beta1: momentumAt(spec, epoch) };
  const { beta1, beta2, epsilon } = spec;
  return {
    kind: "adam",
    rate: rate / (1 - beta1 ** (step + 1)),
    beta1,
    beta2,
    epsilon,
    correction: 1 / Math.sqrt(1 - beta2 ** (step + 1)),
  };
}
