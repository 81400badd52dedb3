/**
 * A folder of grades, as it was read, under other names: what hangs on a name is the rows, the sheet
 * of points by hand, the decisions, the changes, and the `answer_id` of every written answer.
 *
 * @module
 */
import { basename } from "node:path";
import { type HandSheet } from "./by_hand.ts";
import { type Change } from "./changes.ts";
import { decisionId, type Decisions, type KnownDecision } from "./decisions.ts";
import { type ClassGrades } from "./grades.ts";
import { answerId } from "./hand_answers.ts";

/** A folder of grades, as it was read. */
export interface Part {
  folder: string;
  grades: ClassGrades;
  /** What each student is called in the folder. */
  original: Map<string, string>;
  sheet: HandSheet;
  decisions: Decisions;
  changes: Change[];
}

/** The part with other names; `called` has one for each student that the part has grades of. */
export function renamedPart(part: Part, called: (student: string) => string): Part {
  const { folder, grades, original, sheet, decisions, changes } = part;
  const names = new Map(grades.students.map(({ student }) => [student, called(student)]));
  // It belongs to nobody, and must not become somebody's by chance.
  const nameOf = (student: string) => names.get(student) ?? `${student} of ${basename(folder)}`;
  const answers = new Map(
    grades.students.flatMap(({ student, marks }) =>
      marks.filter(({ outcome }) => outcome === "by hand").map((mark) => [
        answerId(student, mark.id, mark),
        answerId(nameOf(student), mark.id, mark),
      ])
    ),
  );
  const answerOf = (id: string) => answers.get(id.trim()) ?? id;
  return {
    folder,
    grades: {
      ...grades,
      students: grades.students.map((row) => ({ ...row, student: nameOf(row.student) })),
    },
    original: new Map([...original].map(([student, first]) => [nameOf(student), first])),
    sheet: {
      ...sheet,
      rows: sheet.rows.map(({ number, cells }) => ({
        number,
        cells: {
          ...cells,
          student: nameOf(cells.student),
          ...cells.answer_id === undefined ? {} : { answer_id: answerOf(cells.answer_id) },
        },
      })),
    },
    decisions: { ...decisions, all: renamedDecisions(decisions.all, { nameOf, answerOf }) },
    changes: changes.map((each) => ({ ...each, student: nameOf(each.student) })),
  };
}

/** Decisions under other names are known by other digests; each names earlier ones by theirs. */
function renamedDecisions(
  decisions: KnownDecision[],
  { nameOf, answerOf }: Record<"nameOf" | "answerOf", (text: string) => string>,
): KnownDecision[] {
  const ids = new Map<string, string>();
  return decisions.map(({ id, ...decision }) => {
    const renamed = {
      ...decision,
      student: nameOf(decision.student),
      answer: answerOf(decision.answer),
      over: decision.over.map((other) => ids.get(other) ?? other),
    };
    const own = decisionId(renamed);
    ids.set(id, own);
    return { ...renamed, id: own };
  });
}
