/** What our kernel costs beside Deno's own, in milliseconds, measured in turns. */
import { TestKernel } from "./kernel.ts";

export interface Cost {
  plain: number;
  ours: number;
}

/** Medians over `rounds` starts of each, and over `cells` cells in each of them. */
export async function cost(rounds: number, cells: number): Promise<{ start: Cost; cell: Cost }> {
  const kinds = ["plain", "ours"] as const;
  const times = { start: { plain: [], ours: [] }, cell: { plain: [], ours: [] } } as Record<
    "start" | "cell",
    Record<typeof kinds[number], number[]>
  >;
  for (let round = 0; round < rounds; round++) {
    for (const kind of kinds) {
      const began = performance.now();
      await using kernel = await TestKernel.start({ plain: kind === "plain" });
      times.start[kind].push(performance.now() - began);
      for (let i = 0; i < cells; i++) times.cell[kind].push((await kernel.run("0")).ms);
    }
  }
  const medians = (of: Record<typeof kinds[number], number[]>): Cost => ({
    plain: median(of.plain),
    ours: median(of.ours),
  });
  return { start: medians(times.start), cell: medians(times.cell) };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
