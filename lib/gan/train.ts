/**
 * The training loop. It yields events; callers decide what to do with them.
 *
 * @module
 */
import { nextTurn } from "@/host/cell.ts";
import { tf } from "@/tf.ts";
import { ComingEvents } from "./coming_events.ts";
import { type Engine, type PendingReport, type StepReport, sync } from "./custody.ts";
import { divergedReport } from "./diverged.ts";
import { checkRules, integer, shown } from "./fields.ts";
import { allFinite } from "./finite.ts";
import { finishedEpochs, type Gan } from "./gan.ts";
import { type GanOptions } from "./options.ts";
import { trainStep } from "./steps.ts";

/**
 * What is known about one step: the numbers of its batch before the players moved, and when it was.
 */
export interface TrainEvent extends StepReport {
  /** Updates of G so far. */
  step: number;
  /** The epoch that this step belongs to, counted from 1. */
  epoch: number;
  /** Time spent in steps, over all sessions of the run. */
  seconds: number;
}

/** How far to train, and how often to yield an event. */
export interface TrainControl {
  /** Steps after which training ends, counting those that the GAN has already taken. */
  steps: number;
  /** An event every `logEvery` steps, and at the last one of an epoch and of the run. */
  logEvery: number;
  /** Stops after the step that is under way. */
  signal?: AbortSignal;
}

/**
 * Trains `gan` in place. When an event is yielded, the GAN is at the step of this event. Its numbers
 * may be with the engine: `sync` brings them back, and so does the end of the training, whatever
 * ends it.
 *
 * ```ts
 * import { createToyGan, disposeGan, train, useBackend } from "@gan-workbook/lib";
 *
 * const { engine } = await useBackend("wasm");
 * const gan = createToyGan("line", { seed: 1 });
 * for await (const { step, gLoss } of train(gan, { steps: 4, logEvery: 2 }, engine)) {
 *   console.log(step, gLoss); // steps 2 and 4
 * }
 * disposeGan(gan);
 * ```
 *
 * @param engine Takes the steps of a GAN that it can take; otherwise, and without one, autodiff
 * does.
 * @throws {RangeError} If `steps` or `logEvery` is not valid.
 * @throws {DivergedError} If a reported loss, or a number of a network, is NaN or infinite.
 * @throws {Interrupted} If the cell that trains is stopped.
 */
export async function* train(
  gan: Gan,
  control: TrainControl,
  engine?: Engine,
): AsyncGenerator<TrainEvent> {
  for await (const [event] of begin(gan, control, engine)) yield event;
}

/**
 * Trains as `train` does, without waiting for the numbers of a step before it asks a GPU for the
 * next ones: an event is yielded when they have come, and the GAN may be some steps ahead of it by
 * then. What is wanted of the GAN at a step is kept at that step.
 *
 * An engine that computes while it is asked runs no steps ahead.
 *
 * @param keep Called at every step that has an event, while the GAN is at that step; what it
 * returns comes with the event. It must not wait.
 */
export async function* trainAhead<Kept>(
  gan: Gan,
  control: TrainControl,
  engine: Engine | undefined,
  keep: (gan: Gan) => Kept,
): AsyncGenerator<[event: TrainEvent, kept: Kept]> {
  for await (const [event, kept] of begin(gan, control, engine, keep)) yield [event, kept!];
}

async function* begin<Kept>(
  gan: Gan,
  control: TrainControl,
  engine?: Engine,
  keep?: (gan: Gan) => Kept,
): AsyncGenerator<[event: TrainEvent, kept?: Kept]> {
  checkRules(control, { steps: integer(0), logEvery: integer(1) }, (rule, value) => {
    throw new RangeError(`Cannot train: ${rule}, got ${shown(value)}`);
  });
  giveTo(engine, gan);
  try {
    yield* takeSteps(gan, control, keep);
  } finally {
    sync(gan);
  }
}

async function* takeSteps<Kept>(
  gan: Gan,
  { steps, logEvery, signal }: TrainControl,
  keep?: (gan: Gan) => Kept,
): AsyncGenerator<[event: TrainEvent, kept?: Kept]> {
  const coming = new ComingEvents<Kept>(gan);
  // Without steps under way that nobody waits for, none can be ahead.
  const ahead = keep !== undefined && gan.custody?.room !== undefined;
  while (gan.step < steps && !signal?.aborted) {
    coming.startClock();
    const epochEnds = finishedEpochs(gan, gan.step + 1) > finishedEpochs(gan);
    const wanted = (gan.step + 1) % logEvery === 0 || epochEnds || gan.step + 1 === steps;
    const report = takeStep(gan, wanted);
    if (wanted) coming.add(report!, keep?.(gan));
    if (wanted && !ahead) await coming.all();
    if (!gan.custody?.gathering) {
      await gan.custody?.room?.();
      await coming.fewKept();
    }
    coming.stopClock();
    yield* coming.arrived();
    if (!gan.custody?.gathering) await nextTurn();
  }
  coming.startClock();
  await coming.all();
  coming.stopClock();
  yield* coming.arrived();
}

/** A step, its report where it is wanted. */
function takeStep(gan: Gan, wanted: boolean): StepReport | PendingReport | undefined {
  if (gan.custody) return gan.custody.step(wanted);
  const scalars = trainStep(gan);
  if (wanted) return scalarsOf(scalars, gan);
  tf.dispose({ ...scalars });
}

/** How `train` takes the steps of a GAN with these options: a clause for the user. */
export function describeSteps(options: GanOptions, engine?: Engine): string {
  if (!engine) return "autodiff";
  const reason = engine.whyNot(options);
  return reason === undefined ? engine.description : `autodiff, since ${reason}`;
}

/** Lets an engine take the steps from now on, or autodiff where there is none that can. */
function giveTo(engine: Engine | undefined, gan: Gan): void {
  if (gan.custody && gan.custody.engine === engine) return;
  gan.custody?.release();
  gan.custody = engine && engine.whyNot(gan.options) === undefined ? engine.take(gan) : undefined;
}

/** The scalars of a step, to be read back, and then freed. */
function scalarsOf(report: StepReport<tf.Scalar>, gan: Gan): PendingReport {
  const names = Object.keys(report) as (keyof StepReport)[];
  return {
    read: async () => {
      try {
        const values = await Promise.all(names.map((name) => report[name]!.data()));
        const numbers = Object.fromEntries(names.map((name, i) => [name, values[i][0]]));
        const found = numbers as StepReport;
        return await allFinite(gan) ? found : divergedReport(found);
      } finally {
        tf.dispose({ ...report });
      }
    },
  };
}
