/**
 * Notebook 6 knows no `source_hidden`: this script folds the cells of checks there, into a line
 * that a click opens.
 *
 * It lies beside the kernel's `kernel.json`. Notebook 6 runs it when it opens a notebook of that
 * kernel, so cells are folded before anything has run, and in a notebook that is not trusted as
 * well. JupyterLab and Notebook 7 do not look for it.
 *
 * Source: notebook 6, static/notebook/js/kernelselector.js and cell.js
 *
 * @module
 */
import { CHECKS, CHECKS_TITLE } from "./checks.ts";

const HEADER =
  "// Folds cells of checks in Jupyter Notebook 6. deno task kernel writes this file anew.";

/** The text of `kernel.js`. */
export const KERNEL_SCRIPT = `${HEADER}
define(["base/js/namespace", "base/js/events"], (Jupyter, events) => {
  /** The lines that stand for folded cells, by their cells. */
  const lines = new WeakMap();
  const isChecks = ({ cell_type, metadata }) =>
    cell_type === "code" && Array.isArray(metadata.tags) &&
    metadata.tags.includes(${JSON.stringify(CHECKS)});
  const set = (cell, open) => {
    lines.get(cell).open = open;
    cell.element.find(".input_area")[0].style.display = open ? "" : "none";
    // What was not to be seen has no size yet.
    if (open) cell.code_mirror.refresh();
  };
  const fold = (cell) => {
    if (!isChecks(cell) || lines.has(cell)) return;
    const line = document.createElement("details");
    line.className = "workbook-checks";
    line.style.cssText = "padding: 0.4em; opacity: 0.7";
    const title = document.createElement("summary");
    // Notebook's own styles take away the triangle.
    title.style.display = "list-item";
    title.textContent = ${JSON.stringify(CHECKS_TITLE)};
    line.append(title);
    line.addEventListener("toggle", () => set(cell, line.open));
    cell.element.find(".input_area")[0].before(line);
    lines.set(cell, line);
    set(cell, false);
    // Who is about to write in a cell sees it; what is hidden cannot have the focus.
    const focus = cell.focus_editor;
    cell.focus_editor = () => {
      set(cell, true);
      return focus.call(cell);
    };
  };
  const foldAll = () => Jupyter.notebook.get_cells().forEach(fold);
  return {
    onload() {
      events.on("notebook_loaded.Notebook", foldAll);
      foldAll();
    },
  };
});
`;

/** Whether a kernel.js is this one, or an older one of ours, so that it may be replaced. */
export function isKernelScript(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes).startsWith(HEADER);
}
