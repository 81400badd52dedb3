/**
 * The names of students as names of folders and files. Nearly always they are the same; a digest
 * tells apart names that a system cannot have, and names that a system takes for one.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** Characters and names that no system takes, and those that Windows does not take. */
const UNSAFE = Deno.build.os === "windows"
  // deno-lint-ignore no-control-regex
  ? /[\0-\x1f<>:"/\\|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
  // deno-lint-ignore no-control-regex
  : /[\0-\x1f/\\]|^\.+$/;

const DIGEST_LENGTH = 8;

/** A name that every system takes, different for each student. */
export function safeName(student: string): string {
  return UNSAFE.test(student) ? withDigest(student) : student;
}

/**
 * The folder of each student. On some systems `Kim` and `kim` are one folder: such names get a
 * digest.
 */
export function studentFolders(students: string[]): Map<string, string> {
  const fold = (name: string) => name.normalize("NFC").toLowerCase();
  const counts = new Map<string, number>();
  for (const name of students) counts.set(fold(name), (counts.get(fold(name)) ?? 0) + 1);
  return new Map(
    students.map((name) => [name, counts.get(fold(name))! > 1 ? withDigest(name) : safeName(name)]),
  );
}

function withDigest(student: string): string {
  const digest = createHash("sha256").update(student).digest("hex").slice(0, DIGEST_LENGTH);
  return `${student.replaceAll(/[^\p{L}\p{N} ,.'()_-]/gu, "_").replace(/^\.+/, "_")}-${digest}`;
}
