/**
 * The results of submissions that were graded: a file for each, written whole as soon as the result
 * is known, with a key made of all that it depends on.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { isTemporary, readIfFile, unlessAbsent, writeAtomically } from "@/io/files.ts";
import { shaped } from "@/formats/shaped.ts";
import { oneLine } from "@/io/system_error.ts";
import { type Assignment, type Item } from "./assignment.ts";
import { type Grading, isGraded, type Mark } from "./grade.ts";
import { type ResultKey } from "./result_keys.ts";
import { safeName } from "./student_folders.ts";
import { writeJson } from "./tables.ts";

/** The folder of the results, within that of the grades. */
export const RESULTS = ".results";

/** A file is named after its student, or after a digest if the name is too long for an ending. */
function resultFile(out: string, student: string): string {
  const long = new TextEncoder().encode(student).length > MAX_NAME_BYTES;
  const name = long ? `${createHash("sha256").update(student).digest("hex")}-` : safeName(student);
  return join(out, RESULTS, `${name}.json`);
}

/** Systems allow 255; some are needed for endings, those of temporary files included. */
const MAX_NAME_BYTES = 200;

/** A mark in a file. */
export const MARK = v.looseObject({
  id: v.string(),
  outcome: v.picklist(["right", "wrong", "no answer", "by hand", "not answered"]),
  points: v.optional(v.number()),
  message: v.string(),
  hidden: v.optional(v.boolean()),
  got: v.optional(v.string()),
  code: v.optional(v.string()),
  answer: v.optional(v.string()),
  digest: v.optional(v.string()),
  note: v.optional(v.string()),
  graders: v.optional(v.array(v.string())),
  reason: v.optional(v.string()),
  program: v.optional(v.object({ points: v.optional(v.number()), message: v.string() })),
});

const RESULT = v.looseObject({
  key: v.string(),
  items: v.record(v.string(), v.string()),
  status: v.string(),
  marks: v.array(MARK),
  notes: v.array(v.string()),
});

/** A result that is known, whole or in part. */
export interface KnownResult {
  /** With the marks of all items that are not stale. */
  grading: Grading;
  /** Items that have changed since. */
  stale: Set<string>;
}

/**
 * The result that is known under this key; undefined if there is none, or if the file is not whole
 * or not what `writeResult` writes: then the submission is graded again.
 *
 * @throws What the system says if there is a file that cannot be read.
 */
export async function readResult(
  out: string,
  student: string,
  { key, items: digests }: ResultKey,
  { items }: Assignment,
): Promise<KnownResult | undefined> {
  const result = await wholeResult(resultFile(out, student));
  if (!result || result.key !== key) return undefined;
  const { grading, items: before } = result;
  if (grading.marks.length === 0) return { grading, stale: new Set() };
  const isKept = ({ id }: Item) => before[id] === digests[id];
  const kept = items.filter(isKept).map((item) => ({
    item,
    mark: grading.marks.find(({ id }) => id === item.id)!,
  }));
  if (!kept.every(({ item, mark }) => fits(mark, item))) return undefined;
  const stale = new Set(items.filter((item) => !isKept(item)).map(({ id }) => id));
  return { grading: { ...grading, marks: kept.map(({ mark }) => mark) }, stale };
}

/**
 * The result of a submission that this run knows to be graded.
 *
 * @throws {Error} If it is not there any more, or what the system says.
 */
export async function keptResult(
  out: string,
  student: string,
  { items }: Assignment,
): Promise<Grading> {
  const file = resultFile(out, student);
  const grading = (await wholeResult(file))?.grading;
  const marks = items.map(({ id }) => grading?.marks.find((mark) => mark.id === id));
  if (grading?.marks.length === 0) return grading;
  if (grading && marks.every((mark) => mark !== undefined)) return { ...grading, marks };
  throw new Error(
    `Cannot read the result of ${student}: ${file} was removed or changed while the grader worked; run the same command again`,
  );
}

/** What a file says; undefined if there is none, or if it is not what `writeResult` writes. */
async function wholeResult(
  file: string,
): Promise<{ key: string; items: Record<string, string>; grading: Grading } | undefined> {
  const bytes = await readIfFile(file);
  if (!bytes) return undefined;
  const text = new TextDecoder().decode(bytes);
  try {
    shaped(RESULT, text, `Cannot read ${file}`);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
  // As it was written: with fields in another order, tables of the same grades had other bytes.
  const { key, items, ...grading } = JSON.parse(text) as v.InferOutput<typeof RESULT>;
  return isWhole(grading, items) ? { key, items, grading } : undefined;
}

/** Whether there is a mark for each item that the result is about. */
function isWhole({ status, marks }: Grading, items: Record<string, string>): boolean {
  if (marks.length === 0) return !isGraded({ status }); // The status says why.
  const ids = Object.keys(items);
  return marks.length === ids.length && ids.every((id) => marks.some((mark) => mark.id === id));
}

/** Whether a mark has points that the item can have. */
function fits({ outcome, points }: Mark, { points: most }: Item): boolean {
  return points === undefined ? outcome === "by hand" : points >= 0 && points <= most;
}

/** Keeps a result; when it was graded is the time of its file. */
export async function writeResult(
  out: string,
  student: string,
  { key, items }: ResultKey,
  grading: Grading,
): Promise<void> {
  await writeJson(resultFile(out, student), { key, items, ...grading });
}

/** When a submission was graded; undefined where that is not known. */
export async function gradedAt(out: string, student: string): Promise<Date | undefined> {
  return (await unlessAbsent(Deno.stat(resultFile(out, student))))?.mtime ?? undefined;
}

/** Takes over a result from another folder of grades, with its time. */
export async function copyResult(
  from: { folder: string; student: string },
  to: { folder: string; student: string },
): Promise<void> {
  const [source, target] = [from, to].map(({ folder, student }) => resultFile(folder, student));
  const bytes = await readIfFile(source);
  if (!bytes) return;
  await Deno.mkdir(join(to.folder, RESULTS), { recursive: true });
  await writeAtomically(target, bytes);
  const { mtime } = await Deno.stat(source);
  if (mtime) await Deno.utime(target, mtime, mtime);
}

/**
 * Removes what killed runs have left. The caller holds the folder's lock, so no other run is there.
 */
export async function removeOrphans(
  out: string,
  onTrouble?: (line: string) => void,
): Promise<void> {
  for (const { name, isDirectory } of await Array.fromAsync(Deno.readDir(join(out, RESULTS)))) {
    const isOrphan = isDirectory ? name.startsWith("grader-") : isTemporary(name);
    if (!isOrphan) continue;
    try {
      await Deno.remove(join(out, RESULTS, name), { recursive: true });
    } catch (error) {
      onTrouble?.(`What an earlier run left behind could not be removed: ${oneLine(error)}`);
    }
  }
}
