/**
 * Prints the value of `DENO_V8_FLAGS` with which the tasks start Deno.
 *
 * @module
 */
import { v8Flags } from "@/engine/wasm/v8_flags.ts";

console.log(v8Flags(Deno.build.arch));
