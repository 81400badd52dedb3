/**
 * Which cells a run needs.
 *
 * @module
 */

/**
 * The cells that are to be run for one of them: those above it that have not been run, in order,
 * and the cell itself.
 */
export function cellsFor(
  id: string,
  order: readonly string[],
  ran: { has(id: string): boolean },
): string[] {
  const place = order.indexOf(id);
  return [...order.slice(0, Math.max(0, place)).filter((other) => !ran.has(other)), id];
}

/** What is said while cells above are run first. */
export function saidFirst(above: number): string {
  return above === 0 ? "" : `Running ${above} ${above === 1 ? "cell" : "cells"} above first.`;
}
