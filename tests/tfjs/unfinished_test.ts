import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { forgetUnfinished } from "@/tfjs/unfinished.ts";
import { tf } from "@/tf.ts";

const slope = (x: number) =>
  tf.tidy(() => tf.grad((x) => tf.square(x) as tf.Tensor)(tf.scalar(x)).dataSync()[0]);

Deno.test("a calculation that ended inside of a gradient leaves no trace in the next one", async () => {
  await tf.setBackend("cpu");
  const kept = tf.scalar(3);
  const before = tf.memory().numTensors;
  // So V8 leaves TensorFlow.js where it ends it: no `finally` has run.
  const { state } = tf.engine();
  tf.engine().startScope("gradients");
  Object.assign(state, { gradientDepth: 1, kernelDepth: 1, activeTape: [] });
  tf.square(kept);
  assertThrows(() => slope(3), Error, "Cannot compute gradient");
  await forgetUnfinished();
  assertAlmostEquals(slope(3), 6, 1e-6);
  assertEquals(tf.memory().numTensors, before);
  assertEquals(kept.dataSync()[0], 3);
  kept.dispose();
});
