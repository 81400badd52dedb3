/**
 * Waits that can be given up: what a stopped cell still awaits does not hold it.
 *
 * @module
 */

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}

/** The value of a promise, or the reason of the abort, whichever comes first. */
export function unlessAborted<T>(awaited: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const forget = () => signal.removeEventListener("abort", abort);
    awaited.then((value) => (forget(), resolve(value)), (error) => (forget(), reject(error)));
  });
}

/** How to wait for a promise: its value, unless the wait is given up. */
export type Wait = (awaited: PromiseLike<unknown>) => Promise<unknown>;

/** What an iterable yields, until the abort; the iterable is then told to clean up. */
export async function* untilAborted(
  iterable: AsyncIterable<unknown> | Iterable<unknown>,
  signal: AbortSignal,
  wait: Wait = (awaited) => unlessAborted(awaited, signal),
): AsyncGenerator<unknown> {
  const iterator = Symbol.asyncIterator in iterable
    ? iterable[Symbol.asyncIterator]()
    : iterable[Symbol.iterator]();
  let done = false;
  try {
    while (true) {
      signal.throwIfAborted();
      const next = await wait(Promise.resolve(iterator.next())) as IteratorResult<unknown>;
      done = next.done === true;
      if (next.done) return;
      yield await next.value;
    }
  } finally {
    // Not awaited: one that hangs would hold the cell.
    if (!done) Promise.resolve(iterator.return?.()).catch(() => {});
  }
}
