/**
 * The kernels other than the inner loops, compiled from `assembly/` by `deno task build:kernels`.
 *
 * @module
 */
import { host } from "@/host/host.ts";

let compiled: WebAssembly.Module | undefined;

/** The module; it imports `env.memory` and the three loops of `tile_module.ts`. */
export function kernelModule(): WebAssembly.Module {
  return compiled ??= new WebAssembly.Module(host.assetNow("lib/engine/wasm/kernels.wasm"));
}
