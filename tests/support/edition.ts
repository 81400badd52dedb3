/** The students' edition, made of the project as git knows it. */
import { join } from "node:path";
import { type Assignment } from "@/course/assignment.ts";
import { studentEdition } from "@/course/edition.ts";
import { ROOT } from "./commands.ts";

/** The paths of the project's files that git knows and that are there. */
export async function trackedPaths(): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", ROOT, "ls-files", "-z"],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const paths = new TextDecoder().decode(stdout).split("\0").filter(Boolean);
  const there = await Promise.all(
    paths.map((path) => Deno.stat(join(ROOT, path)).then(() => true, () => false)),
  );
  return paths.filter((_, i) => there[i]);
}

export async function editionWith(assignments: Assignment[]): Promise<Map<string, Uint8Array>> {
  const read = (path: string) => Deno.readFile(join(ROOT, path));
  return await studentEdition({ paths: await trackedPaths(), read }, assignments);
}
