/**
 * A WebGPU adapter that is software computes on the processor: what it does is right, and its times
 * say nothing about a GPU.
 *
 * @module
 */
import { type Adapter } from "@/backend.ts";

/** Why a software adapter is not timed, and what times it all the same. */
export function onlySoftware({ name }: Pick<Adapter, "name">): string {
  return `the only WebGPU adapter is software (${name}): its times say nothing about a GPU. ` +
    "--software times it all the same";
}
