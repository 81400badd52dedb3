/**
 * Data sets in the memory of a machine: where it can take the rows of a batch by their indices, a
 * step sends these and not the rows. The GANs that train on one set share it.
 *
 * @module
 */
import { type ByteRows, isFresh } from "@/data/training_data.ts";
import { type Gan } from "@/gan/gan.ts";
import { dryPlan } from "./dry_plan.ts";
import { padded } from "./layout.ts";
import { type KeptRows } from "./placement.ts";
import { type StepMachine } from "./step_machine.ts";

/** Of the memory that a plan leaves, a data set may take this much. */
const SHARE = 0.5;

/** A data set that somebody uses. */
export interface KeptData {
  rows: KeptRows;
  release(): void;
}

interface Set {
  rows: KeptRows;
  users: number;
}

const sets = new WeakMap<StepMachine, Map<Uint8Array, Set>>();

/**
 * The data of a GAN in the memory of a machine; undefined where they are no fixed set of bytes, the
 * machine takes no indices, or there is no room.
 */
export function keptRows(machine: StepMachine, { data, options }: Gan): KeptData | undefined {
  const bytes = isFresh(data) ? undefined : data.bytes;
  if (!bytes || !machine.fill) return undefined;
  let ofMachine = sets.get(machine);
  if (!ofMachine) sets.set(machine, ofMachine = new Map());
  const key = bytes.rows;
  let set = ofMachine.get(key);
  if (!set) {
    const left = machine.available - dryPlan(options).bytes;
    if (bytes.rows.length > SHARE * left) return undefined;
    ofMachine.set(key, set = { rows: put(machine, bytes), users: 0 });
  }
  set.users++;
  const { rows } = set;
  return {
    rows,
    release() {
      if (--set.users > 0) return;
      ofMachine.delete(key);
      machine.release(rows.rows, countOf(bytes));
      machine.release(rows.table, bytes.table.length);
    },
  };
}

/** Numbers of four bytes that a data set takes up. */
function countOf({ rows }: ByteRows): number {
  return padded(rows.length, 4) / 4;
}

function put(machine: StepMachine, bytes: ByteRows): KeptRows {
  const rows = machine.allocate(countOf(bytes));
  const table = machine.allocate(bytes.table.length);
  const { buffer, byteOffset, length } = bytes.rows;
  let whole = new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
  if (length % 4 !== 0) {
    whole = new Uint8Array(padded(length, 4));
    whole.set(bytes.rows);
  }
  machine.fill!(rows, whole);
  machine.write(table, bytes.table);
  return { rows, table };
}
