/**
 * The events of steps that a GPU has been asked for: their numbers come later, and they are given
 * out in the order of the steps.
 *
 * @module
 */
import { type PendingReport, type StepReport } from "./custody.ts";
import { checkReport } from "./diverged.ts";
import { currentEpoch, type Gan } from "./gan.ts";
import { type TrainEvent } from "./train.ts";

/** What was kept of a GAN may be megabytes: so many steps that have any may be under way. */
const MOST_KEPT = 2;

interface Coming<Kept> {
  step: number;
  epoch: number;
  report: PendingReport;
  kept?: Kept;
  /** Settles when `outcome` is there. */
  news?: Promise<void>;
  outcome?: { numbers: StepReport } | { error: unknown };
}

export class ComingEvents<Kept> {
  #coming: Coming<Kept>[] = [];
  #began = performance.now();

  constructor(readonly gan: Gan) {}

  /** Adds the event of the step that the GAN is at. */
  add(report: StepReport | PendingReport, kept?: Kept): void {
    const { gan } = this;
    const pending = "read" in report ? report : undefined;
    this.#coming.push({
      step: gan.step,
      epoch: currentEpoch(gan, gan.step - 1),
      report: pending ?? { read: () => Promise.resolve(report as StepReport) },
      kept,
      ...!pending && { outcome: { numbers: { ...report as StepReport } }, news: Promise.resolve() },
    });
  }

  /** From now on time counts as spent in steps. */
  startClock(): void {
    this.#began = performance.now();
  }

  stopClock(): void {
    this.gan.seconds += (performance.now() - this.#began) / 1000;
  }

  /** Waits for all numbers. */
  async all(): Promise<void> {
    this.#ask();
    for (const { news } of this.#coming) await news;
  }

  /** Waits until few steps are under way of which something was kept. */
  async fewKept(): Promise<void> {
    this.#ask();
    const kept = this.#coming.filter(({ kept, outcome }) => kept !== undefined && !outcome);
    for (const { news } of kept.slice(0, -MOST_KEPT)) await news;
  }

  /** Asks for the numbers of every step; those that wait to be sent off are. */
  #ask(): void {
    for (const each of this.#coming) {
      each.news ??= each.report.read().then(
        (numbers) => void (each.outcome = { numbers }),
        (error) => void (each.outcome = { error }),
      );
    }
  }

  /**
   * The events whose numbers have come.
   *
   * @throws {DivergedError} If a number is NaN or infinite: no later event is given out.
   */
  *arrived(): Generator<[event: TrainEvent, kept?: Kept]> {
    while (this.#coming[0]?.outcome) {
      const { step, epoch, outcome, kept } = this.#coming.shift()!;
      if ("error" in outcome!) throw outcome.error;
      const { numbers } = outcome!;
      checkReport(step, numbers);
      const { dLoss, gLoss, dReal, dFake, ...optional } = numbers;
      const { seconds } = this.gan;
      yield [{ step, epoch, dLoss, gLoss, dReal, dFake, ...optional, seconds }, kept];
    }
  }
}
