/**
 * Saves a run: the checkpoint of a step, its picture, the report.
 *
 * Where the engine can copy its numbers without waiting, as on a GPU, the training goes on
 * meanwhile: a thread of its own makes the files (`save_worker.ts`), and they are written one after
 * another. Elsewhere the training waits.
 *
 * @module
 */
import { encodeCheckpoint, type Header, headerOf } from "@/gan/checkpoint.ts";
import { type RawNumbers, type Snapshot } from "@/gan/custody.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { type Gan, samplingGenerator } from "@/gan/gan.ts";
import { type RunFolder } from "./folder.ts";
import { imagesPng, toyPng } from "./picture.ts";
import { epochOf } from "./quality_meter.ts";
import { type RunRecords } from "./records.ts";
import { renderReport } from "./report.ts";
import { type FilesAnswer, type FilesRequest, type SavedFiles } from "./save_worker.ts";

/** Most of the time that writing reports may take, when epochs pass faster than one is written. */
const REPORT_SHARE = 0.05;
/** Steps that wait to be saved, some ten megabytes each; with more of them the training waits. */
const MOST_WAITING = 2;
/**
 * The training may wait so long for what is saved: if epochs pass faster than that, some are left
 * out.
 */
const PATIENCE = { ms: 2000, share: 0.05 };

/** An epoch that passed too fast to be saved. */
export const LEFT_OUT = Symbol("left out");

/** All that is saved of a GAN at one step. */
interface KeptGan {
  header: Header;
  epoch: number;
  snapshot: Snapshot;
}

interface SaverOptions {
  /** The last step that was saved. */
  savedAt: number;
  /** Told of each checkpoint that was written. */
  saved: (checkpoint: string) => void;
  /** For how long the training may wait. */
  patience?: { ms: number; share: number };
}

export class Saver implements Disposable {
  /** The last step that was saved. */
  savedAt: number;
  readonly saved: (checkpoint: string) => void;
  readonly patience: { ms: number; share: number };
  readonly #thread = new FilesThread();
  #report = { writtenAt: performance.now(), took: 0 };
  #waiting: Promise<void>[] = [];
  readonly #began = performance.now();
  /** How long the training has waited, in ms. */
  #waited = 0;
  #failure?: { error: unknown };

  constructor(
    readonly run: RunFolder,
    readonly records: RunRecords,
    { savedAt, saved, patience = PATIENCE }: SaverOptions,
  ) {
    this.savedAt = savedAt;
    this.saved = saved;
    this.patience = patience;
  }

  /**
   * Copies what is saved of a GAN now; undefined where its numbers cannot be had without waiting.
   *
   * @param last Whether it is saved in any case.
   */
  keep(gan: Gan, last: boolean): KeptGan | typeof LEFT_OUT | undefined {
    const behind = this.#waiting.length >= MOST_WAITING;
    const { ms, share } = this.patience;
    const allowed = ms + share * (performance.now() - this.#began);
    if (behind && !last && this.#waited > allowed) return LEFT_OUT;
    const snapshot = gan.custody?.snapshot?.();
    if (!snapshot) return undefined;
    return { header: headerOf(gan), epoch: epochOf(gan), snapshot };
  }

  /**
   * Saves what was kept, beside the training: returns when not too many wait.
   *
   * @throws {Error} If something could not be saved.
   */
  async saveBeside(kept: KeptGan): Promise<void> {
    const before = this.#waiting.at(-1);
    const made = kept.snapshot.read().then((raw) => this.#thread.files(this.run, kept.header, raw));
    // Whoever waits for it hears of a failure.
    made.catch(() => {});
    const saving = (async () => {
      // The next files are made while these are written.
      await before;
      if (!this.#failure) await this.#write(kept, await made);
    })().catch((error) => void (this.#failure ??= { error }));
    this.#waiting.push(saving);
    saving.then(() => this.#waiting.shift());
    const began = performance.now();
    while (this.#waiting.length > MOST_WAITING) await this.#waiting[0];
    this.#waited += performance.now() - began;
    this.check();
  }

  /** Waits until everything is saved. */
  async finish(): Promise<void> {
    await this.#waiting.at(-1);
    this.check();
  }

  /** @throws {Error} If something could not be saved. */
  check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Checkpoint first, then the picture: a run that is killed in between can still go on. */
  async #write(
    { header: { step, options, labelCounts }, epoch }: KeptGan,
    { checkpoint, picture, generator }: SavedFiles,
  ): Promise<void> {
    const { run, records } = this;
    const file = await run.writeCheckpoint(step, checkpoint);
    await run.writeSampleGrid(step, picture);
    await records.grid(step, picture);
    this.savedAt = step;
    this.saved(file);
    records.measureArrays({ options, step, epoch, arrays: generator, labelCounts });
    await this.#reportNow(() => this.#thread.report(run));
  }

  /** Saves a GAN while its training waits. */
  async save(gan: Gan): Promise<void> {
    this.saved(await saveGan(this.run, gan, this.records));
    this.savedAt = gan.step;
    await this.records.measure(gan);
  }

  /** Writes the report while the training waits, unless it was written a short while ago. */
  async report(): Promise<void> {
    await this.#reportNow(() => renderReport(this.run));
  }

  async #reportNow(render: () => Promise<string>): Promise<void> {
    const began = performance.now();
    if (began - this.#report.writtenAt <= this.#report.took / REPORT_SHARE) return;
    await this.run.writeReport(await render());
    const writtenAt = performance.now();
    this.#report = { writtenAt, took: writtenAt - began };
  }

  [Symbol.dispose](): void {
    this.#thread[Symbol.dispose]();
  }
}

/** Saves a GAN and draws its picture; where its checkpoint is. */
export async function saveGan(run: RunFolder, gan: Gan, records: RunRecords): Promise<string> {
  const checkpoint = await run.writeCheckpoint(gan.step, await encodeCheckpoint(gan));
  const picture = gan.options.toy === undefined
    ? await imagesPng(samplingGenerator(gan), gan.options)
    : await toyPng(run, gan);
  await run.writeSampleGrid(gan.step, picture);
  await records.grid(gan.step, picture);
  return checkpoint;
}

/** Writes the report of a run as it stands. */
export async function writeReport(run: RunFolder): Promise<void> {
  await run.writeReport(await renderReport(run));
}

/** The thread that makes files, one thing after another. */
class FilesThread implements Disposable {
  #worker?: Worker;
  #last: Promise<unknown> = Promise.resolve();

  async files(run: RunFolder, header: Header, raw: RawNumbers): Promise<SavedFiles> {
    const answer = await this.#ask({ run: run.path, header, raw }, [
      raw.numbers.buffer as ArrayBuffer,
    ]);
    return (answer as { files: SavedFiles }).files;
  }

  async report(run: RunFolder): Promise<string> {
    return (await this.#ask({ run: run.path, report: true }) as { report: string }).report;
  }

  /**
   * @throws {DivergedError} If a number of a checkpoint is not finite.
   */
  async #ask(request: FilesRequest, transfer: Transferable[] = []): Promise<FilesAnswer> {
    const before = this.#last;
    const answered = before.then(() => this.#answerTo(request, transfer));
    this.#last = answered;
    const answer = await answered;
    if (!("failure" in answer)) return answer;
    throw answer.diverged ? new DivergedError(answer.failure) : new Error(answer.failure);
  }

  #answerTo(request: FilesRequest, transfer: Transferable[]): Promise<FilesAnswer> {
    const worker = this.#worker ??= new Worker(new URL("./save_worker.ts", import.meta.url), {
      type: "module",
    });
    return new Promise((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<FilesAnswer>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        resolve({ failure: `Cannot save the run: ${event.message}`, diverged: false });
      };
      worker.postMessage(request, transfer);
    });
  }

  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
