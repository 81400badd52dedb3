/**
 * What is wrong with a cell that Deno's kernel could not read. The kernel itself says only
 * "Execution failed".
 *
 * @module
 */
import { outputOf } from "@/io/processes.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { adviceOnSyntax, type Fault } from "./slips.ts";
import { parseError } from "./cell_text.ts";
import { type Said } from "./words.ts";

/** Says it with line, column and the line itself. */
export async function syntaxError(code: string): Promise<Said> {
  const fault = await denoFault(code) ?? parseError(code);
  if (!fault) {
    const evalue = "Deno could not run this cell, and does not say why";
    return { ename: "Error", evalue, traceback: [`Error: ${evalue}`] };
  }
  const { line, column, message } = fault;
  const text = code.split("\n")[line - 1] ?? "";
  const evalue = `line ${line}, column ${column}: ${message}`;
  const advice = adviceOnSyntax(fault, code);
  return {
    ename: "SyntaxError",
    evalue,
    traceback: [
      `SyntaxError in ${evalue}`,
      "",
      `${line} | ${text}`,
      `${" ".repeat(String(line).length)} | ${" ".repeat(column - 1)}^`,
      ...advice ? ["", advice] : [],
    ],
  };
}

/** What Deno's own parser says: its linter reads the text without running it. */
async function denoFault(code: string): Promise<Fault | undefined> {
  const folder = await makeTempFolder({ prefix: "cell-" });
  try {
    const file = `${folder}/cell.ts`;
    await Deno.writeTextFile(file, code);
    const { stdout, stderr } = await outputOf(Deno.execPath(), {
      args: ["lint", "--json", "--no-config", "--rules-include=no-empty", file],
      env: { NO_COLOR: "1" },
    });
    const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    const { errors = [] } = JSON.parse(said[0] || "{}") as { errors?: { message: string }[] };
    return faultIn(errors[0]?.message ?? said[1]);
  } catch {
    return undefined; // Then our own parser is asked.
  } finally {
    await removeTempFolder(folder);
  }
}

/** The first line of what Deno says, and the place at its end. */
function faultIn(said: string): Fault | undefined {
  const [, message] = said.match(/SyntaxError: (.*)/) ?? [];
  const [, line, column] = said.match(/\.ts:(\d+):(\d+)/) ?? [];
  if (!message || !line) return undefined;
  // Deno shows a number twice: what it is, and how it is written.
  const words = message.replace(/numeric literal \(.*?, (.*?)\)/, "$1");
  return { message: words, line: Number(line), column: Number(column) };
}
