/**
 * Options as they are read from a file, which anybody may have written or changed.
 *
 * @module
 */
import * as v from "valibot";
import { checkOptions, type GanOptions } from "./options.ts";

/** 0, 1, 2, …: a count or a seed. */
export const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * Options, checked.
 *
 * @param action How an error begins: what cannot be done, with the file's name.
 * @throws {RangeError} If they are not those of a GAN.
 */
export function checkStoredOptions(options: unknown, action: string): GanOptions {
  try {
    checkOptions(options as GanOptions);
  } catch (error) {
    throw new RangeError(`${action}: its options must be a GAN's. ${(error as Error).message}`);
  }
  return options as GanOptions;
}
