/**
 * TensorFlow.js after a stop in the middle of one of its calculations.
 *
 * V8 ends a calculation without its `finally`, so that TensorFlow.js goes on believing that it is
 * inside of a tidy or of a gradient. The next gradient would then fail ("Cannot compute gradient of
 * y=f(x)"), in every cell until the kernel is restarted.
 *
 * @module
 */
import { beforeIdle } from "@/host/cell.ts";
import { tf } from "@/tf.ts";

/**
 * Ends what was left open. Only between two cells: a tidy or a gradient never waits, so that none
 * is at work there.
 *
 * Tensors that the stopped calculation had made for itself are disposed of, as its tidy would have
 * done.
 */
export function forgetUnfinished(): Promise<void> {
  const engine = tf.engine();
  while (engine.state.scopeStack.length > 0) engine.endScope();
  Object.assign(engine.state, { gradientDepth: 0, kernelDepth: 0 });
  return Promise.resolve();
}

/** Has the workbook's kernel do so after each cell. */
export function forgetUnfinishedAfterCells(): void {
  beforeIdle()?.add(forgetUnfinished);
}
