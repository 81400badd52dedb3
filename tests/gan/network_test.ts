import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  createNetwork,
  drawMasks,
  forward,
  inputGradient,
  type Network,
  trace,
} from "@/gan/network.ts";
import { type Activation } from "@/gan/activations.ts";
import { type LayerSpec, type NetworkSpec } from "@/gan/spec.ts";
import { gradientsIn } from "@/gan/steps.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";

const fanIn = { kind: "fanIn" } as const;

/** A network whose weights are given, not drawn. */
function given(spec: NetworkSpec, weights: Record<string, number[] | number[][]>): Network {
  const network = createNetwork(spec, new Random(1));
  for (const [name, values] of Object.entries(weights)) network.weights[name] = tf.tensor(values);
  return network;
}

const rows = async (t: tf.Tensor) => await t.array() as number[][];

testOnBackends("a dense layer is x·W + b, then its activation, by hand", async () => {
  const x = tf.tensor2d([[1, -2], [3, 0.5]]);
  const expected: Record<Activation, number[][]> = {
    // x·W + b: [1·1 - 2·3 + .5, 1·2 - 2·(-1) - 1] and [3·1 + .5·3 + .5, 3·2 - .5 - 1].
    linear: [[-4.5, 3], [5, 4.5]],
    relu: [[0, 3], [5, 4.5]],
    leakyRelu: [[-0.9, 3], [5, 4.5]],
    sigmoid: [[1 / (1 + Math.exp(4.5)), 1 / (1 + Math.exp(-3))], [
      1 / (1 + Math.exp(-5)),
      1 / (1 + Math.exp(-4.5)),
    ]],
    tanh: [[Math.tanh(-4.5), Math.tanh(3)], [Math.tanh(5), Math.tanh(4.5)]],
    maxout: [[3], [5]],
  };
  for (const [activation, values] of Object.entries(expected)) {
    const maxout = activation === "maxout";
    const layer: LayerSpec = {
      width: maxout ? 1 : 2,
      activation: activation as Activation,
      slope: 0.2,
      pieces: maxout ? 2 : undefined,
    };
    const network = given({ inputs: 2, layers: [layer], initialisation: fanIn }, {
      "layers.0.weight": [[1, 2], [3, -1]],
      "layers.0.bias": [0.5, -1],
    });
    const y = await rows(forward(network, x, { training: false }));
    y.flat().forEach((v, i) => assertAlmostEquals(v, values.flat()[i], 1e-6, activation));
    assertEquals(y.length, 2);
  }
});

testOnBackends("maxout's pieces are neighbours: piece p of unit u at u × pieces + p", async () => {
  const network = given(
    {
      inputs: 1,
      layers: [{ width: 2, activation: "maxout", pieces: 3 }],
      initialisation: fanIn,
    },
    { "layers.0.weight": [[1, 2, 3, 10, -20, 5]], "layers.0.bias": [0, 0, 0, 0, 0, 0] },
  );
  const y = await rows(forward(network, tf.tensor2d([[1], [-1]]), { training: false }));
  assertEquals(y, [[3, 10], [-1, 20]]);
});

testOnBackends("batch norm: batch statistics in training, running ones in sampling", async () => {
  const network = given({
    inputs: 1,
    layers: [{ width: 1, activation: "linear", batchNorm: { momentum: 0.1, epsilon: 0.5 } }],
    initialisation: fanIn,
  }, {
    "layers.0.weight": [[1]],
    "layers.0.bias": [0],
    "layers.0.scale": [2],
    "layers.0.shift": [10],
  });
  network.statistics["layers.0.mean"] = tf.tensor1d([1]);
  network.statistics["layers.0.variance"] = tf.tensor1d([3.5]);
  const x = tf.tensor2d([[1], [2], [6]]);
  // Mean 3, biased variance 14/3, unbiased 7.
  const pass = trace(network, x, { training: true });
  const trained = (await rows(pass.output)).flat();
  [1, 2, 6].forEach((v, i) =>
    assertAlmostEquals(trained[i], 10 + 2 * (v - 3) / Math.sqrt(14 / 3 + 0.5), 1e-5)
  );
  assertAlmostEquals((await pass.batch["layers.0.mean"].data())[0], 3, 1e-6);
  assertAlmostEquals((await pass.batch["layers.0.variance"].data())[0], 7, 1e-5);
  const sampled = (await rows(forward(network, x, { training: false }))).flat();
  [1, 2, 6].forEach((v, i) => assertAlmostEquals(sampled[i], 10 + 2 * (v - 1) / 2, 1e-5));
});

testOnBackends("dropout: masks in training scale what they keep; none in sampling", async () => {
  const spec: NetworkSpec = {
    inputs: 2000,
    layers: [{ width: 1, activation: "linear", keep: 0.8 }],
    initialisation: fanIn,
  };
  const masks = drawMasks(spec, 3, new Random(1));
  assertEquals(masks[0]!.shape, [3, 2000]);
  const values = await masks[0]!.data();
  assertEquals([...new Set(values)].sort(), [0, 1.25]);
  // The kept share of 6,000: five standard errors.
  const kept = values.filter((v) => v > 0).length / 6000;
  assertAlmostEquals(kept, 0.8, 5 * Math.sqrt(0.16 / 6000));
  const network = createNetwork(spec, new Random(2));
  const x = tf.ones([3, 2000]);
  const dropped = await rows(forward(network, x, { training: true, masks }));
  const byHand = await rows(
    tf.matMul(masks[0] as tf.Tensor2D, network.weights["layers.0.weight"] as tf.Tensor2D),
  );
  const bias = (await network.weights["layers.0.bias"].data())[0];
  dropped.forEach(([v], i) => assertAlmostEquals(v, byHand[i][0] + bias, 1e-4));
  const sampled = await rows(forward(network, x, { training: false }));
  assertAlmostEquals(sampled[0][0], sampled[2][0], 0);
});

const layer = (activation: Activation, width: number, extra = {}): LayerSpec => ({
  width,
  activation,
  ...(activation === "leakyRelu" ? { slope: 0.2 } : {}),
  ...(activation === "maxout" ? { pieces: 3 } : {}),
  ...extra,
});

const DISCRIMINATORS: Record<string, LayerSpec[]> = {
  "leaky ReLU": [layer("leakyRelu", 6), layer("leakyRelu", 5), layer("linear", 1)],
  "leaky ReLU with dropout": [
    layer("leakyRelu", 6, { keep: 0.7 }),
    layer("leakyRelu", 5, { keep: 0.6 }),
    layer("linear", 1, { keep: 0.7 }),
  ],
  "maxout with dropout": [
    layer("maxout", 4, { keep: 0.8 }),
    layer("maxout", 3, { keep: 0.5 }),
    layer("linear", 1),
  ],
  "ReLU": [layer("relu", 7), layer("linear", 1)],
  "tanh and sigmoid": [layer("tanh", 5), layer("sigmoid", 4), layer("linear", 1)],
};

for (const [name, layers] of Object.entries(DISCRIMINATORS)) {
  const spec: NetworkSpec = { inputs: 4, layers, initialisation: { kind: "uniform", range: 1 } };
  const build = () => {
    const network = createNetwork(spec, new Random(5));
    const x = tf.tensor2d(new Random(6).normals(12), [3, 4]);
    const masks = drawMasks(spec, 3, new Random(7));
    return { network, x, mode: { training: true, masks } as const };
  };

  testOnBackends(`∇ₓ of the logit equals autodiff's: ${name}`, async () => {
    const { network, x, mode } = build();
    const own = await rows(
      tf.tidy(() => inputGradient(network, trace(network, x, mode), mode, 3)),
    );
    const auto = await rows(
      tf.grad((v) => tf.sum(trace(network, v as tf.Tensor2D, mode).output))(x),
    );
    own.flat().forEach((v, i) => assertAlmostEquals(v, auto.flat()[i], 2e-5));
  });

  testOnBackends(`∇ of the R1 penalty equals central differences: ${name}`, async () => {
    const { network, x, mode } = build();
    const penalty = (net: Network) =>
      tf.sum(tf.square(inputGradient(net, trace(net, x, mode), mode, 2)));
    const gradients = gradientsIn(network, penalty);
    // Directional derivatives along random directions, all weights at once.
    const random = new Random(8);
    for (let trial = 0; trial < 4; trial++) {
      const h = 2e-3;
      const direction = Object.fromEntries(
        Object.entries(network.weights).map(([key, w]) => [
          key,
          tf.tensor(random.normals(w.size), w.shape),
        ]),
      );
      const moved = (by: number): Network => ({
        ...network,
        weights: Object.fromEntries(
          Object.entries(network.weights).map(([key, w]) => [
            key,
            tf.add(w, tf.mul(by, direction[key])),
          ]),
        ),
      });
      const at = async (by: number) => (await tf.tidy(() => penalty(moved(by))).data())[0];
      const difference = (await at(h) - await at(-h)) / (2 * h);
      let slope = 0;
      for (const key of Object.keys(direction)) {
        slope += (await tf.sum(tf.mul(direction[key], gradients[key])).data())[0];
      }
      // Relative to the size of the penalty's slope: float32 over 2h leaves about 1e-3.
      assertLess(Math.abs(slope - difference) / Math.max(1, Math.abs(slope)), 1e-2);
    }
  });
}

Deno.test("the gradient of a logit is refused with batch norm, or with two outputs", () => {
  const refuse = (layers: LayerSpec[], message: string) => {
    const network = createNetwork({ inputs: 2, layers, initialisation: fanIn }, new Random(1));
    const mode = { training: true } as const;
    assertThrows(
      () => tf.tidy(() => inputGradient(network, trace(network, tf.ones([2, 2]), mode), mode, 2)),
      Error,
      message,
    );
  };
  const norm = { momentum: 0.1, epsilon: 1e-5 };
  refuse([layer("relu", 3, { batchNorm: norm }), layer("linear", 1)], "layer 0 has batch norm");
  refuse([layer("linear", 2)], "must have one output, got 2");
});

Deno.test("an input of the wrong shape is refused", () => {
  const network = createNetwork(
    { inputs: 3, layers: [layer("linear", 1)], initialisation: fanIn },
    new Random(1),
  );
  assertThrows(
    () => forward(network, tf.ones([2, 4]), { training: false }),
    TypeError,
    "[batch, 3], got [2,4]",
  );
  assertThrows(() => forward(network, tf.ones([3]), { training: false }), TypeError, "got [3]");
});

Deno.test("new weights: ranges, zeros and ones as the spec says, the same for the same seed", async () => {
  const spec: NetworkSpec = {
    inputs: 100,
    layers: [
      layer("relu", 300, { batchNorm: { momentum: 0.1, epsilon: 1e-5 } }),
      layer("linear", 1),
    ],
    initialisation: fanIn,
  };
  const network = createNetwork(spec, new Random(1));
  const w = await network.weights["layers.0.weight"].data() as Float32Array;
  // U(-.1, .1): the extremes of 30,000 draws, and the variance .1²/3.
  assertLess(Math.max(...w.map(Math.abs)), 0.1);
  assertLess(0.0999, Math.max(...w));
  assertLess(0.0999, Math.max(...w.map((v) => -v)));
  const variance = w.reduce((sum, v) => sum + v * v, 0) / w.length;
  assertAlmostEquals(variance, 0.01 / 3, 1e-4);
  assertLess(0, Math.max(...await network.weights["layers.0.bias"].data()));
  assertEquals(new Set(await network.weights["layers.0.scale"].data()), new Set([1]));
  assertEquals(new Set(await network.weights["layers.0.shift"].data()), new Set([0]));
  assertEquals(new Set(await network.statistics["layers.0.variance"].data()), new Set([1]));
  assertEquals(w, await createNetwork(spec, new Random(1)).weights["layers.0.weight"].data());
  const uniform = createNetwork(
    { ...spec, initialisation: { kind: "uniform", range: 0.02 } },
    new Random(1),
  );
  const u = await uniform.weights["layers.0.weight"].data();
  assertLess(Math.max(...u.map(Math.abs)), 0.02);
  assertEquals(new Set(await uniform.weights["layers.0.bias"].data()), new Set([0]));
});
