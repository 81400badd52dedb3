/**
 * A training with its run folder: starts or resumes it, saves on the way, ends it in good order.
 *
 * It prints nothing: a `RunListener` hears what happens.
 *
 * @module
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Backend, useBackend } from "@/backend.ts";
import { type BackendChoice } from "@/backend_choice.ts";
import { isFresh } from "@/data/training_data.ts";
import { restoreGan } from "@/gan/checkpoint.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { createGan, disposeGan, finishedEpochs, type Gan, rowsOfBatch } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { trainAhead } from "@/gan/train.ts";
import { checkFolderToMake } from "@/io/outputs.ts";
import { withRemedies } from "@/remedy.ts";
import { tf } from "@/tf.ts";
import { DEFAULT_PRESET, defaultRunFolder } from "./default_run.ts";
import { doubtsOfRun } from "./doubts_of_run.ts";
import { type RunConfig, RunFolder, stepName } from "./folder.ts";
import { readCheckpoint } from "./read_checkpoint.ts";
import { type RecordListener, RunRecords } from "./records.ts";
import {
  asRequest,
  optionsAskedFor,
  refuseChanges,
  stepsAskedFor,
  stepsOf,
  type TrainRequest,
} from "./request.ts";
import { RequestError } from "./request_error.ts";
import { loadData } from "./run_data.ts";
import { LEFT_OUT, saveGan, Saver, writeReport } from "./saver.ts";

export interface RunListener extends RecordListener {
  /** Everything is ready; the first step follows. */
  started(info: { run: RunFolder; config: RunConfig; gan: Gan; backend: Backend }): void;
  saved(checkpoint: string): void;
}

export interface RunResult {
  run: RunFolder;
  /** The last sample grid. */
  grid: string;
  step: number;
  steps: number;
  /** The user stopped it before its last step. */
  stopped: boolean;
}

/** Training could not go on; what was saved is safe, and the remedy says how to go on. */
export class TrainingFailedError extends Error {
  override name = "TrainingFailedError";
}

/** How long a lost GPU's last numbers are waited for, and for what is made of them. */
const PATIENCE_MS = 10_000;

/**
 * Trains from the first step or from a checkpoint, to the end or until `signal`.
 *
 * @throws {RequestError} If the request contradicts itself or the run folder.
 * @throws {FolderLockedError} If another process trains into the folder.
 * @throws {RangeError} If a preset, the data or a checkpoint is not what it should be.
 * @throws {TrainingFailedError} If training or saving failed on the way.
 */
export async function runTraining(
  request: TrainRequest,
  listener: RunListener,
  signal: AbortSignal,
): Promise<RunResult> {
  using run = new RunFolder(request.run ?? defaultRunFolder(request.preset, request.seed));
  const start = request.resume ? resume : begin;
  const started = await start(request, run, listener);
  const { gan, config, backend } = started;
  using _records = started.records;
  try {
    listener.started({ run, gan, config, backend });
    await advance(run, started, { logEvery: request.logEvery, listener, signal });
    const { step } = gan;
    const grid = join(run.samplesFolder, `${stepName(step)}.png`);
    return { run, grid, step, steps: config.steps, stopped: step < config.steps };
  } catch (error) {
    throw await explain(error as Error, run, backend);
  } finally {
    disposeGan(gan);
  }
}

interface Started {
  gan: Gan;
  config: RunConfig;
  backend: Backend;
  records: RunRecords;
}

async function begin(
  request: TrainRequest,
  run: RunFolder,
  listener: RunListener,
): Promise<Started> {
  const name = request.preset ?? DEFAULT_PRESET;
  const preset = findPreset(name);
  const options = optionsAskedFor(request, name, preset);
  await refuseExisting(run);
  const { data, description } = await loadData(options, request.data);
  const rows = rowsOfBatch(options);
  if (!isFresh(data) && rows > data.rows) {
    throw new RequestError(
      `Cannot make batches of ${rows}: there are ${data.rows} training images`,
    );
  }
  const backend = await useBackend(request.backend, { threads: request.threads });
  const gan = asRequest(() => createGan(options, data));
  let records: RunRecords | undefined;
  try {
    await run.open();
    await refuseExisting(run);
    const steps = stepsAskedFor(request, gan) ?? stepsOf(preset.epochs, gan);
    const config: RunConfig = {
      ...commandsOf(request),
      preset: name,
      options,
      steps,
      doubts: doubtsOfRun({ preset: name, options, steps }, data, request.logEvery),
      data: description,
      ...describeBackend(backend, options),
      versions: versions(),
    };
    records = await RunRecords.open(run, gan, { config, request, listener });
    await saveGan(run, gan, records);
    // After the checkpoint, so that a folder with a configuration has one to resume from.
    await run.writeConfig(config);
    await writeReport(run);
    return { gan, config, backend, records };
  } catch (error) {
    records?.[Symbol.dispose]();
    disposeGan(gan);
    throw error;
  }
}

/** The commands of a run, with the one that resumes it now. */
function commandsOf({ command }: TrainRequest, before: string[] = []): Pick<RunConfig, "commands"> {
  return { commands: command === undefined ? before : [...before, command] };
}

async function resume(
  request: TrainRequest,
  run: RunFolder,
  listener: RunListener,
): Promise<Started> {
  if (!(await run.exists())) {
    throw withRemedies(
      new RequestError(`Cannot resume ${run.path}: no run was begun there`),
      { do: "leave out", setting: "resume" },
    );
  }
  await run.open();
  const saved = await run.readConfig();
  refuseChanges(request, saved);
  const checkpoint = await readCheckpoint(
    run,
    typeof request.resume === "string" ? request.resume : undefined,
  );
  const { options, step } = checkpoint.header;
  if (!isDeepStrictEqual(options, saved.options)) {
    throw new RequestError(
      `Cannot resume ${run.path} from ${checkpoint.file}: the checkpoint must be of this run, got one with other options`,
    );
  }
  const { data, description } = await loadData(options, request.data ?? saved.data.directory);
  const backend = await useBackend(request.backend ?? saved.backend.name as BackendChoice, {
    threads: request.threads,
    tiles: saved.tiles,
  });
  if (!request.backend) backend.reason = "as the run was begun";
  const gan = restoreGan(checkpoint, data);
  const steps = stepsAskedFor(request, gan) ?? saved.steps;
  if (steps <= step) {
    disposeGan(gan);
    throw withRemedies(
      new RequestError(
        `Cannot resume ${run.path}: it has taken ${step} steps already, and ${steps} are asked for`,
      ),
      { do: "give", setting: "steps" },
    );
  }
  const config: RunConfig = {
    ...saved,
    ...commandsOf(request, saved.commands),
    steps,
    doubts: doubtsOfRun({ ...saved, steps }, data, request.logEvery),
    data: description,
    ...describeBackend(backend, options, saved.tiles),
    versions: versions(),
  };
  try {
    await run.removeSampleGridsAfter(gan.step);
    const records = await RunRecords.open(run, gan, { config, request, listener });
    await run.writeConfig(config);
    return { gan, config, backend, records };
  } catch (error) {
    disposeGan(gan);
    throw error;
  }
}

/** The training itself: every event recorded, everything saved at each epoch and at the end. */
async function advance(
  run: RunFolder,
  { gan, config, backend, records }: Started,
  { logEvery, listener, signal }: {
    logEvery: number;
    listener: RunListener;
    signal: AbortSignal;
  },
): Promise<void> {
  const lost = backend.lost.then((reason): never => {
    throw new Error(reason);
  });
  lost.catch(() => {});
  const saved = (checkpoint: string) => listener.saved(checkpoint);
  using saver = new Saver(run, records, { savedAt: gan.step, saved });
  let epochs = finishedEpochs(gan);
  const control = { steps: config.steps, logEvery, signal };
  const events = trainAhead(gan, control, backend.engine, (gan) => {
    const epochEnds = finishedEpochs(gan) > finishedEpochs(gan, gan.step - 1);
    const last = gan.step === config.steps;
    return epochEnds || last ? saver.keep(gan, last) : undefined;
  });
  try {
    while (true) {
      const { done, value } = await Promise.race([events.next(), lost]);
      if (done) break;
      const [event, kept] = value;
      await records.event(event);
      const epochEnds = finishedEpochs(gan, event.step) > epochs;
      epochs = finishedEpochs(gan, event.step);
      if (kept && kept !== LEFT_OUT) await Promise.race([saver.saveBeside(kept), lost]);
      else if (epochEnds && !kept) {
        await saver.save(gan);
        await saver.report();
      }
      saver.check();
    }
  } finally {
    // Also where it has failed: what waits to be saved is from before that.
    await patiently(saver.finish(), lost);
  }
  saver.check();
  if (gan.step > saver.savedAt) await saver.save(gan);
  await records.finish();
  await writeReport(run);
}

async function refuseExisting(run: RunFolder): Promise<void> {
  await checkFolderToMake(run.path);
  if (await run.exists()) {
    throw withRemedies(
      new RequestError(`Cannot begin a run in ${run.path}: there is one already`),
      { do: "give", setting: "resume" },
      { do: "give", setting: "run" },
    );
  }
  const stranger = await run.findStranger();
  if (stranger) {
    throw withRemedies(
      new RequestError(
        `Cannot begin a run in ${run.path}: the folder must be new or empty, it has ${stranger}`,
      ),
      { do: "give", setting: "run" },
    );
  }
}

/** @param before The tiles so far: kept while another backend takes steps in between. */
function describeBackend(
  { name, adapter, reason, engine }: Backend,
  options: GanOptions,
  before?: RunConfig["tiles"],
): Pick<RunConfig, "backend" | "tiles"> {
  return { backend: { name, adapter, reason }, tiles: engine?.tiles?.(options) ?? before };
}

function versions(): Record<string, string> {
  return { deno: Deno.version.deno, "@tensorflow/tfjs": tf.version.tfjs };
}

/** What to tell the user when training or saving ends in an error. */
async function explain(error: Error, run: RunFolder, backend: Backend): Promise<Error> {
  const last = (await run.checkpoints().catch(() => [])).at(-1);
  if (!last) return error;
  const lost = await deviceLost(backend);
  const message = `${
    lost ?? error.message
  }\nThe run is safe up to step ${last.step}, in ${last.file}`;
  if (error instanceof DivergedError) {
    return withRemedies(
      new TrainingFailedError(`${message}\nThe same steps would diverge again`, { cause: error }),
      { do: "give", setting: "recipe" },
    );
  }
  const give = backend.name === "webgpu" ? { setting: "backend", value: "wasm" } : undefined;
  return withRemedies(
    new TrainingFailedError(message, { cause: error }),
    { do: "resume", run: run.path, give },
  );
}

/** Waits for what is being saved; where a GPU was lost, its numbers may never come. */
async function patiently(saving: Promise<void>, lost: Promise<never>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting = true;
  const patience = lost.catch(() =>
    new Promise<void>((resolve) => {
      if (waiting) timer = setTimeout(resolve, PATIENCE_MS);
    })
  );
  // `check` tells of a failure.
  await Promise.race([saving.catch(() => {}), patience]);
  waiting = false;
  clearTimeout(timer);
}

/** What the user reads when a GPU was lost: a step may fail for it before the news arrives. */
async function deviceLost({ lost }: Backend): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), 300);
  });
  const reason = await Promise.race([lost, silence]);
  clearTimeout(timer);
  return reason === undefined ? undefined : `the GPU device was lost: ${reason}`;
}
