/**
 * A run folder: what a training leaves behind, and what it resumes from.
 *
 * - `config.json`: all options, versions and the backend
 * - `metrics.jsonl`: one event per line
 * - `samples/step-NNNNNN.png`: samples of the same noise at each epoch
 * - `checkpoints/step-NNNNNN.safetensors`: the last two
 * - `quality.jsonl`: the figures of each epoch, where there are any
 * - `report.html`
 * - `lock`: held by the process that writes
 * - `metrics.csv`, `tensorboard/`, `samples.gif`: only if they are asked for
 *
 * @module
 */
import { join } from "node:path";
import * as v from "valibot";
import { BACKEND_CHOICES } from "@/backend_choice.ts";
import { type GanOptions } from "@/gan/options.ts";
import { checkStoredOptions, COUNT } from "@/gan/stored_options.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { type Quality } from "@/eval/quality.ts";
import { AppendedFile } from "@/io/appended_file.ts";
import {
  isFile,
  isTemporary,
  unlessAbsent,
  writeAtomically,
  writeTextAtomically,
} from "@/io/files.ts";
import { FolderLock } from "@/io/lock.ts";
import { shaped } from "@/formats/shaped.ts";

/** Checkpoints that are kept: the last one, and the one before in case the last is damaged. */
const KEPT_CHECKPOINTS = 2;

/** What `config.json` holds. */
export interface RunConfig {
  /** What was typed: one command per session. */
  commands?: string[];
  preset: string;
  options: GanOptions;
  /** The number of steps that the run is to take in all. */
  steps: number;
  /** What the user was warned of at the start (`gan/doubts.ts`). */
  doubts?: string[];
  /** What the data are, and where they come from. */
  data: { source: string; directory?: string; sha256: string };
  backend: { name: string; adapter?: string; reason: string };
  /**
   * The tiles in which a GPU makes the products of a step, by their shapes: a session that resumes
   * the run takes the same ones.
   */
  tiles?: Record<string, string>;
  versions: Record<string, string>;
}

const CONFIG = v.object({
  commands: v.optional(v.array(v.string())),
  preset: v.string(),
  options: v.unknown(),
  steps: COUNT,
  doubts: v.optional(v.array(v.string())),
  data: v.object({ source: v.string(), directory: v.optional(v.string()), sha256: v.string() }),
  backend: v.object({
    name: v.picklist(BACKEND_CHOICES),
    adapter: v.optional(v.string()),
    reason: v.string(),
  }),
  tiles: v.optional(v.record(v.string(), v.string())),
  versions: v.record(v.string(), v.string()),
});

/** A line of `metrics.jsonl`: it must have what the report draws. */
const EVENT = v.looseObject({
  step: COUNT,
  epoch: COUNT,
  seconds: v.number(),
  dLoss: v.number(),
  gLoss: v.number(),
  dReal: v.number(),
  dFake: v.number(),
  penalty: v.optional(v.number()),
  dAccuracy: v.optional(v.number()),
  gAccuracy: v.optional(v.number()),
});

/** A line of `quality.jsonl`. */
const QUALITY = v.object({
  step: COUNT,
  epoch: COUNT,
  samples: COUNT,
  figures: v.record(v.string(), v.number()),
  shares: v.optional(v.array(v.number())),
});

/** Names that a run may have in its folder. */
const OWN = [
  "lock",
  "metrics.jsonl",
  "metrics.csv",
  "quality.jsonl",
  "report.html",
  "samples",
  "samples.gif",
  "checkpoints",
  "tensorboard",
];

export class RunFolder {
  #lock?: FolderLock;
  #metrics?: AppendedFile;
  #quality?: AppendedFile;

  constructor(readonly path: string) {}

  get configFile(): string {
    return join(this.path, "config.json");
  }
  get metricsFile(): string {
    return join(this.path, "metrics.jsonl");
  }
  get csvFile(): string {
    return join(this.path, "metrics.csv");
  }
  get qualityFile(): string {
    return join(this.path, "quality.jsonl");
  }
  get gifFile(): string {
    return join(this.path, "samples.gif");
  }
  get tensorboardFolder(): string {
    return join(this.path, "tensorboard");
  }
  get reportFile(): string {
    return join(this.path, "report.html");
  }
  get samplesFolder(): string {
    return join(this.path, "samples");
  }
  get checkpointsFolder(): string {
    return join(this.path, "checkpoints");
  }

  /** Whether a run has been started here. */
  async exists(): Promise<boolean> {
    return await isFile(this.configFile);
  }

  /**
   * Something in a folder without a run that starting one would overwrite or delete: a file that is
   * not ours, or a checkpoint that someone trained. A run killed while it starts leaves neither.
   */
  async findStranger(): Promise<string | undefined> {
    const names = await listNames(this.path);
    const stranger = names.find((name) => !OWN.includes(name) && !isTemporary(name));
    if (stranger) return stranger;
    const trained = (await this.checkpoints()).find(({ step }) => step > 0);
    if (trained) return trained.file;
    return names.includes("lock") ? undefined : names.find((name) => !isTemporary(name));
  }

  /**
   * Makes the folder if it is missing and takes its lock, which ends with the process at the
   * latest: a killed run leaves nothing locked.
   *
   * @throws {FolderLockedError} If another process has it.
   */
  async open(): Promise<void> {
    try {
      await Deno.mkdir(this.samplesFolder, { recursive: true });
      await Deno.mkdir(this.checkpointsFolder, { recursive: true });
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`Cannot write to the run folder ${this.path}: ${message}`, { cause: error });
    }
    this.#lock = await FolderLock.take(this.path, {
      name: "lock",
      keep: true,
      busy: "another training is running there",
      setting: "run",
    });
  }

  /** Releases the folder. */
  close(): void {
    this.#metrics?.close();
    this.#quality?.close();
    this.#metrics = this.#quality = undefined;
    this.#lock?.release();
    this.#lock = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async writeConfig(config: RunConfig): Promise<void> {
    await writeTextAtomically(this.configFile, JSON.stringify(config, null, 2) + "\n");
  }

  /**
   * The configuration of the run.
   *
   * @throws {RangeError} If the file is not one.
   */
  async readConfig(): Promise<RunConfig> {
    const action = `Cannot read ${this.configFile}, the configuration of a run`;
    const { options, ...config } = shaped(CONFIG, await Deno.readTextFile(this.configFile), action);
    return { ...config, options: checkStoredOptions(options, action) };
  }

  /** Opens `metrics.jsonl`, keeping the events up to `step`: later ones will come again. */
  async openMetrics(step: number): Promise<void> {
    const kept = (await this.readMetrics()).filter((event) => event.step <= step);
    this.#metrics = await AppendedFile.begin(this.metricsFile, kept.map(toLine).join(""));
  }

  async appendMetrics(event: TrainEvent): Promise<void> {
    await this.#metrics!.append(toLine(event));
  }

  /** Every event; a line that is not one, such as a last line cut short by a crash, is left out. */
  async readMetrics(): Promise<TrainEvent[]> {
    return await readLines(this.metricsFile, EVENT);
  }

  /** Opens `quality.jsonl` as `openMetrics` opens its file. */
  async openQuality(step: number): Promise<void> {
    const kept = (await this.readQuality()).filter((quality) => quality.step <= step);
    this.#quality = await AppendedFile.begin(this.qualityFile, kept.map(toLine).join(""));
  }

  async appendQuality(quality: Quality): Promise<void> {
    await this.#quality!.append(toLine(quality));
  }

  /** The figures of each epoch that was measured. */
  async readQuality(): Promise<Quality[]> {
    return await readLines(this.qualityFile, QUALITY);
  }

  async writeSampleGrid(step: number, png: Uint8Array): Promise<string> {
    const file = join(this.samplesFolder, `${stepName(step)}.png`);
    await writeAtomically(file, png);
    return file;
  }

  /** Removes later grids, which were abandoned when training resumed from an earlier step. */
  async removeSampleGridsAfter(step: number): Promise<void> {
    for (const grid of await this.sampleGrids()) {
      if (grid.step > step) await Deno.remove(grid.file);
    }
  }

  /** The sample grids, first to last. */
  async sampleGrids(): Promise<{ step: number; file: string }[]> {
    return await listSteps(this.samplesFolder, ".png");
  }

  /**
   * Saves the checkpoint of a step, then removes all but the last checkpoints, and those of later steps: they were
   * abandoned when training resumed from an earlier step.
   */
  async writeCheckpoint(savedStep: number, bytes: Uint8Array): Promise<string> {
    const file = join(this.checkpointsFolder, `${stepName(savedStep)}.safetensors`);
    await writeAtomically(file, bytes);
    const all = await this.checkpoints();
    const kept = all.filter(({ step }) => step <= savedStep).slice(-KEPT_CHECKPOINTS);
    for (const { file } of all.filter((one) => !kept.includes(one))) await Deno.remove(file);
    return file;
  }

  /** The checkpoints, first to last. */
  async checkpoints(): Promise<{ step: number; file: string }[]> {
    return await listSteps(this.checkpointsFolder, ".safetensors");
  }

  async writeReport(html: string): Promise<void> {
    await writeTextAtomically(this.reportFile, html);
  }
}

export function stepName(step: number): string {
  return `step-${String(step).padStart(6, "0")}`;
}

async function listSteps(
  folder: string,
  ending: string,
): Promise<{ step: number; file: string }[]> {
  const found: { step: number; file: string }[] = [];
  for (const name of await listNames(folder)) {
    const match = name.match(/^step-(\d{6,})(\.\w+)$/);
    if (match && match[2] === ending) {
      found.push({ step: Number(match[1]), file: join(folder, name) });
    }
  }
  return found.sort((a, b) => a.step - b.step);
}

/** The names in a folder; none if there is no such folder. */
async function listNames(folder: string): Promise<string[]> {
  const entries = await unlessAbsent(Array.fromAsync(Deno.readDir(folder))) ?? [];
  return entries.map(({ name }) => name).sort();
}

async function readLines<T extends v.GenericSchema>(
  file: string,
  schema: T,
): Promise<v.InferOutput<T>[]> {
  const text = await unlessAbsent(Deno.readTextFile(file)) ?? "";
  return text.replace(/^\ufeff/, "").split("\n").flatMap((line) => parseLine(line, schema) ?? []);
}

function parseLine<T extends v.GenericSchema>(
  line: string,
  schema: T,
): v.InferOutput<T> | undefined {
  try {
    const { success, output } = v.safeParse(schema, JSON.parse(line));
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}

function toLine(record: TrainEvent | Quality): string {
  return JSON.stringify(record) + "\n";
}
