/** `deno task assignment` as an instructor runs it. */
import { join, relative } from "node:path";
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { ended, inTempFolder, run, runHere, start } from "../support/commands.ts";
import { gateTest } from "../support/gate.ts";

const CLASS = "tests/course/sample_class";

for (const command of [[], ["release"], ["grade"], ["mark"], ["report"]]) {
  Deno.test(`deno task assignment ${command.join("")} --help shows its use and succeeds`, async () => {
    const { code, stdout } = await runHere("assignment", ...command, "--help");
    assertEquals(code, 0);
    assertStringIncludes(stdout, ["Usage: deno task assignment", ...command].join(" "));
  });
}

const wrong: [string[], string][] = [
  [[], "Usage: deno task assignment"],
  [["relase"], "unknown command 'relase'"],
  [["release", "a1_theory"], "the option '--out <dir>', or the option '--bundle <dir>'"],
  [["release", "--out", "x"], "release needs names"],
  [["release", "a1_theory", "--out", "x", "--bundle", "y"], "cannot be used with"],
  [["release", "--bundle", "lib"], "the folder must be new or empty, and "],
  [["release", "--bundle", "README.md"], "it must be a folder, and README.md is a file"],
  [["release", "a9_other", "--bundle", "x"], 'Cannot find notebook "a9_other"'],
  [["release", "a9_other", "--out", "x"], 'Cannot find notebook "a9_other"'],
  [["grade", "a1_theory", "--out", "x"], "needs the option '--submissions <path>'"],
  [["grade", "a1_theory", "--submissions", "nowhere", "--out", "x"], "there is no folder nowhere"],
  [["grade", "a1_theory", "--submissions", CLASS, "--out", "x", "--jobs", "0"], "at least 1"],
  [["grade", "a1_theory", "--submissions", CLASS, "--out", "x", "--seed", "-1"], "at least 0"],
  [["grade", "a1_theory", "--merge", "lib", "--out", "x"], "there is no file lib/grades.json"],
  [
    ["grade", "a1_theory", "--merge", "a", "--submissions", "b", "--out", "x"],
    "cannot be used with",
  ],
  [["mark", "a1_theory", "--grades", "lib"], "required option '--grader <name>'"],
  [["mark", "a1_theory", "--grades", "lib", "--grader", "Ann"], "letters a to z"],
  [["mark", "a1_theory", "--grades", "lib", "--grader", "ann"], "there is no file lib/grades.json"],
  [["report", "--grades", "nowhere"], "there is no folder nowhere"],
  [["report", "--grades", "lib"], "there is no file lib/grades.json"],
  [["release", "./a1_theory", "--out", "x"], 'Cannot find notebook "./a1_theory"'],
  [["release", "a1_theory", "--out", "README.md"], "it must be a folder, and README.md is a file"],
  [
    ["release", "a1_theory", "--out", "notebooks/assignments"],
    "it is a file that this command reads",
  ],
  [["grade", "a1_theory", "--submissions", "README.md", "--out", "x"], "a folder or a zip archive"],
  [["grade", "a1_theory", "--submissions", CLASS, "--out", "README.md"], "README.md is a file"],
];
for (const [args, message] of wrong) {
  Deno.test(`assignment ${args.join(" ")} is a wrong argument: exit code 2`, async () => {
    const { code, stderr } = await runHere("assignment", ...args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, message);
    assertFalse(/\n\s+at /.test(stderr), "no stack");
  });
}

Deno.test("an assignment that is wrong is told in lines, exit code 1", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "a1_theory.ipynb");
    const text = await Deno.readTextFile("notebooks/assignments/a1_theory.ipynb");
    await Deno.writeTextFile(file, text.replace('"points": 6', '"points": 7'));
    const { code, stderr } = await run("assignment", "release", file, "--out", folder);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "the points must add up to 100, got 101");
    assertFalse(/\n\s+at /.test(stderr), "no stack");
  }));

/** What the submissions of the sample class earn without what is graded by hand; the last is no notebook. */
const TOTALS = [
  ...[90, 90, 90, 90, 90, 90, 90, 90],
  ...[50, 50, 20, 35, 77, 69, 69, 56, 82, 70],
  ...[49, 40, 14, 12, 37, 0],
  ...[55, 20, 50, 0, 0],
];

gateTest(
  "an instructor releases, grades the sample class and opens the report",
  () =>
    inTempFolder(async (folder) => {
      // As somebody types them: from here.
      const [released, grades] = ["released", "grades"].map((name) =>
        relative(Deno.cwd(), join(folder, name))
      );
      const release = await run("assignment", "release", "a1_theory", "--out", released);
      assertEquals([release.code, release.stderr], [0, ""]);
      assertEquals(release.stdout, `${join(released, "a1_theory.ipynb")}\n`);

      const grade = await run(
        "assignment",
        ...["grade", "a1_theory", "--submissions", CLASS, "--out", grades, "--timeout", "1"],
      );
      assertEquals(grade.code, 0, grade.stderr);
      assertEquals(grade.stdout, `${join(grades, "grades.csv")}\n`);
      assertStringIncludes(
        grade.stderr,
        "29 graded\nstudent_30: the file is no notebook: it is not JSON\n",
      );
      assertFalse(grade.stderr.includes("\x1b"), "no escape codes outside a terminal");
      const [head, ...rows] = (await Deno.readTextFile(join(grades, "grades.csv"))).trim().split(
        "\n",
      );
      assertEquals(head, "student,total,bce,value,dstar,divergences,cost,essay,status");
      assertEquals(rows.map((row) => row.split(",")[1]), [...TOTALS.map(String), ""]);
      for (let i = 1; i <= TOTALS.length; i++) {
        const student = `student_${String(i).padStart(2, "0")}`;
        const page = await Deno.readTextFile(join(grades, student, "feedback.html"));
        assertStringIncludes(page, `<strong>${TOTALS[i - 1]} of 100 points</strong>`);
      }

      const report = await run("assignment", "report", "--grades", grades);
      assertEquals([report.code, report.stdout], [0, `${join(grades, "report.html")}\n`]);
      const page = await Deno.readTextFile(join(grades, "report.html"));
      assertStringIncludes(page, "30 submissions");
      assertStringIncludes(
        page,
        "certain and wrong: a loss of 1000 nats: expected 1000, got Infinity",
      );
    }),
);

/** A class that takes a while: honest work, and loops that wait for their deadlines. */
async function slowClass(folder: string): Promise<string> {
  const own = join(folder, "in");
  for (const [i, student] of ["01", "02", "03", "25", "05", "06", "26", "08"].entries()) {
    await Deno.mkdir(join(own, `s${i}`), { recursive: true });
    await Deno.copyFile(
      join(CLASS, `student_${student}`, "a1_theory.ipynb"),
      join(own, `s${i}`, "a1_theory.ipynb"),
    );
  }
  return own;
}

const results = (out: string) => {
  try {
    return [...Deno.readDirSync(join(out, ".results"))].map(({ name }) => name)
      .filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
};

async function untilGraded(out: string, least: number): Promise<void> {
  while (results(out).length < least) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Processes of submissions graded to this folder. */
async function processes(out: string): Promise<string[]> {
  if (Deno.build.os === "windows") return [];
  const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "args"] }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  return lines.filter((line) => line.includes(join(out, ".results")));
}

Deno.test("a grader that is killed leaves no process, regrades nothing and loses nothing", () =>
  inTempFolder(async (folder) => {
    const [submissions, out] = [await slowClass(folder), join(folder, "out")];
    const args = [
      "grade",
      "a1_theory",
      "--submissions",
      submissions,
      "--out",
      out,
      "--timeout",
      "2",
    ];
    const first = start("assignment", [...args, "--jobs", "2"]);
    await untilGraded(out, 3);
    assert((await processes(out)).length > 0, "submissions are at work");
    first.kill("SIGKILL");
    await ended(first);
    const kept = results(out);
    assert(kept.length >= 3 && kept.length < 8, kept.join());
    await new Promise((resolve) => setTimeout(resolve, 500));
    assertEquals(await processes(out), []);

    const { code, stderr } = await run("assignment", ...args);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, `${8 - kept.length} graded, ${kept.length} already known`);
    const rows = (await Deno.readTextFile(join(out, "grades.csv"))).trim().split("\n").slice(1);
    assertEquals(rows.map((row) => Number(row.split(",")[1])), [90, 90, 90, 55, 90, 90, 20, 90]);
    assertEquals([...Deno.readDirSync(join(out, ".results"))].length, 8, "only results are left");
  }));

Deno.test("Ctrl-C stops with exit code 130 and says how to go on", () =>
  inTempFolder(async (folder) => {
    const [submissions, out] = [await slowClass(folder), join(folder, "out")];
    const child = start("assignment", [
      ...["grade", "a1_theory", "--submissions", submissions, "--out", out, "--timeout", "1"],
    ]);
    await untilGraded(out, 1);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended(child);
    assertEquals([code, stdout], [130, ""]);
    assertStringIncludes(stderr, "stopped; the same command goes on from here");
    assertEquals(await processes(out), []);
    assertEquals(
      [...Deno.readDirSync(join(out, ".results"))].filter(({ isDirectory }) => isDirectory),
      [],
    );
  }));
