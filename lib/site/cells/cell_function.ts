/**
 * A cell's TypeScript as a function that runs it.
 *
 * Types go and lines stay. What the cell declares are variables of that function, as fast in a loop
 * as any others; for each of them the other cells get an accessor, so that they see what it holds
 * now. So `const` may be run again: it is another variable of another call. What is awaited goes
 * through the cell's tools, as in our kernel, so that a cell that waits can be stopped.
 *
 * @module
 */
import {
  type AnyNode,
  type ExportDefaultDeclaration,
  type ExportNamedDeclaration,
  type ImportDeclaration,
  Parser,
  type Program,
} from "acorn";
import { extract_names } from "periscopic";
import { transform } from "sucrase";
import { CELL_SYNTAX, isObjectText, parseError } from "@/jupyter/cell_text.ts";
import { adviceOnSyntax } from "@/jupyter/slips.ts";

/** What the text of a cell is made to call. */
export interface ProgramTools {
  /** Takes the accessors of what the cell declares. */
  share(accessors: Record<string, unknown>): void;
  /** The module of that name, which must export these names. */
  import(line: number, names: string[], specifier: unknown): Promise<unknown>;
  /** What is awaited on this line. */
  on(line: number, awaited: unknown): unknown;
  /** What `for await` goes through. */
  each(line: number, iterable: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterable<unknown>;
  /** Timers that a stop clears. */
  timers: Record<"setTimeout" | "setInterval", unknown>;
  /** What cells have declared under the name of something global. */
  hidden: Record<string, unknown>;
}

/** A cell that can be run. */
export interface CellProgram {
  /** What it declares and imports. */
  names: string[];
  /** What it gives a value to somewhere, be it its own or another cell's. */
  assigned: string[];
  /** Whether it uses that name of an import for more than its type. */
  usesValue(name: string): boolean;
  /** Runs it; the value is that of its last expression, if it ends in one. */
  run(tools: ProgramTools): Promise<unknown>;
}

/** A cell that cannot be read. */
export class CellSyntaxError extends SyntaxError {
  override name = "SyntaxError";
  constructor(message: string, readonly line?: number, readonly advice?: string) {
    super(message);
  }
}

/** The name of a cell's text in the frames of an error. */
const frameName = (number: number) => `cell-${number}`;

/** The frames of an error that are within cells, from the deepest on. */
export function framesInCells(stack: string): { cell: number; line: number; where?: string }[] {
  return stack.split("\n").flatMap((text) => {
    const [, cell, line] = text.match(/\bcell-(\d+)(?:, <anonymous>)?:(\d+):\d+/) ?? [];
    // A variable of another cell is read and set by an accessor, on the first line of its cell.
    if (!cell || line === "1" && /\b[gs]et /.test(text)) return [];
    const [, where] = text.match(/^\s*at (?:async )?([^\s()]+) \(|^([^\s@]+)@/) ?? [];
    return [{
      cell: Number(cell),
      line: Number(line),
      where: where === "eval" ? undefined : where,
    }];
  });
}

/**
 * Makes a program of a cell.
 *
 * @param hidden Names of global things that other cells have declared anew.
 * @throws {CellSyntaxError} If it is not TypeScript.
 */
export function cellProgram(
  code: string,
  number: number,
  hidden: readonly string[] = [],
): CellProgram {
  const source = isObjectText(code) ? `(${code})` : code;
  const text = withoutTypes(source);
  const tree = treeOf(text, source);
  const names = namesOf(tree);
  let cell = "$cell";
  while (code.includes(cell)) cell += "$";
  const { edits, imports } = editsOf(text, tree, cell);
  const accessors = names.map((name) =>
    `get ${name}() { return ${name}; }, set ${name}(${cell}) { ${name} = ${cell}; }`
  );
  const body = [
    `async () => { "use strict"; ${cell}.share({ ${accessors.join(", ")} }); `,
    ...imports,
    edited(text, edits),
    "\n}",
  ].join("");
  const mentioned = hidden.filter((name) => mentions(text, name));
  const timers = ["setTimeout", "setInterval"].filter((name) =>
    mentions(text, name) && !mentioned.includes(name)
  );
  const around = [
    timers.length > 0 ? `const { ${timers.join(", ")} } = ${cell}.timers; ` : "",
    mentioned.length > 0 ? `with (${cell}.hidden) return ` : "return ",
  ].join("");
  const made = evaluated(`(${cell}) => { ${around}${body} }\n//# sourceURL=${frameName(number)}`);
  return {
    names,
    assigned: assignedIn(tree),
    usesValue: (name) => namesOf(treeOf(withoutTypes(source, false), source)).includes(name),
    run: (tools) => made(tools)(),
  };
}

/** Not the text of a module, where `with` is not allowed. */
const evaluate = globalThis.eval;

function evaluated(text: string): (tools: ProgramTools) => () => Promise<unknown> {
  try {
    return evaluate(text);
  } catch (error) {
    throw new CellSyntaxError((error as Error).message);
  }
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`).test(text);
}

function withoutTypes(source: string, keepUnusedImports = true): string {
  try {
    return transform(source, {
      transforms: ["typescript"],
      disableESTransforms: true,
      keepUnusedImports,
    }).code;
  } catch (error) {
    throw faultOf(source, error as Error & { loc?: { line: number; column: number } });
  }
}

function treeOf(text: string, source: string): Program {
  try {
    return Parser.parse(text, CELL_SYNTAX);
  } catch (error) {
    throw faultOf(source, error as Error & { loc?: { line: number; column: number } });
  }
}

/** Our parser of TypeScript knows the column as well. */
function faultOf(
  source: string,
  { message, loc }: { message: string; loc?: { line: number; column: number } },
): CellSyntaxError {
  const words = message.replace(/^Error transforming: /, "").replace(/ \(\d+:\d+\)$/, "");
  const fault = parseError(source);
  if (!fault) return new CellSyntaxError(words, loc?.line);
  const { line, column } = fault;
  const at = `line ${line}, column ${column}: ${fault.message}`;
  return new CellSyntaxError(at, line, adviceOnSyntax(fault, source));
}

/** What the top of a cell declares and imports; `var` also from within its blocks. */
function namesOf(tree: Program): string[] {
  const names = new Set<string>();
  const declare = (node: AnyNode) => {
    if (node.type === "VariableDeclaration") {
      // periscopic's types are those of ESTree, which acorn's nodes are without saying so.
      for (const { id } of node.declarations) extract_names(id as never).forEach(names.add, names);
    } else if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") {
      if (node.id) names.add(node.id.name);
    } else if (node.type === "ImportDeclaration") {
      for (const { local } of node.specifiers) names.add(local.name);
    }
  };
  for (const node of tree.body) {
    const inner = "declaration" in node ? node.declaration : undefined;
    declare(inner as AnyNode ?? node);
  }
  visit(tree, (node) => {
    if (/Function|StaticBlock/.test(node.type)) return false;
    if (node.type === "VariableDeclaration" && node.kind === "var") declare(node);
  });
  return [...names];
}

/** The names that are given a value anywhere in a cell, declarations left out. */
function assignedIn(tree: Program): string[] {
  const names = new Set<string>();
  visit(tree, (node) => {
    const target = node.type === "AssignmentExpression"
      ? node.left
      : node.type === "UpdateExpression"
      ? node.argument
      : /^For(Of|In)Statement$/.test(node.type)
      ? (node as unknown as { left: AnyNode }).left
      : undefined;
    if (!target || target.type === "VariableDeclaration") return;
    extract_names(target as never).forEach(names.add, names);
  });
  return [...names];
}

/** Visits a node and what is in it; not what is in a node for which `on` returns false. */
function visit(node: AnyNode, on: (node: AnyNode) => false | void): void {
  if (on(node) === false) return;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") visit(child, on);
    }
  }
}

/** A piece of the text that is replaced; nothing is, where it has no length. */
interface Edit {
  from: number;
  to: number;
  text: string;
}

/** What is changed in a cell's text, and the imports, which come first. */
function editsOf(text: string, tree: Program, cell: string): { edits: Edit[]; imports: string[] } {
  const edits: Edit[] = [];
  const imports: string[] = [];
  const insert = (at: number, added: string) => edits.push({ from: at, to: at, text: added });
  const remove = (from: number, to: number) =>
    edits.push({ from, to, text: text.slice(from, to).replaceAll(/[^\n]/g, "") });
  const last = tree.body.findLast(({ type }) => type !== "EmptyStatement");
  if (last?.type === "ExpressionStatement") insert(last.start, "return ");
  for (const node of tree.body) {
    const { start, end } = node;
    if (node.type === "ImportDeclaration") {
      imports.push(importText(node, cell));
      remove(start, end);
    } else if (/^Export/.test(node.type)) {
      // A cell has nobody to export to: what it declares is there for all.
      const { declaration } = node as ExportNamedDeclaration | ExportDefaultDeclaration;
      remove(start, declaration?.start ?? end);
      if (declaration && "id" in declaration && declaration.id === null) {
        // Without a name, it can only be a value.
        insert(declaration.start, ";(");
        insert(declaration.end, ")");
      }
    }
  }
  const bare = withoutComments(text);
  visit(tree, (node) => {
    const line = node.loc!.start.line;
    if (node.type === "AwaitExpression") {
      insert(node.start + "await".length, ` ${cell}.on(${line}, `);
      insert(node.end, ")");
    } else if (node.type === "ForOfStatement" && node.await) {
      // Parentheses around the iterated value belong to no node.
      insert(bare.indexOf("of", node.left.end) + "of".length, ` ${cell}.each(${line}, `);
      insert(bare.lastIndexOf(")", node.body.start - 1), ")");
    } else if (node.type === "ImportExpression") {
      const to = bare.indexOf("(", node.start) + 1;
      edits.push({ from: node.start, to, text: `${cell}.import(${line}, [], ` });
    }
  });
  return { edits, imports };
}

/** The text with spaces in place of its comments. */
function withoutComments(text: string): string {
  const comments: Edit[] = [];
  const onComment = (_isBlock: boolean, _words: string, from: number, to: number) =>
    comments.push({ from, to, text: " ".repeat(to - from) });
  Parser.parse(text, { ...CELL_SYNTAX, onComment });
  return edited(text, comments);
}

/** An import as a statement of a function. */
function importText({ source, specifiers, loc }: ImportDeclaration, cell: string): string {
  const names = specifiers.flatMap((one): [string, string][] => {
    if (one.type === "ImportNamespaceSpecifier") return [];
    const { local, type } = one;
    if (type === "ImportDefaultSpecifier") return [["default", local.name]];
    const { imported } = one;
    return [["name" in imported ? imported.name : String(imported.value), local.name]];
  });
  const wanted = JSON.stringify(names.map(([name]) => name));
  const whole = specifiers.find(({ type }) => type === "ImportNamespaceSpecifier")?.local.name;
  const pattern = names.map(([name, local]) => `${JSON.stringify(name)}: ${local}`).join(", ");
  const call = `${cell}.import(${loc!.start.line}, ${wanted}, ${JSON.stringify(source.value)})`;
  if (!whole) return `const { ${pattern} } = await ${call}; `;
  return `const ${whole} = await ${call}${names.length ? `, { ${pattern} } = ${whole}` : ""}; `;
}

function edited(text: string, edits: Edit[]): string {
  let made = "", at = 0;
  // A sort keeps the order of equals: an inner await ends before the outer one.
  for (const { from, to, text: added } of edits.toSorted((a, b) => a.from - b.from)) {
    made += text.slice(at, from) + added;
    at = to;
  }
  return made + text.slice(at);
}
