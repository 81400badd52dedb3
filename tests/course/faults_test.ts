/** Whatever call of the system fails as a class is graded, no mark is another one for it, and the run says so. */
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { type ClassSummary, gradeClass } from "@/course/class.ts";
import { type ClassGrades } from "@/course/grades.ts";
import { oneLine } from "@/io/system_error.ts";
import { inTempFolder } from "../support/commands.ts";
import { type Call, injectFaults, systemError } from "../support/faults.ts";
import { changed, smallAssignment } from "../support/submissions.ts";
import { gateTest } from "../support/gate.ts";
import { gradesIn } from "../support/graded_class.ts";

const assignment = smallAssignment();
const CLASS = {
  ada: changed(assignment, []),
  cyd: changed(assignment, [["return 2 * x;", "return 3 * x;"]]),
};

/** What the system can say, by what it is asked for. */
const CODES: Record<string, string[]> = {
  spawn: ["EAGAIN", "EMFILE", "ENOENT", "ENOMEM"],
  output: ["EAGAIN", "EMFILE"],
  "pipe.read": ["EIO"],
  "pipe.write": ["ENOMEM"],
  // That nothing is there is an answer and no failure.
  stat: ["EIO", "EACCES", "ENOMEM"],
  lstat: ["EIO", "EACCES", "ENOMEM"],
  lstatSync: ["EIO", "EACCES", "ENOMEM"],
  realPath: ["EIO", "EACCES", "ENOMEM"],
  remove: ["EIO", "EACCES"],
};
const OF_FILES = ["EIO", "EMFILE", "ENOSPC", "ENOENT", "EACCES", "ENOMEM"];

/**
 * Failures that nothing depends on: a lock's file that stays is taken by the next command; before a file is written
 * what a killed process left beside it is looked for, and a file without a lock is not taken for such.
 */
function isHarmless({ name, functions }: Call, code?: string): boolean {
  // A file that is gone before it is locked is made anew.
  const isAnew = functions[0] === "isAt" && !functions.includes("FolderLock.holds");
  if (isAnew && code === "ENOENT") return true;
  if (name === "pipe.lost") return true; // Of a process that waits: the sandbox asks it again.
  return ["FolderLock.release", "removeOrphans", "lock"].some((name) => functions[0] === name) ||
    functions.includes("FolderLock.release");
}

async function makeClass(folder: string, texts: Record<string, string>): Promise<void> {
  for (const [student, text] of Object.entries(texts)) {
    await Deno.mkdir(join(folder, "in", student), { recursive: true });
    await Deno.writeTextFile(join(folder, "in", student, "small.ipynb"), text);
  }
}

interface Ran {
  summary?: ClassSummary;
  /** Reads the grades that were written. */
  grades(): ClassGrades;
  error?: unknown;
  said: string[];
}

async function run(folder: string, out: string): Promise<Ran> {
  const said: string[] = [];
  const grades = () => gradesIn(join(folder, out));
  const print = console.error;
  console.error = (line: string) => said.push(line);
  try {
    const summary = await gradeClass(assignment, {
      submissions: join(folder, "in"),
      out: join(folder, out),
      jobs: 1,
      seed: 1,
      pauseMs: 1,
      limits: { callMs: 2000 },
      onTrouble: (line) => said.push(line),
    });
    return { summary, grades, said };
  } catch (error) {
    return { error, grades, said };
  } finally {
    console.error = print;
  }
}

const marksOf = ({ students }: ClassGrades) =>
  Object.fromEntries(students.map(({ student, status, total, marks }) => [student, {
    status,
    total,
    marks,
  }]));

/**
 * Asserts that a disturbed run has given no other marks, and has said that it was disturbed; where the call was
 * tried again, it need not.
 */
function assertHonest(ran: Ran, right: ClassGrades, call: string, again = false): void {
  const { summary, grades, error, said } = ran;
  for (const line of [...said, ...error ? [oneLine(error)] : []]) {
    assert(!/SuppressedError|suppressed|undefined|\n/.test(line), `${call}: ${line}`);
  }
  if (!summary) return assert(error instanceof Error, call);
  const told = summary.ungraded.length > 0 || said.length > 0;
  assert(told || again, `${call} failed, and nothing was said`);
  const [marks, expected] = [marksOf(grades()), marksOf(right)];
  for (const { student } of summary.ungraded) {
    assert(marks[student].status.startsWith("not graded: "), call);
    assertEquals([marks[student].total, marks[student].marks], [undefined, []], call);
    delete marks[student];
    delete expected[student];
  }
  assertEquals(marks, expected, call);
}

/** What is left in the folder of grades that belongs to no finished run. */
async function leftovers(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const known = name === ".results" || !/^grader-|\.tmp$|^\.lock$/.test(name);
    if (!known) found.push(name);
    else if (isDirectory) found.push(...await leftovers(join(folder, name)));
  }
  return found;
}

/** The calls of a run, in their order. */
async function callsOf(folder: string, out: string): Promise<Call[]> {
  const calls: Call[] = [];
  using _ = injectFaults((call) => {
    calls.push(call);
    return undefined;
  });
  const { error } = await run(folder, out);
  if (error) throw error;
  return calls;
}

/** A call of a run: the how manieth of its site it is, from 0. */
interface Place {
  site: string;
  rank: number;
}

const siteOf = ({ name, place }: Call) => `${name} in ${place}`;

/** The places of calls, in their order. */
function placesOf(calls: Call[]): Place[] {
  const counts = new Map<string, number>();
  return calls.map(siteOf).map((site) => {
    const rank = counts.get(site) ?? 0;
    counts.set(site, rank + 1);
    return { site, rank };
  });
}

/** Runs with one call failing. */
async function disturbed(
  folder: string,
  out: string,
  { site, rank }: Place,
  code: string,
): Promise<Ran> {
  let count = 0;
  using _ = injectFaults((call) =>
    siteOf(call) === site && count++ === rank ? systemError(code) : undefined
  );
  const ran = await run(folder, out);
  assert(count > rank, `${site} did not come ${rank + 1} times again`);
  return ran;
}

/** Asserts that an undisturbed run in the same folder has all marks and leaves nothing behind. */
async function assertMended(folder: string, out: string, right: ClassGrades, call: string) {
  const { summary, grades, error } = await run(folder, out);
  if (!summary) throw error;
  assertEquals(marksOf(grades()), marksOf(right), call);
  assertEquals(await leftovers(join(folder, out)), [], call);
}

gateTest(
  "each call of the system that grading makes fails once: no mark differs, the run says so, the next one has all",
  () =>
    inTempFolder(async (folder) => {
      await makeClass(folder, { ada: CLASS.ada });
      const right = (await run(folder, "right")).grades();
      assertEquals(right.students.map(({ total }) => total), [90]);
      const calls = await callsOf(folder, "dry");
      for (const [i, place] of chosenOf(calls).entries()) {
        const codes = CODES[place.site.split(" ")[0]] ?? OF_FILES;
        const code = codes[i % codes.length];
        const what = `${place.site}, ${place.rank + 1}: ${code}`;
        const out = `out-${i}`;
        const again = place.site.startsWith("remove in io/temporary.ts");
        assertHonest(await disturbed(folder, out, place, code), right, what, again);
        if (again) assertEquals(await leftovers(join(folder, out)), [], what);
        await assertMended(folder, out, right, `after ${what}`);
      }
    }),
);

/**
 * Of the calls between the making of the grader's folder and its removal the last one of each site. Of those that use
 * the pipes of a process, of which there are more or fewer from run to run, and of those that start one, the
 * first three: the grader's own, and those of a submission. The other calls are gone through below.
 */
function chosenOf(calls: Call[]): Place[] {
  const first = calls.findIndex(({ name }) => name === "makeTempDir");
  const last = calls.findLastIndex(({ functions }) => functions.includes("Workplace.close"));
  assert(first > 0 && last > first, calls.map(siteOf).join("\n"));
  const places = placesOf(calls);
  const lastOf = new Map(places.slice(0, last + 1).map((place, n) => [place.site, n]));
  const chosen = places.filter(({ site, rank }, n) => {
    if (n < first || n > last || isHarmless(calls[n])) return false;
    // On a machine that is busy only.
    if (calls[n].functions.includes("StudentProcess.#work")) return false;
    // Of the calls that write a file, three: all of them are made for the tables as well.
    if (/ in io\/files/.test(site) && !/^(open|file.write|rename) /.test(site)) return false;
    return /^(spawn|pipe)/.test(site) ? rank < 3 : n === lastOf.get(site);
  });
  assert(chosen.length > 15, `${chosen.length}`);
  return chosen;
}

Deno.test("each call of a run that grades nothing fails once, from the first to the last: no mark differs, the run says so", () =>
  inTempFolder(async (folder) => {
    await makeClass(folder, CLASS);
    const right = (await run(folder, "out")).grades();
    assertEquals(right.students.map(({ total }) => total), [90, 0]);
    const calls = await callsOf(folder, "out");
    assert(calls.length > 60, `${calls.length}`);
    for (const [n, place] of placesOf(calls).entries()) {
      const codes = CODES[calls[n].name] ?? OF_FILES;
      const code = codes[n % codes.length];
      if (isHarmless(calls[n], code)) continue;
      const what = `${place.site}, ${place.rank + 1}: ${code}`;
      assertHonest(await disturbed(folder, "out", place, code), right, what);
      await assertMended(folder, "out", right, `after ${what}`);
    }
  }));
