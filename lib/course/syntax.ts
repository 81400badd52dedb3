/**
 * Cells as syntax trees of JavaScript.
 *
 * Types are blanked where they can be, so that positions in the text stay the same. A cell with
 * types that are code (enumerations, namespaces) is compiled as a whole; it loses the imports that
 * it does not use itself.
 *
 * Untrusted cells are parsed in the child process only: the program that strips types is native
 * code, which ends the process if its stack overflows.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import { type Node, Parser, type Program } from "acorn";

/** Top-level statements, and the text that their places are in. */
export interface Parsed {
  /** JavaScript. */
  text: string;
  nodes: Program["body"];
  /** Whether the text is not just the cell's with its types blanked. */
  compiled: boolean;
}

/** Exports are only declarations here: what is exported may belong to another cell. */
export const lenient = (Base: typeof Parser): typeof Parser =>
  class extends Base {
    checkLocalExport(): void {}
  };
const JavaScript = Parser.extend(lenient as never);

/**
 * JavaScript of the same length: types are blanked, so that places in the text stay.
 *
 * @throws {SyntaxError} If it cannot be parsed, or has types that are code (enumerations).
 */
export function withoutTypes(source: string): string {
  return stripTypeScriptTypes(source, { mode: "strip" });
}

/** JavaScript of a text with types that are code. */
export function compiledTypes(source: string): string {
  // Node's types know only the one mode; Deno has both.
  return stripTypeScriptTypes(source, { mode: "transform" as "strip" });
}

/** A text without types as a syntax tree. */
export function parseJavaScript(text: string): Program {
  return JavaScript.parse(text, { ecmaVersion: "latest", sourceType: "module" });
}

/**
 * The statements of a cell, without those that are only types.
 *
 * @param dynamic What `import(…)` is called in the text; as long as the word.
 * @throws {SyntaxError} If it cannot be parsed.
 */
export function parsedCell(source: string, dynamic = "import"): Parsed {
  let text: string;
  let compiled = false;
  try {
    text = withoutTypes(source);
  } catch {
    text = compiledTypes(source);
    compiled = true;
  }
  const nodes = parseJavaScript(text).body;
  return { text: withDynamic(text, nodes, dynamic), nodes, compiled };
}

/** `import(…)` under another name of the same length. */
export function withDynamic(text: string, nodes: Program["body"], dynamic: string): string {
  if (dynamic === "import" || !text.includes("import")) return text;
  for (const node of nodes) {
    walk(node, ({ type, start }) => {
      if (type !== "ImportExpression") return;
      text = text.slice(0, start) + dynamic + text.slice(start + dynamic.length);
    });
  }
  return text;
}

/** Visits a node and all below it. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each?.type === "string" && typeof each.start === "number") walk(each, visit);
    }
  }
}
