/**
 * Prints the value of `DENO_V8_FLAGS` with which the tasks start Deno.
 *
 * @module
 */
import { v8Flags } from "@/wasm/wide_registers.ts";

console.log(v8Flags(Deno.build.arch));
