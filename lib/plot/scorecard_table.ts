/**
 * Scorecards of sets of images as a table, below what new real images have.
 *
 * @module
 */
import { caughtBy, MEASURES, type RealRange, type Scorecard } from "@/experiments/scorecard.ts";
import { type Table, table } from "./table.ts";

/** A row for each set, and the number of measures that tell it from real images. */
export function scorecardTable(range: RealRange, cards: Record<string, Scorecard>): Table {
  const measures = Object.keys(MEASURES) as (keyof Scorecard)[];
  const all = Object.values(cards);
  return table({
    set: ["new real, mean", "their deviation", ...Object.keys(cards)],
    ...Object.fromEntries(measures.map((measure) => {
      const { mean, deviation } = range[measure];
      return [measure, [mean, deviation, ...all.map((card) => card[measure])]];
    })),
    "told by": ["", "", ...all.map((card) => String(caughtBy(card, range).length))],
  });
}
