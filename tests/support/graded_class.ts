/** The grades of a class as they were written: nobody who grades holds all of them. */
import { join } from "node:path";
import { type Assignment } from "@/course/assignment.ts";
import { type ClassOptions, type ClassSummary, gradeClass } from "@/course/class.ts";
import { type ClassGrades, parseGrades } from "@/course/grades.ts";

/** The grades in a folder. */
export function gradesIn(out: string): ClassGrades {
  const file = join(out, "grades.json");
  return parseGrades(Deno.readTextFileSync(file), file);
}

/** Grades a class, and reads the grades. */
export async function gradeAndRead(
  assignment: Assignment,
  options: ClassOptions,
): Promise<ClassSummary & { grades: ClassGrades }> {
  const summary = await gradeClass(assignment, options);
  return { ...summary, grades: gradesIn(options.out) };
}
