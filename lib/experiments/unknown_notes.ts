/**
 * The notes of a currency that a reader of notebook 01 has to forge without having seen one: what
 * is here would spoil it.
 *
 * @module
 */
import { type Density, gaussian } from "@/math/density.ts";

/** A note is a number. */
export const UNKNOWN_NOTES: Density = gaussian({ mean: 1.7, sigma: 0.6 });
