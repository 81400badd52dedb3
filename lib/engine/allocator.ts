/**
 * Which bytes of a memory are given out. Addresses are multiples of 64, and never 0.
 *
 * @module
 */

const UNIT = 64;

export class Allocator {
  readonly #free: { address: number; bytes: number }[] = [];
  /** Bytes of what is given out, by address. Room for zero numbers is not in it. */
  readonly #given = new Map<number, number>();
  #end: number;

  /** @param first The first address; a multiple of 64. */
  constructor(readonly first: number) {
    this.#end = first;
  }

  /** The end of the memory that was ever needed. */
  get end(): number {
    return this.#end;
  }

  /** Bytes that are given out. */
  get allocated(): number {
    return this.#end - this.first - this.#free.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Room for `count` numbers of four bytes: its address, and its size with padding. */
  take(count: number): { address: number; bytes: number } {
    if (!(count >= 0)) {
      throw new RangeError(
        `Cannot give out room: the count of numbers must be at least 0, got ${count}`,
      );
    }
    const bytes = bytesOf(count);
    if (bytes === 0) return { address: this.#end, bytes };
    const address = this.#place(bytes);
    this.#given.set(address, bytes);
    return { address, bytes };
  }

  #place(bytes: number): number {
    const index = this.#free.findIndex((hole) => hole.bytes >= bytes);
    if (index < 0) {
      const address = this.#end;
      this.#end += bytes;
      return address;
    }
    const hole = this.#free[index];
    const { address } = hole;
    hole.address += bytes;
    hole.bytes -= bytes;
    if (hole.bytes === 0) this.#free.splice(index, 1);
    return address;
  }

  /**
   * Gives back what `take` gave out for `count` numbers.
   *
   * @throws {RangeError} If it did not, since something else may be using that room.
   */
  release(address: number, count: number): void {
    const bytes = bytesOf(count);
    if (bytes === 0) return;
    const given = this.#given.get(address);
    if (given !== bytes) {
      throw new RangeError(
        `Cannot give back ${bytes} bytes at address ${address}: what is given back must have been ` +
          `given out, and ${given === undefined ? "nothing" : `${given} bytes`} was there`,
      );
    }
    this.#given.delete(address);
    this.#free.push({ address, bytes });
    this.#free.sort((a, b) => a.address - b.address);
    // Neighbouring holes become one; a hole at the end is dropped.
    for (let i = this.#free.length - 1; i > 0; i--) {
      const [before, after] = [this.#free[i - 1], this.#free[i]];
      if (before.address + before.bytes !== after.address) continue;
      before.bytes += after.bytes;
      this.#free.splice(i, 1);
    }
    const last = this.#free.at(-1);
    if (last && last.address + last.bytes === this.#end) {
      this.#end = last.address;
      this.#free.pop();
    }
  }
}

/** Bytes of room for `count` numbers of four bytes. */
function bytesOf(count: number): number {
  return Math.ceil(count * 4 / UNIT) * UNIT;
}
