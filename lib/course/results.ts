/**
 * The results of submissions that were graded: a file for each, written whole as soon as the result
 * is known, with a key made of all that it depends on.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { isTemporary, readIfFile } from "@/io/files.ts";
import { shaped } from "@/formats/shaped.ts";
import { oneLine } from "@/io/system_error.ts";
import { type Assignment, type Item } from "./assignment.ts";
import { type Grading, isGraded } from "./grade.ts";
import { type SubmissionFacts } from "./grades.ts";
import { type Limits } from "./sandbox.ts";
import { type Submission } from "./submissions.ts";
import { safeName } from "./student_folders.ts";
import { writeJson } from "./tables.ts";

/** A result depends on this as well: it changes whenever the grader judges differently. */
const VERSION = 7;

/** The folder of the results, within that of the grades. */
export const RESULTS = ".results";

/** A digest of all that a submission's result depends on. */
export function keyOf(
  { bytes, problem }: Submission,
  { digest }: Assignment,
  seed: number,
  limits?: Partial<Limits>,
): string {
  return createHash("sha256").update(JSON.stringify([VERSION, digest, seed, limits, problem]))
    .update(bytes ?? new Uint8Array()).digest("hex");
}

/** What is to be known of a submission later. */
export function submissionFacts({ path, bytes }: Submission): SubmissionFacts {
  if (!bytes) return {};
  return { path, digest: createHash("sha256").update(bytes).digest("hex") };
}

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
  answer: v.optional(v.string()),
  digest: v.optional(v.string()),
  note: v.optional(v.string()),
  graders: v.optional(v.array(v.string())),
  reason: v.optional(v.string()),
  program: v.optional(v.object({ points: v.optional(v.number()), message: v.string() })),
});

const RESULT = v.looseObject({
  key: v.string(),
  status: v.string(),
  marks: v.array(MARK),
  notes: v.array(v.string()),
});

/**
 * The result that is known under this key; undefined if there is none, or if the file is not whole
 * or not what `writeResult` writes: then the submission is graded again.
 *
 * @throws What the system says if there is a file that cannot be read.
 */
export async function readResult(
  out: string,
  student: string,
  key: string,
  { items }: Assignment,
): Promise<Grading | undefined> {
  const file = resultFile(out, student);
  const bytes = await readIfFile(file);
  if (!bytes) return undefined;
  let result: v.InferOutput<typeof RESULT>;
  try {
    result = shaped(RESULT, new TextDecoder().decode(bytes), `Cannot read ${file}`);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
  const { key: own, ...grading } = result;
  return own === key && fits(grading, items) ? grading : undefined;
}

/** Whether there is a mark for each item, with points that it can have. */
function fits({ status, marks }: Grading, items: Item[]): boolean {
  if (marks.length === 0) return !isGraded({ status }); // The status says why.
  return marks.length === items.length && items.every(({ id, points: most }, i) => {
    const { id: own, outcome, points } = marks[i];
    if (own !== id) return false;
    return points === undefined ? outcome === "by hand" : points >= 0 && points <= most;
  });
}

/** Keeps a result. */
export async function writeResult(
  out: string,
  student: string,
  key: string,
  grading: Grading,
): Promise<void> {
  await writeJson(resultFile(out, student), { key, ...grading });
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
