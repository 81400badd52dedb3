/** Grades a class by the real command, two at a time in one folder, and kills them now and then. */
import { join } from "node:path";
import { notebookText } from "@/notebook/document.ts";
import { ended, start } from "./commands.ts";
import { changed, smallAssignment, smallNotebook, submission } from "./submissions.ts";

export interface KillOptions {
  students: number;
  kills: number;
  jobs: number;
  /** A kill comes at any moment up to this after the start, in milliseconds. */
  withinMs: number;
  onKill?(kill: number, known: number): void;
}

export interface Killed {
  /** Totals in the table, by student. */
  totals: Record<string, string>;
  expected: Record<string, string>;
  /** Rows of the table. */
  rows: number;
  /** Results that were there at a kill and have been written again since. */
  twice: string[];
  /** Folders and files of a run that have stayed. */
  left: string[];
  /** Processes that have stayed. */
  processes: string[];
  /** Exit codes and last lines of commands that were not killed; the last one has graded the rest. */
  ends: { code: number; line: string }[];
}

/** Makes the class in `folder`, grades it and tells what has become of it. */
export async function gradeAndKill(folder: string, options: KillOptions): Promise<Killed> {
  const { students, kills, withinMs, onKill } = options;
  const expected = await makeClass(folder, students);
  const ends: Killed["ends"] = [];
  const written = new Map<string, number>();
  const twice: string[] = [];
  const compare = async () => {
    for (const [name, time] of await resultTimes(folder)) {
      if (written.has(name) && written.get(name) !== time) twice.push(name);
      written.set(name, time);
    }
  };
  for (let kill = 1; kill <= kills; kill++) {
    const pair = [0, 1].map(() => command(folder, options.jobs));
    const all = Promise.all(pair.map(async (child) => {
      const { code, stderr } = await ended(child);
      if (code < 128) ends.push({ code, line: stderr.trim().split("\n").at(-1)! });
    }));
    await new Promise((resolve) => setTimeout(resolve, withinMs * Math.random()));
    for (const child of pair) kill_(child);
    await all;
    await compare();
    onKill?.(kill, written.size);
  }
  const { code, stderr } = await ended(command(folder, options.jobs));
  ends.push({ code, line: stderr.trim().split("\n").at(-1)! });
  await compare();
  const lines = (await Deno.readTextFile(join(folder, "out", "grades.csv"))).trim().split("\n");
  const totals = Object.fromEntries(lines.slice(1).map((line) => line.split(",").slice(0, 2)));
  return {
    totals,
    expected,
    rows: lines.length - 1,
    twice,
    left: await leftBehind(join(folder, "out")),
    processes: await processesOf(folder),
    ends,
  };
}

function command(folder: string, jobs: number): Deno.ChildProcess {
  const [name, submissions, out] = ["small.ipynb", "in", "out"].map((name) => join(folder, name));
  const args = [name, "--submissions", submissions, "--out", out, "--jobs", String(jobs)];
  return start("assignment", ["grade", ...args]);
}

function kill_(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}

async function makeClass(folder: string, students: number): Promise<Record<string, string>> {
  await Deno.writeTextFile(join(folder, "small.ipynb"), notebookText(smallNotebook()));
  const assignment = smallAssignment();
  const kinds: [string | undefined, string][] = [
    [changed(assignment, []), "90"],
    [changed(assignment, [["return 2 * x;", "return 3 * x;"]]), "0"],
    [changed(assignment, [["return 2 * x;", "return x > 3 ? x : 2 * x;"]]), "60"],
    [submission(assignment, {}), "0"],
    [undefined, ""],
  ];
  const expected: Record<string, string> = {};
  for (let i = 0; i < students; i++) {
    const student = `student_${String(i).padStart(4, "0")}`;
    const [text, total] = kinds[i % kinds.length];
    await Deno.mkdir(join(folder, "in", student), { recursive: true });
    if (text) await Deno.writeTextFile(join(folder, "in", student, "small.ipynb"), text);
    expected[student] = total;
  }
  return expected;
}

/** When each result was written. */
async function resultTimes(folder: string): Promise<Map<string, number>> {
  const results = join(folder, "out", ".results");
  const times = new Map<string, number>();
  try {
    for await (const { name } of Deno.readDir(results)) {
      if (!name.endsWith(".json")) continue;
      times.set(name, (await Deno.stat(join(results, name))).mtime!.getTime());
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return times;
}

/** What no finished run leaves in a folder of grades. */
export async function leftBehind(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (/^(grader-|\.writing-|\.lock$)/.test(name)) found.push(name);
    else if (isDirectory) found.push(...await leftBehind(join(folder, name)));
  }
  return found;
}

/** The processes that name a folder, as the system lists them. */
export async function processesOf(folder: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid,args"] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(folder));
}
