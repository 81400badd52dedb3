/**
 * A plan without a machine: what it would take up, and the lists that it would have.
 *
 * @module
 */
import { type GanOptions } from "@/gan/options.ts";
import { Room } from "./buffers.ts";
import { padded } from "./layout.ts";
import { type Operation } from "./operation.ts";
import { Placement } from "./placement.ts";
import { Writer } from "./writer.ts";

/** More than the lists of any plan, with their counters. */
const BYTES_OF_LISTS = 2 ** 17;

/** What a plan of a GAN with these options would be. */
export interface DryPlan {
  /** Bytes that it takes up, its lists included. */
  bytes: number;
  /** Its lists of operations. */
  lists: ReturnType<Writer["lists"]>;
  /** The first operation that takes in what is put in late. */
  gate?: Operation;
}

/** Plans the steps of a GAN that can be planned (`whyNotPlanned`), in a memory that is not there. */
export function dryPlan(options: GanOptions): DryPlan {
  let bytes = BYTES_OF_LISTS;
  const room = new Room((count) => {
    const address = bytes;
    bytes += padded(4 * count, 64);
    return address;
  });
  const writer = new Writer(new Placement(room, options), options);
  const lists = writer.lists();
  return { bytes, lists, gate: writer.gate };
}

/** The words of a plan's operations, by program. */
export function programsOf({ lists: { d, step } }: DryPlan): Int32Array[][] {
  return (d ? [step, d] : [step]).map((list) => list.map(({ words }) => words));
}
