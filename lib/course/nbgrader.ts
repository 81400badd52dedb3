/**
 * What nbgrader writes into a cell: its metadata, schema 3, and its markers.
 *
 * The role of a cell follows from three switches: `solution` (the student writes here), `grade`
 * (there are points), `locked` (a student's change is undone).
 *
 * Source: nbgrader 0.9, https://nbgrader.readthedocs.io
 *
 * @module
 */
import { type Cell, sourceOf } from "@/notebook/document.ts";

/** Of a cell, under `nbgrader`. */
export interface CellMetadata {
  grade: boolean;
  solution: boolean;
  locked: boolean;
  task: boolean;
  grade_id: string;
  /** Of cells with `grade`. */
  points?: number;
  schema_version: number;
}

/**
 * `solution`: functions that the student writes; `test`: checks with points; `written`: an answer
 * in words with points, graded by hand; `locked`: code that the student is given and does not
 * change.
 */
export type Role = "solution" | "test" | "written" | "locked";

/** Its metadata, and what in it breaks the schema. */
export interface Marked {
  metadata: CellMetadata;
  role: Role;
  problems: string[];
}

/** What nbgrader knows of a cell; undefined for one that it does not know. */
export function markedAs(cell: Cell): Marked | undefined {
  const found = cell.metadata?.nbgrader;
  if (found === undefined) return undefined;
  const metadata = (typeof found === "object" && found !== null ? found : {}) as CellMetadata;
  const problems: string[] = [];
  const { grade, solution, locked, task, grade_id, points, schema_version } = metadata;
  for (const [name, value] of Object.entries({ grade, solution, locked, task })) {
    if (typeof value !== "boolean") problems.push(`${name} must be true or false, got ${value}`);
  }
  if (schema_version !== 3) problems.push(`schema_version must be 3, got ${schema_version}`);
  if (typeof grade_id !== "string" || !/^[\w-]+$/.test(grade_id)) {
    problems.push(`grade_id must be letters, digits, - and _, got ${Deno.inspect(grade_id)}`);
  }
  if (grade && !(Number.isFinite(points) && points! >= 0)) {
    problems.push(`points must be a number of at least 0, got ${points}`);
  }
  if (task) problems.push("a task cell is not supported: use a written answer");
  const code = cell.cell_type === "code";
  let role: Role = "locked";
  if (solution) role = code ? "solution" : "written";
  else if (grade) role = "test";
  if (role === "solution" && grade) {
    problems.push("a code cell with a solution has no points of its own: put them on its checks");
  }
  if (role === "written" && !grade) problems.push("a written answer must have points");
  if (role === "test" && !code) problems.push("a cell with checks must be code");
  if (role === "test" && !locked) problems.push("a cell with checks must be locked");
  if ((role === "solution" || role === "written") && locked) {
    problems.push("a cell that the student writes in must not be locked");
  }
  if (role === "locked" && !locked) problems.push("it is neither solution nor grade nor locked");
  return { metadata, role, problems };
}

/** Lines between a pair of markers, from 0; the markers' own lines are `from` and `to`. */
export interface Region {
  from: number;
  to: number;
  /** What follows the marker and a colon. */
  text: string;
}

export type Marker = "SOLUTION" | "HIDDEN TESTS";

/**
 * The regions of a cell.
 *
 * nbgrader takes a line for a marker that has it anywhere in it. Here it must be a comment of its
 * own: a marker behind code would take the code away with it.
 *
 * @throws {SyntaxError} If they do not come in pairs, one after the other.
 */
export function regionsOf(cell: Cell, marker: Marker): Region[] {
  const regions: Region[] = [];
  let open: Region | undefined;
  sourceOf(cell).split("\n").forEach((line, at) => {
    const begins = line.includes(`BEGIN ${marker}`);
    if (!begins && !line.includes(`END ${marker}`)) return;
    const place = `line ${at + 1}`;
    const pattern = cell.cell_type === "code"
      ? /^\s*\/\/+ (?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS)(?:: (.*))?$/
      : /^\s*<!-- (?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS)(?:: (.*))? -->$/;
    const found = line.match(pattern);
    if (!found) throw new SyntaxError(`${place}: a marker must be a comment of its own`);
    if (begins && open) throw new SyntaxError(`${place}: BEGIN ${marker} inside another`);
    if (!begins && !open) throw new SyntaxError(`${place}: END ${marker} without its BEGIN`);
    if (begins) open = { from: at, to: at, text: found[1] ?? "" };
    else {
      regions.push({ ...open!, to: at });
      open = undefined;
    }
  });
  if (open) throw new SyntaxError(`line ${open.from + 1}: BEGIN ${marker} without its END`);
  return regions;
}

/** A text with each region, markers included, replaced by lines. */
export function replaceRegions(
  source: string,
  regions: Region[],
  replacement: (region: Region, indent: string) => string[],
): string {
  const lines = source.split("\n");
  for (const region of regions.toReversed()) {
    const indent = lines[region.from].match(/^\s*/)![0];
    lines.splice(region.from, region.to - region.from + 1, ...replacement(region, indent));
  }
  return lines.join("\n");
}

/** The identifier of a cell; undefined where it has none that is a text. */
export function gradeIdOf({ metadata }: Cell): string | undefined {
  const id = (metadata.nbgrader as { grade_id?: unknown } | undefined)?.grade_id;
  return typeof id === "string" ? id : undefined;
}
