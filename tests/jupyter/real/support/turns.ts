/** A loop of a library, as training is one: it is not part of the cell that calls it. */
import { nextTurn } from "@/host/cell.ts";

export async function countTurns(): Promise<void> {
  const counter = globalThis as unknown as { n: number };
  while (true) {
    await nextTurn();
    counter.n++;
  }
}
