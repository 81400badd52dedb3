/**
 * The top-level statements of cells: what each declares, what it needs, and which of them some names
 * depend on.
 *
 * A notebook holds more than its functions: figures, experiments, long runs. Grading needs the
 * functions and what they are made of, and nothing else of it is run. A statement is chosen if it
 * declares a name that is asked for, or that a chosen statement uses; one that declares nothing, such
 * as a loop that fills a table, is chosen with the variable of its own cell that it uses.
 *
 * Untrusted cells are parsed in the child process only: the stripper of types is native code, which
 * ends the process where its stack overflows.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import { type Identifier, type Literal, type Node, parse, type Program } from "acorn";
import { analyze, extract_names } from "periscopic";

/** A name that an import brings. */
export interface Imported {
  local: string;
  /** `*` for the whole module, `default` for its default. */
  name: string;
}

/** One top-level statement of a cell, without its types. */
export interface Statement {
  /** Index of its cell. */
  cell: number;
  kind: "import" | "function" | "class" | "variable" | "other";
  /** What it declares. */
  declares: string[];
  /** Free names in it. */
  uses: Set<string>;
  /** Its text, JavaScript, and where it stands in the cell without its types. */
  text: string;
  start: number;
  end: number;
  /** Of an import: the module, and the names. */
  source?: string;
  imports?: Imported[];
  /** Of variables: each declarator as an assignment. */
  assignments?: string[];
  /** True where every value of a variable is a function: it has no state that others fill. */
  pure?: boolean;
}

/**
 * JavaScript of the same length: types are blanked, so that places in the text stay.
 *
 * @throws {SyntaxError} If it cannot be parsed, or has types that are code (enumerations).
 */
export function withoutTypes(source: string): string {
  return stripTypeScriptTypes(source, { mode: "strip" });
}

/** The same for a student's text: what cannot be blanked becomes code. */
function javascriptOf(source: string): string {
  try {
    return withoutTypes(source);
  } catch {
    // Node's types know the one mode only; Deno has both.
    return stripTypeScriptTypes(source, { mode: "transform" as "strip" });
  }
}

/** A cell's text as a syntax tree. */
export function parseCell(javascript: string): Program {
  return parse(javascript, { ecmaVersion: "latest", sourceType: "module" });
}

/**
 * The statements of a cell.
 *
 * @throws {SyntaxError} If it cannot be parsed.
 */
export function statementsOf(source: string, cell: number): Statement[] {
  const text = javascriptOf(source);
  const slice = ({ start, end }: Node) => text.slice(start, end);
  return parseCell(text).body.flatMap((outer): Statement[] => {
    const node = outer.type === "ExportNamedDeclaration" && outer.declaration
      ? outer.declaration
      : outer;
    const { start, end } = outer;
    const base = {
      cell,
      declares: [] as string[],
      uses: freeNames(node),
      text: slice(node),
      start,
      end,
    };
    switch (node.type) {
      case "ImportDeclaration": {
        const imports = node.specifiers.map((each): Imported => ({
          local: each.local.name,
          name: each.type === "ImportSpecifier"
            ? nameOf(each.imported)
            : each.type === "ImportDefaultSpecifier"
            ? "default"
            : "*",
        }));
        const declares = imports.map(({ local }) => local);
        const source = String(node.source.value);
        return [{ ...base, kind: "import", declares, uses: new Set(), source, imports }];
      }
      case "FunctionDeclaration":
        return [{ ...base, kind: "function", declares: [node.id.name] }];
      case "ClassDeclaration":
        return [{ ...base, kind: "class", declares: [node.id.name] }];
      case "VariableDeclaration":
        return [{
          ...base,
          kind: "variable",
          declares: node.declarations.flatMap(({ id }) => extract_names(id as never)),
          assignments: node.declarations.map(({ id, init }) =>
            `(${slice(id)} = ${init ? `(${slice(init)})` : "undefined"})`
          ),
          pure: node.declarations.every(({ init }) =>
            init && /^(ArrowFunction|Function|Class)Expression$/.test(init.type)
          ),
        }];
      case "EmptyStatement":
        return [];
      default:
        return [{ ...base, kind: "other" }];
    }
  });
}

/** The statements, in their order, that these names depend on. */
export function neededFor(names: Iterable<string>, statements: Statement[]): Statement[] {
  const needed = new Set(names);
  const chosen = new Set<Statement>();
  /** Variables that other statements may fill, each with its cell. */
  const filled = new Set<string>();
  for (let before = -1; before !== chosen.size;) {
    before = chosen.size;
    for (const each of statements) {
      if (chosen.has(each)) continue;
      const wanted = each.kind === "other"
        ? [...each.uses].some((name) => filled.has(`${each.cell} ${name}`))
        : each.declares.some((name) => needed.has(name));
      if (!wanted) continue;
      chosen.add(each);
      for (const name of each.uses) needed.add(name);
      if (each.kind === "variable" && !each.pure) {
        for (const name of each.declares) filled.add(`${each.cell} ${name}`);
      }
    }
  }
  return statements.filter((each) => chosen.has(each));
}

/** Statements as the body of a program, imports first. */
export function moduleText(statements: Statement[]): string {
  const imports = statements.filter(({ kind }) => kind === "import");
  const rest = statements.filter(({ kind }) => kind !== "import");
  return [...new Set(imports.map(({ text }) => text)), ...rest.map(({ text }) => text)].join("\n");
}

/** Lines (from 0) of a cell that the bodies of its functions span, ends included. */
export function functionBodies(source: string): { name: string; from: number; to: number }[] {
  const text = withoutTypes(source);
  const lineOf = (at: number) => text.slice(0, at).split("\n").length - 1;
  return parseCell(text).body.flatMap((outer) => {
    const node = outer.type === "ExportNamedDeclaration" ? outer.declaration : outer;
    if (node?.type !== "FunctionDeclaration") return [];
    const { start, end } = node.body;
    return [{ name: node.id.name, from: lineOf(start), to: lineOf(end - 1) }];
  });
}

/** The name of an import: a word, or a text in quotes. */
function nameOf(imported: Identifier | Literal): string {
  return imported.type === "Identifier" ? imported.name : String(imported.value);
}

function freeNames(node: Node): Set<string> {
  // periscopic's types are those of ESTree, which acorn's nodes are without saying so.
  const program = { type: "Program", sourceType: "module", body: [node] };
  return new Set(analyze(program as never).globals.keys());
}
