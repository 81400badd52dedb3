/**
 * The kernels other than the inner loops, compiled from `assembly/` by `deno task build:kernels`.
 *
 * @module
 */
const BYTES = Deno.readFileSync(new URL("./kernels.wasm", import.meta.url));

/** The module; it imports `env.memory` and the three loops of `tile_module.ts`. */
export function kernelModule(): WebAssembly.Module {
  return new WebAssembly.Module(BYTES);
}
