/** `deno task check`: a student's own trial, in the full workbook and in the students' edition. */
import { join } from "node:path";
import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { cellsWithRole, parseAssignment, releasedText } from "@/course/assignment.ts";
import { Grader } from "@/course/grade.ts";
import { statementsOf } from "@/course/statements.ts";
import { notebookText, sourceOf } from "@/notebook/document.ts";
import {
  type Ended,
  ended,
  inTempFolder,
  run,
  runFrom,
  runHere,
  start,
} from "../support/commands.ts";
import { readAssignment, smallNotebook, submission } from "../support/submissions.ts";

const NAME = "a1_theory";
const assignment = await readAssignment(NAME);
const FILE = `${NAME}.ipynb`;

const blank = releasedText(assignment);
const half = submission(assignment, {
  bceOnLogits: `function bceOnLogits(logits: number[], labels: number[]): number {
  return logits.reduce((sum, a, i) => sum + Math.log1p(Math.exp(labels[i] ? -a : a)), 0) / logits.length;
}`,
});
/** The solution's functions in the students' notebook. */
const right = submission(
  assignment,
  Object.fromEntries(
    cellsWithRole(assignment.notebook, "solution").map(sourceOf).flatMap((source) =>
      statementsOf(source, 0).filter(({ kind }) => kind === "function")
        .map(({ declares: [name], start, end }) => [name, source.slice(start, end)])
    ),
  ),
);

Deno.test("deno task check --help shows its use and succeeds", async () => {
  const { code, stdout } = await runHere("check", "--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Usage: deno task check");
});

for (
  const [args, message] of [
    [["a9_other"], 'Cannot find notebook "a9_other"'],
    [["nowhere/a1_theory.ipynb"], "Cannot find notebook"],
    [["README.md"], "must have the name of its assignment, a1_theory.ipynb or a2_gan.ipynb or"],
    [["--verbose"], "unknown option"],
  ] as const
) {
  Deno.test(`check ${args.join(" ")} is a wrong argument: exit code 2`, async () => {
    const { code, stdout, stderr } = await runHere("check", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
    assertFalse(/\n\s+at /.test(stderr), "no stack");
  });
}

Deno.test("a blank, a half and a right handout: exit codes 1, 1 and 0, wherever they lie", () =>
  inTempFolder(async (folder) => {
    const tried = async (text: string) => {
      await Deno.writeTextFile(join(folder, FILE), text);
      return await runFrom(folder, "check", FILE);
    };
    const last = ({ stdout }: Ended) => stdout.trim().split("\n").at(-1)!;
    const [first, second, third] = [await tried(blank), await tried(half), await tried(right)];
    assertEquals([first, second, third].map(({ code, stderr }) => [code, stderr]), [
      [1, ""],
      [1, ""],
      [0, ""],
    ]);
    assertStringIncludes(last(first), "0 of 14 visible checks hold.");
    assertStringIncludes(first.stdout, "bceOnLogits is not written yet: code cell ");
    assertStringIncludes(last(second), "1 of 14 visible checks hold.");
    assertMatch(second.stdout, /code cell \d+ calls bceOnLogits \(code cell \d+\)/);
    assertStringIncludes(
      second.stdout,
      "a label of 0.9: both terms count: expected 0.32692801, got 0.12692801\n",
    );
    assertStringIncludes(last(third), "All 14 visible checks hold.");
  }));

Deno.test("what check says of a check, the grader says of its visible part", async () => {
  await using grader = await Grader.start(assignment, { seed: 1 });
  const { marks } = await grader.grade(half);
  const { stdout } = await inFolder(half);
  for (const { id, outcome, message, hidden } of marks) {
    if (hidden || outcome === "by hand" || outcome === "not answered") continue;
    assertStringIncludes(stdout, `${outcome === "right" ? "✓" : "✗"} ${id} `);
    assertStringIncludes(stdout, message);
  }
});

async function inFolder(text: string): Promise<Ended> {
  let tried: Ended;
  await inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, FILE), text);
    tried = await runFrom(folder, "check", FILE);
  });
  return tried!;
}

Deno.test("the edition, as a student has it: a folder in which its own command checks", () =>
  inTempFolder(async (folder) => {
    const edition = join(folder, "class", "edition");
    const made = await run("assignment", "release", NAME, "--bundle", edition);
    assertEquals([made.code, made.stdout], [0, `${edition}\n`]);
    assertStringIncludes(made.stderr, `1/1 ${NAME}`);
    assertEquals((await Array.fromAsync(Deno.readDir(join(folder, "class")))).length, 1);
    const again = await run("assignment", "release", NAME, "--bundle", edition);
    assertEquals([again.code, again.stdout], [2, ""]);
    assertStringIncludes(again.stderr, "the folder must be new or empty");

    const work = join(edition, "notebooks", "assignments", FILE);
    for (const [text, code, message] of [[blank, 1, "0 of 14"], [right, 0, "All 14"]] as const) {
      await Deno.writeTextFile(work, text);
      const tried = await inEdition(edition, "check", NAME);
      assertEquals(tried.code, code, tried.stderr);
      assertStringIncludes(tried.stdout, `${message} visible checks hold.`);
    }
    // What was handed out is still there, and nothing else has come.
    assertEquals(await Deno.readTextFile(join(edition, "handouts", FILE)), blank);
    assertEquals(
      parseAssignment(await Deno.readTextFile(`notebooks/assignments/${FILE}`), FILE).digest,
      assignment.digest,
    );
  }));

Deno.test("an edition with a line of a solution in it is not made, and the place is named", () =>
  inTempFolder(async (folder) => {
    const own = smallNotebook();
    const cell = own.cells.find(({ id }) => id === "total")!;
    // A line of `logMeanExp`, in the library.
    const line = "if (!Number.isFinite(largest)) return largest;";
    cell.source = sourceOf(cell).replace(
      /return (.*);/,
      (_, sum) => `const largest = ${sum};\n  ${line}\n  return largest;`,
    );
    const [file, edition] = [join(folder, "small.ipynb"), join(folder, "edition")];
    await Deno.writeTextFile(file, notebookText(own));
    const { code, stdout, stderr } = await run("assignment", "release", file, "--bundle", edition);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, `lib/math/stable.ts has a line of small: ${line}`);
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), [
      "small.ipynb",
    ]);
  }));

Deno.test("without git there is no edition, and the reason is told", () =>
  inTempFolder(async (folder) => {
    const edition = join(folder, "edition");
    const args = ["release", NAME, "--bundle", edition];
    const { code, stderr } = await ended(start("assignment", args, { env: { PATH: folder } }));
    assertEquals(code, 1);
    assertStringIncludes(stderr, "it is made of the files that git knows, and git does not start");
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

/** Runs a task of the edition in its folder, with the packages that are here. */
async function inEdition(edition: string, ...args: string[]) {
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd: edition,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
