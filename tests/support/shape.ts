/** The shape of a notebook: how long its cells are, and what its reader is asked to do, and where. */
import { type AnyNode, type CallExpression } from "acorn";
import { type Cell, codeCells, isChecks, type Notebook, sourceOf } from "@/notebook/document.ts";
import { parsed } from "@/jupyter/cell_text.ts";

/** What matters here of the questions of a notebook, `lib/learner/exercises/`. */
export interface Asked {
  predictions: Record<string, { kind: string }>;
  exercises: Record<string, { mistakes?: unknown[] }>;
  experiment?: { best: { outcome: string; if?: Record<string, unknown> } };
}

/** At most so many cells, code and prose together. */
const CELLS = 45;
/** The median of the lines of code cells, and the most that one has. */
const MEDIAN = 8;
const LINES = 15;
/** The first figure is within so many code cells. */
const FIRST_FIGURE = 3;
/** In a section, cells that are folded. */
const CHECKS = 3;
/** Calls of `claims` that a reader sees: those that are what is being taught. */
const OPEN_CLAIMS = 3;
/** Of a whole notebook, at least. */
const PREDICTIONS = 2;
const EXERCISES = { least: 2, most: 4 };

/** A call in a code cell, with the text that it names. */
interface Call {
  name: string;
  id: string;
  /** The code cell, from 1. */
  cell: number;
  text: string;
}

/** A table for people: how long a notebook is, and what it asks. */
export function summaryOf(notebook: Notebook, asked?: Asked): string {
  const lines = codeCells(notebook).map(linesOf);
  const mistakes = Object.values(asked?.exercises ?? {}).map((key) => key.mistakes?.length ?? 0);
  return [
    `${notebook.cells.length} cells`,
    `${lines.length} of code, median ${median(lines)}, longest ${Math.max(0, ...lines)}`,
    `${Object.keys(asked?.predictions ?? {}).length} predictions`,
    `${mistakes.length} exercises with ${mistakes.reduce((sum, n) => sum + n, 0)} mistakes`,
  ].join("; ");
}

/** What breaks the rules for every notebook's length; cells of a grader are as long as they must be. */
export function lengthOffences(notebook: Notebook): string[] {
  const found: string[] = [];
  const { cells } = notebook;
  if (cells.length > CELLS) found.push(`${cells.length} cells, at most ${CELLS}`);
  const code = codeCells(notebook);
  // A hidden check must be one cell, and what is to be filled in brings its docstrings.
  const own = code.filter(({ metadata }) => !("nbgrader" in metadata));
  const middle = median(own.map(linesOf));
  if (!(middle <= MEDIAN)) {
    found.push(`the median code cell has ${middle} lines, at most ${MEDIAN}`);
  }
  for (const cell of own) {
    const lines = linesOf(cell);
    if (lines > LINES) {
      found.push(`code cell ${code.indexOf(cell) + 1} has ${lines} lines, at most ${LINES}`);
    }
  }
  return found;
}

/** What breaks the rules for a notebook in which a reader predicts, answers and tries; `number` is its "02". */
export function shapeOffences(notebook: Notebook, number: string, asked?: Asked): string[] {
  const calls = callsIn(notebook);
  if (!asked) return [...lengthOffences(notebook), "it has no questions in lib/learner/exercises"];
  return [
    ...lengthOffences(notebook),
    ...figureOffences(notebook),
    ...checksOffences(notebook, calls),
    ...predictionOffences(notebook, calls, asked),
    ...exerciseOffences(calls, asked),
    ...experimentOffences(calls, number, asked),
    ...scoreOffences(notebook, calls, number),
    ...keysIn(notebook),
  ];
}

function figureOffences(notebook: Notebook): string[] {
  const first = codeCells(notebook).findIndex((cell) => {
    const text = sourceOf(cell);
    return /\b(show|reveal|liveFigure)\w*\(/.test(text) && drawers(notebook).test(text);
  });
  return first !== -1 && first < FIRST_FIGURE
    ? []
    : [`the first figure is in code cell ${first + 1 || "none"}, at most ${FIRST_FIGURE}`];
}

/** The names that the notebook imports of what draws, as a pattern. */
function drawers(notebook: Notebook): RegExp {
  const text = codeCells(notebook).map(sourceOf).join("\n");
  const names = [...text.matchAll(/import \{([^}]*)\} from "@\/plot\/(\w+)\.ts"/g)]
    .filter(([, , file]) => !["table", "typeset"].includes(file))
    .flatMap(([, all]) => all.split(",").map((name) => name.trim()))
    .filter((name) => name && !name.startsWith("type "));
  return new RegExp(`\\b(?:${[...names, "(?!)"].join("|")})\\(`);
}

function checksOffences(notebook: Notebook, calls: Call[]): string[] {
  const found: string[] = [];
  const code = codeCells(notebook);
  let section = "the head", inSection = 0;
  for (const cell of notebook.cells) {
    const [, title] = sourceOf(cell).match(/^## (.*)$/m) ?? [];
    if (cell.cell_type === "markdown" && title) [section, inSection] = [title, 0];
    if (!isChecks(cell)) continue;
    const place = `code cell ${code.indexOf(cell) + 1}`;
    if (++inSection === CHECKS + 1) found.push(`"${section}" has over ${CHECKS} cells of checks`);
    if (!/\bclaims\(/.test(sourceOf(cell))) {
      found.push(`${place} is a cell of checks without claims`);
    }
    if (/\b(show|reveal|predict|answer|liveFigure|recordTry)\(/.test(sourceOf(cell))) {
      found.push(`${place} is a cell of checks, which is folded, and shows something`);
    }
    if ((cell.metadata.jupyter as { source_hidden?: unknown })?.source_hidden !== true) {
      found.push(`${place} is a cell of checks without "jupyter": {"source_hidden": true}`);
    }
  }
  const open = calls.filter(({ name, cell }) => name === "claims" && !isChecks(code[cell - 1]));
  if (open.length > OPEN_CLAIMS) {
    const places = open.map(({ cell }) => cell).join(", ");
    found.push(`claims outside of cells of checks: ${places}; at most ${OPEN_CLAIMS}`);
  }
  return found;
}

function predictionOffences(notebook: Notebook, calls: Call[], asked: Asked): string[] {
  const found = unmatched(calls, "predict", Object.keys(asked.predictions));
  const count = Object.keys(asked.predictions).length;
  if (count < PREDICTIONS) found.push(`${count} predictions, at least ${PREDICTIONS}`);
  const code = codeCells(notebook);
  for (const { id, cell } of calls.filter(({ name }) => name === "predict")) {
    const reveals = calls.filter((call) => call.name === "reveal" && call.id === id);
    if (reveals.length === 0) found.push(`prediction ${id} is not revealed`);
    if (reveals.some((reveal) => reveal.cell <= cell)) {
      found.push(`prediction ${id} is revealed before it is asked for, or in its own cell`);
    }
    if (!asksInProse(notebook.cells, code[cell - 1])) {
      found.push(`prediction ${id}: its question does not stand in the prose above it`);
    }
  }
  const known = new Set(Object.keys(asked.predictions));
  const loose = calls.filter(({ name, id }) => name === "reveal" && !known.has(id));
  return [...found, ...loose.map(({ id }) => `reveal of ${id}, which nothing asks`)];
}

/** Whether the nearest prose above a cell asks for a prediction. */
function asksInProse(cells: Cell[], cell: Cell): boolean {
  const above = cells.slice(0, cells.indexOf(cell));
  const prose = above.findLast(({ cell_type }) => cell_type === "markdown");
  return prose !== undefined && /\bpredict/i.test(sourceOf(prose));
}

function exerciseOffences(calls: Call[], { exercises }: Asked): string[] {
  const found = unmatched(calls, "answer", Object.keys(exercises));
  const { least, most } = EXERCISES;
  const count = Object.keys(exercises).length;
  if (count < least || count > most) found.push(`${count} exercises, ${least} to ${most}`);
  for (const [id, { mistakes = [] }] of Object.entries(exercises)) {
    if (mistakes.length === 0) found.push(`exercise ${id} names no usual mistake`);
  }
  return found;
}

/** Names that are asked and have no question, or the other way round, or twice. */
function unmatched(calls: Call[], name: string, known: string[]): string[] {
  const used = calls.filter((call) => call.name === name).map(({ id }) => id);
  return [
    ...used.filter((id) => !known.includes(id)).map((id) => `${name}("${id}") has no question`),
    ...known.filter((id) => !used.includes(id)).map((id) => `no cell calls ${name}("${id}")`),
    ...used.filter((id, i) => used.indexOf(id) < i).map((id) => `${name}("${id}") stands twice`),
  ];
}

function experimentOffences(calls: Call[], number: string, { experiment }: Asked): string[] {
  const tries = calls.filter(({ name }) => name === "recordTry");
  const found = tries.filter(({ id }) => id !== number).map(({ id }) => `recordTry("${id}")`);
  if (tries.length === 0) found.push("it has no open experiment: no cell calls recordTry");
  if (!experiment) return [...found, "its questions name no experiment"];
  const { outcome, if: others = {} } = experiment.best;
  for (const measured of [outcome, ...Object.keys(others)]) {
    const named = new RegExp(`\\b${RegExp.escape(measured)}\\b`);
    if (!tries.some(({ text }) => named.test(text))) {
      found.push(`no try records "${measured}", by which tries are compared`);
    }
  }
  return found;
}

function scoreOffences(notebook: Notebook, calls: Call[], number: string): string[] {
  const last = codeCells(notebook).length;
  const scores = calls.filter(({ name }) => name === "showScore");
  return scores.length === 1 && scores[0].id === number && scores[0].cell === last
    ? []
    : [`showScore("${number}") is not the last code cell, once`];
}

/** Keys of exercises that a reader sees. */
function keysIn(notebook: Notebook): string[] {
  return codeCells(notebook).flatMap((cell, i) =>
    /\bmistakes: \[|\/exercises\/\d/.test(sourceOf(cell))
      ? [`code cell ${i + 1} shows the key of an exercise`]
      : []
  );
}

const CALLED = ["predict", "reveal", "answer", "recordTry", "showScore", "claims"];

/** The calls by which a reader is asked, and those of `claims`, in order. */
export function callsIn(notebook: Notebook): Call[] {
  return codeCells(notebook).flatMap((cell, i) => {
    const text = sourceOf(cell);
    const program = parsed(text);
    if (!program) throw new TypeError(`Cannot read code cell ${i + 1}: it is no TypeScript`);
    const found: Call[] = [];
    visit(program, (node) => {
      if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return;
      if (!CALLED.includes(node.callee.name)) return;
      found.push({ name: node.callee.name, id: textIn(node), cell: i + 1, text });
    });
    return found;
  });
}

function textIn({ arguments: [first] }: CallExpression): string {
  return first?.type === "Literal" ? String(first.value) : "";
}

function visit(node: AnyNode, on: (node: AnyNode) => void): void {
  on(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") visit(child, on);
    }
  }
}

function linesOf(cell: Cell): number {
  return sourceOf(cell).trimEnd().split("\n").length;
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}
