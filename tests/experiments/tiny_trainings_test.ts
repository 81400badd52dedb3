/** Trainings of `tiny`: another seed is another generator, another noise another set. */
import { assert, assertEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { loadImages, PIXELS } from "@/data/mnist.ts";
import { samplesOfTiny } from "@/experiments/tiny_trainings.ts";
import { tf } from "@/tf.ts";

Deno.test({
  name: "samples depend on the seed of the training and on their noise, and no tensor is left",
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const { engine } = await useBackend("wasm");
    const images = await loadImages();
    const before = tf.memory().numTensors;
    const few = { steps: 2, count: 3 };
    const [first, again] = await samplesOfTiny(images, engine, { seed: 1, sets: [1, 1], ...few });
    assertEquals(first.length, 3 * PIXELS);
    assertEquals(again, first);
    const [same, noise] = await samplesOfTiny(images, engine, { seed: 1, sets: [1, 2], ...few });
    const [seed] = await samplesOfTiny(images, engine, { seed: 2, sets: [1], ...few });
    assertEquals(same, first);
    for (const other of [noise, seed]) assert(other.some((value, i) => value !== first[i]));
    assertEquals(tf.memory().numTensors, before);
  },
});
