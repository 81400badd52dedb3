/**
 * The names of the backends, apart from what computes: help that lists them loads no TensorFlow.js.
 *
 * @module
 */

export const BACKEND_CHOICES = ["auto", "webgpu", "wasm", "cpu"] as const;
/** A backend that may be asked for, or `auto`. */
export type BackendChoice = typeof BACKEND_CHOICES[number];
