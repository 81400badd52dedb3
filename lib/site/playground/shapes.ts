/**
 * What a playground can learn besides the distributions of the library: shapes in the plane, as
 * mixtures of round Gaussians, so that their densities are known exactly; and the settings that a
 * page begins with.
 *
 * @module
 */
import { type GanOptions } from "@/gan/options.ts";
import { type NetworkSpec } from "@/gan/spec.ts";
import {
  type LayerName,
  type PlaygroundData,
  type PlaygroundSettings,
  settingsOf,
} from "@/playground/settings.ts";

const circle = (count: number, radius: number) =>
  Array.from({ length: count }, (_, i) => {
    const angle = 2 * Math.PI * i / count;
    // Five digits are enough, and keep addresses short, which know no -0.
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
      .map((x) => Number(x.toFixed(5)) + 0);
  });

/** A shape that can be chosen by its name. */
export interface Shape {
  text: string;
  dimensions: 1 | 2 | 784;
  data: PlaygroundData;
}

const gaussians = (centres: number[][], sigma: number): PlaygroundData => ({
  kind: "gaussians",
  centres,
  sigma,
});

/** Every shape. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  twoGaussians: {
    text: "Two Gaussians",
    dimensions: 2,
    data: gaussians([[-0.6, -0.4], [0.6, 0.4]], 0.2),
  },
  eightGaussians: {
    text: "Eight Gaussians on a circle",
    dimensions: 2,
    data: gaussians(circle(8, 1), 0.1),
  },
  circle: { text: "A ring", dimensions: 2, data: gaussians(circle(24, 0.8), 0.06) },
  segment: { text: "A line", dimensions: 2, data: { kind: "toy", name: "segment" } },
  segments: { text: "Two lines", dimensions: 2, data: { kind: "toy", name: "segments" } },
  disjoint: {
    text: "Three islands",
    dimensions: 2,
    data: gaussians([[-0.8, -0.5], [0.8, -0.5], [0, 0.8]], 0.12),
  },
  ring: { text: "Ring (PacGAN)", dimensions: 2, data: { kind: "toy", name: "ring" } },
  grid: { text: "Grid (PacGAN)", dimensions: 2, data: { kind: "toy", name: "grid" } },
  spiral: { text: "Spiral", dimensions: 2, data: { kind: "toy", name: "spiral" } },
  onLine: {
    text: "On the line: N(3, 0.5)",
    dimensions: 1,
    data: { kind: "toy", name: "line" },
  },
  twoOnLine: {
    text: "On the line: two Gaussians",
    dimensions: 1,
    data: gaussians([[-1.5], [1.5]], 0.4),
  },
  mnist: { text: "MNIST", dimensions: 784, data: { kind: "mnist" } },
};

/** How many numbers a row of the data has. */
export function dimensionsOf(data: PlaygroundData): 1 | 2 | 784 {
  if (data.kind === "mnist") return 784;
  if (data.kind === "toy") return data.name === "line" ? 1 : 2;
  const [first] = data.kind === "gaussians" ? data.centres : data.points;
  return first?.length === 1 ? 1 : 2;
}

/** A network of equal hidden layers with LeakyReLU(0.2). */
export function plainNetwork(inputs: number, width: number, depth: number, out: number) {
  const spec: NetworkSpec = {
    inputs,
    layers: [
      ...Array.from({ length: depth }, () => ({ width, activation: "leakyRelu", slope: 0.2 })),
      { width: out, activation: "linear" },
    ] as NetworkSpec["layers"],
    initialisation: { kind: "fanIn" },
  };
  return spec;
}

/** Adam as DCGAN has it (Radford et al. 2015), at another rate. */
export function adam(learningRate: number, beta1 = 0.5): GanOptions["generatorOptimiser"] {
  return { kind: "adam", learningRate, beta1, beta2: 0.999, epsilon: 1e-8 };
}

/** Plain gradient descent. */
export function plainDescent(learningRate: number): GanOptions["generatorOptimiser"] {
  const none = { initial: 0, final: 0, from: 1, to: 2 };
  return { kind: "momentum", learningRate, decay: 1, floor: 0, momentum: none };
}

/** Layers that say most at first, by the numbers in a row. */
const FIRST_LAYERS: Readonly<Record<1 | 2 | 784, LayerName[]>> = {
  1: ["pData", "pG", "discriminator", "best", "map"],
  2: ["discriminator", "data", "generated"],
  784: ["generated"],
};

/**
 * Small networks on a shape in the plane or on the line: fast enough to watch. Tried by hand: with
 * these rates all shapes but the two of PacGAN and the spiral are learned within 2,000 steps.
 */
export function smallSettings(shape: string, seed = 1): PlaygroundSettings {
  const { data, dimensions } = SHAPES[shape];
  const base = settingsOf(dimensions === 1 ? "line" : "ring", { seed });
  const inputs = dimensions === 1 ? 1 : 2;
  Object.assign(base.options, {
    generator: plainNetwork(inputs, 32, 2, inputs),
    discriminator: plainNetwork(inputs, 32, 2, 1),
    generatorOptimiser: adam(1e-3),
    discriminatorOptimiser: adam(2e-3),
    latent: "normal",
    updates: "alternating",
    batchSize: 128,
    averageDecay: 0,
  });
  return { ...base, data, layers: [...FIRST_LAYERS[dimensions]] };
}
