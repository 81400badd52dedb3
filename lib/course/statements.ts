/**
 * The top-level statements of cells: what each of them declares and needs, and on which of them
 * given names depend.
 *
 * A notebook holds more than its functions: figures, experiments, long runs. Grading needs the
 * functions and what they are made of, so nothing else is run. A statement is chosen if it declares
 * a name that is asked for, or that a chosen statement uses; one that declares nothing, such as a
 * loop that fills a table, is chosen with the variable of its own cell that it uses.
 *
 * @module
 */
import { type Identifier, type Literal, type Node, type Program } from "acorn";
import { analyze, extract_names } from "periscopic";
import { parsedCell, parseJavaScript, withoutTypes } from "./syntax.ts";

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
  /** Its declarations as assignments to variables that exist already. */
  assignments?: string[];
  /** True if every value that it declares is a function: it has no state that others fill. */
  pure?: boolean;
}

/**
 * The statements of a cell.
 *
 * @param dynamic What `import(…)` is called in their texts; as long as the word.
 * @throws {SyntaxError} If it cannot be parsed.
 */
export function statementsOf(source: string, cell: number, dynamic?: string): Statement[] {
  const parsed = parsedCell(source, dynamic);
  return parsed.nodes.flatMap((node) => statementOf(node, parsed.text, cell));
}

function statementOf(outer: Program["body"][number], text: string, cell: number): Statement[] {
  const slice = ({ start, end }: Node) => text.slice(start, end);
  const node = declarationIn(outer);
  const base = {
    cell,
    declares: [] as string[],
    uses: new Set<string>(),
    text: slice(node),
    start: outer.start,
    end: outer.end,
  };
  if (node.type === "ImportDeclaration") {
    const imports = importsIn(node);
    const source = String(node.source.value);
    return [{
      ...base,
      kind: "import",
      declares: imports.map((each) => each.local),
      source,
      imports,
    }];
  }
  if (/^(EmptyStatement|ExportAllDeclaration|ExportNamedDeclaration)$/.test(node.type)) return [];
  const { globals, scope } = analyze(
    // periscopic's types are those of ESTree, which acorn's nodes are without saying so.
    { type: "Program", sourceType: "module", body: [node] } as never,
  );
  base.uses = new Set(globals.keys());
  switch (node.type) {
    case "FunctionDeclaration": {
      // Without its name: inside it, the name is the notebook's variable, which others may change.
      const own = slice(node);
      const [from, to] = [node.id.start - node.start, node.id.end - node.start];
      const { name } = node.id;
      const assignments = [`${name} = ${own.slice(0, from)}${own.slice(to)}`];
      return [{ ...base, kind: "function", declares: [name], assignments }];
    }
    case "ClassDeclaration": {
      const assignments = [`${node.id.name} = ${slice(node)}`];
      return [{ ...base, kind: "class", declares: [node.id.name], assignments }];
    }
    case "VariableDeclaration":
      return [{
        ...base,
        kind: "variable",
        declares: node.declarations.flatMap(({ id }) => extract_names(id as never)),
        assignments: node.declarations.flatMap(({ id, init }) =>
          // A variable that is declared again keeps its value, if it is a var.
          init || node.kind !== "var"
            ? [`(${slice(id)} = ${init ? `(${slice(init)})` : "undefined"})`]
            : []
        ),
        pure: node.declarations.every(({ init }) =>
          init && /^(ArrowFunction|Function|Class)Expression$/.test(init.type)
        ),
      }];
    case "ExportDefaultDeclaration":
      return [{ ...base, kind: "other", text: `(${slice(node.declaration)});` }];
    default:
      // A loop or a block may declare variables for all (var).
      return [{ ...base, kind: "other", declares: [...scope.declarations.keys()] }];
  }
}

/** The declaration that a statement exports, or else the statement. */
function declarationIn(outer: Program["body"][number]): Program["body"][number] {
  if (outer.type === "ExportNamedDeclaration" && outer.declaration) return outer.declaration;
  if (
    outer.type === "ExportDefaultDeclaration" && /^(Function|Class)Declaration$/.test(
      outer.declaration.type,
    ) && (outer.declaration as { id?: Identifier }).id
  ) return outer.declaration as Program["body"][number];
  return outer;
}

function importsIn(node: Extract<Program["body"][number], { type: "ImportDeclaration" }>) {
  return node.specifiers.map((each): Imported => ({
    local: each.local.name,
    name: each.type === "ImportSpecifier"
      ? nameOf(each.imported)
      : each.type === "ImportDefaultSpecifier"
      ? "default"
      : "*",
  }));
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
      const wanted = each.declares.some((name) => needed.has(name)) ||
        (each.kind === "other" &&
          [...each.uses].some((name) => filled.has(`${each.cell} ${name}`)));
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
  return parseJavaScript(text).body.flatMap((outer) => {
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
