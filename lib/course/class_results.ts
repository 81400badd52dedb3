/**
 * The results of a class, one at a time: of a class of any size nobody holds more than one of them.
 *
 * @module
 */
import { type Grading } from "./grade.ts";
import { type GradeRow, gradingOf, NOT_GRADED, type SubmissionFacts } from "./grades.ts";

/** What the tables are made of. */
export interface ClassResults {
  students: string[];
  /** A submission with its marks; undefined where the machine has kept it from being graded. */
  grading(student: string): Promise<Grading | undefined>;
  /** Why the machine has kept a submission from being graded, by student. */
  reasons: Map<string, string>;
  /** What was handed in; undefined where that could not be read. */
  facts(student: string): SubmissionFacts | undefined;
}

/** What rows of grades were made of. */
export function classResultsOf(students: GradeRow[]): ClassResults {
  const isKnown = ({ status }: GradeRow) => !status.startsWith(NOT_GRADED);
  const rows = new Map(students.map((row) => [row.student, row]));
  return {
    students: students.map(({ student }) => student),
    grading: (student) => {
      const row = rows.get(student);
      return Promise.resolve(row && isKnown(row) ? gradingOf(row) : undefined);
    },
    reasons: new Map(
      students.filter((row) => !isKnown(row))
        .map(({ student, status }) => [student, status.slice(NOT_GRADED.length)]),
    ),
    facts: (student) => rows.get(student)?.submission,
  };
}
