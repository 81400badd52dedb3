/**
 * What is trained, and where it is kept, where the user says neither.
 *
 * @module
 */

export const DEFAULT_PRESET = "mlp";
export const DEFAULT_SEED = 1;

/** Where a run is kept that was given no folder, as seen from the project. */
export function defaultRunFolder(preset = DEFAULT_PRESET, seed = DEFAULT_SEED): string {
  return `runs/${preset}-${seed}`;
}
