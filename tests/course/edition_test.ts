/** What students get: everything that they need, and nothing of a solution. */
import { dirname, join, normalize } from "node:path/posix";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { releasedText } from "@/course/assignment.ts";
import { neededModules } from "@/course/edition_modules.ts";
import { leaksIn, secretLines } from "@/course/leaks.ts";
import { parseNotebook, sourceOf } from "@/notebook/document.ts";
import { editionWith } from "../support/edition.ts";
import { ASSIGNMENTS, readAssignment, smallAssignment } from "../support/submissions.ts";

const assignments = await Promise.all(ASSIGNMENTS.map(readAssignment));
const edition = await editionWith(assignments);
const paths = [...edition.keys()];
const text = (path: string) => new TextDecoder().decode(edition.get(path));

/** What can be read in a file, with single spaces: of a notebook, its cells. */
function readable(path: string, kind = /./): string {
  const own = path.endsWith(".ipynb")
    ? parseNotebook(text(path), path).cells.filter(({ cell_type }) => kind.test(cell_type))
      .map(sourceOf).join("\n")
    : text(path);
  return own.replaceAll(/[ \t]+/g, " ");
}

/** What stands between marks. */
const marked = (source: string, what = "SOLUTION|HIDDEN TESTS") =>
  source.split(new RegExp(`^.*(?:BEGIN|END) (?:${what}).*$`, "m")).filter((_, i) => i % 2 === 1);

Deno.test("no line of a solution, a model answer or a hidden check is in the edition", () => {
  assertEquals(leaksIn(edition, assignments), []);
  // The same by other means: every region of the notebooks' text, in whatever file, inside a line too.
  const all = paths.filter((path) => !/\.(safetensors|wasm)$/.test(path)).map((path) =>
    readable(path)
  ).join("\n");
  let sought = 0;
  for (const { name, notebook } of assignments) {
    const handout = readable(`handouts/${name}.ipynb`);
    const regions = notebook.cells.flatMap((cell) => marked(sourceOf(cell)));
    for (const line of regions.join("\n").split("\n").map((each) => each.trim())) {
      // Some lines of hidden checks are those of visible ones too.
      if (line.length < 45 || line.startsWith("import ") || handout.includes(line)) continue;
      sought++;
      assertFalse(all.includes(line), line);
    }
  }
  assert(sought > 150, `only ${sought} lines were looked for`);
});

Deno.test("a planted line of a solution is found in a module, in a cell and on a page", () => {
  const small = smallAssignment();
  const line = "return xs.reduce((sum, x) => sum + double(x), 0);";
  assertEquals(secretLines(small).toSorted(), [
    'const secret = freshRandom("double").uniform() + 12345;',
    'near(await double(secret), 2 * secret, 1e-9, "twice a random number");',
    line,
  ]);
  const cells = [{ cell_type: "markdown", id: "a", metadata: {}, source: [`text\n`, `\t${line}`] }];
  const planted = {
    "lib/math/a.ts":
      `function f() {\n        return xs.reduce((sum, x)  => sum + double(x), 0);\n}`,
    "notebooks/a.ipynb": JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }),
    "docs/a.md": `Text.\n\n    ${line}\n`,
    "lib/math/b.ts": 'return 2 * x;\nimport { freshRandom, near } from "@/course/check.ts";',
  };
  const files = new Map(
    Object.entries(planted).map(([path, own]) => [path, new TextEncoder().encode(own)]),
  );
  assertEquals(
    leaksIn(files, [small]).map(({ path, line: found }) => [path, found]),
    [["lib/math/a.ts", line], ["notebooks/a.ipynb", line], ["docs/a.md", line]],
  );
});

Deno.test("most lines of every solution are looked for, and those that are not say little", () => {
  for (const assignment of assignments) {
    const sought = new Set(secretLines(assignment));
    const own = assignment.notebook.cells.flatMap((cell) => marked(sourceOf(cell), "SOLUTION"))
      .flatMap((region) => region.split("\n")).map((line) => line.trim()).filter(Boolean);
    const left = own.filter((line) => !sought.has(line.replaceAll(/\s+/g, " ")));
    assert(left.length < own.length / 3, `${assignment.name}: ${left.join("\n")}`);
    for (const line of left) assert(line.length < 45, line);
  }
});

Deno.test("what belongs to instructors and developers stays out", () => {
  const out = /^(tests|tools|bench|\.ci)\/|^docs\/(course|architecture|examples)|gan_game|gan_loop/;
  const grading =
    /^lib\/(course\/(class|by_hand|release|submissions|edition|leaks)|cli\/assignment\.)/;
  assertEquals(paths.filter((path) => out.test(path) || grading.test(path)), []);
  assertFalse(paths.includes("notebooks/assignments/nbgrader_config.py"));
  assertFalse(paths.includes("CHANGELOG.md"));
});

Deno.test("the handouts are there twice, as release makes them", () => {
  for (const assignment of assignments) {
    for (const folder of ["notebooks/assignments", "handouts"]) {
      assertEquals(text(`${folder}/${assignment.name}.ipynb`), releasedText(assignment));
    }
  }
});

Deno.test("every module that a module or a notebook of the edition imports is in it", () => {
  const missing: string[] = [];
  for (const path of paths.filter((each) => /\.(ts|ipynb)$/.test(each))) {
    const own = readable(path);
    for (
      const [, , target] of own.matchAll(/^[^*/`]*\b(from|import\(|import) ?"([@.][^"]*\.ts)"/gm)
    ) {
      const file = target.startsWith("@/")
        ? `lib/${target.slice(2)}`
        : normalize(join(dirname(path), target));
      if (target.startsWith("@std/") || edition.has(file)) continue;
      missing.push(`${path}: ${target}`);
    }
  }
  assertEquals(missing, []);
});

Deno.test("its tasks, exports and packages are those of the project that it has files for", async () => {
  const [own, whole] = [
    JSON.parse(text("deno.json")),
    JSON.parse(await Deno.readTextFile("deno.json")),
  ];
  assertEquals(Object.keys(own.tasks).filter((name) => !(name in whole.tasks)), []);
  for (const name of ["train", "sample", "evaluate", "notebooks", "kernel", "check"]) {
    assertEquals(own.tasks[name], whole.tasks[name]);
  }
  for (const name of ["assignment", "test", "ok", "doc"]) assertFalse(name in own.tasks, name);
  const commands = Object.values(own.tasks).map((task) => (task as { command: string }).command);
  const files = [...commands.join(" ").matchAll(/\blib\/\S+\.ts/g)].map(([file]) => file)
    .concat(Object.values(own.exports as Record<string, string>).map(normalize));
  assertEquals(files.filter((file) => !edition.has(file)), []);
  // The packages are those of the lock, or Deno would ask for them again.
  assertEquals([own.imports, own.links], [whole.imports, whole.links]);
  assertEquals(text("deno.lock"), await Deno.readTextFile("deno.lock"));
});

Deno.test("its pages have no dead link, name no task that is not there, and keep to 100 columns", () => {
  const { tasks } = JSON.parse(text("deno.json"));
  for (const path of paths.filter((each) => /\.(md|ipynb)$/.test(each))) {
    const page = readable(path, /markdown/).replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "");
    for (const [, target] of page.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)) {
      const file = normalize(join(dirname(path), target)).replace(/\/$/, "");
      assert(
        paths.some((each) => each === file || each.startsWith(`${file}/`)),
        `${path}: ${target}`,
      );
    }
  }
  const readme = text("README.md");
  for (const [, name] of readme.matchAll(/\btask ([a-z:]+)/g)) assert(name in tasks, name);
  assertEquals(
    readme.split("\n").filter((line) => line.replaceAll(/\]\([^)]*\)/g, "]").length > 100),
    [],
  );
  for (const { name } of assignments) {
    assertStringIncludes(readme, `notebooks/assignments/${name}.ipynb`);
  }
});

Deno.test("the classroom's workflow checks each assignment, by a task of the edition", () => {
  const workflow = text(".github/workflows/check.yml");
  assertStringIncludes(workflow, `assignment: [${ASSIGNMENTS.join(", ")}]`);
  const [, task] = workflow.match(/- run: deno task (\w+) \$\{\{ matrix\.assignment \}\}\n/)!;
  assert(task in JSON.parse(text("deno.json")).tasks);
});

Deno.test("a part of the assignments makes an edition with these alone", async () => {
  const some = await editionWith(assignments.slice(0, 1));
  assertEquals(
    [...some.keys()].filter((path) => path.startsWith("handouts/")),
    ["handouts/a1_theory.ipynb"],
  );
  const workflow = new TextDecoder().decode(some.get(".github/workflows/check.yml"));
  assertStringIncludes(workflow, "assignment: [a1_theory]");
});

Deno.test("of the grader and the commands, what is reached goes in; of other rooms all", async () => {
  const files: Record<string, string> = {
    "lib/cli/a.ts": 'import { b } from "@/course/b.ts";\nconst later = () => import("./later.ts");',
    "lib/cli/later.ts": 'const program = "lib/cli/started.ts";',
    "lib/cli/started.ts": "",
    "lib/cli/other.ts": "",
    "lib/course/b.ts": 'import "../math/c.ts";\nimport { d } from "./d.ts";',
    "lib/course/d.ts": "",
    "lib/course/hidden.ts": "",
    "lib/math/c.ts": "",
    "lib/math/e.ts": "",
  };
  const read = (path: string) => Promise.resolve(files[path]);
  const found = await neededModules(Object.keys(files), ["lib/cli/a.ts"], read);
  assertEquals(
    Object.keys(files).filter((path) => !found.includes(path)),
    ["lib/cli/other.ts", "lib/course/hidden.ts"],
  );
  await assertRejects(
    () => neededModules(Object.keys(files), ["lib/cli/unknown.ts"], read),
    Error,
    "Cannot take lib/cli/unknown.ts into the students' edition",
  );
});
