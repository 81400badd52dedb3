/**
 * How far the processor may run ahead of a GPU, by the speed at which steps come back.
 *
 * News of a GPU arrives every 10 ms or so, however long the work has been done (Deno 2.9.6 asks for
 * it that often). Several times as much must be under way, or the GPU runs dry in between; much
 * more would only make Ctrl-C wait.
 *
 * @module
 */

/** Work that may be under way: what passes between two pieces of news, several times. */
const AHEAD_MS = 100;
/** Parts that this is sent in: the GPU works on one, and the next ones are waiting for it. */
const PARTS = 4;
/** A submit costs the processor a tenth of a millisecond; with so many steps that is nothing. */
const MOST_STEPS_OF_SUBMIT = 16;
/** Beyond this, more steps under way gain nothing. */
const MOST_AHEAD = 512;
/** At least one part is at work and another one is waiting, however slow the GPU is. */
const FEWEST_AHEAD = 2;
/** Pieces of news that count; the first of all are slow, since shaders are compiled meanwhile. */
const WINDOW = 8;

export class Pace {
  #news: { steps: number; ms: number }[] = [];
  #last = -Infinity;

  /**
   * Steps have come back.
   *
   * @param sentAt When they were sent, on the clock of `now`, in ms.
   */
  arrived(steps: number, sentAt: number, now: number): void {
    // Time in which nothing was under way says nothing.
    this.#news.push({ steps, ms: now - Math.max(sentAt, this.#last) });
    if (this.#news.length > WINDOW) this.#news.shift();
    this.#last = now;
  }

  /** Steps that may be under way. */
  get ahead(): number {
    const sum = { steps: 0, ms: 0 };
    for (const { steps, ms } of this.#news) {
      sum.steps += steps;
      sum.ms += ms;
    }
    if (sum.steps === 0) return FEWEST_AHEAD;
    const steps = Math.floor(AHEAD_MS * sum.steps / sum.ms);
    return Math.min(MOST_AHEAD, Math.max(FEWEST_AHEAD, steps));
  }

  /** Steps that are sent off together. */
  get perSubmit(): number {
    return Math.min(MOST_STEPS_OF_SUBMIT, Math.max(1, Math.floor(this.ahead / PARTS)));
  }
}
