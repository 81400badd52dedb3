/**
 * Ready-made options. Each number says where it comes from.
 *
 * @module
 */
import { type ToyName } from "@/data/toy.ts";
import { conditional, goodfellow2014, mlp, mlpCollapse, parzen, tiny } from "./image_presets.ts";
import { type GanOptions } from "./options.ts";
import { grid, line, ring, spiral, spiralCollapse } from "./toy_presets.ts";

/** Options without a seed, with what a reader should know before training. */
export interface Preset {
  /** A line for `--help`. */
  summary: string;
  /** Epochs that a run without `--epochs` and `--steps` takes. */
  epochs: number;
  /** The recipe. */
  options: Omit<GanOptions, "seed" | "toy"> & { toy?: ToyName };
}

/** Every preset by its name on the command line. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  mlp,
  "mlp-collapse": mlpCollapse,
  conditional,
  goodfellow2014,
  parzen,
  tiny,
  "spiral-collapse": spiralCollapse,
  spiral,
  ring,
  grid,
  line,
};

/**
 * The preset of that name.
 *
 * @throws {RangeError} If there is none.
 */
export function findPreset(name: string): Preset {
  if (!Object.hasOwn(PRESETS, name)) {
    throw new RangeError(
      `Cannot find the preset ${name}: it must be one of ${Object.keys(PRESETS).join(", ")}`,
    );
  }
  return PRESETS[name];
}
