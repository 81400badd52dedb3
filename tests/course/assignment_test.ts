/** An assignment is read, refused where it is wrong, and becomes the students' notebook. */
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  AssignmentError,
  importsOf,
  parseAssignment,
  released,
  releasedText,
  TEXT_STUB,
} from "@/course/assignment.ts";
import { Grader } from "@/course/grade.ts";
import { unmetNeeds } from "@/course/needs.ts";
import { assertSolutionIsFull, release } from "@/course/release.ts";
import { type Notebook, notebookText, parseNotebook, sourceOf } from "@/notebook/document.ts";
import {
  assignmentPath,
  ASSIGNMENTS,
  cell,
  marks,
  readAssignment,
  smallAssignment,
  smallNotebook,
} from "../support/submissions.ts";

function parse(change: (notebook: Notebook) => void) {
  const made = smallNotebook();
  change(made);
  return parseAssignment(notebookText(made), "small.ipynb");
}

const find = (notebook: Notebook, id: string) => notebook.cells.find((each) => each.id === id)!;
const nbgraderOf = (notebook: Notebook, id: string) =>
  find(notebook, id).metadata.nbgrader as Record<string, unknown>;
const edit = (id: string, from: string, to: string) => (notebook: Notebook) => {
  const found = find(notebook, id);
  assertStringIncludes(sourceOf(found), from);
  found.source = sourceOf(found).replace(from, () => to);
};

const refusals: Record<string, [change: (notebook: Notebook) => void, message: string]> = {
  "points that are not 100": [
    (n) => nbgraderOf(n, "double-visible").points = 29,
    "the points must add up to 100, got 99",
  ],
  "a grade_id twice": [
    (n) => nbgraderOf(n, "total").grade_id = "double",
    "cell double: no two cells have the same grade_id",
  ],
  "another schema": [
    (n) => nbgraderOf(n, "total").schema_version = 2,
    "schema_version must be 3, got 2",
  ],
  "a switch that is none": [
    (n) => nbgraderOf(n, "total").grade = 0,
    "grade must be true or false",
  ],
  "no grade_id": [(n) => delete nbgraderOf(n, "total").grade_id, "grade_id must be letters"],
  "checks without points": [
    (n) => {
      delete nbgraderOf(n, "sum-doubled").points;
      nbgraderOf(n, "essay").points = 40;
    },
    "points must be a number of at least 0",
  ],
  "checks that are not locked": [
    (n) => nbgraderOf(n, "sum-doubled").locked = false,
    "a cell with checks must be locked",
  ],
  "a solution that is locked": [(n) => nbgraderOf(n, "total").locked = true, "must not be locked"],
  "a solution with points": [
    (n) => Object.assign(nbgraderOf(n, "total"), { grade: true, points: 0 }),
    "a code cell with a solution has no points of its own",
  ],
  "a written answer without points": [
    (n) => nbgraderOf(n, "essay").grade = false,
    "a written answer must have points",
  ],
  "a task": [(n) => nbgraderOf(n, "essay").task = true, "a task cell is not supported"],
  "BEGIN without END": [
    edit("total", "  // END SOLUTION\n", ""),
    "line 3: BEGIN SOLUTION without its END",
  ],
  "END without BEGIN": [
    edit("total", "  // BEGIN SOLUTION\n", ""),
    "END SOLUTION without its BEGIN",
  ],
  "a region in a region": [
    edit("total", "  // END SOLUTION", "  // BEGIN SOLUTION\n  // END SOLUTION"),
    "BEGIN SOLUTION inside another",
  ],
  "hidden tests without END": [
    edit("double-hidden", "// END HIDDEN TESTS", "//"),
    "BEGIN HIDDEN TESTS without its END",
  ],
  "a marker behind code": [
    edit("total", "  // BEGIN SOLUTION\n", "  const x = 1; // BEGIN SOLUTION\n"),
    "a marker must be a comment of its own",
  ],
  "a solution outside of a function": [
    (n) => find(n, "total").source = `// BEGIN SOLUTION\nfunction total() {}\n// END SOLUTION`,
    "must lie inside the body of a function",
  ],
  "a solution that ends after its function": [
    edit("total", "  // END SOLUTION\n}", "}\n// END SOLUTION"),
    "must lie inside the body of a function",
  ],
  "a solution cell without a marked solution": [
    (n) => find(n, "total").source = "function total() {}",
    "nothing in it is marked as the solution",
  ],
  "a solution in a cell with checks": [
    edit("sum-doubled", "near(", "// BEGIN SOLUTION\n// END SOLUTION\nnear("),
    "a solution belongs in a solution cell",
  ],
  "a solution in an ordinary cell": [
    (n) => n.cells.push(cell("// BEGIN SOLUTION\n// END SOLUTION", { id: "x" })),
    "cell x: a solution belongs in a solution cell",
  ],
  "hidden tests in a solution cell": [
    edit("total", "}", "}\n// BEGIN HIDDEN TESTS\n// END HIDDEN TESTS"),
    "hidden tests belong in a cell with checks",
  ],
  "hidden tests in the text": [
    (n) => {
      const source = "<!-- BEGIN HIDDEN TESTS -->\n<!-- END HIDDEN TESTS -->";
      n.cells.push(cell(source, { id: "x", type: "markdown" }));
    },
    "hidden tests belong in a cell with checks",
  ],
  "a function in two cells": [
    (n) =>
      n.cells.push({
        ...find(n, "total"),
        id: "again",
        metadata: { nbgrader: marks("solution", "again") },
      }),
    "function total is written in more than one cell",
  ],
  "a solution cell with more than functions": [
    (n) => find(n, "total").source = sourceOf(find(n, "total")) + "\nconst y = 1;",
    "a solution cell holds functions, types and imports only",
  ],
  "code that cannot be parsed": [edit("total", "return xs", "return return xs"), "cell total: "],
  "a part that is called like a column of the grades": [
    (n) => nbgraderOf(n, "sum-doubled").grade_id = "total-sum",
    "cell total-sum: no part may be called total",
  ],
  "no function to write": [
    (n) => n.cells = n.cells.filter(({ id }) => !["double", "total"].includes(id)),
    "no cell has a function for students to write",
  ],
};
for (const [name, [change, message]] of Object.entries(refusals)) {
  Deno.test(`an assignment is refused: ${name}`, () => {
    const { problems } = assertThrows(() => parse(change), AssignmentError) as AssignmentError;
    assertEquals(problems.length, 1, problems.join("\n"));
    assertStringIncludes(problems[0], message);
  });
}

Deno.test("a refusal names every problem", () => {
  const error = assertThrows(
    () =>
      parse((notebook) => {
        nbgraderOf(notebook, "total").schema_version = 1;
        nbgraderOf(notebook, "double").locked = true;
      }),
    AssignmentError,
    "Cannot use small.ipynb as an assignment",
  ) as AssignmentError;
  assertEquals(error.problems.length, 2);
});

Deno.test("items, parts and functions are those of the notebook", () => {
  const { items, functions, name } = smallAssignment();
  assertEquals(name, "small");
  assertEquals(functions, ["double", "total"]);
  assertEquals(
    items.map(({ id, part, title, points, kind }) => [id, part, title, points, kind]),
    [
      ["double-visible", "double", "Twice a number", 30, "check"],
      ["double-hidden", "double", "Twice other numbers", 30, "check"],
      ["sum-doubled", "sum", "The sum of doubled numbers", 30, "check"],
      ["essay-why", "essay", "Small", 10, "written"],
    ],
  );
});

Deno.test("the students' notebook has stubs that say what to write, and nothing hidden", () => {
  const student = released(smallAssignment());
  const source = (id: string) => sourceOf(find(student, id));
  assertEquals(
    source("double"),
    `/** Twice a number. */
function double(x: number): number {
  // YOUR CODE HERE: it replaces the next line
  throw new Error("Write double: twice x");
}`,
  );
  assertStringIncludes(source("total"), 'throw new Error("Write total");');
  assertEquals(
    source("double-hidden"),
    `// Twice other numbers
import { freshRandom, near } from "@/course/check.ts";
near(await double(0), 0, 0, "twice 0");`,
  );
  assertEquals(source("essay"), `Why?\n\n${TEXT_STUB}`);
  assertEquals(source("given"), sourceOf(find(smallNotebook(), "given")));
});

Deno.test("the students' notebook has no outputs, and cells that they must keep are marked so", () => {
  const made = smallNotebook();
  for (const each of made.cells) {
    if (each.cell_type !== "code") continue;
    each.outputs = [{ output_type: "stream", name: "stdout", text: "4" }];
    each.execution_count = 3;
  }
  const student = released(parseAssignment(notebookText(made), "small.ipynb"));
  for (const { cell_type, id, outputs, execution_count, metadata } of student.cells) {
    if (cell_type === "code") assertEquals([outputs, execution_count], [[], null]);
    if (id === "title") continue;
    assertEquals(metadata.deletable, false, id);
    assertEquals(metadata.editable, /-|given/.test(id) ? false : undefined, id);
  }
});

for (const name of ASSIGNMENTS) {
  Deno.test(`${name}: the students' notebook is a notebook without any of the solution`, async () => {
    const assignment = await readAssignment(name);
    const text = releasedText(assignment);
    const student = parseNotebook(text, name);
    assertFalse(/(BEGIN|END) (SOLUTION|HIDDEN)/.test(text));
    assertEquals(student.cells.length, assignment.notebook.cells.length);
    for (const [i, { source, cell_type }] of assignment.notebook.cells.entries()) {
      const lines = (source as string[]).map((line) => line.trim());
      const hidden = new Set<string>();
      let inside = false;
      for (const line of lines) {
        if (/END (SOLUTION|HIDDEN)/.test(line)) inside = false;
        if (inside && line.length > 12) hidden.add(line);
        if (/BEGIN (SOLUTION|HIDDEN)/.test(line)) inside = true;
      }
      const left = sourceOf(student.cells[i]).split("\n").map((line) => line.trim())
        .filter((line) => hidden.has(line) && !/^(near|for|const|return|})/.test(line));
      assertEquals(left, [], `${cell_type} ${i}`);
    }
  });

  Deno.test(`${name} is worth 100 points, 10 of them for words, and has hidden checks`, async () => {
    const { items, notebook } = await readAssignment(name);
    const points = (kind: string) =>
      items.filter((item) => item.kind === kind).reduce((sum, item) => sum + item.points, 0);
    assertEquals([points("check"), points("written")], [90, 10]);
    for (const { kind, cell, id } of items) {
      if (kind === "check") {
        assertStringIncludes(sourceOf(notebook.cells[cell]), "BEGIN HIDDEN", id);
      }
    }
  });
}

for (const path of [...ASSIGNMENTS.map(assignmentPath), "docs/examples/small_assignment.ipynb"]) {
  Deno.test(`each check of ${path} says at the end of its visible part that it holds`, async () => {
    const assignment = parseAssignment(await Deno.readTextFile(path), path);
    const { cells } = released(assignment);
    const last = assignment.items.filter(({ kind }) => kind === "check")
      .map(({ cell, title }) => [sourceOf(cells[cell]).split("\n").at(-1), title]);
    assertEquals(last, last.map(([, title]) => [`await passed("${title}");`, title]));
  });
}

Deno.test("what may be imported is what the students' notebook imports", async () => {
  const imports = importsOf(await readAssignment("a1_theory"));
  assertEquals([...imports.get("@/math/stable.ts")!], ["linspace"]);
  // Of hidden checks.
  assertFalse(imports.has("@/math/divergences.ts"));
  assertFalse(imports.has("@/math/value.ts"));
});

Deno.test("a release is refused if the solution fails a check", async () => {
  const wrong = parse(edit("double", "return 2 * x", "return 3 * x"));
  const { problems } = await assertRejects(
    () => release(wrong, 1),
    AssignmentError,
  ) as AssignmentError;
  assertEquals(problems.length, 3, problems.join("\n"));
  assertStringIncludes(problems[0], "check double-visible: the solution fails it: twice 2 is 4");
});

Deno.test("a release is refused if a check passes before anything is written", async () => {
  const idle = parse(edit("sum-doubled", "near(await total(grid), 3", "near(3, 3"));
  const { problems } = await assertRejects(
    () => release(idle, 1),
    AssignmentError,
  ) as AssignmentError;
  assertEquals(problems, ["check sum-doubled: it passes before anything is written"]);
});

Deno.test("a release is refused if the visible part needs what is hidden", async () => {
  const torn = parse((notebook) =>
    find(notebook, "double-hidden").source = `// Twice other numbers
import { near } from "@/course/check.ts";
// BEGIN HIDDEN TESTS
const zero = 0;
// END HIDDEN TESTS
near(await double(zero), 0, 0, "twice 0");`
  );
  const { problems } = await assertRejects(
    () => release(torn, 1),
    AssignmentError,
  ) as AssignmentError;
  assertEquals(problems.length, 2, problems.join("\n"));
  assertStringIncludes(problems[0], "cell double-hidden: it uses zero, which no cell declares");
  assertStringIncludes(problems[1], "Cannot find name 'zero'");
});

Deno.test("a release is refused if a function of the solution needs what is not given", async () => {
  const torn = parse(edit("double", "return 2 * x", "return factor * x"));
  const { problems } = await assertRejects(
    () => release(torn, 1),
    AssignmentError,
  ) as AssignmentError;
  assert(problems.some((line) => line.includes("factor is not defined")), problems.join("\n"));
});

Deno.test("a release of what works is the students' notebook", async () => {
  const assignment = smallAssignment();
  assertEquals(await release(assignment, 1), releasedText(assignment));
});

const CHECK = 'import { near } from "@/course/check.ts";\n';
const elsewhere: Record<string, [change: (notebook: Notebook) => void, problem: string]> = {
  "an import of another check": [
    edit("sum-doubled", CHECK, ""),
    "cell sum-doubled: it uses near of cell double-visible, which is another check",
  ],
  "a function of another check": [
    (n) => {
      edit(
        "double-hidden",
        "near(await double(0)",
        "const nought = () => 0;\nnear(await double(0)",
      )(n);
      edit("sum-doubled", "total(grid), 3", "total(grid), 3 + nought()")(n);
    },
    "cell sum-doubled: it uses nought of cell double-hidden, which is another check",
  ],
  "a variable of a cell that students may delete": [
    (n) => {
      n.cells.splice(1, 0, cell("const limit = 1e-9;", { id: "figure" }));
      edit("sum-doubled", "1e-12", "limit")(n);
    },
    "cell sum-doubled: it uses limit of cell figure, which is a cell that students may delete",
  ],
  "an import of a solution": [
    (n) => {
      edit("total", "/** The sum", 'import { softplus } from "@/math/stable.ts";\n/** The sum')(n);
      edit("sum-doubled", "total(grid), 3", "total(grid), 3 + 0 * softplus(0)")(n);
    },
    "cell sum-doubled: it uses softplus of cell total, which is a cell that students write in",
  ],
  "a locked cell below": [
    (n) => n.cells.push(n.cells.splice(1, 1)[0]),
    "cell sum-doubled: it uses grid of cell given, which is a locked cell, and below it",
  ],
  "what only the hidden part of the check brings": [
    edit("double-hidden", CHECK.replace("near", "freshRandom, near"), ""),
    "cell double-hidden: it uses near of cell double-visible, which is another check",
  ],
  "what nobody declares": [
    edit("sum-doubled", "1e-12", "precision"),
    "cell sum-doubled: it uses precision, which no cell declares",
  ],
  "in a locked cell, an import of a cell that students may delete": [
    (n) => {
      const line = 'import { linspace } from "@/math/stable.ts";\n';
      n.cells.splice(1, 0, cell(line, { id: "figure" }));
      edit("given", line, "")(n);
    },
    "cell given: it uses linspace of cell figure, which is a cell that students may delete",
  ],
  "the name of a student's function for something else": [
    edit("double-hidden", "const secret", "const total = 0;\nconst secret"),
    "cell double-hidden: total is a function that students write: use another name",
  ],
};
for (const [name, [change, problem]] of Object.entries(elsewhere)) {
  Deno.test(`a check must bring what it needs, and not take ${name}`, () => {
    const problems = unmetNeeds(parse(change));
    assert(problems.some((line) => line.startsWith(problem)), problems.join("\n"));
  });
}

Deno.test("a check may use its own names, locked cells above, students' functions and globals", () => {
  const own = parse((notebook) => {
    edit("sum-doubled", "near(await", "const own = Math.sqrt(1e-24);\nnear(await")(notebook);
    edit("sum-doubled", "1e-12", "own")(notebook);
  });
  assertEquals(unmetNeeds(own), []);
});

for (const name of ASSIGNMENTS) {
  Deno.test(`each check of ${name} brings what it needs`, async () => {
    assertEquals(unmetNeeds(await readAssignment(name)), []);
  });
}

Deno.test("a release is refused if a check needs another cell, with the cell and the name", async () => {
  const torn = parse(edit("sum-doubled", CHECK, ""));
  const { problems } = await assertRejects(
    () => release(torn, 1),
    AssignmentError,
  ) as AssignmentError;
  assertEquals(problems.length, 1, problems.join("\n"));
  assertStringIncludes(problems[0], "near of cell double-visible, which is another check");
});

Deno.test("a solution that is not full is told before anybody is graded by its checks", async () => {
  const wrong = parse(edit("double", "return 2 * x", "return x > 9 ? 3 * x : 2 * x"));
  await using grader = await Grader.start(wrong, { seed: 1 });
  const { problems, message } = await assertRejects(
    () => assertSolutionIsFull(grader, wrong),
    AssignmentError,
  ) as AssignmentError;
  assertStringIncludes(message, "Cannot grade small");
  assertEquals(problems, ["check double-hidden: the solution fails it: twice a random number"]);
  const right = smallAssignment();
  await using other = await Grader.start(right, { seed: 1 });
  await assertSolutionIsFull(other, right);
});
