/**
 * The instructors' notebooks in nbgrader: the source scores full marks, the release 0.
 *
 * nbgrader itself is not at hand everywhere. What it does is done here after its own rules: its markers
 * are lines that contain them (ClearSolutions, ClearHiddenTests, with the stubs of the configuration that
 * ships), checks are put back as they were (OverwriteCells), a failing cell ends nothing (Execute), and a
 * check scores 0 for an error or anything on stderr, its points otherwise, or the number that is its
 * last value (determine_grade).
 *
 * Source: nbgrader 0.9, https://nbgrader.readthedocs.io
 */
import { join } from "node:path";
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { cellsWithRole, parseAssignment, released } from "@/course/assignment.ts";
import { markedAs } from "@/course/nbgrader.ts";
import {
  type Cell,
  type Notebook,
  notebookText,
  parseNotebook,
  sourceOf,
} from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { Jupyter } from "@/notebook/execute.ts";
import { runPython } from "@/notebook/python.ts";
import { autograded, overwritten } from "./support/autograded.ts";

const FOLDER = "notebooks/assignments";

interface Config {
  ClearSolutions: { code_stub: Record<string, string>; text_stub: string };
}

/** The settings that ship, as Jupyter reads them. */
async function readConfig(jupyter: Jupyter): Promise<Config> {
  const { success, stdout, stderr } = await runPython(jupyter.python, [
    "-c",
    `import json, sys
from traitlets.config import Config
config = Config()
exec(open(sys.argv[1]).read(), {"get_config": lambda: config})
print(json.dumps(config, default=str))`,
    join(FOLDER, "nbgrader_config.py"),
  ]);
  assert(success, stderr);
  return JSON.parse(stdout);
}

/** Lines from one that contains `begin` to the next that contains `end` replaced. */
function replaced(source: string, begin: string, end: string, by: string[]): string {
  let inside = false;
  return source.split("\n").flatMap((line) => {
    if (line.includes(begin)) {
      inside = true;
      const indent = line.match(/^\s*/)![0];
      return by.map((each) => indent + each);
    }
    if (line.includes(end)) {
      inside = false;
      return [];
    }
    return inside ? [] : [line];
  }).join("\n");
}

/** What nbgrader's generate_assignment makes of a notebook. */
function generated(notebook: Notebook, { ClearSolutions }: Config): Notebook {
  const language = (notebook.metadata.kernelspec as { language: string }).language;
  const code = ClearSolutions.code_stub[language];
  assert(code, `there is no stub for ${language}`);
  const cells = notebook.cells.map((cell): Cell => {
    const stub = cell.cell_type === "code" ? code : ClearSolutions.text_stub;
    const cleared = replaced(sourceOf(cell), "BEGIN SOLUTION", "END SOLUTION", stub.split("\n"));
    const source = replaced(cleared, "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", []);
    return { ...cell, source };
  });
  return { ...notebook, cells };
}

for (const path of await findNotebooks(FOLDER)) {
  Deno.test(`${path} in nbgrader: the source scores full marks, the release 0`, async () => {
    await using jupyter = await Jupyter.start();
    const source = parseNotebook(await Deno.readTextFile(path), path);
    const full = await autograded(jupyter, source);
    assertEquals(full.filter(({ points, score }) => score !== points), []);
    assertEquals(full.reduce((sum, { score }) => sum + score, 0), 90);

    const release = generated(source, await readConfig(jupyter));
    assertFalse(/(BEGIN|END) (SOLUTION|HIDDEN)/.test(notebookText(release)));
    const none = await autograded(jupyter, overwritten(release, source));
    assertEquals(none.filter(({ score }) => score !== 0), []);
    assertEquals(none.length, full.length);
  });
}

/** A function that is not written, and what it costs: its checks, and those of what cannot do without it. */
const MISSING: Record<string, [name: string, costs: RegExp]> = {
  a1_theory: ["optimalLogits", /^(dstar|cost)-/],
  a2_gan: ["discriminatorStep", /^(dstep|loop)-/],
  a3_evaluation: ["slerp", /^interpolation-/],
};

for (const [assignment, [missing, costs]] of Object.entries(MISSING)) {
  Deno.test(`${assignment} in nbgrader: a deleted check and a missing function cost their own points`, async () => {
    await using jupyter = await Jupyter.start();
    const path = join(FOLDER, `${assignment}.ipynb`);
    const source = parseNotebook(await Deno.readTextFile(path), path);
    const [first] = source.cells.filter((cell) => markedAs(cell)?.role === "test");
    const cells = source.cells.filter((cell) => cell !== first).map((cell): Cell => {
      const text = sourceOf(cell);
      const from = text.indexOf(`function ${missing}(`);
      if (markedAs(cell)?.role !== "solution" || from < 0) return cell;
      const end = text.indexOf("\n}", from);
      const stub = `function ${missing}(): any {\n  throw new Error("Write ${missing}");`;
      return { ...cell, source: text.slice(0, from) + stub + text.slice(end) };
    });
    const scores = await autograded(jupyter, { ...source, cells });
    const lost = scores.filter(({ points, score }) => score !== points).map(({ id }) => id);
    assertEquals(lost, scores.map(({ id }) => id).filter((id) => costs.test(id)));
    // Each of them in full.
    assertEquals(scores.filter(({ id, score }) => costs.test(id) && score !== 0), []);
  });
}

Deno.test("the configuration that ships has a stub for TypeScript, and the text that the grader knows", async () => {
  await using jupyter = await Jupyter.start();
  const { ClearSolutions } = await readConfig(jupyter);
  assertEquals(Object.keys(ClearSolutions.code_stub), ["typescript"]);
  assertEquals(ClearSolutions.text_stub, "YOUR ANSWER HERE");
  // The notebooks speak of what they replace, and both ways to release leave that.
  assertStringIncludes(ClearSolutions.code_stub.typescript, 'throw new Error("Write ');
  for (const path of await findNotebooks(FOLDER)) {
    const source = parseNotebook(await Deno.readTextFile(path), path);
    assertStringIncludes(sourceOf(source.cells[0]), 'Replace each `throw new Error("Write …")`');
    const made = parseAssignment(notebookText(source), path);
    for (const cell of cellsWithRole(released(made), "solution")) {
      assertStringIncludes(sourceOf(cell), 'throw new Error("Write ');
    }
  }
});
