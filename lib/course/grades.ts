/**
 * The grades of a class as they are kept in `grades.json`: a row for each student.
 *
 * @module
 */
import * as v from "valibot";
import { shaped } from "@/formats/shaped.ts";
import { type Item } from "./assignment.ts";
import { type Grading, type Mark } from "./grade.ts";
import { type Lateness, penaltyOf } from "./lateness.ts";
import { MARK } from "./results.ts";
import { SharedMarks } from "./shared_marks.ts";
import { type HandStanding, markKey, type Standings } from "./standing.ts";

/** What is known of a submission besides its marks. */
export interface SubmissionFacts {
  /** Where the notebook was found, below the submissions. */
  path?: string;
  /** SHA-256 of its bytes. */
  digest?: string;
  /** When it came, where there is an end. */
  late?: Lateness;
}

/** A student's row. */
export interface GradeRow extends Grading {
  student: string;
  submission?: SubmissionFacts;
  /** The points so far, less what lateness costs; undefined where nothing was graded. */
  total?: number;
  /** What lateness costs. */
  penalty?: number;
  /** Points by part; undefined for a part with something yet to be graded by hand. */
  parts: Record<string, number | undefined>;
}

/** An item in `grades.json`. */
export interface GradeItem extends Pick<Item, "id" | "part" | "title" | "points" | "kind"> {
  /** Of what its marks depend on, apart from the submission. */
  digest?: string;
}

/** `grades.json` without its rows: what is the same for the whole class. */
export interface GradesHead {
  assignment: string;
  /** SHA-256 of the instructor's notebook; of older grades it is not known. */
  digest?: string;
  /** The version of the grader. */
  grader?: number;
  seed: number;
  /** Whether students are numbers here. */
  anonymous?: boolean;
  items: GradeItem[];
}

/** `grades.json`. */
export interface ClassGrades extends GradesHead {
  students: GradeRow[];
}

/** How the status begins if the machine has kept a submission from being graded. */
export const NOT_GRADED = "not graded: ";

/** The row of a submission with its marks and what was given by hand. */
export function rowOf(
  student: string,
  grading: Grading,
  items: GradeItem[],
  { standings, submission }: { standings: Standings; submission?: SubmissionFacts },
): GradeRow {
  // Nothing was graded: there are no points, not even 0.
  if (grading.marks.length === 0) return { student, ...grading, parts: {} };
  const marks = grading.marks.map((mark): Mark => {
    const standing = standings.get(markKey(student, mark.id));
    return standing ? markByHand(mark, standing) : mark;
  });
  const parts: GradeRow["parts"] = {};
  for (const part of new Set(items.map((item) => item.part))) {
    const own = marks.filter(({ id }) => items.find((item) => item.id === id)!.part === part);
    const open = own.some(({ points }) => points === undefined);
    parts[part] = open ? undefined : sumOf(own);
  }
  const open = marks.some(({ points }) => points === undefined);
  const status = open ? `${grading.status}, not yet by hand` : grading.status;
  const sum = sumOf(marks);
  const penalty = submission?.late ? penaltyOf(submission.late, sum) : 0;
  const total = Number((sum - penalty).toFixed(6));
  return { student, ...grading, status, marks, total, ...penalty > 0 ? { penalty } : {}, parts };
}

/** A mark with the points that people gave. */
function markByHand(mark: Mark, { points, comment, reason, graders }: HandStanding): Mark {
  if (points === undefined) return mark;
  const given = { ...mark, points, message: comment, graders };
  if (mark.outcome === "by hand") return reason === "" ? given : { ...given, reason };
  return { ...given, reason, program: { points: mark.points, message: mark.message } };
}

/** A row's grading as it was before anybody gave points by hand. */
export function gradingOf({ status, marks, notes }: GradeRow): Grading {
  return {
    status: status.replace(/, not yet by hand$/, ""),
    marks: marks.map(({ graders: _graders, reason: _reason, program, ...mark }): Mark => {
      if (program) return { ...mark, ...program };
      if (mark.outcome !== "by hand") return mark;
      const { points: _points, ...open } = mark;
      return { ...open, message: "" };
    }),
    notes,
  };
}

/** The points so far: quarters and thirds of points add up as on paper. */
function sumOf(marks: Mark[]): number {
  return Number(marks.reduce((sum, { points }) => sum + (points ?? 0), 0).toFixed(6));
}

/**
 * The row of a submission that the machine has kept from being graded: it has no points, not even
 * 0.
 */
export function ungradedRow(student: string, reason: string): GradeRow {
  return { student, status: NOT_GRADED + reason, marks: [], notes: [], parts: {} };
}

const ROW = v.looseObject({
  student: v.string(),
  status: v.string(),
  total: v.optional(v.number()),
  penalty: v.optional(v.number()),
  parts: v.record(v.string(), v.optional(v.number())),
  marks: v.array(MARK),
  notes: v.array(v.string()),
  submission: v.optional(v.looseObject({
    path: v.optional(v.string()),
    digest: v.optional(v.string()),
    late: v.optional(v.object({
      submitted: v.string(),
      due: v.string(),
      freeDays: v.number(),
      percent: v.number(),
    })),
  })),
});

const GRADES = v.looseObject({
  assignment: v.string(),
  digest: v.optional(v.string()),
  grader: v.optional(v.number()),
  seed: v.number(),
  anonymous: v.optional(v.boolean()),
  items: v.array(v.looseObject({
    id: v.string(),
    part: v.string(),
    title: v.string(),
    points: v.number(),
    kind: v.picklist(["check", "written"]),
    digest: v.optional(v.string()),
  })),
  students: v.array(ROW),
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
  for (const [i, row] of grades.students.entries()) {
    assertMarked(row, grades, `${action}: students[${i}]`);
  }
  const shared = new SharedMarks<(typeof grades.students)[number]["marks"][number]>();
  for (const row of grades.students) row.marks = shared.of(row.marks);
  return grades;
}

/**
 * Reads one row of `grades.json`.
 *
 * @throws {RangeError} If the text is not what `grade` writes.
 */
export function parseRow(text: string, head: GradesHead, file: string): GradeRow {
  const action = `Cannot read ${file}`;
  const row = shaped(ROW, text, action);
  assertMarked(row, head, `${action}: a row`);
  return row;
}

function assertMarked({ student, marks }: GradeRow, { items }: GradesHead, where: string): void {
  const lacking = items.find(({ id }) => !marks.some((mark) => mark.id === id));
  if (lacking && marks.length > 0) {
    throw new RangeError(
      `${where}.marks must have a mark for each item, ${student} has none for ${lacking.id}`,
    );
  }
}
