/**
 * Whether V8 was started as the engine would like it.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { WIDE } from "./wide_registers.ts";

/**
 * Whether this process was started with the flags, or has no need of them. A browser, which does
 * not tell its processor, counts as an x86-64 without them.
 */
export function startedWide(): boolean {
  if (host.architecture === undefined) return false;
  if (host.architecture !== "x86_64") return true;
  const given = host.environment("DENO_V8_FLAGS")?.split(",") ?? [];
  return WIDE.every((flag) => given.includes(flag));
}
