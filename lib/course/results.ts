/**
 * What is known of submissions that were graded: a file for each, written whole as soon as it is known, with
 * a key made of all that the result depends on.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { readIfFile } from "@/io/files.ts";
import { type Assignment } from "./assignment.ts";
import { type Grading } from "./grade.ts";
import { type Limits } from "./sandbox.ts";
import { type Submission } from "./submissions.ts";
import { writeJson } from "./tables.ts";

/** A result depends on this as well: it changes when the grader judges otherwise. */
const VERSION = 3;

/** The folder of the results, within that of the grades. */
export const RESULTS = ".results";

/** What a submission's result depends on, as a digest. */
export function keyOf(
  { bytes, problem }: Submission,
  { digest }: Assignment,
  seed: number,
  limits?: Partial<Limits>,
): string {
  return createHash("sha256").update(JSON.stringify([VERSION, digest, seed, limits, problem]))
    .update(bytes ?? new Uint8Array()).digest("hex");
}

/** A file is named after its student; a name that is too long for an ending, after its digest. */
function resultFile(out: string, student: string): string {
  const long = new TextEncoder().encode(student).length > MAX_NAME_BYTES;
  const name = long ? `${createHash("sha256").update(student).digest("hex")}-` : student;
  return join(out, RESULTS, `${name}.json`);
}

/** Systems allow 255; some are for endings, of temporary files too. */
const MAX_NAME_BYTES = 200;

/** The result that is known under this key, or undefined. */
export async function readResult(
  out: string,
  student: string,
  key: string,
): Promise<Grading | undefined> {
  const bytes = await readIfFile(resultFile(out, student));
  if (!bytes) return undefined;
  try {
    const { key: own, ...grading } = JSON.parse(new TextDecoder().decode(bytes));
    return own === key ? grading : undefined;
  } catch {
    return undefined; // Not whole: it is graded again.
  }
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
