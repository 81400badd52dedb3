/**
 * Keeps a training that is a job while it is under way: the same job, asked for again after it was
 * stopped or killed, goes on from the last checkpoint and has the result that it would have had.
 *
 * The folder has checkpoints, events and figures as a run folder has them. What else a run folder
 * says is in the job. It is removed by whoever keeps the result.
 *
 * @module
 */
import { join } from "node:path";
import { type TrainingData } from "@/data/training_data.ts";
import { type Quality } from "@/eval/quality.ts";
import { encodeCheckpoint, restoreGan } from "@/gan/checkpoint.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { type Gan } from "@/gan/gan.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { readIfFile, writeTextAtomically } from "@/io/files.ts";
import { FolderLockedError } from "@/io/lock.ts";
import { type KeptWork } from "@/jobs/job_protocol.ts";
import { MachineFailure } from "@/jobs/job_errors.ts";
import { RunFolder } from "@/run/folder.ts";
import { readCheckpoint } from "@/run/read_checkpoint.ts";

/** A training as far as it has come. */
export interface Begun {
  gan: Gan;
  events: TrainEvent[];
  quality: Quality[];
}

/** The tiles in which a GPU makes its products: with others the numbers would be others. */
type Tiles = Record<string, string>;

export class KeptTraining implements Disposable {
  #saved = performance.now();

  private constructor(private readonly run: RunFolder, private readonly everyMs: number) {}

  /** @throws {MachineFailure} If a process that was killed still has the folder. */
  static async open({ folder, everyMs }: KeptWork): Promise<KeptTraining> {
    const run = new RunFolder(folder);
    try {
      await run.open();
    } catch (error) {
      if (error instanceof FolderLockedError) throw new MachineFailure(error.message);
      throw error;
    }
    return new KeptTraining(run, everyMs);
  }

  /** The training at its last checkpoint, or what `fresh` makes. */
  async begin(data: TrainingData, fresh: () => Gan): Promise<Begun> {
    const gan = await this.#restored(data) ?? fresh();
    const { step } = gan;
    await this.run.openMetrics(step);
    await this.run.openQuality(step);
    return { gan, events: await this.run.readMetrics(), quality: await this.run.readQuality() };
  }

  async #restored(data: TrainingData): Promise<Gan | undefined> {
    if ((await this.run.checkpoints()).length === 0) return undefined;
    try {
      return restoreGan(await readCheckpoint(this.run), data);
    } catch (error) {
      // A damaged checkpoint costs the time of the training and nothing else.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  async tiles(): Promise<Tiles | undefined> {
    const bytes = await readIfFile(this.#tilesFile);
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  }

  async keepTiles(tiles: Tiles): Promise<void> {
    await writeTextAtomically(this.#tilesFile, JSON.stringify(tiles));
  }

  get #tilesFile(): string {
    return join(this.run.path, "tiles.json");
  }

  async addEvent(event: TrainEvent): Promise<void> {
    await this.run.appendMetrics(event);
  }

  async addQuality(quality: Quality): Promise<void> {
    await this.run.appendQuality(quality);
  }

  /** Saves a checkpoint if the last one is old. Events and figures of its step must be there. */
  async saveIfDue(gan: Gan): Promise<void> {
    if (performance.now() - this.#saved < this.everyMs) return;
    try {
      await this.run.writeCheckpoint(gan.step, await encodeCheckpoint(gan));
    } catch (error) {
      // Whether and when it diverges is for the training to find, with checkpoints or without.
      if (!(error instanceof DivergedError)) throw error;
    }
    this.#saved = performance.now();
  }

  [Symbol.dispose](): void {
    this.run.close();
  }
}
