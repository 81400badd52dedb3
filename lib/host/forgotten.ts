/**
 * What nobody can reach any more, in a session of cells. A reader runs a cell again, its variables
 * get new values, and nobody frees the old ones: without this, what they held in memories that are
 * not JavaScript's would stay for as long as the session.
 *
 * A program frees what it made itself (`disposeGan`, `tf.dispose`), so nothing happens there.
 *
 * @module
 */
import { cellHost } from "./cell.ts";

const registry = new FinalizationRegistry<() => void>((free) => free());

/**
 * In a session of cells, calls `free` some time after nobody can reach `holder` any more.
 *
 * @param free Must not reach `holder` itself.
 */
export function whenForgotten(holder: object, free: () => void): void {
  if (cellHost()) registry.register(holder, free, holder);
}

/** Takes `whenForgotten` back: it has been freed. */
export function cancelWhenForgotten(holder: object): void {
  registry.unregister(holder);
}
