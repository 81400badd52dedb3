/**
 * What a cell has thrown, said as in our kernel: with the cell and the line, and what to do.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { thrown } from "@/jupyter/words.ts";
import { type CellError } from "@/site/cell_messages.ts";
import { CellSyntaxError, framesInCells } from "./cell_function.ts";

interface LineOfCell {
  cell: number;
  line: number;
  /** Whether it counts more than the frames of the error. */
  sure?: true;
}

/** Where cells awaited what failed: the frames of an error may not say it. */
const places = new WeakMap<object, LineOfCell>();

/** Notes where a cell awaited what has failed, unless a place nearer to the failure is known. */
export function notePlace(error: unknown, place: LineOfCell): unknown {
  if (typeof error === "object" && error !== null && !places.has(error)) places.set(error, place);
  return error;
}

/**
 * An error, ready to be shown.
 *
 * @param number The cell that ran.
 * @param codes By their numbers, the texts of the cells.
 */
export function cellError(
  error: unknown,
  number: number,
  codes: ReadonlyMap<number, string>,
): CellError {
  try {
    return readError(error, number, codes);
  } catch {
    // Whatever a cell throws may throw itself when it is looked at.
    const message = "The cell has thrown something that cannot be shown";
    return { name: "Error", message, cell: number, stack: `Error: ${message}` };
  }
}

function readError(
  error: unknown,
  number: number,
  codes: ReadonlyMap<number, string>,
): CellError {
  if (error instanceof CellSyntaxError) return syntaxError(error, number, codes.get(number)!);
  const isError = error instanceof Error;
  const name = isError ? textOf(error.name) : "Error";
  const message = isError ? textOf(error.message) : host.inspect(error);
  const frames = isError ? framesInCells(error.stack ?? "") : [];
  const noted = isError ? places.get(error) : undefined;
  const { cell, line: foundLine }: Partial<LineOfCell> =
    (noted?.sure ? noted : frames[0] ?? noted) ?? { cell: number };
  const code = linesOf(codes.get(cell!) ?? "");
  const line = foundLine && foundLine <= code.length ? foundLine : undefined;
  const traceback = [
    `${name}: ${message}`,
    ...frames.map(({ cell, line, where }) => {
      const place = `In [${cell}], line ${line}`;
      return `    at ${where ? `${where} (${place})` : place}`;
    }),
  ];
  const said = { ename: name, evalue: message, traceback };
  const stack = thrown(said, code.join("\n"), { line }).traceback.join("\n");
  return { name, message, cell, line, stack };
}

/** An error's name and message can be given any value. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : host.inspect(value);
}

/** As JavaScript counts them. */
function linesOf(code: string): string[] {
  return code.split(/\r\n|[\n\r\u2028\u2029]/);
}

function syntaxError({ message, line, advice }: CellSyntaxError, cell: number, code: string) {
  const text = line === undefined ? [] : ["", `${line} | ${linesOf(code)[line - 1]}`];
  const stack = [`SyntaxError in ${message}`, ...text, ...advice ? ["", advice] : []].join("\n");
  return { name: "SyntaxError", message, cell, line, stack };
}
