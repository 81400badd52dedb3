/**
 * A benchmark that is to end in time: what would not be done by then is left out.
 *
 * @module
 */

/** How long a group will take is guessed from the last one, by the turns of both. */
export class TimeLimit {
  readonly #start: number;
  #last?: { turns: number; ms: number };

  /**
   * @param limitMs From now on; undefined: there is none.
   * @param now The clock.
   */
  constructor(readonly limitMs?: number, readonly now = () => performance.now()) {
    this.#start = now();
  }

  /** Whether a group of so many turns would be done in time. The first one is begun whatever it takes. */
  allows(turns: number): boolean {
    if (this.limitMs === undefined || !this.#last) return true;
    const expected = this.#last.ms * turns / this.#last.turns;
    return this.now() - this.#start + expected <= this.limitMs;
  }

  /** Runs a group, and remembers how long it took. */
  async measure<T>(turns: number, run: () => Promise<T>): Promise<T> {
    const start = this.now();
    const result = await run();
    this.#last = { turns, ms: this.now() - start };
    return result;
  }
}
