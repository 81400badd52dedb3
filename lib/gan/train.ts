/**
 * The training loop. It yields events; callers decide what to do with them.
 *
 * @module
 */
import { nextTurn } from "@/host/cell.ts";
import { engineInUse } from "@/engine/engine.ts";
import { tf } from "@/tf.ts";
import { checkRules, integer, shown } from "./fields.ts";
import {
  currentEpoch,
  finishedEpochs,
  type Gan,
  type PendingNumbers,
  type StepNumbers,
} from "./gan.ts";
import { type GanOptions } from "./options.ts";
import { whyNotPlanned } from "@/engine/plan.ts";
import { PlannedStep } from "@/engine/planned_step.ts";
import { type StepReport, trainStep } from "./steps.ts";

/** What is known of one step: the numbers of its batch before the players moved, and when it was. */
export interface TrainEvent extends StepNumbers {
  /** Updates of G so far. */
  step: number;
  /** The epoch that this step belongs to, counted from 1. */
  epoch: number;
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

/**
 * Steps that a GPU is asked for before the processor waits for it: more would keep Ctrl-C waiting, fewer the
 * GPU.
 */
const STEPS_AHEAD = 8;

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
 * @throws {RangeError} If steps or logEvery are no such numbers.
 * @throws {DivergedError} If a reported loss is NaN or infinite.
 * @throws {Interrupted} If the cell that trains is stopped.
 */
export async function* train(gan: Gan, control: TrainControl): AsyncGenerator<TrainEvent> {
  const { steps, logEvery, signal } = control;
  checkRules(control, { steps: integer(0), logEvery: integer(1) }, (rule, value) => {
    throw new RangeError(`Cannot train: ${rule}, got ${shown(value)}`);
  });
  chooseEngine(gan);
  while (gan.step < steps && !signal?.aborted) {
    const start = performance.now();
    const numbers = gan.engine ? gan.engine.step() : trainStep(gan);
    const epochEnds = finishedEpochs(gan) > finishedEpochs(gan, gan.step - 1);
    const wanted = gan.step % logEvery === 0 || epochEnds || gan.step === steps;
    let values: StepNumbers | undefined;
    if (wanted) values = await read(numbers);
    else if (gan.step % STEPS_AHEAD === 0) await gan.engine?.settle?.();
    if (!gan.engine) tf.dispose({ ...numbers } as unknown as tf.TensorContainer);
    gan.seconds += (performance.now() - start) / 1000;
    if (values) {
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
    await nextTurn();
  }
}

/** How `train` takes the steps of a GAN with these options: a clause for the user. */
export function describeSteps(options: GanOptions): string {
  const machine = engineInUse();
  const reason = machine && whyNotPlanned(options, machine);
  if (!machine) return "autodiff";
  if (reason) return `autodiff, since ${reason}`;
  return machine.description;
}

/** Plans the steps where that can be done; otherwise autodiff takes them. */
function chooseEngine(gan: Gan): void {
  const machine = engineInUse();
  if (gan.engine && gan.engine.machine === machine) return;
  gan.engine?.release();
  const plannable = machine && !whyNotPlanned(gan.options, machine);
  gan.engine = plannable ? new PlannedStep(gan, machine) : undefined;
}

/** The numbers of a step. Only here does the processor wait for the GPU. */
async function read(report: StepNumbers | PendingNumbers | StepReport): Promise<StepNumbers> {
  if ("read" in report) return report.read();
  const values: Record<string, number> = {};
  for (const [name, value] of Object.entries(report)) {
    values[name] = typeof value === "number" ? value : (await (value as tf.Scalar).data())[0];
  }
  return values as unknown as StepNumbers;
}

function checkFinite(step: number, values: StepNumbers): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) {
      throw new DivergedError(
        `Training diverged at step ${step}: ${name} must be finite, got ${value}`,
      );
    }
  }
}
