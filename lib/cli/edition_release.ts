/**
 * What `deno task assignment release --bundle` does: makes the students' edition of the workbook.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { type Assignment, AssignmentError } from "@/course/assignment.ts";
import { studentEdition } from "@/course/edition.ts";
import { leaksIn } from "@/course/leaks.ts";
import { release } from "@/course/release.ts";
import { statIfThere } from "@/io/files.ts";
import { checkFolderToMake, OutputRefusedError } from "@/io/outputs.ts";
import { outputOf } from "@/io/processes.ts";
import { oneLine } from "@/io/system_error.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { withRemedies } from "@/remedy.ts";
import { assignmentFiles, readAssignment } from "./assignment_files.ts";
import { PROJECT } from "./place.ts";

/** Makes the students' edition with these assignments, or with all; the exit code. */
export async function releaseEdition(
  names: string[],
  folder: string,
  { seed }: { seed: number },
): Promise<number> {
  await checkEmpty(folder);
  const files = await assignmentFiles(names);
  const paths = await trackedPaths();
  const assignments: Assignment[] = [];
  for (const [i, file] of files.entries()) {
    const assignment = await readAssignment(file);
    console.error(
      `${i + 1}/${files.length} ${assignment.name}: does its solution pass its checks?`,
    );
    await release(assignment, seed);
    assignments.push(assignment);
  }
  const read = (path: string) => Deno.readFile(join(PROJECT, path));
  const edition = await studentEdition({ paths, read }, assignments);
  refuseLeaks(edition, assignments);
  await writeAll(folder, edition);
  console.error(`${edition.size} files, nothing of a solution among them`);
  console.log(folder);
  return 0;
}

/**
 * The files of the project that git knows and that are there: whatever else lies in the folder is
 * nobody's business.
 */
async function trackedPaths(): Promise<string[]> {
  const cannot = "Cannot make the students' edition: it is made of the files that git knows";
  const args = ["-C", PROJECT, "ls-files", "-z"];
  let listed: Deno.CommandOutput;
  try {
    listed = await outputOf("git", { args });
  } catch (error) {
    throw new Error(`${cannot}, and git does not start: ${oneLine(error)}`, { cause: error });
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!listed.success) {
    throw new Error(
      `${cannot}, and git does not list them: ${
        text(listed.stderr).trim()
      }. Work in a clone of the workbook`,
    );
  }
  const paths = text(listed.stdout).split("\0").filter(Boolean);
  const there = await Promise.all(
    paths.map(async (path) => (await statIfThere(join(PROJECT, path)))?.isFile),
  );
  return paths.filter((_, i) => there[i]);
}

function refuseLeaks(edition: Map<string, Uint8Array>, assignments: Assignment[]): void {
  const leaks = leaksIn(edition, assignments);
  if (leaks.length === 0) return;
  throw new AssignmentError(
    "Cannot make the students' edition: it must hold no line of a solution, a model answer or a hidden check; write the line in another way in one of the two places",
    leaks.map(({ assignment, path, line }) => `${path} has a line of ${assignment}: ${line}`),
  );
}

/** @throws {OutputRefusedError} If there is something at that place. */
async function checkEmpty(folder: string): Promise<void> {
  await checkFolderToMake(folder);
  if (!await statIfThere(folder)) return;
  for await (const { name } of Deno.readDir(folder)) {
    throw withRemedies(
      new OutputRefusedError(
        `Cannot write the students' edition to ${folder}: the folder must be new or empty, and ${name} is in it`,
      ),
      { do: "give", setting: "bundle" },
    );
  }
}

/** Writes all files, or none: they are put together beside the folder, which they then become. */
async function writeAll(folder: string, files: Map<string, Uint8Array>): Promise<void> {
  const parent = dirname(resolve(folder));
  await Deno.mkdir(parent, { recursive: true });
  const made = await makeTempFolder({ prefix: ".writing-", dir: parent });
  try {
    for (const [path, bytes] of files) {
      await Deno.mkdir(dirname(join(made, path)), { recursive: true });
      await Deno.writeFile(join(made, path), bytes);
    }
    await Deno.chmod(made, 0o755).catch(() => {});
    await checkEmpty(folder);
    if (await statIfThere(folder)) await Deno.remove(folder);
    await Deno.rename(made, folder);
  } finally {
    await removeTempFolder(made);
  }
}
