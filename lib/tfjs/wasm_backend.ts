/**
 * The part of TensorFlow.js's WASM backend that kernels of our own are written with.
 *
 * @module
 */
import { type tf } from "@/tf.ts";

export interface WasmBackend {
  disposeData(id: object): void;
  /** One more tensor has these numbers. */
  incRef(id: object): void;
  makeOutput(shape: number[], dtype: "float32"): tf.TensorInfo;
  /** A view of a tensor's numbers, good until the next allocation. */
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
}
