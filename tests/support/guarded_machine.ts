/**
 * A machine that finds out who reads or writes outside of what was given out.
 *
 * Every array lies between two guards. After each operation all guards must be as they were, and so
 * must everything that belongs to nobody: the constants of the kernels, what was given back, what was never
 * given out. Guards and what was given back hold NaN: whoever takes them in has NaN in his result.
 */
import { COUNTER_BYTES, OP_BYTES, Word } from "@/engine/operation_protocol.ts";
import { WasmMachine, type WasmProgram } from "@/engine/wasm/wasm_machine.ts";

/** Numbers before an array, and behind it: more than a panel of 16 lines has. */
const GUARD = 512;
/** A NaN that no arithmetic makes. */
const NOBODY = 0x7fa5a5a5;
/** The threads' own words end here, and the first array begins there. */
const [CONTROL_END, FIRST] = [256, 2 ** 16];

export class GuardedMachine extends WasmMachine {
  /** Counts of the arrays that are given out, by address. */
  readonly #given = new Map<number, number>();
  readonly #constants = this.words(CONTROL_END, (FIRST - CONTROL_END) / 4).slice();
  /** Operations after which everything was looked at. */
  checked = 0;

  override allocate(count: number): number {
    const address = super.allocate(count + 2 * GUARD) + 4 * GUARD;
    for (const guard of this.#guards(address, count)) guard.fill(NOBODY);
    this.#given.set(address, count);
    return address;
  }

  override release(address: number, count: number): void {
    this.check("before it was given back");
    this.words(address, count).fill(NOBODY);
    super.release(address - 4 * GUARD, count + 2 * GUARD);
    this.#given.delete(address);
  }

  /** Runs a list operation by operation; all threads take part in each. */
  override run(program: WasmProgram, late?: () => void): void {
    const { address, operations, counters, gate } = program;
    for (let i = 0; i < operations; i++) {
      const from = address + i * OP_BYTES;
      const one = {
        ...program,
        address: from,
        operations: 1,
        counters: counters + i * COUNTER_BYTES,
        shared: true,
        gate: 0,
      };
      super.run(one, i === gate ? late : undefined);
      this.check(`after operation ${i} of ${operations}, code ${this.words(from, 1)[Word.Code]}`);
      this.checked++;
    }
  }

  /** @throws {Error} If a number outside of all arrays has changed. */
  check(when: string): void {
    for (const [address, count] of this.#given) {
      for (const guard of this.#guards(address, count)) {
        const index = firstOther(guard, NOBODY, NOBODY);
        if (index < 0) continue;
        const at = guard.byteOffset + 4 * index - address;
        throw new Error(
          `A number at byte ${at} of an array of ${4 * count} bytes has changed: ${when}`,
        );
      }
    }
    const constants = this.words(CONTROL_END, this.#constants.length);
    for (let i = 0; i < constants.length; i++) {
      if (constants[i] === this.#constants[i]) continue;
      throw new Error(`A number below the first array has changed: ${when}`);
    }
  }

  /** The same of all memory that belongs to nobody, which takes longer. */
  checkRest(): void {
    const taken = [...this.#given].map(([address, count]) =>
      [address - 4 * GUARD, address + 4 * (count + GUARD)] as const
    ).sort(([a], [b]) => a - b);
    let end = FIRST;
    for (const [from, to] of [...taken, [this.size, this.size] as const]) {
      const nobodys = this.words(end, (from - end) / 4);
      // Fresh memory is zero, and so is the padding behind an array.
      const index = firstOther(nobodys, NOBODY, 0);
      if (index >= 0) {
        throw new Error(`A number that belongs to nobody, at ${end + 4 * index}, has changed`);
      }
      end = to;
    }
  }

  /** The two guards of an array. */
  #guards(address: number, count: number): Int32Array[] {
    return [
      this.words(address - 4 * GUARD, GUARD),
      this.words(address + 4 * count, GUARD),
    ];
  }
}

/** The index of the first word that is neither of the two; -1 if there is none. */
function firstOther(words: Int32Array, one: number, other: number): number {
  for (let i = 0; i < words.length; i++) if (words[i] !== one && words[i] !== other) return i;
  return -1;
}
