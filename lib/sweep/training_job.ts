/**
 * A training as a job: options in; losses, figures and samples out. The same job has the same
 * numbers on every machine of one kind.
 *
 * It trains as `deno task train` does with the same options, but what is wanted of it comes back as
 * data; a folder is kept only while it is under way, so that it can go on (`kept_training.ts`). Samples are measured between steps and not beside them, so that no epoch
 * is left out on a slow machine. A training that diverges has that as its result.
 *
 * @module
 */
import { type Backend, useBackend } from "@/backend.ts";
import { type BackendChoice } from "@/backend_choice.ts";
import { loadImages, PIXELS } from "@/data/mnist.ts";
import { type Against, imagesAgainst } from "@/eval/against.ts";
import { labelsToAsk } from "@/eval/conditional.ts";
import { type Metric } from "@/eval/metrics.ts";
import { type Quality, qualityKind, qualityMeasure } from "@/eval/quality.ts";
import { evaluate } from "@/eval/suite.ts";
import { sync } from "@/gan/custody.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { createGan, disposeGan, finishedEpochs, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { drawSamples } from "@/gan/sample.ts";
import { train, type TrainEvent } from "@/gan/train.ts";
import { type Json } from "@/jobs/job.ts";
import { type DoJob } from "@/jobs/job_process.ts";
import { Random } from "@/random.ts";
import { imagesPng, toyPanelsPng } from "@/run/picture.ts";
import { stepsOf } from "@/run/request.ts";
import { loadData } from "@/run/run_data.ts";
import { type Begun, KeptTraining } from "./kept_training.ts";
import { figuresOfEvaluation, figuresOfQuality, type RunFigures } from "./figures_of_run.ts";

/** What is asked of a run besides its options. */
export interface TrainingWish {
  /** One of the two. */
  steps?: number;
  epochs?: number;
  /** Undefined: 200 times in a run. */
  logEvery?: number;
  backend: BackendChoice;
  /** Metrics to evaluate at the end, on `count` samples; none if it is empty. */
  metrics: Metric[];
  count: number;
  /** What samples of digits are compared with, at the end and after each epoch. */
  against: Against;
  /** Whether samples are measured after each epoch. */
  quality: boolean;
}

/** Events of a run, unless they are asked for otherwise. */
const EVENTS = 200;

/** The settings of the job. */
export interface TrainingSettings extends TrainingWish {
  options: GanOptions;
}

/** An event without its time, which is another on every machine. */
export type TimelessEvent = Omit<TrainEvent, "seconds">;

/** What a run was like. */
export interface TrainedRun {
  options: GanOptions;
  /** Steps that were taken. */
  step: number;
  events: TimelessEvent[];
  quality: Quality[];
  figures: RunFigures;
  /** What digits were compared with. */
  against?: Against;
  /** Samples of the fixed noise, or the four panels: a PNG in base64. */
  grid: string;
  /** What is not finite, if the training has diverged. */
  diverged?: string;
}

/** Does the job. */
export const trainAsJob: DoJob = async ({ settings, report, keep }) => {
  const wish = settings as unknown as TrainingSettings;
  const { data, description } = await loadData(wish.options);
  using kept = keep && await KeptTraining.open(keep);
  // One thread for each run: as many runs as cores are quicker than one run on all of them.
  const backend = await useBackend(wish.backend, { threads: 1, tiles: await kept?.tiles() });
  const tiles = backend.engine?.tiles?.(wish.options);
  if (tiles) await kept?.keepTiles(tiles);
  const fresh = () => createGan(wish.options, data);
  const begun = await kept?.begin(data, fresh) ?? { gan: fresh(), events: [], quality: [] };
  try {
    const trained = await trainedRun(begun, wish, {
      backend,
      kept,
      measures: wish.quality && qualityKind(wish.options, description).kind !== "none",
      report,
    });
    return { result: trained as unknown as Json, backend: nameOf(backend) };
  } finally {
    disposeGan(begun.gan);
  }
};

function nameOf({ name, adapter }: Backend): string {
  return adapter === undefined ? name : `${name}, ${adapter}`;
}

async function trainedRun(
  { gan, events, quality }: Begun,
  wish: TrainingSettings,
  { backend, kept, measures, report }: {
    backend: Backend;
    kept?: KeptTraining;
    measures: boolean;
    report(share: number): void;
  },
): Promise<TrainedRun> {
  const { options } = wish;
  const steps = wish.steps ?? stepsOf(wish.epochs!, gan);
  const logEvery = wish.logEvery ?? Math.max(1, Math.round(steps / EVENTS));
  report(gan.step / steps);
  const measure = measures ? await qualityMeasure(options, wish.against) : undefined;
  let diverged: string | undefined;
  try {
    for await (const event of train(gan, { steps, logEvery }, backend.engine)) {
      const { step } = event;
      events.push(event);
      await kept?.addEvent(event);
      const epoch = finishedEpochs(gan, step);
      if (measure && (epoch > finishedEpochs(gan, step - 1) || step === steps)) {
        sync(gan);
        const measured = { step, epoch, ...await measure(samplingGenerator(gan)) };
        quality.push(measured);
        await kept?.addQuality(measured);
      }
      await kept?.saveIfDue(gan);
      report(step / steps);
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    diverged = error.message;
  }
  const figures = diverged === undefined
    ? { ...figuresOfQuality(quality), ...await evaluated(gan, wish) }
    : {};
  const grid = options.toy === undefined
    ? await imagesPng(samplingGenerator(gan), options)
    : await toyPanelsPng(gan, events);
  return {
    options,
    step: gan.step,
    events: events.map(({ seconds: _, ...event }) => event),
    quality,
    figures,
    ...(options.toy === undefined ? { against: wish.against } : {}),
    grid: grid.toBase64(),
    ...(diverged === undefined ? {} : { diverged }),
  };
}

/** The figures that `deno task evaluate` has for the same generator. */
async function evaluated(
  gan: Gan,
  { options, metrics, count, against }: TrainingSettings,
): Promise<RunFigures> {
  if (metrics.length === 0) return {};
  const images = imagesAgainst(await loadImages(), against);
  const labels = labelsToAsk(options, images.train, count);
  const samples = await drawSamples(
    samplingGenerator(gan),
    options,
    count,
    new Random(EVALUATION_SEED),
    labels,
  );
  if (samples.length !== count * PIXELS) {
    throw new TypeError("Cannot evaluate: these are no images");
  }
  return figuresOfEvaluation(
    await evaluate(samples, images, { metrics, labels, seed: EVALUATION_SEED }),
  );
}

/** As `deno task evaluate` has it where none is given. */
const EVALUATION_SEED = 1;
