import { assertEquals, assertThrows } from "@std/assert";
import { findPreset } from "@/gan/presets.ts";
import { checkSpec, countParameters, describe, type NetworkSpec } from "@/gan/spec.ts";

Deno.test("parameter counts equal the sums by hand", () => {
  const { generator: g, discriminator: d } = findPreset("mlp").options;
  const dense = (inputs: number, outputs: number) => inputs * outputs + outputs;
  const norm = (width: number) => 2 * width;
  assertEquals(
    countParameters(g),
    dense(64, 128) + norm(128) + dense(128, 256) + norm(256) + dense(256, 512) + norm(512) +
      dense(512, 1024) + norm(1024) + dense(1024, 784),
  );
  assertEquals(
    countParameters(d),
    dense(784, 512) + dense(512, 256) + dense(256, 128) + dense(128, 1),
  );
  const paper = findPreset("goodfellow2014").options;
  assertEquals(
    countParameters(paper.generator),
    dense(100, 1200) + dense(1200, 1200) + dense(1200, 784),
  );
  // Each maxout unit has five affine pieces.
  assertEquals(
    countParameters(paper.discriminator),
    dense(784, 1200) + dense(240, 1200) + dense(240, 1),
  );
});

Deno.test("the table shows shapes, what a layer does, and its count", () => {
  assertEquals(
    describe("D", {
      inputs: 784,
      layers: [
        { width: 240, activation: "maxout", pieces: 5, keep: 0.8 },
        { width: 1, activation: "linear" },
      ],
      initialisation: { kind: "fanIn" },
    }),
    [
      "D: 784 → 1, 942,241 parameters",
      "  0  784 → 240  keep 0.8, maxout of 5  942,000",
      "  1  240 → 1    linear                     241",
    ].join("\n"),
  );
});

const good: NetworkSpec = {
  inputs: 3,
  layers: [{ width: 2, activation: "relu" }],
  initialisation: { kind: "fanIn" },
};
const layer = (change: object): NetworkSpec => ({
  ...good,
  layers: [{ ...good.layers[0], ...change }],
});

const malformed: Record<string, [NetworkSpec, string]> = {
  "no inputs": [{ ...good, inputs: 0 }, "number of inputs must be an integer of at least 1, got 0"],
  "half an input": [{ ...good, inputs: 1.5 }, "got 1.5"],
  "no layers": [{ ...good, layers: [] }, "at least one layer, got none"],
  "a width of NaN": [
    layer({ width: NaN }),
    "width of layer 0 must be an integer of at least 1, got NaN",
  ],
  "an unknown activation": [
    layer({ activation: "gelu" }),
    'must be one of linear, relu, leakyRelu, maxout, sigmoid, tanh, got "gelu"',
  ],
  "maxout without pieces": [layer({ activation: "maxout" }), "pieces of layer 0"],
  "leaky ReLU without a slope": [layer({ activation: "leakyRelu" }), "slope of layer 0"],
  "an initialisation that does not exist": [
    { ...good, initialisation: { kind: "he" as "glorot" } },
    'kind of initialisation must be fanIn, glorot or uniform, got "he"',
  ],
  "no initialisation": [
    { ...good, initialisation: undefined as unknown as { kind: "glorot" } },
    "a network must have initialisation, got nothing",
  ],
  "a uniform initialisation without a range": [
    { ...good, initialisation: { kind: "uniform" } as { kind: "uniform"; range: number } },
    "initialisation must have range, got nothing",
  ],
  "a range of NaN": [
    { ...good, initialisation: { kind: "uniform", range: NaN } },
    "the range of the initialisation must be finite and greater than 0, got NaN",
  ],
  "a range beside another initialisation": [
    { ...good, initialisation: { kind: "glorot", range: 1 } as { kind: "glorot" } },
    'initialisation must have no fields but kind, got "range"',
  ],
  "layers that are no list": [
    { ...good, layers: {} as NetworkSpec["layers"] },
    "layers must be a list, got {}",
  ],
  "a layer of null": [
    { ...good, layers: [null as unknown as NetworkSpec["layers"][0]] },
    "layer 0 must be an object, got null",
  ],
  "a field that is written wrongly": [
    layer({ batchnorm: true }),
    'layer 0 must have no fields but width, activation, slope, pieces, batchNorm, keep, got "batchnorm"',
  ],
  "batch norm of true": [
    layer({ batchNorm: true }),
    "batch norm of layer 0 must be an object, got true",
  ],
  "a width in a text": [
    layer({ width: "2" }),
    'width of layer 0 must be an integer of at least 1, got "2"',
  ],
  "more parameters than memory": [
    layer({ width: 2 ** 28 }),
    "must have at most 268435456 parameters, got 1073741824",
  ],
  "keep of 0": [layer({ keep: 0 }), "keep of layer 0 must be in (0, 1], got 0"],
  "keep above 1": [layer({ keep: 1.1 }), "got 1.1"],
  "batch norm with epsilon 0": [
    layer({ batchNorm: { momentum: 0.1, epsilon: 0 } }),
    "positive epsilon",
  ],
};

for (const [what, [spec, message]] of Object.entries(malformed)) {
  Deno.test(`a spec with ${what} is refused`, () => {
    assertThrows(() => checkSpec(spec), RangeError, message);
  });
}
