/**
 * What is trained, and where the run is kept, when the user names neither.
 *
 * @module
 */

export const DEFAULT_PRESET = "mlp";
export const DEFAULT_SEED = 1;

/** Where a run without a folder of its own is kept, relative to the project. */
export function defaultRunFolder(preset = DEFAULT_PRESET, seed = DEFAULT_SEED): string {
  return `runs/${preset}-${seed}`;
}
