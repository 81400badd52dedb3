/**
 * What students have written themselves, for the comparison of submissions with each other.
 *
 * @module
 */
import { type Cell, sourceOf } from "@/notebook/document.ts";
import { Aliases, type Handed } from "./aliases.ts";
import { type Assignment, released } from "./assignment.ts";
import { notebookTextOf, readCells } from "./handed_in_notebook.ts";
import { type ComparedTexts } from "./look_alikes.ts";
import { Intake } from "./submissions.ts";

/** The texts of a class, and what everybody was given. */
export interface ComparedClass {
  submissions: Map<string, ComparedTexts>;
  given: ComparedTexts;
}

/**
 * Reads the submissions; those that cannot be read are left out.
 *
 * @param out The folder of the grades, which is nobody's submission.
 * @param aliases Of an anonymous class.
 * @throws {RangeError} If they cannot be read at all, or somebody has no number.
 */
export async function comparedTexts(
  path: string,
  assignment: Assignment,
  out: string,
  aliases?: Aliases,
): Promise<ComparedClass> {
  const options = { out, taken: new Set<string>(), acceptRenamed: true };
  using intake = await Intake.open(path, assignment, options);
  const handed: Handed = { students: intake.students, read: (name) => intake.read(name) };
  const shown = aliases?.hide(handed) ?? handed;
  const submissions = new Map<string, ComparedTexts>();
  for (const student of shown.students) {
    const { bytes } = await shown.read(student);
    const read = bytes && notebookTextOf(bytes);
    const cells = read && "text" in read ? readCells(read.text) : "";
    if (typeof cells !== "string") submissions.set(student, textsOf(cells));
  }
  return { submissions, given: textsOf(released(assignment).cells) };
}

function textsOf(cells: Cell[]): ComparedTexts {
  const joined = (isMeant: (cell: Cell) => boolean) =>
    cells.filter(isMeant).map(sourceOf).join("\n\n");
  return {
    code: joined(({ cell_type }) => cell_type === "code"),
    words: joined(({ cell_type }) => cell_type !== "code"),
  };
}
