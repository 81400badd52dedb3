/**
 * A say in what computes, for a program that runs cells: its reader may choose.
 *
 * @module
 */

/** What computes, as far as it is told. */
export interface Computes {
  name: string;
  adapter?: string;
  warning?: string;
  engine?: { description: string };
}

/** Decides which backend is used where code asks for one. */
export interface Computing {
  /**
   * @param asked What code asks for.
   * @param use Starts a backend.
   */
  choose<Choice extends string, Started extends Computes>(
    asked: Choice,
    use: (choice: Choice) => Promise<Started>,
  ): Promise<Started>;
}

const COMPUTING = Symbol.for("workbook.computing");

/** Who has a say, if anybody. */
export function offeredComputing(): Computing | undefined {
  return (globalThis as { [COMPUTING]?: Computing })[COMPUTING];
}

/** For a program that runs cells: has a say. */
export function offerComputing(computing: Computing): void {
  Object.defineProperty(globalThis, COMPUTING, { value: computing, configurable: true });
}
