/**
 * How fast a run is played: whether the next step is due.
 *
 * @module
 */

/** A run that has fallen behind makes up for no more than this. */
const MOST_BEHIND_MS = 100;

/** When steps are due. */
export class PlayPace {
  /** Steps a second; Infinity for as many as the computer makes. */
  stepsPerSecond = Infinity;
  #next = 0;

  constructor(readonly now: () => number = () => performance.now()) {}

  /** Whether a step is due; if so, it counts as taken. */
  mayStep(): boolean {
    const now = this.now();
    if (this.stepsPerSecond === Infinity) return true;
    const between = 1000 / this.stepsPerSecond;
    // At another speed the next step may have been planned for much later.
    this.#next = Math.min(this.#next, now + between);
    if (now < this.#next) return false;
    this.#next = Math.max(this.#next, now - MOST_BEHIND_MS) + between;
    return true;
  }
}
