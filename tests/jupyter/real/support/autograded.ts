/**
 * What nbgrader's autograder makes of a notebook, in a real kernel, after its own rules: checks are put
 * back as they were (OverwriteCells), a failing cell ends nothing (Execute), and a check scores 0 for an error or
 * anything on stderr, its points otherwise, or the number that is its last value (determine_grade).
 *
 * Source: nbgrader 0.9, https://nbgrader.readthedocs.io
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { assert } from "@std/assert";
import { markedAs } from "@/course/nbgrader.ts";
import { type Cell, type Notebook, notebookText, parseNotebook } from "@/notebook/document.ts";
import { type Jupyter } from "@/notebook/execute.ts";
import { runPython } from "@/notebook/python.ts";

/** What nbgrader's autograde runs: the submission with the checks as they were. */
export function overwritten(submission: Notebook, source: Notebook): Notebook {
  const locked = new Map(
    source.cells.flatMap((cell) => {
      const marked = markedAs(cell);
      return marked?.metadata.locked ? [[marked.metadata.grade_id, cell]] : [];
    }),
  );
  const cells = submission.cells.map((cell) =>
    locked.get(markedAs(cell)?.metadata.grade_id ?? "") ?? cell
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
export async function autograded(jupyter: Jupyter, notebook: Notebook) {
  await Deno.mkdir("build", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: resolve("build"), prefix: "autograde-" });
  try {
    const [source, out] = ["in.ipynb", "out.ipynb"].map((name) => join(folder, name));
    await Deno.writeTextFile(source, notebookText(notebook));
    const script = fileURLToPath(new URL("autograde.py", import.meta.url));
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
