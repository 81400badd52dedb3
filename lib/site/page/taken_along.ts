/**
 * The notebook as a reader takes it along: with the reader's edits, and with what the cells have
 * shown here, in forms that Jupyter knows.
 *
 * @module
 */
import { type Cell, type Notebook, type Output } from "@/notebook/document.ts";
import { FIGURE_TYPE } from "@/notebook/figure_type.ts";
import { figureJson } from "@/notebook/figure_look.ts";
import { type Figure } from "@/plot/figure.ts";
import { type CellError } from "../cell_messages.ts";

/** What has become of a code cell. */
export interface CellTaken {
  code: string;
  /** What it has shown; undefined if it was not run here. */
  outputs?: Output[];
  error?: CellError;
  /** In which order it was run. */
  count?: number;
}

/** Makes a picture of a figure as Jupyter takes it: PNG in base64. */
export type MakePng = (figure: object, height?: number) => Promise<string>;

/** The notebook's text, with what has become of its cells, by their ids. */
export async function notebookTaken(
  book: Notebook,
  cells: ReadonlyMap<string, CellTaken>,
  makePng: MakePng,
): Promise<string> {
  const taken: Cell[] = [];
  for (const cell of book.cells) {
    const own = cells.get(cell.id);
    taken.push(own ? await withOwn(cell, own, makePng) : cell);
  }
  return JSON.stringify({ ...book, cells: taken }, null, 1) + "\n";
}

async function withOwn(
  cell: Cell,
  { code, outputs = [], error, count = null as never }: CellTaken,
  makePng: MakePng,
): Promise<Cell> {
  const shown: Output[] = [];
  for (const output of outputs) {
    const own = await forJupyter(output, makePng);
    // The format wants the count with a cell's value, and nowhere else.
    shown.push(own.output_type === "execute_result" ? { ...own, execution_count: count } : own);
  }
  if (error) shown.push(errorForJupyter(error));
  return { ...cell, source: code, execution_count: count, outputs: shown };
}

/** A figure as plotly's type, which JupyterLab and VS Code draw, and as a picture for all others. */
async function forJupyter(output: Output, makePng: MakePng): Promise<Output> {
  if (output.output_type === "stream") {
    return { output_type: "stream", name: output.name ?? "stdout", text: output.text };
  }
  const { [FIGURE_TYPE]: figure, ...data } = output.data ?? {};
  const base = { output_type: output.output_type, metadata: {} };
  if (!figure) return { ...base, data };
  const drawn = figureJson(figure as Figure) as { layout: { height?: number } };
  return {
    ...base,
    data: {
      ...data,
      ...("frames" in drawn ? {} : { "application/vnd.plotly.v1+json": drawn }),
      "image/png": data["image/png"] ?? await makePng(drawn, drawn.layout.height),
    },
  };
}

function errorForJupyter({ name, message, stack }: CellError): Output {
  const error = { ename: name, evalue: message, traceback: (stack || message).split("\n") };
  return { output_type: "error", ...error };
}
