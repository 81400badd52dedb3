/**
 * Signals that ask a command to stop, heard while it has something to put in order first.
 *
 * @module
 */

/** Their numbers: a command that one of them has stopped ends with 128 more. */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const HEARD = (Object.keys(NUMBERS) as (keyof typeof NUMBERS)[])
  .filter((name) => Deno.build.os !== "windows" || name !== "SIGTERM");

/** Aborts at the first of the signals; later ones change nothing. */
export class StopSignals implements Disposable {
  /** The exit code of a command that was stopped; undefined while it was not. */
  code?: number;
  readonly #stop = new AbortController();
  readonly #listeners = HEARD.map((name) => {
    const listener = () => {
      this.code ??= 128 + NUMBERS[name];
      this.#stop.abort();
    };
    Deno.addSignalListener(name, listener);
    return { name, listener };
  });

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  [Symbol.dispose](): void {
    for (const { name, listener } of this.#listeners) Deno.removeSignalListener(name, listener);
  }
}
