/**
 * The settings of a playground as plain data: everything that its address holds.
 *
 * @module
 */
import { type ToyName } from "@/data/toy.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";

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
  data: PlaygroundData;
  /** Layers that are drawn. */
  layers: LayerName[];
}

/** Layers that a playground begins with. */
const FIRST_LAYERS: LayerName[] = ["discriminator", "data", "generated"];

/**
 * The settings of a preset of the library.
 *
 * @throws {RangeError} If there is no such preset.
 */
export function settingsOf(preset: string, seed = 1): PlaygroundSettings {
  const { toy, ...options } = findPreset(preset).options;
  return {
    preset,
    options: structuredClone({ ...options, seed }),
    data: toy ? { kind: "toy", name: toy } : { kind: "mnist" },
    layers: toy === "line" ? ["pData", "pG", "discriminator", "best", "map"] : [...FIRST_LAYERS],
  };
}
