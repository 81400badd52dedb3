/**
 * What the marks of a class say about an assignment's items, and about one assignment after the
 * other.
 *
 * @module
 */
import { sampleQuantile } from "@/bench/statistics.ts";
import { isGraded, type Mark } from "./grade.ts";
import { type ClassGrades } from "./grades.ts";

/** The fewest students of whom a correlation is shown. */
const FEWEST = 5;

/**
 * How well an item tells strong students from weak ones: the correlation of its points with the
 * points of all other items (corrected item-total correlation). Undefined where it has no meaning:
 * few students, or everybody has the same.
 */
export function discrimination({ students }: ClassGrades, id: string): number | undefined {
  const pairs = students.filter(isGraded).flatMap(({ marks }) => {
    const own = marks.find((mark) => mark.id === id)?.points;
    const sum = (all: Mark[]) => all.reduce((sum, { points }) => sum + (points ?? 0), 0);
    return own === undefined ? [] : [[own, sum(marks) - own]];
  });
  return pairs.length < FEWEST ? undefined : correlation(pairs);
}

function correlation(pairs: number[][]): number | undefined {
  const mean = (i: number) => pairs.reduce((sum, pair) => sum + pair[i], 0) / pairs.length;
  const means = [mean(0), mean(1)];
  const moment = (i: number, j: number) =>
    pairs.reduce((sum, pair) => sum + (pair[i] - means[i]) * (pair[j] - means[j]), 0);
  const [own, rest] = [moment(0, 0), moment(1, 1)];
  return own > 0 && rest > 0 ? moment(0, 1) / Math.sqrt(own * rest) : undefined;
}

/** Totals of one assignment, as shares of its points. */
export interface Course {
  assignment: string;
  students: number;
  mean: number;
  /** The first quartile, the median and the third quartile. */
  quartiles: [number, number, number];
}

/** One assignment after the other; those in which nobody was graded are left out. */
export function courseOf(all: ClassGrades[]): Course[] {
  return all.flatMap(({ assignment, items, students }) => {
    const most = items.reduce((sum, { points }) => sum + points, 0);
    const shares = students.filter(isGraded).map(({ total }) => total! / most).sort((a, b) =>
      a - b
    );
    if (shares.length === 0) return [];
    return [{
      assignment,
      students: shares.length,
      mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
      quartiles: [
        sampleQuantile(shares, 0.25),
        sampleQuantile(shares, 0.5),
        sampleQuantile(shares, 0.75),
      ],
    }];
  });
}
