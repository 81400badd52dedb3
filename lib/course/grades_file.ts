/**
 * `grades.json` read a row at a time: of a class of any size no more than the place of each row is
 * held.
 *
 * @module
 */
import { isFile } from "@/io/files.ts";
import { type GradeRow, type GradesHead, parseGrades, parseRow } from "./grades.ts";

/** How much is read at once, in bytes. */
const PIECE = 65_536;

export class GradesFile implements Disposable {
  /** Where a student's row begins and ends, in bytes. */
  readonly #places = new Map<string, [from: number, to: number]>();
  /** Whether it was known of anybody when they had to hand in. */
  hadEnd = false;

  private constructor(
    private readonly path: string,
    private readonly file: Deno.FsFile,
    /** All but the rows. */
    readonly head: GradesHead,
  ) {}

  /**
   * Opens the file and looks at every row once; undefined if there is none that can be read.
   *
   * @throws What the system says if there is a file that cannot be read.
   */
  static async open(path: string): Promise<GradesFile | undefined> {
    if (!await isFile(path)) return undefined;
    const file = await Deno.open(path);
    try {
      const finder = new ElementFinder("students");
      const buffer = new Uint8Array(PIECE);
      for (let count; (count = await file.read(buffer)) !== null;) {
        finder.take(buffer.subarray(0, count));
      }
      const { around, places } = finder;
      const opened = new GradesFile(path, file, parseGrades(around, path));
      for (const place of places) {
        const row = await opened.#rowAt(place);
        opened.#places.set(row.student, place);
        opened.hadEnd ||= row.submission?.late !== undefined;
      }
      return opened;
    } catch (error) {
      file.close();
      if (!(error instanceof RangeError)) throw error;
      return undefined;
    }
  }

  /** In the order of the file. */
  get students(): Iterable<string> {
    return this.#places.keys();
  }

  /** The row of a student; undefined if there is none. */
  async row(student: string): Promise<GradeRow | undefined> {
    const place = this.#places.get(student);
    return place && await this.#rowAt(place);
  }

  /** @throws {RangeError} If it is not what `grade` writes. */
  async #rowAt([from, to]: [number, number]): Promise<GradeRow> {
    const bytes = new Uint8Array(to - from);
    await this.file.seek(from, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = await this.file.read(bytes.subarray(at));
      if (count === null) break;
      at += count;
    }
    return parseRow(new TextDecoder().decode(bytes), this.head, this.path);
  }

  [Symbol.dispose](): void {
    this.file.close();
  }
}

/** Bytes that mean something in JSON. */
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];
/** A space, a tab and the ends of lines. */
const SPACE = [0x20, 0x09, 0x0a, 0x0d];

/**
 * Finds the elements of a list that is a field of the object in a JSON file.
 *
 * It follows brackets and texts and looks at nothing else: what is not JSON is found when it is
 * parsed.
 */
class ElementFinder {
  /** Where each element that is an object or a list begins and ends, in bytes. */
  readonly places: [from: number, to: number][] = [];
  /** The bytes of all but these elements. */
  readonly #around: number[] = [];
  #at = 0;
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  /** Whether the list has begun and not ended. */
  #inList = false;
  /** Where the element begins, and where the last text of the object itself does in `#around`. */
  #from = 0;
  #name = 0;

  constructor(private readonly field: string) {}

  /** The text without the elements. */
  get around(): string {
    return new TextDecoder().decode(Uint8Array.from(this.#around));
  }

  take(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.#take(bytes[i]);
  }

  #take(byte: number): void {
    const wasInElement = this.#inList && this.#depth > 2;
    if (this.#inText) this.#takeOfText(byte);
    else if (byte === QUOTE) {
      this.#inText = true;
      if (this.#depth === 1) this.#name = this.#around.length;
    } else if (byte === LIST || byte === OBJECT) this.#open(byte);
    else if (byte === LIST_END || byte === OBJECT_END) this.#close();
    this.#at++;
    const isBetween = this.#inList && this.#depth === 2 && !this.#inText &&
      (byte === COMMA || SPACE.includes(byte));
    const isInElement = wasInElement || this.#inList && this.#depth > 2;
    if (!isInElement && !isBetween) this.#around.push(byte);
  }

  #takeOfText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#inText = false;
  }

  #open(byte: number): void {
    this.#depth++;
    if (this.#inList && this.#depth === 3) this.#from = this.#at;
    if (byte === LIST && this.#depth === 2) {
      const text = new TextDecoder().decode(Uint8Array.from(this.#around.slice(this.#name)));
      this.#inList = text.startsWith(JSON.stringify(this.field));
    }
  }

  #close(): void {
    this.#depth--;
    if (this.#inList && this.#depth === 2) this.places.push([this.#from, this.#at + 1]);
    if (this.#depth === 1) this.#inList = false;
  }
}
