/**
 * Writes what a learning platform imports: beside the grades, or outside their folder where it has
 * numbers in the place of names.
 *
 * @module
 */
import { basename, join, resolve } from "node:path";
import { Aliases } from "@/course/aliases.ts";
import { type ClassGrades } from "@/course/grades.ts";
import { feedbackArchive, type Platform, platformTable } from "@/course/platform_export.ts";
import { readRoster } from "@/course/roster.ts";
import { studentFolders } from "@/course/student_folders.ts";
import { readIfFile, writeAtomically, writeTextAtomically } from "@/io/files.ts";
import { asRequestError, RequestError } from "@/run/request_error.ts";
import { type ReportFlags } from "./assignment.ts";
import { checkFile } from "./program.ts";

/** The names of the files, by platform. */
const FILES: Record<Platform, string> = {
  moodle: "moodle.csv",
  canvas: "canvas.csv",
  csv: "class.csv",
};

/** Writes the files, and tells who is not in them. */
export async function exportGrades(
  grades: ClassGrades,
  { grades: folder, roster, key, column }: ReportFlags,
  platform: Platform,
): Promise<void> {
  if (roster === undefined && platform !== "moodle") {
    throw new RequestError(
      `Cannot write the grades for ${platform}: add --roster, which says who the students are there`,
    );
  }
  if (roster !== undefined) await checkFile("read the roster", roster);
  try {
    const rows = roster === undefined ? [] : await readRoster(roster);
    const named = await withNames(grades, key);
    const { text, numbers, told } = platformTable(named, platform, rows, column);
    for (const line of told) console.error(line);
    const file = placeOf(grades, folder, FILES[platform]);
    await writeTextAtomically(file, text);
    console.log(file);
    if (platform !== "moodle") return;
    const archive = placeOf(grades, folder, "moodle_feedback.zip");
    await writeAtomically(archive, await feedbackOf(grades, named, { folder, numbers }));
    console.log(archive);
  } catch (error) {
    throw asRequestError(error);
  }
}

/** In the folder of grades, or beside it if that has no names: others have the folder. */
function placeOf({ anonymous }: ClassGrades, folder: string, name: string): string {
  return anonymous
    ? join(folder, "..", `${basename(resolve(folder))}.${name}`)
    : join(folder, name);
}

/** The grades under names, if they have numbers in their place. */
async function withNames(grades: ClassGrades, key?: string): Promise<ClassGrades> {
  if (!grades.anonymous) return grades;
  if (key === undefined) {
    throw new RequestError(
      "Cannot write the grades for a platform: the class is anonymous; add --key with the file that says who is who",
    );
  }
  const aliases = await Aliases.read(key);
  const students = grades.students.map((row) => ({ ...row, student: aliases.nameOf(row.student) }));
  return { ...grades, students };
}

async function feedbackOf(
  { students }: ClassGrades,
  named: ClassGrades,
  { folder, numbers }: { folder: string; numbers: Map<string, string> },
): Promise<Uint8Array<ArrayBuffer>> {
  const folders = studentFolders(students.map(({ student }) => student));
  const pages = new Map<string, Uint8Array>();
  for (const [i, { student }] of students.entries()) {
    const number = numbers.get(named.students[i].student);
    if (number === undefined) continue;
    const bytes = await readIfFile(join(folder, folders.get(student)!, "feedback.html"));
    if (bytes) pages.set(number, bytes);
  }
  return feedbackArchive(pages);
}
