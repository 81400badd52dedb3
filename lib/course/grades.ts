/**
 * The grades of a class as they are kept in `grades.json`: a row for each student.
 *
 * @module
 */
import * as v from "valibot";
import { readIfFile } from "@/io/files.ts";
import { shaped } from "@/formats/shaped.ts";
import { type Assignment, type Item } from "./assignment.ts";
import { type HandMarks } from "./by_hand.ts";
import { type Grading, type Mark } from "./grade.ts";
import { MARK } from "./results.ts";

/** A student's row. */
export interface GradeRow extends Grading {
  student: string;
  /** The points so far; undefined for a submission that could not be graded. */
  total?: number;
  /** Points by part; undefined for a part with something yet to be graded by hand. */
  parts: Record<string, number | undefined>;
}

/** `grades.json`. */
export interface ClassGrades {
  assignment: string;
  seed: number;
  items: Pick<Item, "id" | "part" | "title" | "points" | "kind">[];
  students: GradeRow[];
}

/** How the status begins if the machine has kept a submission from being graded. */
export const NOT_GRADED = "not graded: ";

/** The row of a submission with its marks and what was given by hand. */
export function rowOf(
  student: string,
  grading: Grading,
  { items }: Assignment,
  byHand: HandMarks,
): GradeRow {
  // Nothing was graded: there are no points, not even 0.
  if (grading.marks.length === 0) return { student, ...grading, parts: {} };
  const marks = grading.marks.map((mark): Mark => {
    const hand = byHand.get(`${student}\n${mark.id}`);
    if (mark.outcome !== "by hand" || hand?.points === undefined) return mark;
    return { ...mark, points: hand.points, message: hand.comment };
  });
  const parts: GradeRow["parts"] = {};
  for (const part of new Set(items.map((item) => item.part))) {
    const own = marks.filter(({ id }) => items.find((item) => item.id === id)!.part === part);
    const open = own.some(({ points }) => points === undefined);
    parts[part] = open ? undefined : own.reduce((sum, { points }) => sum + points!, 0);
  }
  const total = marks.reduce((sum, { points }) => sum + (points ?? 0), 0);
  const open = marks.some(({ points }) => points === undefined);
  const status = open ? `${grading.status}, not yet by hand` : grading.status;
  return { student, ...grading, status, marks, total, parts };
}

/**
 * The row of a submission that the machine has kept from being graded: it has no points, not even
 * 0.
 */
export function ungradedRow(student: string, reason: string): GradeRow {
  return { student, status: NOT_GRADED + reason, marks: [], notes: [], parts: {} };
}

const GRADES = v.looseObject({
  assignment: v.string(),
  seed: v.number(),
  items: v.array(v.looseObject({
    id: v.string(),
    part: v.string(),
    title: v.string(),
    points: v.number(),
    kind: v.picklist(["check", "written"]),
  })),
  students: v.array(v.looseObject({
    student: v.string(),
    status: v.string(),
    total: v.optional(v.number()),
    parts: v.record(v.string(), v.optional(v.number())),
    marks: v.array(MARK),
    notes: v.array(v.string()),
  })),
});

/**
 * Reads `grades.json`.
 *
 * @throws {RangeError} If the text is not what `grade` writes; the message names the file and the
 *   field.
 */
export function parseGrades(text: string, file: string): ClassGrades {
  const action = `Cannot read ${file}`;
  const grades = shaped(GRADES, text, action);
  for (const [i, { student, marks }] of grades.students.entries()) {
    const lacking = grades.items.find(({ id }) => !marks.some((mark) => mark.id === id));
    if (lacking && marks.length > 0) {
      throw new RangeError(
        `${action}: students[${i}].marks must have a mark for each item, ${student} has none for ${lacking.id}`,
      );
    }
  }
  return grades;
}

/** The grades that an earlier run has written; undefined if there are none that can be read. */
export async function gradesBefore(file: string): Promise<ClassGrades | undefined> {
  const bytes = await readIfFile(file);
  if (!bytes) return undefined;
  try {
    return parseGrades(new TextDecoder().decode(bytes), file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}
