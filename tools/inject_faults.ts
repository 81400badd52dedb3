/**
 * Grades the sample class by `assignment grade` again and again, each time with one system call
 * that fails (`failing_calls.c`) at a random moment, alternately in the command and in the
 * processes of the submissions. Says whether a mark differs from the undisturbed run, and whether
 * the disturbed run has reported the fault.
 *
 *   deno run -A tools/inject_faults.ts [--runs 200] [--seed 1] [--graded 4]
 *
 * A run grades `--graded` submissions of the class, drawn at random; the results of the others are
 * known. Needs Linux, gcc, and the right to mount in a namespace of its own.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ClassGrades, parseGrades } from "@/course/grades.ts";
import { Random } from "@/random.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    graded: { type: "string", default: "4" },
  },
});
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CLASS = join(ROOT, "tests/course/sample_class");
/** A run that is still at work after this time hangs. */
const PATIENCE_MS = 300_000;

/** What `failing_calls.c` shares: numbers of 8 bytes, then texts. */
const LAYOUT = {
  seen: 0,
  turn: 8,
  started: 16,
  fired: 24,
  error: 32,
  call: 40,
  program: 72,
  path: 104,
  size: 360,
};

interface Fault {
  seen: number;
  fired: boolean;
  what: string;
}

interface Ran {
  code: number;
  stderr: string;
  grades?: ClassGrades;
  fault: Fault;
}

const work = await Deno.makeTempDir({ prefix: "inject-faults-" });
const [library, shared, etc] = ["failing_calls.so", "shared", "etc"].map((name) =>
  join(work, name)
);

async function sh(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
}

async function prepare(): Promise<void> {
  const flags = ["-shared", "-fPIC", "-O2", `-DSHARED_FILE="${shared}"`, "-o", library];
  await sh("gcc", ...flags, join(ROOT, "tools/failing_calls.c"));
  await sh("cp", "-a", "/etc", etc);
  await Deno.writeTextFile(join(etc, "ld.so.preload"), library + "\n");
}

async function grade(out: string, turn: number, started: boolean): Promise<Ran> {
  const bytes = new DataView(new ArrayBuffer(LAYOUT.size));
  bytes.setBigInt64(LAYOUT.turn, BigInt(turn), true);
  bytes.setBigInt64(LAYOUT.started, BigInt(started), true);
  await Deno.writeFile(shared, new Uint8Array(bytes.buffer));
  const assignment = join(ROOT, "notebooks/assignments/a1_theory.ipynb");
  const command = [
    ...["unshare", ...Deno.uid() === 0 ? [] : ["--map-root-user"], "--mount", "sh", "-c"],
    'mount --bind "$0" /etc && exec env FAULTS_COMMAND=1 "$@"',
    etc,
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-read", "--allow-write"],
    ...["--allow-env", "--allow-sys", "--allow-run", join(ROOT, "lib/cli/assignment.ts")],
    ...["grade", assignment, "--submissions", CLASS, "--out", out, "--timeout", "2", "--jobs", "2"],
  ];
  const { code, stderr } = await new Deno.Command(command[0], {
    args: command.slice(1),
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).output();
  const file = join(out, "grades.json");
  const text = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  return {
    code,
    stderr: new TextDecoder().decode(stderr).trim(),
    grades: text === undefined ? undefined : parseGrades(text, file),
    fault: await readFault(),
  };
}

async function readFault(): Promise<Fault> {
  const bytes = await Deno.readFile(shared);
  const view = new DataView(bytes.buffer);
  const number = (at: number) => Number(view.getBigInt64(at, true));
  const text = (at: number) => new TextDecoder().decode(bytes.subarray(at)).split("\0")[0];
  const { seen, fired, error, call, program, path } = LAYOUT;
  return {
    seen: number(seen),
    fired: number(fired) === 1,
    what: `${text(program)}: ${text(call)} ${text(path)}: error ${number(error)}`,
  };
}

/** Students whose row is neither the right one nor without any points. */
function wrongRows({ grades }: Ran, right: ClassGrades): string[] {
  if (!grades) return [];
  return right.students.filter((expected, i) => {
    const row = grades.students[i];
    const isUngraded = row.status.startsWith("not graded: ") && row.total === undefined;
    return !isUngraded && JSON.stringify(row) !== JSON.stringify(expected);
  }).map(({ student }) => student);
}

/** A copy of the graded class in which some results are missing. */
async function copyWithout(students: string[], from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  await sh("cp", "-a", join(from, ".results"), to);
  for (const student of students) await Deno.remove(join(to, ".results", `${student}.json`));
}

const random = new Random(Number(values.seed));
const counts: Record<string, number> = {};
const bad: string[] = [];
try {
  await prepare();
  const whole = join(work, "whole");
  const undisturbed = await grade(whole, 0, false);
  if (undisturbed.code !== 0) throw new Error(undisturbed.stderr);
  const right = undisturbed.grades!;
  const names = right.students.map(({ student }) => student);
  const most = [0, 0];
  for (let i = 0; i < Number(values.runs); i++) {
    const started = i % 2 === 1;
    const drawn = Array.from(
      { length: Number(values.graded) },
      () => names[Math.floor(random.uniform() * names.length)],
    );
    const out = join(work, `run-${i}`);
    let ran: Ran | undefined;
    while (!ran?.fault.fired) {
      await Deno.remove(out, { recursive: true }).catch(() => {});
      await copyWithout([...new Set(drawn)], whole, out);
      // The most calls so far; the first run only counts them.
      const turn = Math.ceil(random.uniform() * most[Number(started)]);
      ran = await grade(out, turn, started);
      if (!ran.fault.fired) most[Number(started)] = ran.fault.seen;
    }
    const said = /^(warning|error): /m.test(ran.stderr);
    const wrong = wrongRows(ran, right);
    const after = await grade(out, 0, false);
    const kind = wrong.length > 0
      ? "WRONG MARKS"
      : wrongRows(after, right).length > 0 || after.code !== 0
      ? "WRONG MARKS LATER"
      : ran.code === 0
      ? said ? "mended by another try, and said so" : "absorbed below the command: all marks right"
      : ran.stderr === ""
      ? "FAILED WITHOUT A WORD"
      : ran.code === 1 && said
      ? "said so, exit code 1"
      : `ended by Deno itself, exit code ${ran.code}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const line = `${i + 1} ${kind} | ${ran.fault.what} | ${
      ran.stderr.split("\n").filter((each) => /^(warning|error|thread|fatal)/i.test(each)).join(
        " / ",
      ).slice(0, 300)
    }`;
    console.log(line);
    if (/^[A-Z ]+$/.test(kind)) bad.push(`${line}\n${wrong}\n${ran.stderr}`);
    await Deno.remove(out, { recursive: true });
  }
} finally {
  await Deno.remove(work, { recursive: true });
}
console.log(JSON.stringify(counts, null, 2));
for (const each of bad) console.log(each);
Deno.exitCode = bad.length === 0 ? 0 : 1;
