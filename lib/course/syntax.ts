/**
 * Cells as syntax trees, whatever of TypeScript is in them.
 *
 * Types are blanked where they can be, so that places in the text stay. Where a cell has types that are
 * code (enumerations, namespaces), each statement is taken alone, so that the others keep their
 * places and their imports. Decorators and accessors are known to no engine yet; a statement with one
 * stays TypeScript, to be compiled where it is run (`lifted`).
 *
 * Untrusted cells are parsed in the child process only: the stripper of types is native code, which
 * ends the process where its stack overflows.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import { tsPlugin } from "@sveltejs/acorn-typescript";
import { type Node, Parser, type Program } from "acorn";

/** Top-level statements, and the text that their places are in. */
export interface Parsed {
  /** JavaScript. */
  text: string;
  nodes: Program["body"];
  /** Where the text begins in the cell. */
  offset: number;
  /** One statement as TypeScript; `text` is only like it. */
  lifted?: string;
  /** Names in its decorators, which `text` does not have. */
  decorators?: string[];
}

/** Exports are no more than declarations here: what is exported may be of another cell. */
const lenient = (Base: typeof Parser): typeof Parser =>
  class extends Base {
    checkLocalExport(): void {}
  };
const JavaScript = Parser.extend(lenient as never);
const TypeScript = Parser.extend(tsPlugin() as never, lenient as never);
const OPTIONS = { ecmaVersion: "latest", sourceType: "module", locations: false } as const;

/**
 * JavaScript of the same length: types are blanked, so that places in the text stay.
 *
 * @throws {SyntaxError} If it cannot be parsed, or has types that are code (enumerations).
 */
export function withoutTypes(source: string): string {
  return stripTypeScriptTypes(source, { mode: "strip" });
}

/** A text without types as a syntax tree. */
export function parseJavaScript(text: string): Program {
  return JavaScript.parse(text, OPTIONS);
}

/**
 * The statements of a cell, those that are types only left out.
 *
 * @param dynamic What `import(…)` is called in the texts; as long as the word.
 * @throws {SyntaxError} If it cannot be parsed.
 */
export function parsedCell(source: string, dynamic = "import"): Parsed[] {
  try {
    const text = withoutTypes(source);
    const nodes = parseJavaScript(text).body;
    return [{ text: withDynamic(text, nodes, dynamic), nodes, offset: 0 }];
  } catch {
    // Statement by statement, or its error is said by the parser that knows all of it.
    return TypeScript.parse(source, { ...OPTIONS, locations: true }).body.flatMap((node) =>
      parsedStatement(source, node, dynamic)
    );
  }
}

function parsedStatement(source: string, node: Node, dynamic: string): Parsed[] {
  const { start: offset, end } = node;
  const own = source.slice(offset, end);
  for (const javascriptOf of [withoutTypes, compiled]) {
    try {
      const text = javascriptOf(own);
      const nodes = parseJavaScript(text).body;
      return [{ text: withDynamic(text, nodes, dynamic), nodes, offset }];
    } catch {
      // It has decorators, or types that are code.
    }
  }
  const decorators: string[] = [];
  let plain = own;
  let lifted = own;
  const blank = (text: string, from: number, to: number) =>
    text.slice(0, from - offset) + " ".repeat(to - from) + text.slice(to - offset);
  walk(node, (each) => {
    const { type, start, key } = each as Node & { key?: Node };
    if (type === "Decorator") {
      plain = blank(plain, each.start, each.end);
      walk(each, (inner) => {
        if (inner.type === "Identifier") decorators.push((inner as Node & { name: string }).name);
      });
    }
    if (/^(TSAbstract)?AccessorProperty$/.test(type) && key) {
      const at = source.slice(start, key.start).lastIndexOf("accessor");
      if (at >= 0) plain = blank(plain, start + at, start + at + "accessor".length);
    }
  });
  const { declaration } = node as Node & { declaration?: Node };
  if (declaration) {
    const exported = plain.match(/^\s*export(\s+default)?\b/)?.[0].length ?? 0;
    const word = plain.indexOf("export");
    lifted = blank(lifted, offset + word, offset + exported);
  }
  const text = compiled(plain);
  return [{ text, nodes: parseJavaScript(text).body, offset, lifted, decorators }];
}

/** What cannot be blanked becomes code. Of a whole cell it would drop the imports that the cell does not use. */
function compiled(source: string): string {
  // Node's types know the one mode only; Deno has both.
  return stripTypeScriptTypes(source, { mode: "transform" as "strip" });
}

/** `import(…)` under another name of the same length. */
function withDynamic(text: string, nodes: Program["body"], dynamic: string): string {
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
function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each?.type === "string" && typeof each.start === "number") walk(each, visit);
    }
  }
}
