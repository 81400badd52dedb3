/**
 * In which order the operations of a list are done, and what each waits for.
 *
 * Threads take the chunks of one operation after another, in the order of the list. An operation
 * waits for those that it shares memory with; where these are further back than the one right
 * before it, threads that find no chunk left go on at once, and nobody waits for the last chunk. So
 * where an operation would wait for the one right before it, the first of those behind it comes
 * first that does not: the passes of both networks and gradients take turns. Otherwise the order
 * stays, since operations that are neighbours have numbers in common that are still in the cache.
 *
 * @module
 */
import { conflict, type Touched } from "./touched.ts";

/** A list in another order. */
export interface Schedule {
  /** The places in the list that was given, in the new order. */
  order: number[];
  /**
   * For each operation in the new order: how many right before it there are that it does not wait
   * for.
   */
  ahead: number[];
}

/**
 * @param touched What each operation touches.
 * @param gate All operations before it are done before it, and all others behind it.
 */
export function schedule(touched: Touched[], gate: number): Schedule {
  const conditions = touched.map((own, i) =>
    touched.slice(0, i).flatMap((other, j) => conflict(other, own) ? [j] : [])
  );
  const place: number[] = [];
  const order: number[] = [];
  /** How much of the new list must be done before an operation begins. */
  const needed = (i: number) => Math.max(0, ...conditions[i].map((j) => place[j] + 1));
  const left = new Set(touched.keys());
  const ahead: number[] = [];
  while (left.size > 0) {
    const closed = left.has(gate) ? order.length < gate ? gate : gate + 1 : Infinity;
    const ready = [...left].filter((i) =>
      i < closed && conditions[i].every((j) => place[j] !== undefined)
    );
    const next = ready.find((i) => needed(i) < order.length) ?? ready[0];
    ahead.push(order.length - needed(next));
    place[next] = order.length;
    order.push(next);
    left.delete(next);
  }
  return { order, ahead };
}
