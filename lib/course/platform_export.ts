/**
 * Grades as the files that learning platforms import, and the feedback as the archive that Moodle
 * takes back.
 *
 * - Moodle's grading worksheet has an `Identifier`, `Participant 12345`, by which a student is
 *   found, a `Grade`, and `Last modified (grade)`, which must not be older than what Moodle has; the
 *   archive has a folder for each student, whose name has the number behind the first `_`, and then
 *   the plugin: `…_12345_assignfeedback_file/`.
 * - Canvas' gradebook begins with the columns `Student, ID, SIS User ID, SIS Login ID, Section`; a
 *   column's title ends with the number of its assignment in brackets.
 *
 * Sources: Moodle's mod/assign/feedback/offline/importgradeslib.php and file/importziplib.php,
 * https://github.com/moodle/moodle; Canvas' lib/gradebook_importer.rb,
 * https://github.com/instructure/canvas-lms.
 *
 * @module
 */
import { type ZipOptions, zipSync } from "fflate";
import { type ClassGrades, type GradeRow } from "./grades.ts";
import { matchRoster, type RosterRow } from "./roster.ts";
import { csv, isFormula } from "./tables.ts";

/** What files can be written for. */
export type Platform = "moodle" | "canvas" | "csv";

/** A file to import, and who is not in it. */
export interface PlatformTable {
  text: string;
  /** By the student's name: the number by which Moodle knows them. */
  numbers: Map<string, string>;
  /** What the instructor should know, a line each. */
  told: string[];
}

/** A student with a total, as the platform knows them. */
interface Entry {
  row: GradeRow;
  known: RosterRow;
}

/** How many students are named for one reason. */
const MOST_NAMED = 10;

/**
 * The file for a platform. Only who has all their points is in it.
 *
 * @param column The title of Canvas' column; the name of the assignment if it is left out.
 */
export function platformTable(
  grades: ClassGrades,
  platform: Platform,
  roster: RosterRow[],
  column = grades.assignment,
): PlatformTable {
  const { rows, strangers, without } = matchRoster(
    grades.students.map(({ student }) => student),
    roster.length > 0 || platform !== "moodle" ? roster : rowsOfNames(grades),
  );
  const most = grades.items.reduce((sum, { points }) => sum + points, 0);
  const isOpen = ({ marks }: GradeRow) => marks.some(({ points }) => points === undefined);
  const complete = grades.students.filter((row) => row.total !== undefined && !isOpen(row));
  const isNamed = ({ id, login, sis }: RosterRow) =>
    platform === "csv" ||
    (platform === "moodle" ? /^\d+$/.test(id) : [id, login, sis].some((text) => text !== ""));
  const isSafe = ({ id, login, sis, email }: RosterRow) => ![id, login, sis, email].some(isFormula);
  const known = complete.flatMap((row): Entry[] => {
    const own = rows.get(row.student);
    return own ? [{ row, known: own }] : [];
  });
  const counts = Map.groupBy(known, ({ known: { id } }) => id);
  const isTwice = ({ known: { id } }: Entry) => id !== "" && counts.get(id)!.length > 1;
  const entries = known.filter((each) =>
    isNamed(each.known) && isSafe(each.known) && !isTwice(each)
  );
  const told = [
    ...[...Map.groupBy(strangers, ({ reason }) => reason)].flatMap(([reason, all]) =>
      lineOf(all.map(({ student }) => student), ({ are }) => `${are} not in the file (${reason})`)
    ),
    ...leftOut(grades.students.filter(isOpen), "answers that are not graded yet"),
    ...leftOut(
      grades.students.filter(({ total }) => total === undefined),
      "nothing that was graded",
    ),
    ...withoutPlace(known, { isNamed, isSafe, isTwice }),
    ...platform === "moodle"
      ? lineOf(
        namesOf(entries.filter(({ row }) => row.total! > most)),
        ({ have }) =>
          `${have} more than ${most} points, which Moodle passes over in silence: raise the maximum grade there`,
      )
      : [],
    ...lineOf(
      without.map(({ student, name, id }) => student || name || id),
      ({ are, have }) => `${are} in the roster and ${have} no submission`,
    ),
  ];
  const text = withoutMark(csv(tableFor(platform, { grades, entries, most, column })));
  return {
    // Neither platform's own files have a byte order mark.
    text: platform === "csv" ? `\ufeff${text}` : text,
    numbers: new Map(entries.map(({ row, known }) => [row.student, known.id])),
    told,
  };
}

/** What is said of those whom the platform could not know, or would know wrongly. */
function withoutPlace(
  known: Entry[],
  { isNamed, isSafe, isTwice }: {
    isNamed: (row: RosterRow) => boolean;
    isSafe: (row: RosterRow) => boolean;
    isTwice: (entry: Entry) => boolean;
  },
): string[] {
  const rows = (entries: Entry[]) => entries.map(({ row }) => row);
  return [
    ...leftOut(
      rows(known.filter((each) => !isNamed(each.known))),
      "no id in the roster that the platform could know",
    ),
    ...leftOut(
      rows(known.filter((each) => !isSafe(each.known))),
      "an id or address that a spreadsheet would take for a formula",
    ),
    ...leftOut(rows(known.filter(isTwice)), "an id that another student has as well"),
  ];
}

function namesOf(entries: Entry[]): string[] {
  return entries.map(({ row }) => row.student);
}

/** Who is not in the file because of something that they have. */
function leftOut(rows: GradeRow[], what: string): string[] {
  return lineOf(
    rows.map(({ student }) => student),
    ({ are, have }) => `${have} ${what} and ${are} not in the file`,
  );
}

/** What is said of one student, or of several. */
function lineOf(names: string[], said: (verbs: { are: string; have: string }) => string): string[] {
  if (names.length === 0) return [];
  if (names.length === 1) return [`${names[0]} ${said({ are: "is", have: "has" })}`];
  const more = names.length - MOST_NAMED;
  const shown = names.slice(0, MOST_NAMED).join(", ");
  return [
    `${names.length} ${said({ are: "are", have: "have" })}: ${shown}${
      more > 0 ? ` and ${more} more` : ""
    }`,
  ];
}

/** Without a roster, Moodle's number is at the end of the folder's name. */
function rowsOfNames({ students }: ClassGrades): RosterRow[] {
  return students.flatMap(({ student }, i): RosterRow[] => {
    const found = /^(.*)_(\d+)$/.exec(student);
    if (!found) return [];
    const [, name, id] = found;
    const empty = { email: "", login: "", sis: "", section: "", modified: "" };
    return [{ number: i + 1, student, name, id, ...empty }];
  });
}

function tableFor(
  platform: Platform,
  { grades, entries, most, column }: {
    grades: ClassGrades;
    entries: Entry[];
    most: number;
    column: string;
  },
): (string | number)[][] {
  if (platform === "moodle") {
    return [
      [
        ...["Identifier", "Full name", "Email address", "Grade", "Maximum grade"],
        ...["Last modified (grade)", "Feedback comments"],
      ],
      ...entries.map(({ row, known: { id, name, email, modified } }) => [
        ...[`Participant ${id}`, name, email, row.total!, most, modified.replace(/^-$/, "")],
        "See the feedback file.",
      ]),
    ];
  }
  if (platform === "canvas") {
    return [
      ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column],
      ["    Points Possible", "", "", "", "", most],
      ...entries.map(({ row, known: { id, name, sis, login, section } }) => [
        ...[name || row.student, id, sis, login, section],
        row.total!,
      ]),
    ];
  }
  const parts = [...new Set(grades.items.map(({ part }) => part))];
  return [
    ["student", "id", "name", "email", "total", "of", "penalty", ...parts, "status"],
    ...entries.map(({ row, known: { id, name, email } }) => [
      ...[row.student, id, name, email, row.total!, most, row.penalty ?? 0],
      ...parts.map((part) => row.parts[part] ?? ""),
      row.status,
    ]),
  ];
}

function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, "");
}

/** fflate writes the local time of a date: this one is the same in all time zones. */
const TIME = new Date(1980, 0, 1);

/**
 * The feedback of a class as Moodle takes it back ("Upload multiple feedback files in a zip").
 *
 * @param pages The page of a student, by Moodle's number.
 */
export function feedbackArchive(pages: Map<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const files: Record<string, [Uint8Array, ZipOptions]> = {};
  for (const [number, bytes] of pages) {
    files[`Participant_${number}_assignfeedback_file/feedback.html`] = [bytes, {}];
  }
  return zipSync(files, { mtime: TIME });
}
