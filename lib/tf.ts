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
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";

tf.enableProdMode();

export { tf };
