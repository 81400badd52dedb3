/**
 * Cells as syntax trees, with all of TypeScript in them: statement by statement.
 *
 * No engine knows decorators and accessors yet: a statement with one stays TypeScript, and is
 * compiled where it is run (`lifted`).
 *
 * @module
 */
import { tsPlugin } from "@sveltejs/acorn-typescript";
import { type Node, Parser } from "acorn";
import {
  compiledTypes,
  lenient,
  type Parsed,
  parsedCell,
  parseJavaScript,
  walk,
  withDynamic,
  withoutTypes,
} from "./syntax.ts";

/** One statement, or all of them. */
export interface ParsedTypeScript extends Pick<Parsed, "text" | "nodes"> {
  /** The statement as TypeScript; `text` only resembles it. */
  lifted?: string;
}

const TypeScript = Parser.extend(tsPlugin() as never, lenient as never);

/**
 * The statements of a cell, without those that are only types.
 *
 * @param dynamic What `import(…)` is called in the texts; as long as the word.
 * @throws {SyntaxError} If it cannot be parsed.
 */
export function parsedTypeScript(source: string, dynamic: string): ParsedTypeScript[] {
  try {
    const parsed = parsedCell(source, dynamic);
    if (!parsed.compiled) return [parsed];
  } catch {
    // The parser that knows all of TypeScript has the better message.
  }
  const options = { ecmaVersion: "latest", sourceType: "module", locations: true } as const;
  return TypeScript.parse(source, options).body.map((node) => {
    const { declaration } = node as Node & { declaration?: Node | null };
    // Decorators may stand before `export`.
    const start = Math.min(node.start, declaration?.start ?? node.start);
    return parsedStatement(source, { ...node, start } as Node, dynamic);
  });
}

function parsedStatement(source: string, node: Node, dynamic: string): ParsedTypeScript {
  const own = source.slice(node.start, node.end);
  for (const javascriptOf of [withoutTypes, compiledTypes]) {
    try {
      const text = javascriptOf(own);
      const nodes = parseJavaScript(text).body;
      return { text: withDynamic(text, nodes, dynamic), nodes };
    } catch {
      // It has types that are code, or decorators.
    }
  }
  const plain = compiledTypes(withoutDecorators(own, node));
  return { text: plain, nodes: parseJavaScript(plain).body, lifted: withoutExport(own, node) };
}

/** The text with spaces for what no engine knows. */
function withoutDecorators(text: string, statement: Node): string {
  const blank = (from: number, to: number) => text = blanked(text, statement, from, to);
  walk(statement, (node) => {
    const { type, start, end, accessor, key } = node as Node & { accessor?: boolean; key: Node };
    if (type === "Decorator") blank(start, end);
    if (!accessor) return;
    const at = text.slice(0, key.start - statement.start).lastIndexOf("accessor");
    blank(statement.start + at, statement.start + at + "accessor".length);
  });
  return text;
}

/** Without the word `export`, which may follow decorators. */
function withoutExport(text: string, statement: Node): string {
  if (!("declaration" in statement)) return text;
  const [words] = withoutDecorators(text, statement).match(/^\s*export(\s+default)?\b/) ?? [""];
  const from = words.indexOf("export");
  return blanked(text, statement, statement.start + from, statement.start + words.length);
}

function blanked(text: string, { start }: Node, from: number, to: number): string {
  return text.slice(0, from - start) + " ".repeat(to - from) + text.slice(to - start);
}
