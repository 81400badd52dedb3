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
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertFalse } from "@std/assert";
import { markedAs } from "@/course/nbgrader.ts";
import {
  type Cell,
  type Notebook,
  notebookText,
  parseNotebook,
  sourceOf,
} from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/folder.ts";
import { Jupyter } from "@/notebook/execute.ts";
import { runPython } from "@/notebook/python.ts";

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
print(json.dumps(config))`,
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

/** What nbgrader's autograde runs: the submission with the checks as they were. */
function overwritten(submission: Notebook, source: Notebook): Notebook {
  const cells = submission.cells.map((cell, i) =>
    markedAs(cell)?.metadata.locked ? source.cells[i] : cell
  );
  return { ...submission, cells };
}

/** nbgrader's determine_grade of a check. */
function scoreOf({ outputs = [] }: Cell, points: number): number {
  for (const { output_type, name, data } of outputs) {
    if (output_type === "error" || (output_type === "stream" && name === "stderr")) return 0;
    if (output_type === "execute_result") {
      const partial = Number([data?.["text/plain"]].flat().join(""));
      return partial > 0 ? partial : points;
    }
  }
  return points;
}

/** Scores of the checks, by id, of a notebook that is run in a folder of the project. */
async function autograded(jupyter: Jupyter, notebook: Notebook) {
  await Deno.mkdir("build", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: resolve("build"), prefix: "autograde-" });
  try {
    const [source, out] = ["in.ipynb", "out.ipynb"].map((name) => join(folder, name));
    await Deno.writeTextFile(source, notebookText(notebook));
    const script = fileURLToPath(new URL("support/autograde.py", import.meta.url));
    const { success, stderr } = await runPython(jupyter.python, [script, source, folder, out]);
    assert(success, stderr);
    const { cells } = parseNotebook(await Deno.readTextFile(out), out);
    return cells.flatMap((cell) => {
      const marked = markedAs(cell);
      if (marked?.role !== "test") return [];
      const { grade_id, points } = marked.metadata;
      return [{ id: grade_id, points: points!, score: scoreOf(cell, points!) }];
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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

Deno.test("the configuration that ships has a stub for TypeScript, and the text that the grader knows", async () => {
  await using jupyter = await Jupyter.start();
  const { ClearSolutions } = await readConfig(jupyter);
  assertEquals(Object.keys(ClearSolutions.code_stub), ["typescript"]);
  assertEquals(ClearSolutions.text_stub, "YOUR ANSWER HERE");
});
