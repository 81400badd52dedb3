/**
 * The training loop. It yields events; callers decide what to do with them.
 *
 * @module
 */
import { nextTurn } from "@/host/cell.ts";
import { tf } from "@/tf.ts";
import { type Engine, type PendingReport, type StepReport, sync } from "./custody.ts";
import { checkReport, divergedReport } from "./diverged.ts";
import { checkRules, integer, shown } from "./fields.ts";
import { isFinite } from "./finite.ts";
import { currentEpoch, finishedEpochs, type Gan } from "./gan.ts";
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
 * Steps that a GPU is asked for before the processor waits for it: with more, Ctrl-C would have to
 * wait, with fewer, the GPU.
 */
const STEPS_AHEAD = 8;

/**
 * Trains `gan` in place. Between two events the numbers may be with the engine: `sync` brings them
 * back, and so does the end of the training, whatever ends it.
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
  checkRules(control, { steps: integer(0), logEvery: integer(1) }, (rule, value) => {
    throw new RangeError(`Cannot train: ${rule}, got ${shown(value)}`);
  });
  giveTo(engine, gan);
  try {
    yield* takeSteps(gan, control);
  } finally {
    sync(gan);
  }
}

async function* takeSteps(gan: Gan, control: TrainControl): AsyncGenerator<TrainEvent> {
  const { steps, logEvery, signal } = control;
  while (gan.step < steps && !signal?.aborted) {
    const start = performance.now();
    const scalars = gan.custody ? undefined : scalarsOf(trainStep(gan), gan);
    const report = scalars ?? gan.custody!.step();
    const epochEnds = finishedEpochs(gan) > finishedEpochs(gan, gan.step - 1);
    const wanted = gan.step % logEvery === 0 || epochEnds || gan.step === steps;
    let numbers: StepReport | undefined;
    if (wanted) numbers = "read" in report ? await report.read() : report;
    else if (gan.step % STEPS_AHEAD === 0) await gan.custody?.settle?.();
    scalars?.dispose();
    gan.seconds += (performance.now() - start) / 1000;
    if (numbers) {
      checkReport(gan.step, numbers);
      const { dLoss, gLoss, dReal, dFake, ...optional } = numbers;
      yield {
        step: gan.step,
        epoch: currentEpoch(gan, gan.step - 1),
        dLoss,
        gLoss,
        dReal,
        dFake,
        ...optional,
        seconds: gan.seconds,
      };
    }
    await nextTurn();
  }
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

/**
 * The scalars of a step, to be read back and freed. Only then does the processor wait for a GPU.
 */
function scalarsOf(
  report: StepReport<tf.Scalar>,
  gan: Gan,
): PendingReport & { dispose(): void } {
  return {
    read: async () => {
      const { dLoss, gLoss, dReal, dFake, ...optional } = report;
      const numbers: StepReport = {
        dLoss: await numberOf(dLoss),
        gLoss: await numberOf(gLoss),
        dReal: await numberOf(dReal),
        dFake: await numberOf(dFake),
      };
      for (const name of ["dAccuracy", "penalty", "gAccuracy"] as const) {
        const scalar = optional[name];
        if (scalar) numbers[name] = await numberOf(scalar);
      }
      return await isFinite(gan) ? numbers : divergedReport(numbers);
    },
    dispose: () => tf.dispose(report),
  };
}

async function numberOf(scalar: tf.Scalar): Promise<number> {
  return (await scalar.data())[0];
}
