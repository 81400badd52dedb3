/**
 * `by_hand.csv`: what is to be graded by hand. Whoever does it fills in two columns, and the next run takes
 * them over.
 *
 * @module
 */
import { join } from "node:path";
// @ts-types="@types/papaparse"
import Papa from "papaparse";
import { readIfFile } from "@/io/files.ts";
import { type Assignment } from "./assignment.ts";
import { type Row } from "./class.ts";
import { plain } from "./tables.ts";

/** Its name, in the folder of the grades. */
export const BY_HAND = "by_hand.csv";

/** Points and a comment that somebody gave by hand. */
export interface HandMark {
  points?: number;
  comment: string;
}

/** By student and item, with a line break between them. */
export type HandMarks = Map<string, HandMark>;

/**
 * The points and comments that are in the file so far.
 *
 * @throws {RangeError} If it cannot be understood.
 */
export async function readByHand(out: string, { items }: Assignment): Promise<HandMarks> {
  const path = join(out, BY_HAND);
  const bytes = await readIfFile(path);
  const marks: HandMarks = new Map();
  if (!bytes) return marks;
  const { data } = Papa.parse<Record<string, string>>(new TextDecoder().decode(bytes), {
    header: true,
    skipEmptyLines: true,
  });
  data.forEach(({ student, item, points = "", comment = "" }, i) => {
    const most = items.find(({ id }) => id === item)?.points;
    const number = points.trim() === "" ? undefined : Number(points.replace(",", "."));
    if (most === undefined || (number !== undefined && !(number >= 0 && number <= most))) {
      throw new RangeError(
        `Cannot read ${path}: row ${
          i + 2
        } must have an item of the assignment and points from 0 to ${
          most ?? "its points"
        } or none, got ${item}, ${points}`,
      );
    }
    marks.set(`${plain(student)}\n${item}`, { points: number, comment: plain(comment) });
  });
  return marks;
}

/** The table as it is written next. */
export function byHandTable(
  rows: Row[],
  { items }: Assignment,
  byHand: HandMarks,
): (string | number)[][] {
  const answers = rows.flatMap(({ student, marks }) =>
    marks.filter(({ outcome }) => outcome === "by hand").map(({ id, answer }) => {
      const { points = "", comment = "" } = byHand.get(`${student}\n${id}`) ?? {};
      const most = items.find((item) => item.id === id)!.points;
      return [student, id, points, most, comment, answer ?? ""];
    })
  );
  return [["student", "item", "points", "of", "comment", "answer"], ...answers];
}
