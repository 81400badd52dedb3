/**
 * Numbers in the place of names: of an anonymous class everything in the folder of grades has a
 * number, and a key, which is kept apart, says whose it is.
 *
 * @module
 */
import { readIfFile } from "@/io/files.ts";
import { readSheet } from "./sheet.ts";
import { type Submission } from "./submissions.ts";
import { csv, writeText } from "./tables.ts";

/** Who has handed in, and what. */
export interface Handed {
  students: string[];
  read(student: string): Promise<Submission>;
}

/** Shorter names are parts of words, and are replaced only where a path goes on. */
const SHORT = 4;

/** The numbers of a class. */
export class Aliases {
  private constructor(
    private readonly byName: Map<string, string>,
    private readonly byNumber: Map<string, string>,
  ) {}

  /**
   * Reads a key.
   *
   * @throws {RangeError} If there is none, or it cannot be read for certain.
   */
  static async read(path: string): Promise<Aliases> {
    const bytes = await readIfFile(path);
    if (!bytes) throw new RangeError(`Cannot read the key ${path}: there is no such file`);
    const { rows } = readSheet(bytes, path, { student: true, number: true });
    const [byName, byNumber] = [new Map<string, string>(), new Map<string, string>()];
    for (const { number: row, cells: { student, number } } of rows) {
      const isFree = !byName.has(student) && !byNumber.has(number);
      if (!/^[1-9]\d{3,}$/.test(number) || student === "" || !isFree) {
        throw new RangeError(
          `Cannot read the key ${path}: row ${row}: each student must be there once, with a number of their own of at least 4 digits, got ${
            JSON.stringify([student, number])
          }`,
        );
      }
      byName.set(student, number);
      byNumber.set(number, student);
    }
    return new Aliases(byName, byNumber);
  }

  /**
   * The key of a class, with a number for everybody; it is written before anybody is told.
   *
   * @param isNew Whether there may be none yet.
   * @throws {RangeError} If it cannot be read, or is missing.
   */
  static async open(path: string, names: string[], isNew: boolean): Promise<Aliases> {
    const exists = await readIfFile(path) !== undefined;
    if (!exists && !isNew) {
      throw new RangeError(
        `Cannot grade: the key ${path} is missing, and without it nobody knows whose the grades are; put it back, or grade into another folder`,
      );
    }
    const aliases = exists ? await Aliases.read(path) : new Aliases(new Map(), new Map());
    const fresh = names.filter((name) => !aliases.byName.has(name));
    // Among numbers that are few enough to be typed, and many enough to be found by chance.
    const least = 10 ** Math.max(3, String(names.length + aliases.byName.size).length);
    for (const name of fresh) {
      let number: string;
      do number = String(least + randomBelow(9 * least)); while (aliases.byNumber.has(number));
      aliases.byName.set(name, number);
      aliases.byNumber.set(number, name);
    }
    if (fresh.length > 0) {
      const rows = [...aliases.byName].sort(([a], [b]) => a < b ? -1 : 1);
      await writeText(path, csv([["student", "number"], ...rows]));
    }
    return aliases;
  }

  /** @throws {RangeError} If the key has no such student. */
  numberOf(name: string): string {
    return this.byName.get(name) ?? missing(`student ${name}`);
  }

  /** @throws {RangeError} If the key has no such number. */
  nameOf(number: string): string {
    return this.byNumber.get(number) ?? missing(`number ${number}`);
  }

  /** What was handed in, under numbers. */
  hide({ students, read }: Handed): Handed {
    return {
      students: students.map((name) => this.numberOf(name)).sort(),
      read: async (number) => {
        const name = this.nameOf(number);
        const { path, problem, ...rest } = await read(name);
        // A path has the name in it, and so may a file that was renamed.
        const shown = rest.renamed ? "a notebook of another name" : "the notebook";
        return {
          ...rest,
          ...path === undefined ? {} : { path: shown },
          ...problem === undefined ? {} : { problem: withoutName(problem, name, number) },
        };
      },
    };
  }
}

/** A text with paths in it, in which a platform may have marked the name as late. */
function withoutName(text: string, name: string, number: string): string {
  const forms = [name, name.replace(/_(\d+)$/, "_LATE_$1")];
  return forms.reduce(
    (hidden, form) =>
      form.length < SHORT
        ? hidden.replaceAll(`${form}/`, `${number}/`).replaceAll(`${form}_`, `${number}_`)
        : hidden.replaceAll(form, number),
    text,
  );
}

function missing(what: string): never {
  throw new RangeError(`Cannot say who is who: the key has no ${what}`);
}

function randomBelow(end: number): number {
  const [draw] = crypto.getRandomValues(new Uint32Array(1));
  return Math.floor(draw / 2 ** 32 * end);
}
