/**
 * An assignment: one notebook with solutions and hidden checks, and what is made from it.
 *
 * The instructor's notebook is the only source. From it come the students' notebook (`released`),
 * the checks as a program of the grader (`checksText`), and the code that students are given.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  type Cell,
  nameOf,
  type Notebook,
  notebookText,
  parseNotebook,
  sourceOf,
} from "@/notebook/document.ts";
import { type ImportList } from "./child_program.ts";
import { type Marked, markedAs, regionsOf, replaceRegions } from "./nbgrader.ts";
import {
  functionBodies,
  moduleText,
  neededFor,
  type Statement,
  statementsOf,
} from "./statements.ts";
import { withoutTypes } from "./syntax.ts";

/** What points are given for. */
export interface Item {
  id: string;
  /** The part of the assignment: what comes before the first - of the id. */
  part: string;
  /** The comment that a check begins with; for a written answer, the heading above it. */
  title: string;
  points: number;
  kind: "check" | "written";
  /** Index in the notebook's cells. */
  cell: number;
}

export interface Assignment {
  name: string;
  notebook: Notebook;
  items: Item[];
  /** The functions that students write. */
  functions: string[];
  /** SHA-256 of the instructor's notebook. */
  digest: string;
}

/** A notebook that is no assignment, or a faulty one; `problems` has one line per fault. */
export class AssignmentError extends Error {
  override name = "AssignmentError";
  constructor(action: string, readonly problems: string[]) {
    super(`${action}:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  }
}

/** Points of an assignment. */
const TOTAL = 100;

/** Columns of the table of grades, besides one for each part. */
const COLUMNS = ["student", "total", "days late", "penalty", "status"];

/** What a student finds where a written answer goes. */
export const TEXT_STUB = "YOUR ANSWER HERE";

/**
 * Reads an instructor's notebook.
 *
 * @throws {TypeError} If it is no notebook.
 * @throws {AssignmentError} If its metadata, markers or points are wrong.
 */
export function parseAssignment(text: string, path: string): Assignment {
  return parsed(text, path, { solved: true });
}

/**
 * Reads a students' notebook as it was handed out: an assignment without solutions and without
 * hidden checks.
 *
 * @throws {TypeError} If it is no notebook.
 * @throws {AssignmentError} If its metadata, markers or points are wrong.
 */
export function parseHandout(text: string, path: string): Assignment {
  return parsed(text, path, { solved: false });
}

function parsed(text: string, path: string, { solved }: { solved: boolean }): Assignment {
  const notebook = parseNotebook(text, path);
  const problems: string[] = [];
  const items: Item[] = [];
  const functions: string[] = [];
  const ids = new Set<string>();
  notebook.cells.forEach((cell, index) => {
    const marked = markedAs(cell);
    const id = marked?.metadata.grade_id;
    const say = (problem: string) => problems.push(`cell ${id ?? cell.id}: ${problem}`);
    marked?.problems.forEach(say);
    if (id !== undefined) {
      if (ids.has(id)) say("no two cells have the same grade_id");
      ids.add(id);
    }
    checkMarkers(cell, marked, say, solved);
    if (!marked) return;
    const { role, metadata } = marked;
    if (role === "solution") functions.push(...functionsOf(cell, say));
    if (role === "test" || role === "written") {
      items.push({
        id: id!,
        part: String(id).split("-")[0],
        title: (role === "test" ? titleOf(cell) : headingBefore(notebook, index)) || String(id),
        points: metadata.points ?? 0,
        kind: role === "test" ? "check" : "written",
        cell: index,
      });
    }
  });
  for (const name of functions) {
    if (functions.indexOf(name) !== functions.lastIndexOf(name)) {
      problems.push(`function ${name} is written in more than one cell`);
    }
  }
  for (const { part, id } of items) {
    if (COLUMNS.includes(part)) problems.push(`cell ${id}: no part may be called ${part}`);
  }
  if (functions.length === 0) problems.push("no cell has a function for students to write");
  const total = items.reduce((sum, { points }) => sum + points, 0);
  if (Math.abs(total - TOTAL) > 1e-9) {
    problems.push(`the points must add up to ${TOTAL}, got ${total}`);
  }
  if (problems.length > 0) {
    throw new AssignmentError(`Cannot use ${path} as an assignment`, [...new Set(problems)]);
  }
  const digest = createHash("sha256").update(text).digest("hex");
  return { name: nameOf(path), notebook, items, functions, digest };
}

/** The cells of a role, with their metadata. */
export function cellsWithRole(notebook: Notebook, role: Marked["role"]): Cell[] {
  return notebook.cells.filter((cell) => markedAs(cell)?.role === role);
}

/** The notebook that students get: no solution, no hidden check, no output. */
export function released({ notebook }: Assignment): Notebook {
  const cells = notebook.cells.map((cell): Cell => {
    const role = markedAs(cell)?.role;
    let source = sourceOf(cell);
    if (role === "solution") {
      const bodies = functionBodies(source);
      source = replaceRegions(source, regionsOf(cell, "SOLUTION"), ({ from, text }, indent) => {
        const { name } = bodies.find((body) => body.from < from && from < body.to)!;
        const message = `Write ${name}${text ? `: ${text}` : ""}`;
        return [
          `${indent}// YOUR CODE HERE: it replaces the next line`,
          `${indent}throw new Error(${JSON.stringify(message)});`,
        ];
      });
    } else if (role === "written") {
      source = replaceRegions(source, regionsOf(cell, "SOLUTION"), () => [TEXT_STUB]);
    } else if (role === "test") {
      source = replaceRegions(source, regionsOf(cell, "HIDDEN TESTS"), () => []).trimEnd();
    }
    // What a student must not lose or change, as nbgrader marks it.
    const metadata = {
      ...cell.metadata,
      ...(role ? { deletable: false } : {}),
      ...(role === "test" || role === "locked" ? { editable: false } : {}),
    };
    return cell.cell_type === "code"
      ? { ...cell, metadata, source, outputs: [], execution_count: null }
      : { ...cell, metadata, source };
  });
  return { ...notebook, cells };
}

/** What submissions may import: what the students' notebook imports. */
export function importsOf(assignment: Assignment): ImportList {
  const list: ImportList = new Map();
  for (const { kind, source, imports } of allStatements(released(assignment))) {
    if (kind !== "import") continue;
    const names = list.get(source!) ?? new Set();
    for (const { name } of imports!) names.add(name);
    list.set(source!, names);
  }
  return list;
}

/** Code that students are given and cannot change: the sources of the locked cells. */
export function givenCode({ notebook }: Assignment): string[] {
  return cellsWithRole(notebook, "locked").filter(({ cell_type }) => cell_type === "code")
    .map(sourceOf);
}

/**
 * The checks as a module. By item, `checks` has a function that takes the student's functions and a
 * listener that is told whether a hidden part is running; `visible` has the same checks without
 * their hidden parts. A check has the imports of its own cell and what it uses from the
 * instructor's other cells, but nothing from the solutions.
 *
 * @param only This check alone, with what it needs.
 */
export function checksText(assignment: Assignment, only?: Item): string {
  const { notebook, items, functions } = assignment;
  const statements = allStatements(notebook);
  const checks = items.filter(({ kind }) => kind === "check");
  const isCheck = new Set(checks.map(({ cell }) => cell));
  const chosen = checks.filter((item) => only === undefined || item === only);
  const isSolution = (cell: number) => markedAs(notebook.cells[cell])?.role === "solution";
  const used = chosen.flatMap(({ cell }) => {
    const own = statements.filter((each) => each.cell === cell);
    const imported = own.flatMap(({ kind, declares }) => kind === "import" ? declares : []);
    return own.flatMap(({ uses }) => [...uses]).filter((name) => !imported.includes(name));
  });
  // From other checks, functions only: whatever else they declare depends on a student.
  const others = statements.filter(({ cell, kind, pure }) =>
    kind === "import" || kind === "function" || pure || !isCheck.has(cell)
  ).filter(({ cell, kind }) => kind === "import" || !isSolution(cell));
  const given = neededFor(used.filter((name) => !functions.includes(name)), others);
  const modules = [
    ...new Set(
      statements.flatMap(({ cell, source }) =>
        chosen.some((item) => item.cell === cell) ? source ?? [] : []
      ),
    ),
  ];
  const bodies = ({ cells }: Notebook) =>
    chosen.map(({ id, cell }) =>
      `${JSON.stringify(id)}: async ({ ${functions.join(", ")} }, $hidden) => {${
        checkBody(cells[cell], modules)
      }\n},`
    );
  return [
    ...modules.map((source, i) => `import * as $${i} from ${JSON.stringify(source)};`),
    ...importLines(given),
    moduleText(given.filter(({ kind }) => kind !== "import")),
    ...["export const checks = {", ...bodies(notebook), "};"],
    ...["export const visible = {", ...bodies(released(assignment)), "};", ""],
  ].join("\n");
}

/** Imports of any number of cells, each name once. */
function importLines(statements: Statement[]): string[] {
  const lines = statements.flatMap(({ source, imports = [] }) =>
    imports.map(({ local, name }) => {
      const what = name === "*" ? `* as ${local}` : `{ ${JSON.stringify(name)} as ${local} }`;
      return `import ${what} from ${JSON.stringify(source)};`;
    })
  );
  return [...new Set(lines)];
}

/** A check, after what it imports; its markers say when hidden checks begin and end. */
function checkBody(cell: Cell, modules: string[]): string {
  const source = sourceOf(cell);
  let text = withoutTypes(source);
  const imports: string[] = [];
  for (const each of statementsOf(source, 0)) {
    if (each.kind !== "import") continue;
    for (const { local, name } of each.imports!) {
      const member = name === "*" ? "" : `[${JSON.stringify(name)}]`;
      imports.push(`const ${local} = $${modules.indexOf(each.source!)}${member};`);
    }
    text = text.slice(0, each.start) +
      text.slice(each.start, each.end).replaceAll(/[^\n]/g, " ") + text.slice(each.end);
  }
  const lines = text.split("\n");
  for (const { from, to } of regionsOf(cell, "HIDDEN TESTS")) {
    lines[from] = "$hidden(true);";
    lines[to] = "$hidden(false);";
  }
  return [imports.join(" "), ...lines].join("\n");
}

function allStatements(notebook: Notebook): Statement[] {
  return notebook.cells.flatMap((cell, index) =>
    cell.cell_type === "code" ? statementsOf(sourceOf(cell), index) : []
  );
}

function checkMarkers(
  cell: Cell,
  marked: Marked | undefined,
  say: (problem: string) => void,
  solved: boolean,
): void {
  const role = marked?.role;
  try {
    const solutions = regionsOf(cell, "SOLUTION");
    const hidden = regionsOf(cell, "HIDDEN TESTS");
    if (hidden.length > 0 && role !== "test") {
      say("hidden tests belong in a cell with checks (grade, locked)");
    }
    if (role !== "solution" && role !== "written") {
      if (solutions.length > 0) say("a solution belongs in a solution cell");
    } else if (solved && solutions.length === 0) {
      say("nothing in it is marked as the solution: BEGIN SOLUTION and END SOLUTION");
    }
    if (cell.cell_type !== "code") return;
    const bodies = functionBodies(sourceOf(cell));
    for (const { from, to } of role === "solution" ? solutions : []) {
      if (!bodies.some((body) => body.from < from && to < body.to)) {
        say(`line ${from + 1}: a solution must lie inside the body of a function`);
      }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    say(error.message.split("\n")[0]);
  }
}

function functionsOf(cell: Cell, say: (problem: string) => void): string[] {
  try {
    const statements = statementsOf(sourceOf(cell), 0);
    if (statements.some(({ kind }) => kind !== "import" && kind !== "function")) {
      say("a solution cell holds functions, types and imports only");
    }
    return statements.filter(({ kind }) => kind === "function").flatMap(({ declares }) => declares);
  } catch {
    return []; // `checkMarkers` reports it.
  }
}

/** The comment that a check begins with. */
function titleOf(cell: Cell): string {
  return sourceOf(cell).match(/^\s*\/\/ ?(.*)/)?.[1].trim() ?? "";
}

/** The last heading up to a cell, without what stands in brackets at its end. */
function headingBefore({ cells }: Notebook, index: number): string {
  const lines = cells.slice(0, index + 1).filter(({ cell_type }) => cell_type === "markdown")
    .flatMap((cell) => sourceOf(cell).split("\n"));
  const heading = lines.findLast((line) => /^#+ /.test(line)) ?? "";
  return heading.replace(/^#+ /, "").replace(/\s*\([^)]*\)$/, "").trim();
}

/** The students' notebook as a file. */
export function releasedText(assignment: Assignment): string {
  return notebookText(released(assignment));
}
