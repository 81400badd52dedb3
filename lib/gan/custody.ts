/**
 * Who holds the numbers of a GAN while it trains.
 *
 * The reference takes its steps on the tensors of the GAN itself. An engine takes the numbers into
 * a memory of its own: from then on they are in its custody, and the tensors are disposed of, so
 * that nobody reads old ones by mistake. `sync` brings them back as new tensors; at its next step
 * the engine takes in those that were replaced since.
 *
 * @module
 */
import { type Gan } from "./gan.ts";
import { type GanOptions } from "./options.ts";

/**
 * What D reports about a step, before it moves. `T` is a number, or a scalar that has not been read
 * back.
 */
export type DiscriminatorReport<T = number> = {
  /** D's loss without the penalty; in nats, if it is a cross-entropy. */
  dLoss: T;
  /**
   * Mean of sigmoid(a) over the real rows, and over the generated ones: the mean of D, where a is
   * its logit.
   */
  dReal: T;
  dFake: T;
  /**
   * Share of real and generated rows that D takes for what they are; where the options ask for it.
   */
  dAccuracy?: T;
  /** The gradient penalty, part of D's objective but not of `dLoss`; where the options have one. */
  penalty?: T;
};

/** What G reports about a step, before it moves. */
export type GeneratorReport<T = number> = {
  gLoss: T;
  /** Share of generated rows that D takes for real; where the options ask for it. */
  gAccuracy?: T;
};

/**
 * What is reported about a step of both players. After a step that leaves a NaN or an infinity in a
 * network, in its optimiser, or in D's logits, both losses are NaN.
 */
export type StepReport<T = number> = DiscriminatorReport<T> & GeneratorReport<T>;

/** The report of a step whose numbers are still in another memory. */
export interface PendingReport {
  /** Reads them back; they stay those of this step, however many follow meanwhile. */
  read(): Promise<StepReport>;
}

/** The numbers of a GAN at one step, as they lie in the memory of an engine. */
export interface Snapshot {
  /**
   * Reads them back, while later steps may be under way; to be called once. They are sent here with
   * the next steps, or when this is called.
   */
  read(): Promise<RawNumbers>;
}

/** Numbers in the order of an engine: `engine/raw_arrays.ts` makes arrays of them. */
export interface RawNumbers {
  /** All of them, end to end, with what lies between them. */
  numbers: Float32Array;
  /** By the names of a checkpoint: shape, and the index of the first number. */
  arrays: { name: string; shape: number[]; at: number }[];
}

/** Something that takes the steps of GANs faster than autodiff does. */
export interface Engine {
  /** How it takes them: a clause for the user. */
  readonly description: string;
  /** Why it cannot take the steps of a GAN with these options: a clause; undefined where it can. */
  whyNot(options: GanOptions): string | undefined;
  /**
   * Where bits depend on choices of the engine: what it makes the products of a GAN in, by their
   * shapes. An engine that is told so again takes the same steps.
   */
  tiles?(options: GanOptions): Record<string, string> | undefined;
  /**
   * Makes it take the steps of a GAN from now on.
   *
   * @throws {RangeError} If it cannot (`whyNot`).
   */
  take(gan: Gan): Custody;
}

/** A GAN whose steps an engine takes. */
export interface Custody {
  /** The engine that has it. */
  readonly engine: Engine;
  /**
   * k updates of D and one of G, as `trainStep` of `steps.ts` takes them.
   *
   * @param reported Whether its report is wanted; by default it is.
   */
  step(reported?: boolean): StepReport | PendingReport | undefined;
  /**
   * Where steps are asked for without waiting: whether the last ones are still to be sent off,
   * together with the next ones. They are at the latest when somebody reads.
   */
  readonly gathering?: boolean;
  /** Where steps are asked for without waiting: waits until more of them may be asked for. */
  room?(): Promise<void>;
  /** Copies the numbers as they are now, where the engine can do that without waiting. */
  snapshot?(): Snapshot | undefined;
  /**
   * Brings the numbers back into the tensors, as they are after the same steps of the reference.
   */
  sync(): void;
  /** Brings them back, and frees what the engine holds. */
  release(): void;
}

/**
 * Brings the tensors of a GAN up to date. Call it before you read or replace `weights`,
 * `statistics` or `slots` between two events of `train`; after `train` has ended, they are up to
 * date.
 */
export function sync(gan: Gan): void {
  gan.custody?.sync();
}
