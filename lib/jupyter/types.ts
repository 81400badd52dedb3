/**
 * Type checks of the cells while they run: Deno's kernel runs a cell without looking at its types.
 *
 * The cells so far and the one that runs make one module. Each is a block inside the block before
 * it, so that a later cell may declare a name again, as it may in a notebook; imports are at the
 * top, where they must be.
 *
 * @module
 */
import { type ImportDeclaration, type ImportSpecifier } from "acorn";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { nearestConfig } from "@/io/deno_config.ts";
import { outputOf } from "@/io/processes.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { isTypeOnly, parsed } from "./cell_text.ts";

/** Only this many of the last cells count; earlier ones are as good as never run. */
const MOST_CELLS = 200;

/** A cell that has been run. */
interface Checked {
  text: string;
  /** What it imports: the name in the cell, and the statement that brings it, by itself. */
  imports: { name: string; statement: string; line: number }[];
}

/** Checks the cells of one session. */
export class TypeChecker {
  readonly #cells: Checked[] = [];

  /** @param folder What imports of a cell are relative to. */
  constructor(private readonly folder: string) {}

  /**
   * Checks a cell against all that were run before it.
   *
   * @returns A line for each fault, or what kept the check from being made; empty where all is
   *   well.
   */
  async check(code: string, signal: AbortSignal): Promise<string> {
    const cell = this.#read(code);
    if (!cell) return ""; // It is not TypeScript: running it says so.
    const again = this.#cells.findIndex(({ text }) => text === cell.text);
    if (again !== -1) this.#cells.splice(again, 1);
    this.#cells.push(cell);
    if (this.#cells.length > MOST_CELLS) this.#cells.shift();
    const { text, lineOf } = programOf(this.#cells);
    const temporary = await makeTempFolder({ prefix: "types-" });
    try {
      const file = join(temporary, "cell.ts");
      await Deno.writeTextFile(file, text);
      const config = await nearestConfig(this.folder);
      const { success, stderr } = await outputOf(Deno.execPath(), {
        args: ["check", "--quiet", ...config ? ["--config", config] : [], file],
        env: { NO_COLOR: "1" },
        signal,
      });
      return success || signal.aborted ? "" : faults(new TextDecoder().decode(stderr), lineOf);
    } finally {
      await removeTempFolder(temporary);
    }
  }

  #read(code: string): Checked | undefined {
    const program = parsed(code);
    if (!program) return undefined;
    let text = code;
    const imports = program.body.filter((node) => node.type === "ImportDeclaration");
    for (const { start, end } of imports) {
      text = text.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, " ") +
        text.slice(end);
    }
    return { text, imports: imports.flatMap((node) => importsOf(node, this.folder)) };
  }
}

/** The names that a statement imports, each by a statement of its own. */
function importsOf(node: ImportDeclaration, folder: string): Checked["imports"] {
  const source = String(node.source.value);
  const from = JSON.stringify(
    /^\.{0,2}\//.test(source) ? pathToFileURL(resolve(folder, source)).href : source,
  );
  const line = node.loc!.start.line;
  if (node.specifiers.length === 0) return [{ name: from, statement: `import ${from};`, line }];
  return node.specifiers.map((specifier) => {
    const name = specifier.local.name;
    const type = isTypeOnly(node) || isTypeOnly(specifier) ? "type " : "";
    const what = specifier.type === "ImportDefaultSpecifier"
      ? name
      : specifier.type === "ImportNamespaceSpecifier"
      ? `* as ${name}`
      : `{ ${importedName(specifier)} as ${name} }`;
    return { name, statement: `import ${type}${what} from ${from};`, line };
  });
}

function importedName({ imported }: ImportSpecifier): string {
  return imported.type === "Identifier" ? imported.name : JSON.stringify(imported.value);
}

/** One module of all cells, and the line of the last cell that a line of the module is. */
function programOf(
  cells: Checked[],
): { text: string; lineOf: (line: number) => number | undefined } {
  const last = cells.at(-1)!;
  // Of two imports of one name the later one counts.
  const imports = new Map(
    cells.flatMap((cell) =>
      cell.imports.map(({ name, statement, line }) =>
        [name, { statement, line: cell === last ? line : undefined }] as const
      )
    ),
  );
  const head = [...imports.values()];
  const earlier = cells.slice(0, -1).map(({ text }) => `{\n${text}\n`).join("");
  const before = [...head.map(({ statement }) => statement), "export {};", `${earlier}{`].join(
    "\n",
  );
  const first = before.split("\n").length;
  const lines = last.text.split("\n").length;
  return {
    text: `${before}\n${last.text}\n${"}".repeat(cells.length)}\n`,
    lineOf: (line) =>
      line > first ? (line - first <= lines ? line - first : undefined) : head[line - 1]?.line,
  };
}

/** What Deno says about the last cell. */
function faults(said: string, lineOf: (line: number) => number | undefined): string {
  const found: string[] = [];
  // An error is "TS2322 [ERROR]: what", the line, and "at file:line:column".
  const pattern = /^(TS\d+) \[ERROR\]: ([^]*?)^ +at \S*cell\.ts:(\d+):\d+$/gm;
  const all = [...said.matchAll(pattern)];
  for (const [, code, text, at] of all) {
    const line = lineOf(Number(at));
    // The message comes first; the line of the cell, underlined, ends what is said.
    const message = text.trimEnd().split("\n").slice(0, -2).join(" ").replaceAll(/\s+/g, " ");
    if (line) found.push(`Types, line ${line}: ${message} (${code})\n`);
  }
  if (all.length === 0) {
    return `The types of this cell were not checked: ${said.trim().split("\n")[0]}\n`;
  }
  return found.join("");
}
