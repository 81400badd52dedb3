/**
 * How V8 must be started for our matrix products to use registers of eight numbers on x86-64.
 *
 * V8 can pair vectors of four numbers into one of eight (`--experimental-wasm-revectorize`), but
 * never across a bounds check, and Deno's WebAssembly has an explicit one before every access. So
 * these checks are switched off. They guard against faults in kernels: the tests run the kernels
 * with them on, and with guards around every array; the self-check compares what comes out. The
 * flags hold for the whole process. They can only be given when it starts: `DENO_V8_FLAGS`, which
 * the tasks set. The Jupyter kernel does not: after a wide product `Math.exp` is slow.
 *
 * @module
 */

/** What an x86-64 is started with. */
export const WIDE = ["--no-wasm-bounds-checks", "--experimental-wasm-revectorize"];
/** V8's own default: an empty list is refused. */
const NONE = ["--wasm-bounds-checks"];

/**
 * The value of `DENO_V8_FLAGS`. Elsewhere than on x86-64 V8 does not know the flags.
 *
 * @param architecture As `Deno.build.arch` has it.
 */
export function v8Flags(architecture: string): string {
  return (architecture === "x86_64" ? WIDE : NONE).join();
}
