/** The claims in the cells of a notebook: which cells they name, and which they are about. */
import { type Node } from "acorn";
import { analyze } from "periscopic";
import { codeCells, type Notebook, sourceOf } from "@/notebook/document.ts";
import { namesIn, plainCell } from "./run_twice.ts";

export interface ClaimsCall {
  cell: number;
  /** The cells that it names. */
  cells: string;
  /** The cells that made what it is about, this one left out. */
  made: string;
  /** Names that it hands over. */
  about: string[];
  /** Names that its claims use and it does not hand over. */
  missing: string[];
}

// deno-lint-ignore no-explicit-any
type Tree = any;

/** What JavaScript itself knows, and what claims bring along. */
const KNOWN = new Set([...Object.getOwnPropertyNames(globalThis), "isNear", "isSame"]);

export async function claimsOf(notebook: Notebook): Promise<ClaimsCall[]> {
  const cells = await Promise.all(codeCells(notebook).map((cell) => plainCell(sourceOf(cell))));
  const declared = cells.map(({ body }) => declarations(body));
  return cells.flatMap(({ body }, at) => {
    const program = { type: "Program", sourceType: "module", body } as unknown as Node;
    const found: ClaimsCall[] = [];
    const { map } = analyze(program as never);
    visit(program, [], map, (call, scopes) => {
      const [cells, about, claims] = call.arguments;
      const names: string[] = about.properties.map(({ key }: Tree) => key.name);
      const top = names.filter((name) => !scopes.some((each) => each.declarations.has(name)));
      const used = [...analyze(expression(claims)).globals.keys()];
      found.push({
        cell: at + 1,
        cells: cells.value,
        made: madeIn(expanded(top, body), declared, at),
        about: names,
        missing: used.filter((name) => !names.includes(name) && !KNOWN.has(name)),
      });
    });
    return found;
  });
}

function expression(node: Tree) {
  return {
    type: "Program",
    sourceType: "module",
    body: [{ type: "ExpressionStatement", expression: node }],
  } as never;
}

/** Calls `found` at each call of claims, with the scopes around it. */
function visit(
  node: Tree,
  scopes: Tree[],
  map: WeakMap<object, Tree>,
  found: (call: Tree, scopes: Tree[]) => void,
) {
  const own = map.get(node);
  const around = own && node.type !== "Program" ? [...scopes, own] : scopes;
  if (node.type === "CallExpression" && node.callee.name === "claims") found(node, around);
  for (const child of Object.values(node)) {
    for (const each of [child].flat()) {
      if (each && typeof (each as Tree).type === "string") visit(each, around, map, found);
    }
  }
}

/** Names, those that the cell itself declares as well as what these are computed from. */
function expanded(names: string[], body: Tree[]): string[] {
  const sources = new Map<string, string[]>();
  for (const { declarations = [] } of body) {
    for (const { id, init } of declarations) {
      if (!init || /Function/.test(init.type)) continue;
      const from = [...analyze(expression(init)).globals.keys()];
      for (const name of namesIn(id)) sources.set(name, from);
    }
  }
  const all = new Set(names);
  for (const name of all) sources.get(name)?.forEach((each) => all.add(each));
  return [...all];
}

/** Names that a cell declares: true for functions. */
function declarations(body: Tree[]): Map<string, boolean> {
  const found = new Map<string, boolean>();
  for (const node of body) {
    if (node.type === "FunctionDeclaration") found.set(node.id.name, true);
    if (node.type !== "VariableDeclaration") continue;
    for (const { id, init } of node.declarations) {
      for (const name of namesIn(id)) found.set(name, /Function/.test(init?.type ?? ""));
    }
  }
  return found;
}

/** The cells that made some names, as claims write them; functions count where there is nothing else. */
function madeIn(names: string[], declared: Map<string, boolean>[], at: number): string {
  const cellsOf = (functions: boolean) =>
    new Set(names.flatMap((name) => {
      const cell = declared.slice(0, at + 1).findLastIndex((names) => names.has(name));
      return cell < 0 || declared[cell].get(name) && !functions ? [] : [cell];
    }));
  let cells = cellsOf(false);
  if (cells.size === 0) cells = cellsOf(true);
  cells.delete(at);
  const told = [...cells].toSorted((a, b) => a - b).map((cell) => `In [${cell + 1}]`);
  return told.length < 2 ? told.join("") : `${told.slice(0, -1).join(", ")} and ${told.at(-1)}`;
}
