/**
 * GANs on toy data, in one call.
 *
 * @module
 */
import { distributionOf } from "@/data/points.ts";
import { createGan, type Gan } from "./gan.ts";
import { checkOptions, type GanOptions, labelCount } from "./options.ts";
import { findPreset } from "./presets.ts";

/**
 * A GAN before its first step by the preset of that name, with changes.
 *
 * ```ts
 * import { createToyGan, disposeGan, useBackend } from "@gan-workbook/lib";
 *
 * await useBackend("cpu");
 * const gan = createToyGan("ring", { seed: 1, packing: 2 });
 * console.log(gan.options.discriminator.inputs); // 4: two points of the plane at once
 * disposeGan(gan);
 * ```
 *
 * @param changes Options that replace the preset's; a `packing` widens D's input by itself.
 * @throws {RangeError} If there is no such preset, it is one for images, or the options contradict
 * themselves.
 */
export function createToyGan(
  preset: string,
  { packing, ...changes }: Partial<GanOptions> & { seed: number },
): Gan {
  const options = withPacking({ ...findPreset(preset).options, ...changes }, packing);
  if (!options.toy) {
    throw new RangeError(
      `Cannot create a GAN on toy data: the preset must be of toy data, got ${preset}`,
    );
  }
  checkOptions(options);
  return createGan(options, distributionOf(options.toy));
}

/** The options with packs of `packing` samples, and a D that takes them; unchanged without it. */
export function withPacking(options: GanOptions, packing?: number): GanOptions {
  if (packing === undefined) return options;
  // Not valid: refused later, together with the other options.
  if (!Number.isInteger(packing) || packing < 1) return { ...options, packing };
  const inputs = options.generator.layers.at(-1)!.width * packing + labelCount(options);
  return { ...options, packing, discriminator: { ...options.discriminator, inputs } };
}
