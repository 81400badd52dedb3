/**
 * The submissions of a class: who has handed in, and what. They are read in the form in which they
 * come: a folder for each student, nbgrader's `submitted/<student>/<assignment>/`, or a download
 * from Moodle or Canvas, unpacked or not.
 *
 * Everything there is somebody's submission, or is reported with the reason why it is not.
 *
 * @module
 */
import { isFile } from "@/io/files.ts";
import { LOCK } from "@/io/lock.ts";
import { ArchiveError } from "./archive.ts";
import { type Assignment } from "./assignment.ts";
import { chooseNotebook, type LeftOut } from "./notebook_choice.ts";
import { formatOf, mayBeNotebook } from "./notebook_names.ts";
import { platformName } from "./platform_names.ts";
import { RESULTS } from "./results.ts";
import {
  ArchiveSource,
  FolderSource,
  type FoundFile,
  type Source,
  type TopEntry,
} from "./submission_files.ts";

export type { LeftOut };

/** A submission, or why there is none to grade. */
export interface Submission {
  /** Where the notebook was found, below the submissions. */
  path?: string;
  bytes?: Uint8Array;
  problem?: string;
  /** Whether the file has another name than it should. */
  renamed?: boolean;
  /** When the file was last changed. */
  modified?: Date;
}

export interface IntakeOptions {
  /** Where the grades are written: it is nobody's submission. */
  out: string;
  /** Names that mean something there. */
  taken: Set<string>;
  /** Whether a notebook with another name is graded if no other can be meant. */
  acceptRenamed: boolean;
}

/** What lies at the top for one student. */
interface Place {
  entry: TopEntry;
  /** The file's own name, without what the platform has put before it. */
  name: string;
  isFile: boolean;
}

/** What a platform can have from a student besides files. */
const TYPED = "a text that was typed into the platform, or a link";

/** The submissions of a class. Disposing of it closes the archive that they come from. */
export class Intake implements Disposable {
  /** Of students who have something that is not graded. */
  readonly #leftOut = new Map<string, LeftOut[]>();

  private constructor(
    private readonly source: Source,
    private readonly assignment: Assignment,
    private readonly acceptRenamed: boolean,
    private readonly found: { places: Map<string, Place[]>; beside: LeftOut[] },
  ) {}

  /**
   * @param path A folder, or an archive of one.
   * @throws {Deno.errors.NotFound} If there is nothing of that name.
   * @throws {RangeError} If it cannot be read, or has no student.
   */
  static async open(
    path: string,
    assignment: Assignment,
    { out, taken, acceptRenamed }: IntakeOptions,
  ): Promise<Intake> {
    const whole = await isFile(path)
      ? await ArchiveSource.open(path)
      : await FolderSource.open(path, out, new Set([...taken, RESULTS, LOCK]));
    try {
      const beside: LeftOut[] = [];
      const source = await unwrapped(whole, assignment, beside);
      const entries = await source.top();
      const places = new Map<string, Place[]>();
      for (const entry of entries) {
        assertUtf8(path, entry.name);
        if (entry.kind === "folder" && await source.has(entry.name, ["grades.json", RESULTS])) {
          beside.push({ path: `${entry.name}/`, reason: "a folder of grades" });
          continue;
        }
        const found = placeOf(entry);
        if ("reason" in found) beside.push(found);
        else places.set(found.student, [...places.get(found.student) ?? [], found.place]);
      }
      assertStudents(path, [...places.keys()], taken, beside);
      return new Intake(source, assignment, acceptRenamed, { places, beside });
    } catch (error) {
      whole[Symbol.dispose]();
      throw error;
    }
  }

  /** The students, sorted, each under the folder's name or the platform's name and number. */
  get students(): string[] {
    return [...this.found.places.keys()].sort();
  }

  /** What is not graded, as far as the submissions have been read. */
  get leftOut(): LeftOut[] {
    return [
      ...this.found.beside,
      ...this.students.flatMap((name) => this.#leftOut.get(name) ?? []),
    ];
  }

  /**
   * Reads what a student has handed in.
   *
   * @throws {GraderFailure} If the machine does not let it be read: no fault of the student's.
   */
  async read(student: string): Promise<Submission> {
    const places = this.found.places.get(student)!;
    const link = places.find(({ entry }) => entry.kind === "link");
    if (link) {
      return { problem: `no notebook: ${link.entry.name} is a link, and links are not followed` };
    }
    const files: FoundFile[] = [];
    const typed: LeftOut[] = [];
    for (const { entry, name, isFile } of places) {
      const found = entry.file
        ? [{ ...entry.file, size: entry.file.size, modified: entry.file.modified, name }]
        : await this.source.below(entry.name);
      if (isFile) files.push(...found);
      else typed.push(...found.map(({ path }) => ({ path, reason: TYPED })));
    }
    const { file, problem, renamed, leftOut } = await chooseNotebook(
      files,
      this.assignment,
      this.acceptRenamed,
    );
    if (leftOut.length + typed.length > 0) this.#leftOut.set(student, [...leftOut, ...typed]);
    else this.#leftOut.delete(student);
    if (!file) {
      const only = typed.length > 0 && files.length === 0;
      return { problem: only ? `${problem}, only ${TYPED}` : problem };
    }
    try {
      const { path, modified } = file;
      return { path, bytes: await file.read(), renamed, modified };
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      return { problem: `no notebook: ${file.path} cannot be unpacked: ${error.message}` };
    }
  }

  [Symbol.dispose](): void {
    this.source[Symbol.dispose]();
  }
}

/** Whose something at the top is, or why it is nobody's. */
function placeOf(entry: TopEntry): { student: string; place: Place } | LeftOut {
  const { name, kind } = entry;
  const platform = platformName(name);
  if (platform && (kind === "folder") === (platform.name === "")) {
    const { student, isFile } = platform;
    return { student, place: { entry, name: platform.name, isFile } };
  }
  const path = kind === "folder" ? `${name}/` : name;
  if (name.startsWith(".")) return { path, reason: "hidden" };
  if (kind === "folder" || kind === "link") {
    return { student: name, place: { entry, name, isFile: true } };
  }
  const format = formatOf(name);
  const handedIn = mayBeNotebook(name) || /\.zip$/i.test(name) || format !== undefined;
  return {
    path,
    reason: handedIn ? "in no student's folder; make one for it" : "in no student's folder",
  };
}

function assertUtf8(path: string, name: string): void {
  if (!name.includes("\ufffd")) return;
  throw new RangeError(
    `Cannot grade ${path}: the name of each student's folder must be UTF-8, got ${name}; rename it`,
  );
}

function assertStudents(
  path: string,
  students: string[],
  taken: Set<string>,
  beside: LeftOut[],
): void {
  if (students.length === 0) {
    const there = beside.slice(0, 3).map(({ path }) => path).join(", ");
    throw new RangeError(
      `Cannot grade ${path}: it must have a folder for each student, found none${
        there ? `, only ${there}` : ""
      }`,
    );
  }
  const clash = students.find((name) => taken.has(name));
  if (clash) {
    throw new RangeError(
      `Cannot grade ${path}: no student's folder may be called ${clash}, a file of the grades`,
    );
  }
}

/** nbgrader's folders of a course that are not the students'. */
const NBGRADER = ["source", "release", "autograded", "feedback"];

/**
 * The source that has the students at its top: nbgrader has them below `submitted`, and an archive
 * often holds one folder with everything in it.
 */
async function unwrapped(
  source: Source,
  assignment: Assignment,
  beside: LeftOut[],
): Promise<Source> {
  const entries = await source.top();
  const folders = entries.filter(({ kind }) => kind === "folder").map(({ name }) => name);
  if (folders.includes("submitted") && NBGRADER.some((name) => folders.includes(name))) {
    const others = entries.filter(({ name }) => name !== "submitted");
    beside.push(...others.map(({ name }) => ({ path: name, reason: "beside submitted/" })));
    return source.at("submitted");
  }
  const [only, ...more] = entries;
  if (only?.kind !== "folder" || more.length > 0 || platformName(only.name)) return source;
  if (only.name === "submitted") return source.at("submitted");
  const inner = source.at(only.name);
  const below = await inner.top();
  const wanted = `${assignment.name}.ipynb`;
  // Two folders with the notebook in them belong to two students and not to one.
  const isStudents = below.some(({ name }) => platformName(name)) ||
    below.some(({ name, kind }) => name === "submitted" && kind === "folder") ||
    below.filter(({ kind }) => kind === "folder").length > 1 &&
      new Set(
          (await source.below(only.name)).filter(({ path }) => path.endsWith(`/${wanted}`))
            .map(({ path }) => path.split("/")[1]),
        ).size > 1;
  return isStudents ? await unwrapped(inner, assignment, beside) : source;
}
