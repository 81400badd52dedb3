/**
 * Training steps by a plan: the numbers of a GAN are in the memory of a machine while it trains,
 * and go back into tensors when they are asked for (`sync`).
 *
 * @module
 */
import {
  type Custody,
  type Engine,
  type PendingReport,
  type Snapshot,
  type StepReport,
} from "@/gan/custody.ts";
import {
  averageDecayAt,
  currentEpoch,
  drawLatentValues,
  type Gan,
  rowsOfBatch,
} from "@/gan/gan.ts";
import { divergedReport } from "@/gan/diverged.ts";
import { drawLabels, oneHot } from "@/gan/labels.ts";
import { type Network, type Tensors } from "@/gan/network.ts";
import { type Optimiser, OPTIMISERS } from "@/gan/optimiser.ts";
import { labelCount, latentSize } from "@/gan/options.ts";
import { inputsOf } from "@/gan/spec.ts";
import { cancelWhenForgotten, whenForgotten } from "@/host/forgotten.ts";
import { type Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { freedWhenForgotten } from "@/tfjs/forgotten_tensors.ts";
import { type Arena } from "./arena.ts";
import { type PlacedNetwork } from "./buffers.ts";
import { ratesOf } from "./capabilities.ts";
import { DrawnAhead } from "./drawn_ahead.ts";
import { isFlagged } from "./flags.ts";
import { type KeptData, keptRows } from "./kept_rows.ts";
import { ReportWord } from "./operation_protocol.ts";
import { type Staging } from "./placement.ts";
import { Plan } from "./plan.ts";
import { type Later, type StepMachine } from "./step_machine.ts";

/** Tensors, and the arena that has their numbers. */
interface Holding {
  /** Whose they are, as a checkpoint calls it. */
  group: string;
  tensors: Tensors;
  arena: Arena;
  address: number;
  /** Put before a parameter's name: `mean.` of Adam. */
  prefix: string;
}

/** What a step reports, by what the machine reports. */
type Reported<R> = R extends ArrayLike<number> ? StepReport : PendingReport;

export class PlannedStep<M extends StepMachine = StepMachine> implements Custody {
  readonly #gan: Gan;
  readonly #plan: Plan<M>;
  /** The data set in the memory of the machine, where it is there. */
  readonly #kept?: KeptData;
  readonly #holdings: Holding[];
  readonly #drawn = new DrawnAhead();
  /**
   * The tensors that the machine has taken in, by holding, name for name; undefined while the
   * tensors count.
   */
  #taken?: tf.Tensor[][];
  /** The tensors that were made of the machine's numbers last, in the same order: it still has these numbers. */
  #given: tf.Tensor[][] = [];

  /**
   * @throws {RangeError} If the GAN's options cannot be planned (`whyNotPlanned`).
   */
  constructor(gan: Gan, readonly machine: M, readonly engine: Engine) {
    this.#gan = gan;
    this.#kept = keptRows(machine, gan);
    const normals = machine.fill !== undefined && gan.options.latent === "normal";
    const masks = machine.fill !== undefined;
    this.#plan = new Plan(machine, gan.options, { normals, masks, rows: this.#kept?.rows });
    this.#holdings = this.#listHoldings();
    whenForgotten(gan, freeing(this.#plan, this.#kept));
  }

  /** k updates of D and one of G, as `trainStep` of `steps.ts`. */
  step(): Reported<ReturnType<M["report"]>>;
  step(reported: boolean): Reported<ReturnType<M["report"]>> | undefined;
  step(reported = true): Reported<ReturnType<M["report"]>> | undefined {
    this.#take();
    const { options } = this.#gan;
    const { programs, placement: { staging } } = this.#plan;
    for (let i = 1; i < options.discriminatorSteps; i++) {
      this.#plan.run(programs.d!, this.#stageD());
    }
    const rest = this.#stageD();
    this.#setG();
    this.#plan.run(programs.step, () => {
      rest();
      if (options.updates === "alternating") this.#stageG(staging.g);
    }, () => this.#drawAhead());
    const report = reported ? this.#report() : undefined;
    this.machine.finish();
    this.#gan.step++;
    return report;
  }

  get gathering(): boolean {
    return this.machine.gathering ?? false;
  }

  async room(): Promise<void> {
    await this.machine.room?.();
  }

  /** The numbers as they are now; undefined where the machine cannot copy them for later. */
  snapshot(): Snapshot | undefined {
    const { machine } = this;
    if (!machine.copyOut) return undefined;
    this.#take();
    const arenas = this.#holdings.filter(({ arena }) => arena.size > 0);
    const later = machine.copyOut(
      arenas.map(({ arena, address }) => ({ address, count: arena.size })),
    );
    const places = new Map<string, { shape: number[]; at: number }>();
    let at = 0;
    for (const { group, prefix, arena } of arenas) {
      for (const name of arena.names) {
        const { address, shape } = arena.place(0, name);
        places.set(`${group}/${prefix}${name}`, { shape, at: at + address / 4 });
      }
      at += arena.size;
    }
    // In the order of a checkpoint, which is that of the records.
    const names = arenas.flatMap(({ group, tensors }) =>
      Object.keys(tensors).map((name) => `${group}/${name}`)
    );
    const arrays = [...new Set(names)].map((name) => ({ name, ...places.get(name)! }));
    return { read: async () => ({ numbers: await later.read() as Float32Array, arrays }) };
  }

  /** Gives the numbers back to the tensors, and the memory to the machine. */
  release(): void {
    this.sync();
    cancelWhenForgotten(this.#gan);
    freeing(this.#plan, this.#kept)();
    if (this.#gan.custody === this) this.#gan.custody = undefined;
  }

  /** Puts in what G makes D's generated rows from; what is returned puts in the rest. */
  #stageD(): () => void {
    const gan = this.#gan;
    const { options, batches } = gan;
    const { real, staging: { d } } = this.#plan.placement;
    const optimiser = gan.discriminatorOptimiser;
    this.#plan.setRates("d", ratesOf(optimiser.spec, optimiser.step++, currentEpoch(gan)));
    this.#putLatent(d.latent, rowsOfBatch(options));
    // A batch has the labels with its rows.
    const batch = d.labels === undefined ? undefined : batches.next();
    if (batch) this.#put(d.labels!, oneHot(batch.labels!, labelCount(options)));
    return () => {
      const next = batch ?? batches.next();
      this.#put(real, this.#kept ? next.indices! : next.rows);
      this.#putMasks(d, 2 * options.batchSize);
    };
  }

  /** What an update of G takes in: noise, then labels, where there are any; drawn in this order. */
  #stageG(staging: Staging): void {
    const { options, data, noise } = this.#gan;
    const { batchSize, generatorBatchSize = batchSize, packing = 1 } = options;
    const samples = generatorBatchSize * packing;
    this.#putLatent(staging.latent, samples);
    if (staging.labels !== undefined) {
      this.#put(staging.labels, oneHot(drawLabels(data, samples, noise), labelCount(options)));
    }
    this.#putMasks(staging, generatorBatchSize);
  }

  /** The noise of the next step. */
  #drawAhead(): void {
    const { options, noise } = this.#gan;
    const { batchSize, generatorBatchSize = batchSize, packing = 1 } = options;
    if (options.latent !== "normal" || this.#plan.placement.inputs.normals) return;
    const samples = Array<number>(options.discriminatorSteps).fill(rowsOfBatch(options));
    if (options.updates === "alternating") samples.push(generatorBatchSize * packing);
    this.#drawn.prepare(noise, samples.map((count) => count * latentSize(options)));
  }

  #drawLatent(samples: number): Float32Array {
    const { options, noise } = this.#gan;
    if (options.latent !== "normal") return drawLatentValues(options, samples, noise);
    return this.#drawn.normals(noise, samples * latentSize(options));
  }

  #putLatent(address: number, samples: number): void {
    const { options, noise } = this.#gan;
    const { inputs } = this.#plan.placement;
    this.#put(
      address,
      inputs.normals
        ? noise.wordsOfNormals(samples * latentSize(options))
        : this.#drawLatent(samples),
    );
  }

  #putMasks({ masks }: Staging, rows: number): void {
    masks.forEach((mask, index) => {
      if (mask !== undefined) this.#put(mask, this.#drawMask(index, rows, this.#gan.dropout));
    });
  }

  #drawMask(index: number, rows: number, dropout: Random): Float32Array | Uint32Array {
    const { discriminator } = this.#gan.options;
    const keep = discriminator.layers[index].keep!;
    const count = rows * inputsOf(discriminator, index);
    if (this.#plan.placement.inputs.masks) return dropout.words(count);
    return dropout.bernoullis(count, keep, 1 / keep);
  }

  #setG(): void {
    const gan = this.#gan;
    const optimiser = gan.generatorOptimiser;
    const rates = ratesOf(optimiser.spec, optimiser.step++, currentEpoch(gan));
    const averageShare = gan.average ? 1 - averageDecayAt(gan.options, gan.step + 1) : 0;
    this.#plan.setRates("g", rates, averageShare);
  }

  #put(address: number, values: Float32Array | Uint32Array): void {
    this.machine.write(address, values);
  }

  #report(): Reported<ReturnType<M["report"]>> {
    const report: ArrayLike<number> | Later = this.#plan.report();
    const numbers = "read" in report
      ? { read: async () => this.#name(await report.read()) }
      : this.#name(report);
    return numbers as Reported<ReturnType<M["report"]>>;
  }

  #name(report: ArrayLike<number>): StepReport {
    const { reportAccuracy, gradientPenalty } = this.#gan.options;
    const numbers = {
      dLoss: report[ReportWord.DLoss],
      dReal: report[ReportWord.DReal],
      dFake: report[ReportWord.DFake],
      ...reportAccuracy && { dAccuracy: report[ReportWord.DAccuracy] },
      ...gradientPenalty > 0 && { penalty: report[ReportWord.Penalty] },
      gLoss: report[ReportWord.GLoss],
      ...reportAccuracy && { gAccuracy: report[ReportWord.GAccuracy] },
    };
    return isFlagged(report) ? divergedReport(numbers) : numbers;
  }

  #listHoldings(): Holding[] {
    const { generator, discriminator, average, generatorOptimiser, discriminatorOptimiser } =
      this.#gan;
    const { generator: g, discriminator: d } = this.#plan.placement;
    const networks: [group: string, Network, PlacedNetwork, weights: number, running: number][] = [
      ["generator", generator, g, g.weights, g.running],
      ["discriminator", discriminator, d, d.weights, d.running],
    ];
    if (average) networks.push(["average", average, g, g.average!, g.averageRunning!]);
    const slots = (group: string, optimiser: Optimiser, { parameters, slots }: PlacedNetwork) => {
      return OPTIMISERS[optimiser.spec.kind].slots.map((slot, i) => ({
        group,
        tensors: optimiser.slots,
        arena: parameters,
        address: slots[i],
        prefix: `${slot}.`,
      }));
    };
    return [
      ...networks.flatMap(([group, { weights, statistics }, placed, address, running]) => [
        { group, tensors: weights, arena: placed.parameters, address, prefix: "" },
        { group, tensors: statistics, arena: placed.statistics, address: running, prefix: "" },
      ]),
      ...slots("generatorOptimiser", generatorOptimiser, g),
      ...slots("discriminatorOptimiser", discriminatorOptimiser, d),
    ];
  }

  /** Tensors to the machine, if it does not have their numbers; from then on they are disposed of. */
  #take(): void {
    if (this.#taken) return;
    this.#taken = this.#holdings.map(({ tensors, arena, address, prefix }, holding) =>
      arena.names.map((name, i) => {
        const tensor = tensors[prefix + name];
        if (tensor !== this.#given[holding]?.[i]) {
          this.machine.take(arena.place(address, name), tensor);
        }
        return tensor;
      })
    );
    tf.dispose(this.#taken);
  }

  /**
   * The machine's numbers to tensors.
   *
   * @throws {Error} If a tensor was replaced meanwhile, since its numbers would be lost.
   */
  sync(): void {
    const taken = this.#taken;
    if (!taken) return;
    const all = this.#holdings.flatMap(({ tensors, arena, address, prefix }, holding) =>
      arena.names.map((name, i) => {
        if (tensors[prefix + name] !== taken[holding][i]) throw new Error(replaced(prefix + name));
        return { tensors, name: prefix + name, place: arena.place(address, name) };
      })
    );
    const given = this.machine.give(all.map(({ place }) => place));
    this.#taken = undefined;
    all.forEach(({ tensors, name, place: { shape } }, i) => {
      const numbers = given[i];
      const tensor = "values" in numbers
        ? tf.tensor(numbers.values, shape)
        : tf.tensor({ buffer: numbers.buffer }, shape, "float32");
      tensors[name] = tf.keep(freedWhenForgotten(tensor));
    });
    this.#given = this.#holdings.map(({ tensors, arena, prefix }) =>
      arena.names.map((name) => tensors[prefix + name])
    );
  }
}

function replaced(name: string): string {
  return `Cannot bring a GAN's numbers back from the engine: ${name} must be the tensor that it took, and was replaced. Call sync(gan) before you replace a tensor`;
}

/** Gives back what a machine holds for a GAN, which this does not reach. */
function freeing(plan: Plan, kept?: KeptData): () => void {
  return () => {
    plan.release();
    kept?.release();
  };
}
