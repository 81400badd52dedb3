/**
 * For a page of the classic Notebook that is reloaded while a cell runs: it drops whatever the
 * kernel sends for a cell that it has not asked for itself. This script asks the workbook's kernel
 * what runs, and gives each cell its place again.
 *
 * It comes with plotly.js, so every notebook that shows a figure has it. JupyterLab and VS Code
 * offer a page no such way.
 *
 * Source: notebook 6, static/services/kernels/kernel.js and static/notebook/js/codecell.js
 *
 * @module
 */
import { REATTACH, REATTACHED } from "@/jupyter/protocol.ts";

/** The script; on other pages it does nothing. */
export const REATTACH_SCRIPT = `<script>(() => {
  const notebook = window.Jupyter?.notebook;
  if (!notebook || window.workbookReattach) return;
  window.workbookReattach = true;
  const { events } = notebook;
  /** The cells that have their place again, by the ids of their requests. */
  const back = new Map();
  /** The one whose outputs so far come as an answer. */
  let current;
  const ask = () => {
    const output = (message) => {
      const answer = message.content.data?.[${JSON.stringify(REATTACHED)}];
      if (answer) answered(answer);
      else current?.get_callbacks().iopub.output(message);
    };
    notebook.kernel.send_shell_message("comm_open", {
      comm_id: String(Math.random()), target_name: ${JSON.stringify(REATTACH)}, data: {},
    }, { clear_on_done: false, iopub: { output } });
  };
  const answered = ({ cells, ended }) => {
    current = undefined;
    for (const [id, cell] of back) {
      if (!(id in ended)) continue;
      back.delete(id);
      cell.set_input_prompt(ended[id]);
      cell.element.removeClass("running");
    }
    for (const { id, code, running } of cells) {
      if (notebook.kernel.get_callbacks_for_msg(id)) continue;
      const cell = notebook.get_cells().find((cell) =>
        cell.cell_type === "code" && cell.get_text() === code && ![...back.values()].includes(cell)
      );
      if (!cell) continue;
      back.set(id, cell);
      cell.clear_output(false, true);
      cell.set_input_prompt("*");
      cell.element.addClass("running");
      notebook.kernel.set_callbacks_for_msg(id, cell.get_callbacks());
      if (running) current = cell;
    }
  };
  events.on("kernel_idle.Kernel", () => back.size > 0 && ask());
  if (notebook.kernel?.is_connected()) ask();
  else events.one("kernel_ready.Kernel", ask);
})();</script>`;
