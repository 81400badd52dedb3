/**
 * Which cell of a notebook makes a name: for a cell that was run in a fresh kernel before the cells
 * that it needs.
 *
 * A kernel is not told which notebook its cells are from. Newer Jupyters name the file in
 * `JPY_SESSION_NAME` and the cell in the request's metadata; else the cell is looked for, by its
 * text, in the notebooks of the folder in which the kernel runs and in those of the workbook. What
 * is said holds for every notebook that fits, or nothing is said.
 *
 * Source: get_kernel_env in jupyter_server/services/sessions/sessionmanager.py; cellId in the
 * metadata of JupyterLab's execute_request
 *
 * @module
 */
import { distance } from "fastest-levenshtein";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { extract_names } from "periscopic";
import { isTypeOnly, parsed } from "./cell_text.ts";

/** A cell that misses a name. */
export interface Asker {
  code: string;
  /** What its page calls it: in JupyterLab the id that it has in its notebook. */
  cellId?: unknown;
}

/** Where notebooks are looked for. */
export interface Places {
  /** The notebook that the kernel was started for, if that is known. */
  session?: string;
  folders: string[];
}

/** The code cells of a notebook; this is all that is read of it. */
interface CodeCells {
  path: string;
  cells: { id?: string; text: string }[];
}

/** A cell that makes a name, as seen from the one that misses it. */
interface Maker {
  path: string;
  /** Its number among the code cells, from 1. */
  number: number;
  begins: string;
  imports: boolean;
  /** Whether it stands above the cell that misses the name; undefined if that one is not found. */
  above?: boolean;
}

/** Shares of a text that may have been edited since its notebook was saved. */
const EDITED = 0.4;

const BEGIN_CHARACTERS = 60;
const MOST_NOTEBOOKS = 100;
const MOST_BYTES = 50e6;

/** The places of the kernel that runs this. */
export function kernelPlaces(): Places {
  const workbook = ["../../notebooks/", "../../notebooks/assignments/"];
  return {
    session: Deno.env.get("JPY_SESSION_NAME"),
    folders: [
      Deno.cwd(),
      ...workbook.map((folder) => fileURLToPath(new URL(folder, import.meta.url))),
    ],
  };
}

/** Says which cell makes a name that a cell has not found, and what to run; undefined if unknown. */
export async function adviceOnMaker(
  name: string,
  asker: Asker,
  places: Places,
): Promise<string | undefined> {
  const [first, ...others] = await makersOf(name, asker, places);
  if (!first) return undefined;
  const isSame = (other: Maker) =>
    other.begins === first.begins && other.number === first.number && other.above === first.above;
  if (!others.every(isSame)) return undefined;
  const { begins, number, imports, above } = first;
  // Copies of one notebook say the same, and any of them may be the one that is open.
  const notebook = others.some(({ path }) => path !== first.path)
    ? "the notebook"
    : basename(first.path);
  const made =
    `\`${name}\` is ${imports ? "imported" : "made"} by code cell ${number} of ${notebook}, ` +
    `which begins \`${begins}\``;
  if (above === false) {
    return `${made} and stands further down. Run that cell first, and those above it that have not run`;
  }
  const all = above ? "all cells above this one" : "that cell and all cells above it";
  return `${made}. Run ${all} first (Run All Above, in the menu Cell or Run)`;
}

/** For each place at which the cell can stand, the cell whose value it would have found. */
async function makersOf(name: string, asker: Asker, places: Places): Promise<Maker[]> {
  const session = places.session ? await codeCellsIn(places.session) : undefined;
  if (session) {
    const own = placesIn(session, asker);
    return own.length === 0
      ? makerIn(name, session)
      : own.flatMap(({ at }) => makerIn(name, session, at));
  }
  const paths = (await Promise.all(places.folders.map(notebooksIn))).flat();
  const notebooks = await Promise.all([...new Set(paths)].map(codeCellsIn));
  // An id names a cell in a notebook that is known, and in others another one.
  const found = notebooks.flatMap((notebook) =>
    notebook
      ? placesIn(notebook, { code: asker.code }).map((place) => ({ notebook, ...place }))
      : []
  );
  const nearest = Math.min(...found.map(({ off }) => off));
  return found.filter(({ off }) => off === nearest)
    .flatMap(({ notebook, at }) => makerIn(name, notebook, at));
}

/** The cell whose value the cell at a place would have found; the first one if no place is known. */
function makerIn(name: string, { path, cells }: CodeCells, place?: number): Maker[] {
  const made = cells.flatMap(({ text }, at) => {
    const how = at === place || !text.includes(name) ? undefined : namesMadeBy(text).get(name);
    return how ? [{ at, imports: how === "imported", begins: beginningOf(text) }] : [];
  });
  const maker = made.findLast(({ at }) => at < (place ?? 0)) ?? made[0];
  if (!maker) return [];
  const { at, ...what } = maker;
  return [{
    path,
    number: at + 1,
    ...what,
    ...(place === undefined ? {} : { above: at < place }),
  }];
}

/** The cells of a notebook that are nearest to the one that was run, and how far off, as a share. */
function placesIn(
  { cells }: CodeCells,
  { code, cellId }: Asker,
): { at: number; off: number }[] {
  const named = cells.findIndex(({ id }) => id !== undefined && id === cellId);
  if (named !== -1) return [{ at: named, off: 0 }];
  const found = cells.flatMap(({ text }, at) => {
    const length = Math.max(text.length, code.length);
    // A difference in length is a distance already.
    if (Math.abs(text.length - code.length) > EDITED * length) return [];
    const off = distance(text.trim(), code.trim()) / length;
    return off <= EDITED ? [{ at, off }] : [];
  });
  const nearest = Math.min(...found.map(({ off }) => off));
  return found.filter(({ off }) => off === nearest);
}

/** The names that a cell makes for those below it, and how. */
export function namesMadeBy(code: string): Map<string, "made" | "imported"> {
  const found = new Map<string, "made" | "imported">();
  for (const node of parsed(code)?.body ?? []) {
    if (node.type === "ImportDeclaration") {
      if (isTypeOnly(node)) continue;
      for (const each of node.specifiers) {
        if (!isTypeOnly(each)) found.set(each.local.name, "imported");
      }
    } else if (node.type === "VariableDeclaration") {
      for (const { id } of node.declarations) {
        for (const name of extract_names(id as never)) found.set(name, "made");
      }
    } else if ("id" in node && node.id && !/^TS(Interface|TypeAlias)/.test(node.type)) {
      found.set((node.id as { name: string }).name, "made");
    }
  }
  return found;
}

function beginningOf(text: string): string {
  const [line] = text.trimStart().split("\n");
  return line.length > BEGIN_CHARACTERS ? `${line.slice(0, BEGIN_CHARACTERS)}…` : line;
}

async function notebooksIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && name.endsWith(".ipynb")) found.push(join(folder, name));
    }
  } catch { /* There is no such folder here. */ }
  return found.sort().slice(0, MOST_NOTEBOOKS);
}

/** The code cells of a file; undefined if it is no notebook, or one that takes long to read. */
async function codeCellsIn(path: string): Promise<CodeCells | undefined> {
  try {
    if ((await Deno.stat(path)).size > MOST_BYTES) return undefined;
    const { cells } = JSON.parse(await Deno.readTextFile(path)) as { cells: FileCell[] };
    const code = cells.filter(({ cell_type }) => cell_type === "code");
    return { path, cells: code.map(({ id, source }) => ({ id, text: [source].flat().join("") })) };
  } catch {
    return undefined;
  }
}

interface FileCell {
  cell_type: string;
  id?: string;
  source: string | string[];
}
