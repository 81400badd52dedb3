/**
 * The only import of TensorFlow.js.
 *
 * Importing this file registers the `cpu`, `wasm` and `webgpu` backends and switches
 * TensorFlow.js to production mode, which silences its banner. It chooses no backend:
 * that is `useBackend` in `backend.ts`.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import { host } from "@/host/host.ts";

tf.enableProdMode();
if (host.tensorflowFolder) {
  setWasmPaths(host.tensorflowFolder);
  // As in Deno: what is worth sharing is shared by our own threads.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
}

export { tf };
