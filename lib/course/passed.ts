/**
 * What a check says when it holds.
 *
 * @module
 */
import { inGrader } from "./check.ts";

/**
 * Says below the cell that the visible checks of it hold: the last of their lines. In the grader it
 * says nothing.
 *
 * @param title What the cell is about, as its first line says it.
 */
export async function passed(title: string): Promise<void> {
  if (inGrader()) return;
  // Loaded here, for the grader has no use for it.
  const { show } = await import("@/notebook/show.ts");
  await show(`✓ ${title}: the visible checks hold`);
}
