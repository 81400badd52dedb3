/**
 * A plan without a machine: what it would take up, and the lists that it would have.
 *
 * @module
 */
import { type GanOptions } from "@/gan/options.ts";
import { Room } from "./buffers.ts";
import { padded } from "./layout.ts";
import { Placement } from "./placement.ts";
import { Writer } from "./writer.ts";

/** More than the lists of any plan, with their counters. */
const BYTES_OF_LISTS = 2 ** 17;

/** What a plan of a GAN with these options would be. */
export interface DryPlan {
  /** Bytes that it takes up, its lists included. */
  bytes: number;
  /** The operations of its programs. */
  programs: Int32Array[][];
}

/** Plans the steps of a GAN that can be planned (`whyNotPlanned`), in a memory that is not there. */
export function dryPlan(options: GanOptions): DryPlan {
  let bytes = BYTES_OF_LISTS;
  const room = new Room((count) => {
    bytes += padded(4 * count, 64);
    return bytes;
  });
  const { d, step } = new Writer(new Placement(room, options), options).lists();
  const lists = d ? [step, d] : [step];
  return { bytes, programs: lists.map((list) => list.map(({ words }) => words)) };
}
