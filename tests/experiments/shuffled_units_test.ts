/** Shuffled units: what a hidden layer's order means to a network, and what its output's does. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { withShuffledUnits } from "@/experiments/shuffled_units.ts";
import { createNetwork, disposeNetwork, forward, type Network } from "@/gan/network.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";

await useBackend("cpu");

const norm = { momentum: 0.1, epsilon: 1e-5 };
const spec = {
  inputs: 3,
  layers: [
    { width: 6, activation: "relu", batchNorm: norm },
    { width: 5, activation: "relu", batchNorm: norm },
    { width: 4, activation: "sigmoid" },
  ],
  initialisation: { kind: "fanIn" },
} as const;

/** A network whose every number is its own: a part that is left behind shows. */
function network(): Network {
  const made = createNetwork({ ...spec, layers: [...spec.layers] }, new Random(1));
  const random = new Random(2);
  for (const tensors of [made.weights, made.statistics]) {
    for (const [name, old] of Object.entries(tensors)) {
      tensors[name] = tf.tensor(random.uniforms(old.size, 0.5, 1.5), old.shape);
      old.dispose();
    }
  }
  return made;
}

const outputs = (one: Network) => {
  const x = tf.tensor2d(new Random(3).normals(12), [4, 3]);
  const y = tf.tidy(() => forward(one, x, { training: false }));
  const values = Array.from(y.dataSync());
  tf.dispose([x, y]);
  return values;
};

Deno.test("the units of a hidden layer in another order compute the same", () => {
  const before = tf.memory().numTensors;
  const own = network();
  for (const [layer, order] of [[0, [3, 5, 0, 1, 4, 2]], [1, [4, 0, 3, 1, 2]]] as const) {
    const shuffled = withShuffledUnits(own, layer, order);
    outputs(shuffled).forEach((y, i) => assertAlmostEquals(y, outputs(own)[i], 1e-6));
    const name = `layers.${layer}.weight`;
    assert(shuffled.weights[name].dataSync().some((w, i) => w !== own.weights[name].dataSync()[i]));
    disposeNetwork(shuffled);
  }
  disposeNetwork(own);
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("the units of the last layer are the outputs, and move with their order", () => {
  const own = network();
  const order = [2, 0, 3, 1];
  const [old, shuffled] = [own, withShuffledUnits(own, 2, order)].map(outputs);
  shuffled.forEach((y, i) =>
    assertAlmostEquals(y, old[4 * Math.floor(i / 4) + order[i % 4]], 1e-7)
  );
});

Deno.test("a layer of maxout, whose units are groups, is refused", () => {
  const layers = [{ width: 4, activation: "maxout", pieces: 2 }, ...spec.layers.slice(1)] as const;
  const own = createNetwork({ ...spec, layers: [...layers] }, new Random(1));
  assertThrows(() => withShuffledUnits(own, 0, [3, 2, 1, 0]), RangeError, "maxout");
});

Deno.test("an order that forgets or repeats a unit is refused", () => {
  for (const order of [[0, 1, 2], [0, 0, 1, 2], [0, 1, 2, 4]]) {
    assertThrows(() => withShuffledUnits(network(), 2, order), RangeError, "each of its 4 units");
  }
});
