/**
 * Cells that go on from where they were: they train what an earlier cell made, or draw on from its random numbers,
 * so that they show something else when they are run again.
 *
 * It is looked for in the text, so that it costs no training: calls of what trains, or of a function of the
 * notebook that calls it, with what an earlier cell made.
 */
import { codeCells, type Notebook, sourceOf } from "@/notebook/document.ts";
import { namesIn, plainCell } from "./run_twice.ts";

// deno-lint-ignore no-explicit-any
type Tree = any;

const TRAINS = [
  "train",
  "trainStep",
  "trainDiscriminator",
  "discriminatorStep",
  "generatorStep",
  "applyGradients",
];
const MAKES = ["createGan", "createExperiment", "createNetwork", "restoreGan"];

/** What is known of the names of the cells so far. */
interface Known {
  /** Functions that train what they are given. */
  trains: Set<string>;
  /** Functions that make what is trained. */
  makes: Set<string>;
  /** What was made, by the number of its cell. */
  made: Map<string, number>;
  /** Streams of random numbers, by the number of their cell. */
  streams: Map<string, number>;
  /** Functions that train what was made, or draw from a stream, by what that is. */
  carries: Map<string, string>;
}

/** What goes on from an earlier cell, a line each. */
export async function goesOn(notebook: Notebook): Promise<string[]> {
  const known: Known = {
    trains: new Set(TRAINS),
    makes: new Set(MAKES),
    made: new Map(),
    streams: new Map(),
    carries: new Map(),
  };
  const found: string[] = [];
  for (const [i, cell] of codeCells(notebook).entries()) {
    const { body } = await plainCell(sourceOf(cell));
    for (const node of body) note(node, i + 1, known);
    for (const node of body) look(node, i + 1, known, new Map(), false, (line) => found.push(line));
  }
  return [...new Set(found)];
}

/** Learns what a statement declares. */
function note(node: Tree, cell: number, known: Known): void {
  const functions: [string, Tree][] = node.type === "FunctionDeclaration"
    ? [[node.id.name, node]]
    : [];
  for (const { id, init } of node.type === "VariableDeclaration" ? node.declarations : []) {
    const names = namesIn(id);
    for (const name of names) {
      known.made.delete(name);
      known.streams.delete(name);
    }
    if (/Function/.test(init?.type ?? "")) functions.push([names[0], init]);
    else if (calls(init, known.makes)) names.forEach((name) => known.made.set(name, cell));
    else if (isStream(init)) names.forEach((name) => known.streams.set(name, cell));
  }
  for (const [name, body] of functions) {
    if (calls(body, known.trains)) known.trains.add(name);
    if (calls(body, known.makes)) known.makes.add(name);
    const carried = carriedBy(body.body, withoutNames(known, boundIn(body)));
    if (carried) known.carries.set(name, carried);
    else known.carries.delete(name);
  }
}

/** Names that a function gives a meaning of its own. */
function boundIn(node: Tree): string[] {
  if (!node || typeof node !== "object") return [];
  const own = [...node.params ?? [], ...node.type === "VariableDeclarator" ? [node.id] : []];
  return [...own.flatMap(namesIn), ...Object.values(node).flat().flatMap(boundIn)];
}

function withoutNames(known: Known, names: string[]): Known {
  const rest = <T>(map: Map<string, T>) =>
    new Map([...map].filter(([name]) => !names.includes(name)));
  return {
    ...known,
    made: rest(known.made),
    streams: rest(known.streams),
    carries: rest(known.carries),
  };
}

/** What a function trains or draws from without being given it. */
function carriedBy(node: Tree, known: Known): string | undefined {
  if (!node || typeof node !== "object") return undefined;
  if (node.type === "Identifier" && known.streams.has(node.name)) return node.name;
  if (node.type === "CallExpression") {
    const { name, property } = node.callee;
    if (property?.name === "split") return undefined;
    if (known.carries.has(name)) return known.carries.get(name);
    const own = known.trains.has(name) ? node.arguments.flatMap(rootOf) : [];
    const made = own.find((each: string) => known.made.has(each));
    if (made) return made;
  }
  for (const [key, child] of Object.entries(node)) {
    if (!node.computed && (key === "property" || key === "key")) continue;
    for (const each of [child].flat()) {
      const found = carriedBy(each, known);
      if (found) return found;
    }
  }
  return undefined;
}

/** Looks at the calls of a cell; those in functions are made only when these are called. */
function look(
  node: Tree,
  cell: number,
  known: Known,
  alias: Map<string, string[]>,
  inFunction: boolean,
  say: (line: string) => void,
): void {
  if (!node || typeof node.type !== "string") return;
  if (node.type === "Identifier") {
    const from = known.streams.get(node.name);
    if (from !== undefined && from < cell) {
      say(`cell ${cell} draws on from ${node.name}, a stream of cell ${from}`);
    }
    return;
  }
  // A stream of its own for each name: it goes on from nothing.
  if (node.type === "CallExpression" && node.callee.property?.name === "split") {
    return node.arguments.forEach((each: Tree) => look(each, cell, known, alias, inFunction, say));
  }
  if (node.type === "ForOfStatement" && node.left.type === "VariableDeclaration") {
    const roots = identifiers(node.right).filter((name) => known.made.has(name));
    for (const name of namesIn(node.left.declarations[0].id)) alias.set(name, roots);
  }
  const carried = node.type === "CallExpression" && !inFunction &&
    known.carries.get(node.callee.name);
  if (carried) {
    const from = known.made.get(carried) ?? known.streams.get(carried)!;
    if (from < cell) {
      say(`cell ${cell} goes on with ${carried} of cell ${from}: ${node.callee.name}(…)`);
    }
  }
  if (node.type === "CallExpression" && known.trains.has(node.callee.name) && !inFunction) {
    for (const name of node.arguments.flatMap(rootOf)) {
      for (const each of alias.get(name) ?? [name]) {
        const from = known.made.get(each);
        if (from !== undefined && from < cell) {
          say(`cell ${cell} trains ${each}, which cell ${from} made: ${node.callee.name}(…)`);
        }
      }
    }
  }
  const within = inFunction || /Function/.test(node.type);
  for (const [name, child] of Object.entries(node)) {
    // A name after a point, or of a property, is no variable.
    if (!node.computed && (name === "property" || name === "key")) continue;
    for (const each of [child].flat()) look(each, cell, known, alias, within, say);
  }
}

function isStream(init: Tree): boolean {
  return init?.type === "NewExpression" && init.callee.name === "Random";
}

/** Whether a call of one of these names is somewhere in it. */
function calls(node: Tree, names: Set<string>): boolean {
  if (!node || typeof node !== "object") return false;
  if (node.type === "CallExpression" && names.has(node.callee.name)) return true;
  return Object.values(node).flat().some((child) => calls(child, names));
}

/** The variable that an argument is, or is a part of. */
function rootOf(node: Tree): string[] {
  if (node.type === "Identifier") return [node.name];
  return node.type === "MemberExpression" ? rootOf(node.object) : [];
}

function identifiers(node: Tree): string[] {
  if (!node || typeof node !== "object") return [];
  if (node.type === "Identifier") return [node.name];
  return Object.values(node).flat().flatMap(identifiers);
}
