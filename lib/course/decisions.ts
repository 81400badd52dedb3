/**
 * What people have decided about marks, one decision a line, in `marks/<grader>.jsonl` beside the
 * grades. Lines are added and never changed, so that the history is kept, and files of several
 * graders lie side by side: they are merged by being there.
 *
 * A decision is known by the digest of all that it says. It names the decisions of others that its
 * grader has seen and overrules with it; see `standing.ts`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { shaped } from "@/formats/shaped.ts";
import { isFolder, readIfFile } from "@/io/files.ts";
import { FolderLock } from "@/io/lock.ts";

/** The folder of the decisions, within that of the grades. */
export const MARKS = "marks";

/** The most points that one item can be given by hand. */
export const MOST_POINTS = 1000;

/** What one person has decided about one item of one student. */
export interface Decision {
  /** When, in ISO 8601 and UTC. */
  at: string;
  grader: string;
  student: string;
  item: string;
  /** The `answer_id` of the written answer that was read; empty where there is none. */
  answer: string;
  /** Null takes the grader's earlier decision back. */
  points: number | null;
  /** For the student. */
  comment: string;
  /** Why a person's points count here and not what is usual; must be there for a check. */
  reason: string;
  /** Digest of the submission that was looked at. */
  submission: string;
  /** Decisions of others that this one overrules. */
  over: string[];
}

/** A decision with what it is known by. */
export interface KnownDecision extends Decision {
  id: string;
}

const ID_LENGTH = 16;

/** What a decision is known by: a digest of all that it says. */
export function decisionId(decision: Decision): string {
  const { at, grader, student, item, answer, points, comment, reason, submission, over } = decision;
  return createHash("sha256")
    .update(
      JSON.stringify([
        at,
        grader,
        student,
        item,
        answer,
        points,
        comment,
        reason,
        submission,
        over,
      ]),
    )
    .digest("hex").slice(0, ID_LENGTH);
}

const DECISION = v.strictObject({
  at: v.pipe(v.string(), v.isoTimestamp()),
  grader: v.string(),
  student: v.string(),
  item: v.string(),
  answer: v.string(),
  points: v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(MOST_POINTS))),
  comment: v.string(),
  reason: v.string(),
  submission: v.string(),
  over: v.array(v.string()),
});

/** Names that every file system takes and that do not differ by case alone. */
const GRADER = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** Why a text is no name of a grader; undefined if it is one. */
function graderProblem(name: string): string | undefined {
  return GRADER.test(name)
    ? undefined
    : "It must be 1 to 40 of the letters a to z, digits, - and _, beginning with a letter or digit.";
}

/** The decisions of all graders, the oldest first, each once. */
export interface Decisions {
  all: KnownDecision[];
  /** What the person who grades by hand should know, a line each. */
  told: string[];
}

/**
 * Reads the decisions of all graders.
 *
 * @throws {RangeError} If a line cannot be read for certain.
 */
export async function readDecisions(out: string): Promise<Decisions> {
  const folder = join(out, MARKS);
  const told: string[] = [];
  const found = new Map<string, KnownDecision>();
  if (!await isFolder(folder)) return { all: [], told };
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  for (const name of names) {
    if (name.startsWith(".")) continue;
    if (!name.endsWith(".jsonl")) {
      told.push(`${MARKS}/${name} is not read: decisions are in files called GRADER.jsonl`);
      continue;
    }
    const path = join(folder, name);
    const { decisions, torn } = parseDecisions(await readIfFile(path) ?? new Uint8Array(), path);
    for (const decision of decisions) found.set(decision.id, decision);
    if (torn > 0) {
      told.push(
        `${MARKS}/${name} ends in the middle of a line, which was never kept and is not read`,
      );
    }
  }
  // Stable: of one moment, the order of the file decides.
  const all = [...found.values()].sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
  return { all, told };
}

/** The decisions of a file, and how many bytes of a line that was cut off are at its end. */
function parseDecisions(
  bytes: Uint8Array,
  path: string,
): { decisions: KnownDecision[]; torn: number } {
  const decisions: KnownDecision[] = [];
  const end = bytes.lastIndexOf(0x0a) + 1;
  const text = new TextDecoder().decode(bytes.subarray(0, end));
  const add = (line: string, number: number) => {
    const decision = shaped(DECISION, line, `Cannot read ${path}: line ${number}`);
    const problem = graderProblem(decision.grader);
    if (problem) {
      throw new RangeError(
        `Cannot read ${path}: line ${number}: grader is ${
          JSON.stringify(decision.grader)
        }. ${problem}`,
      );
    }
    decisions.push({ ...decision, id: decisionId(decision) });
  };
  const lines = text.split("\n");
  lines.forEach((line, i) => {
    if (line.trim() !== "") add(line, i + 1);
  });
  const tail = new TextDecoder().decode(bytes.subarray(end));
  if (tail.trim() === "") return { decisions, torn: 0 };
  try {
    JSON.parse(tail);
  } catch {
    return { decisions, torn: bytes.length - end };
  }
  // An editor has left out the last line's end.
  add(tail, lines.length);
  return { decisions, torn: 0 };
}

/** The file of one grader, open to be added to by this process alone. */
export class DecisionFile implements Disposable {
  #adding: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: Deno.FsFile,
    private readonly lock: FolderLock,
  ) {}

  /**
   * @throws {FolderLockedError} If the same grader has it open elsewhere.
   * @throws {RangeError} If a line of it cannot be read for certain.
   */
  static async open(out: string, grader: string): Promise<DecisionFile> {
    const folder = join(out, MARKS);
    const lock = await FolderLock.take(folder, {
      name: `.${grader}.lock`,
      busy: `${grader} is marking there already, in another window`,
    });
    try {
      const path = join(folder, `${grader}.jsonl`);
      const bytes = await readIfFile(path) ?? new Uint8Array();
      const { torn } = parseDecisions(bytes, path);
      const file = await Deno.open(path, { create: true, read: true, write: true });
      // Nobody was told that a line without its end was kept.
      const whole = bytes.length - torn;
      await file.truncate(whole);
      await file.seek(0, Deno.SeekMode.End);
      const opened = new DecisionFile(file, lock);
      if (whole > 0 && bytes[whole - 1] !== 0x0a) await opened.#write("\n");
      return opened;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Adds decisions, one call after the other; when this is done, they are on the disk. */
  async add(decisions: Decision[]): Promise<KnownDecision[]> {
    const before = this.#adding;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#adding = promise;
    await before;
    try {
      return await this.#add(decisions);
    } finally {
      resolve();
    }
  }

  async #add(decisions: Decision[]): Promise<KnownDecision[]> {
    const known = decisions.map((decision) => ({ ...decision, id: decisionId(decision) }));
    await this.#write(decisions.map((decision) => `${JSON.stringify(decision)}\n`).join(""));
    return known;
  }

  async #write(text: string): Promise<void> {
    const { size } = await this.file.stat();
    const bytes = new TextEncoder().encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += await this.file.write(bytes.subarray(at));
      await this.file.sync();
    } catch (error) {
      // A disk that is full leaves half a line, after which no other could be read.
      await this.file.truncate(size).catch(() => {});
      await this.file.seek(0, Deno.SeekMode.End);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.file.close();
    this.lock.release();
  }
}
