/**
 * The settings of a playground as plain data: everything that its address holds.
 *
 * @module
 */
import { type ToyName } from "@/data/toy.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { type NetworkSpec } from "@/gan/spec.ts";

/** What the GAN of a playground learns. */
export type PlaygroundData =
  /** A distribution of the library, by its name. */
  | { kind: "toy"; name: ToyName }
  /** Equal shares of round Gaussians: on the line [x], in the plane [x, y]. */
  | { kind: "gaussians"; centres: number[][]; sigma: number }
  /**
   * Points that were drawn by hand or read from a file. Each real row is one of them, chosen at
   * random, plus N(0, sigma²) in each coordinate; sigma 0 gives the points themselves.
   */
  | { kind: "points"; from: "hand" | "file"; points: number[][]; sigma: number }
  /** MNIST. */
  | { kind: "mnist" };

/** What the picture can show, one over another. */
export type LayerName =
  | "data"
  | "generated"
  | "discriminator"
  | "best"
  | "difference"
  | "pData"
  | "pG"
  | "grid"
  | "pulls"
  | "slopes"
  | "traces"
  | "map";

/** Every layer, from the lowest to the highest. */
export const LAYER_NAMES: readonly LayerName[] = [
  "discriminator",
  "best",
  "difference",
  "pData",
  "pG",
  "grid",
  "map",
  "data",
  "generated",
  "traces",
  "pulls",
  "slopes",
];

/** Everything that decides what a playground does and shows. */
export interface PlaygroundSettings {
  /** The preset of the library that they are a change of. */
  preset: string;
  /** The GAN. What it learns is in `data`, and `toy` is left out here. */
  options: Omit<GanOptions, "toy">;
  /**
   * Updates of G in a step, each on fresh noise, at most 10; undefined is the one of Algorithm 1.
   * Updates beyond the first are `generatorStep`.
   */
  generatorSteps?: number;
  /** What it learns. */
  data: PlaygroundData;
  /** Layers that are drawn. */
  layers: LayerName[];
}

/** Layers that a playground begins with, on the line and in the plane. */
const FIRST_ON_LINE: LayerName[] = ["discriminator", "best", "pData", "pG", "map"];
const FIRST_IN_PLANE: LayerName[] = ["discriminator", "data", "generated"];

/**
 * Units of a hidden layer at most, so that a step takes two milliseconds: with the
 * library's 512 a step of the spiral takes 30 times as long (docs/experiments.md, section 16).
 */
const MOST_UNITS = 64;

/** From more units on a reader should know that steps are slow. */
const SLOW_UNITS = 256;

/** The greatest numbers of a step: more would keep a page waiting. */
export const MOST_OF_A_STEP = {
  batchSize: 4096,
  discriminatorSteps: 50,
  generatorSteps: 10,
  packing: 8,
} as const;

/** Which networks a preset is played with. */
export interface PresetSize {
  /** `library`: as `deno task train` has it. `own`, the default: in the plane narrower. */
  size?: "own" | "library";
  /** Default 1. */
  seed?: number;
}

/**
 * The settings of a preset of the library.
 *
 * @throws {RangeError} If there is no such preset.
 */
export function settingsOf(
  preset: string,
  { size = "own", seed = 1 }: PresetSize = {},
): PlaygroundSettings {
  const { toy, ...recipe } = structuredClone(findPreset(preset).options);
  const options = { ...recipe, seed };
  if (size === "own" && toy !== undefined) {
    for (const { layers } of [options.generator, options.discriminator]) {
      for (const layer of layers) layer.width = Math.min(layer.width, MOST_UNITS);
    }
  }
  return {
    preset,
    options,
    data: toy ? { kind: "toy", name: toy } : { kind: "mnist" },
    layers: [...toy === "line" ? FIRST_ON_LINE : FIRST_IN_PLANE],
  };
}

/**
 * What a reader should know of the size of the networks; usually nothing.
 *
 * @param unchanged Whether all else is as in the preset, so that its name stands beside them.
 */
export function sizeNote(
  { preset, options }: PlaygroundSettings,
  unchanged = true,
): string | undefined {
  const library = settingsOf(preset, { size: "library" }).options;
  const widest = ({ layers }: NetworkSpec) => Math.max(...layers.map(({ width }) => width));
  const [own, theirs] = [options, library].map(({ generator, discriminator }) =>
    Math.max(widest(generator), widest(discriminator))
  );
  if (own > SLOW_UNITS) {
    return `${own} units in a layer, as in the library: steps are slow here, and 1,000 of them take a while. With fewer units they are faster`;
  }
  if (!unchanged || own >= theirs) return undefined;
  return `at most ${own} units a layer, where the preset ${preset} has ${theirs}: the same recipe, faster`;
}
