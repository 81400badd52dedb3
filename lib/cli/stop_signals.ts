/**
 * Signals that ask a command to stop, caught while it has something to put in order first.
 *
 * @module
 */
import { endProcess, stoppedBySignal } from "@/io/signals.ts";

/**
 * A second signal within this time is the first one again: a terminal and deno task both send it.
 */
const ECHO_MS = 1000;

/** Aborts at the first of the signals; a later one ends the process at once. */
export class StopSignals implements Disposable {
  /** Exit code of a command that was stopped, 128 + the signal's number; undefined until then. */
  code?: number;
  readonly #stop = new AbortController();
  readonly #listening: Disposable;

  /** @param stopping Called at the first signal. */
  constructor(stopping: () => void = () => {}) {
    let stoppedAt = 0;
    this.#listening = stoppedBySignal((code) => {
      if (this.code !== undefined) {
        if (Date.now() - stoppedAt > ECHO_MS) endProcess(code);
        return;
      }
      stoppedAt = Date.now();
      this.code = code;
      this.#stop.abort();
      stopping();
    });
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}
