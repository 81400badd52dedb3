/**
 * What a run records while it trains: events and figures, in every format that was asked for.
 *
 * @module
 */
import { type Quality, qualityKind } from "@/eval/quality.ts";
import { type Gan } from "@/gan/gan.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { isFile, writeAtomically } from "@/io/files.ts";
import { type RunConfig, type RunFolder } from "./folder.ts";
import { MetricsCsv } from "./metrics_csv.ts";
import { QualityMeter } from "./quality_meter.ts";
import { type MeasureRequest } from "./quality_worker.ts";
import { type TrainRequest } from "./request.ts";
import { runGif } from "./run_gif.ts";
import { hasEventFile, TensorBoardFile } from "./tensorboard.ts";

/** Hears of what was recorded. */
export interface RecordListener {
  event(event: TrainEvent): void;
  /** A sample grid was drawn. */
  grid?(step: number, png: Uint8Array): void;
  /** A generator was measured, some time after its step. */
  measured?(quality: Quality): void;
  /** Training is over, and `pending` generators are still to be measured. */
  measuring?(pending: number): void;
  /** Training is over, and an animation is made, which takes some seconds. */
  drawing?(file: string): void;
  warning?(text: string): void;
}

export class RunRecords implements Disposable {
  #csv?: MetricsCsv;
  #tensorboard?: TensorBoardFile;
  #meter?: QualityMeter;
  #gif = false;

  private constructor(readonly run: RunFolder, readonly listener: RecordListener) {}

  /** Continues the run's records from the step of `gan`. */
  static async open(
    run: RunFolder,
    gan: Gan,
    { config: { options, data }, request, listener }: {
      config: Pick<RunConfig, "options" | "data">;
      request: TrainRequest;
      listener: RecordListener;
    },
  ): Promise<RunRecords> {
    const records = new RunRecords(run, listener);
    await run.openMetrics(gan.step);
    const events = await run.readMetrics();
    const { csvFile, tensorboardFolder, gifFile } = run;
    // What the run has already would be out of date.
    if (request.csv || await isFile(csvFile)) {
      records.#csv = await MetricsCsv.open(csvFile, options, events);
    }
    if (request.tensorboard || await hasEventFile(tensorboardFolder)) {
      const entries = (await run.readQuality()).filter(({ step }) => step <= gan.step);
      records.#tensorboard = await TensorBoardFile.open(
        tensorboardFolder,
        gan.step,
        events,
        entries,
      );
    }
    records.#gif = request.gif === true || await isFile(gifFile);
    if (request.quality !== false && qualityKind(options, data).kind !== "none") {
      records.#meter = new QualityMeter({
        measured: (quality) => records.#measured(quality),
        failed: (reason) =>
          listener.warning?.(`samples are not measured after each epoch: ${reason}`),
      });
    }
    if (records.#meter || await isFile(run.qualityFile)) await run.openQuality(gan.step);
    // A run that was killed may have been about to measure it.
    const measured = (await run.readQuality()).some(({ step }) => step === gan.step);
    if (gan.step > 0 && !measured) await records.#meter?.add(gan);
    return records;
  }

  async event(event: TrainEvent): Promise<void> {
    await this.run.appendMetrics(event);
    await this.#csv?.event(event);
    await this.#tensorboard?.event(event);
    this.listener.event(event);
  }

  async grid(step: number, png: Uint8Array): Promise<void> {
    await this.#tensorboard?.grid(step, png);
    this.listener.grid?.(step, png);
  }

  /** Has the generator measured, beside the training. */
  async measure(gan: Gan): Promise<void> {
    await this.#meter?.add(gan);
  }

  /** Has a generator measured of which there are arrays already. */
  measureArrays(generator: MeasureRequest): void {
    this.#meter?.addArrays(generator);
  }

  /** Ends what is still under way when the training is over. */
  async finish(): Promise<void> {
    this.#meter?.hurry();
    if (this.#meter && this.#meter.pending > 0) {
      this.listener.measuring?.(this.#meter.pending);
      await this.#meter.finish();
    }
    if (!this.#gif) return;
    this.listener.drawing?.(this.run.gifFile);
    await writeAtomically(this.run.gifFile, await runGif(this.run));
  }

  async #measured(quality: Quality): Promise<void> {
    await this.run.appendQuality(quality);
    await this.#tensorboard?.quality(quality);
    this.listener.measured?.(quality);
  }

  [Symbol.dispose](): void {
    this.#meter?.[Symbol.dispose]();
    this.#csv?.[Symbol.dispose]();
    this.#tensorboard?.[Symbol.dispose]();
    this.#meter = this.#csv = this.#tensorboard = undefined;
  }
}
