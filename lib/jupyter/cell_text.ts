/**
 * The text of a cell as it is run: what it awaits can be given up, so that a cell that waits for
 * ever can be stopped.
 *
 * `await x` becomes `await $cell.on(x)`, and `for await (… of x)` goes through `$cell.each(x)`, on
 * the same lines. V8 can end a calculation but not a wait, and Deno's kernel does nothing else
 * until the cell has ended. A call before each statement says which line it is on, because V8
 * counts the lines of the text that Deno makes, without types and comments.
 *
 * A cell has a value only if it ends in an expression. To JavaScript a loop has one as well, that of
 * its last `push`, and so has a cell with declarations behind such a loop.
 *
 * @module
 */
import { tsPlugin } from "@sveltejs/acorn-typescript";
import { type AnyNode, type Node, Parser, type Program } from "acorn";
import { CELL_TOOLS } from "./protocol.ts";

const TypeScript = Parser.extend(tsPlugin() as (base: typeof Parser) => typeof Parser);

/** How the parser reads a cell, with its types or without them. */
export const CELL_SYNTAX = {
  ecmaVersion: "latest",
  sourceType: "module",
  allowAwaitOutsideFunction: true,
  locations: true,
} as const;

/**
 * The text of a cell as it is run. What our parser cannot read is left as it is: Deno may read it.
 */
export function stoppable(code: string): string {
  if (isObjectText(code)) return stoppable(`(${code})`);
  try {
    const changed = insert(code, insertions(code, TypeScript.parse(code, CELL_SYNTAX)));
    TypeScript.parse(changed, CELL_SYNTAX);
    return changed;
  } catch {
    return code;
  }
}

/** The syntax tree of a cell; undefined if our parser does not understand it. */
export function parsed(code: string): Program | undefined {
  try {
    return TypeScript.parse(code, CELL_SYNTAX);
  } catch {
    return undefined;
  }
}

/** Whether an import, or one of its names, brings a type alone. */
export function isTypeOnly(imported: object): boolean {
  return (imported as { importKind?: string }).importKind === "type";
}

/** Whether a text that could be a block is an object for Deno's kernel. */
export function isObjectText(code: string): boolean {
  if (!code.trimStart().startsWith("{") || code.trimEnd().endsWith(";")) return false;
  return parseError(`(${code})`) === undefined;
}

/** Where our own parser stops, from line 1 and column 1; undefined where it reads all. */
export function parseError(
  code: string,
): { message: string; line: number; column: number } | undefined {
  try {
    TypeScript.parse(code, CELL_SYNTAX);
    return undefined;
  } catch (error) {
    const { loc, message } = error as SyntaxError & { loc?: { line: number; column: number } };
    // Its message ends with the place in parentheses.
    const words = message.replace(/ \(\d+:\d+\)$/, "");
    return loc && { message: words, line: loc.line, column: loc.column + 1 };
  }
}

interface Insertion {
  at: number;
  text: string;
}

function insertions(code: string, program: Node): Insertion[] {
  const found: Insertion[] = [];
  visit(program as AnyNode, (node) => {
    if (node.type === "AwaitExpression") {
      found.push({ at: node.start + "await".length, text: ` ${CELL_TOOLS}.on(` });
      found.push({ at: node.end, text: ")" });
    } else if (node.type === "ForOfStatement" && node.await) {
      // Parentheses around the iterated value belong to no node.
      const of = code.indexOf("of", node.left.end) + "of".length;
      found.push({ at: of, text: ` ${CELL_TOOLS}.each(` });
      found.push({ at: code.lastIndexOf(")", node.body.start - 1), text: ")" });
    }
  });
  for (const { start, loc } of (program as Program).body) {
    // A declaration has no value: that of an expression before it stays the cell's.
    found.push({ at: start, text: `var ${CELL_TOOLS}_at = ${CELL_TOOLS}.at(${loc!.start.line});` });
  }
  const last = (program as Program).body.findLast(({ type }) => type !== "EmptyStatement");
  if (last && last.type !== "ExpressionStatement") found.push({ at: last.end, text: ";void 0;" });
  return found;
}

function visit(node: AnyNode, on: (node: AnyNode) => void): void {
  on(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") visit(child, on);
    }
  }
}

function insert(code: string, insertions: Insertion[]): string {
  let text = "", from = 0;
  // A sort keeps the order of equals: an inner await ends before the outer one.
  for (const { at, text: added } of insertions.toSorted((a, b) => a.at - b.at)) {
    text += code.slice(from, at) + added;
    from = at;
  }
  return text + code.slice(from);
}
