/**
 * What V8's wide registers leave behind, and how to clear it.
 *
 * V8 does not clear the upper halves of the registers of eight numbers after WebAssembly has used
 * them. From then on the processor keeps them up to date in every function of the runtime that is
 * compiled for narrow registers: `Math.exp` is 14 times as slow on some processors, and
 * `Math.log` one and a half times on others. Functions of the runtime that use wide registers
 * themselves clear them at their end, as compilers have it, and the encoder of base64 is one.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { startedWide } from "./started_wide.ts";

const BYTES = new Uint8Array(32) as Uint8Array & { toBase64?(): string };
let needed: boolean | undefined;

/** To be called on a thread that goes on with JavaScript after WebAssembly. Costs 0.2 to 15 µs. */
export function narrowAgain(): void {
  needed ??= host.architecture === "x86_64" && startedWide();
  if (needed) BYTES.toBase64?.();
}
