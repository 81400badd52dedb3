/**
 * The training loop. It yields events; callers decide what to do with them.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { tf } from "@/tf.ts";
import { currentEpoch, finishedEpochs, type Gan } from "./gan.ts";
import { trainStep } from "./steps.ts";

/** What is known of one step. */
export interface TrainEvent {
  /** Updates of G so far. */
  step: number;
  /** The epoch that this step belongs to, counted from 1. */
  epoch: number;
  /** ½ (-E[log D(x)] - E[log(1 - D(G(z)))]) in nats, before D moved; log 2 at p_g = p_data. */
  dLoss: number;
  /** G's loss in nats, before G moved. */
  gLoss: number;
  /** Mean of D over real rows, and over generated ones. */
  dReal: number;
  dFake: number;
  /** Share of real and generated rows that D takes for what they are; where the options ask for it. */
  dAccuracy?: number;
  /** Share of generated rows that D takes for real; where the options ask for it. */
  gAccuracy?: number;
  /** γ/2 · E‖∇ₓ a(x)‖², where the options have a penalty. */
  penalty?: number;
  /** Time spent in steps, over all sessions of the run. */
  seconds: number;
}

export interface TrainControl {
  /** Train until so many steps have been taken in all. */
  steps: number;
  /** An event every so many steps, and at the last one of an epoch and of the run. */
  logEvery: number;
  /** Stops after the step that is under way. */
  signal?: AbortSignal;
}

/** Training left the numbers: a loss or a weight is NaN or infinite. */
export class DivergedError extends Error {
  override name = "DivergedError";
}

/**
 * Trains `gan` in place.
 *
 * ```ts ignore
 * for await (const event of train(gan, { steps: 1000, logEvery: 50 })) console.log(event.gLoss);
 * ```
 *
 * @throws {DivergedError} If a reported loss is NaN or infinite.
 */
export async function* train(gan: Gan, control: TrainControl): AsyncGenerator<TrainEvent> {
  const { steps, logEvery, signal } = control;
  while (gan.step < steps && !signal?.aborted) {
    const start = performance.now();
    const report = trainStep(gan);
    const epochEnds = finishedEpochs(gan) > finishedEpochs(gan, gan.step - 1);
    const wanted = gan.step % logEvery === 0 || epochEnds || gan.step === steps;
    const values: Record<string, number> = {};
    if (wanted) {
      // Only here does the processor wait for the GPU.
      for (const [name, scalar] of Object.entries(report)) {
        values[name] = (await (scalar as tf.Scalar).data())[0];
      }
    }
    tf.dispose({ ...report });
    gan.seconds += (performance.now() - start) / 1000;
    if (wanted) {
      checkFinite(gan.step, values);
      const { dLoss, gLoss, dReal, dFake, ...optional } = values;
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
    // Lets a signal or a timer in between two steps.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function checkFinite(step: number, values: Record<string, number>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) {
      throw new DivergedError(
        `Training diverged at step ${step}: ${name} must be finite, got ${value}`,
      );
    }
  }
}
