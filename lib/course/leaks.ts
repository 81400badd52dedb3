/**
 * Whether something of a solution or of a hidden check stands where students can read it.
 *
 * Each line of a solution, of a model answer and of a hidden check that is not in the handout is
 * looked for, whatever its indentation. Two kinds of lines say nothing about a solution and are
 * passed over: an import, which names what the library has, and a line with fewer than three
 * different words, such as `return {` or the head of a loop.
 *
 * @module
 */
import { decodeText } from "@/formats/text.ts";
import { parseNotebook, sourceOf } from "@/notebook/document.ts";
import { type Assignment, released } from "./assignment.ts";
import { regionsOf } from "./nbgrader.ts";

/** The fewest different words of a line that says something. */
const FEWEST_WORDS = 3;

/** Words of the language, which say nothing by themselves. */
const KEYWORDS = new Set(
  "async await const else export for function if import in let new of return throw type while"
    .split(" "),
);

/** A line that gives something away, and where it was found. */
export interface Leak {
  assignment: string;
  path: string;
  line: string;
}

/** The lines that must not be found. */
export function secretLines(assignment: Assignment): string[] {
  const handedOut = new Set(released(assignment).cells.flatMap((cell) => linesOf(sourceOf(cell))));
  const secret = assignment.notebook.cells.flatMap((cell) => {
    const lines = sourceOf(cell).split("\n");
    return (["SOLUTION", "HIDDEN TESTS"] as const).flatMap((marker) =>
      regionsOf(cell, marker).flatMap(({ from, to }) => lines.slice(from + 1, to))
    );
  });
  return [...new Set(secret.flatMap(linesOf))]
    .filter((line) => !handedOut.has(line) && saysSomething(line));
}

/** Every secret line of the assignments that is in one of the files. */
export function leaksIn(files: Map<string, Uint8Array>, assignments: Assignment[]): Leak[] {
  const secrets = new Map(
    assignments.flatMap((each) => secretLines(each).map((line) => [line, each.name])),
  );
  return [...files].flatMap(([path, bytes]) =>
    [...new Set(linesOf(textOf(path, bytes)))].filter((line) => secrets.has(line))
      .map((line) => ({ assignment: secrets.get(line)!, path, line }))
  );
}

/** What can be read in a file: of a notebook its cells, of bytes that are no text nothing. */
function textOf(path: string, bytes: Uint8Array): string {
  const text = decodeText(bytes) ?? "";
  if (!path.endsWith(".ipynb")) return text;
  return parseNotebook(text, path).cells.map(sourceOf).join("\n");
}

/** The lines of a text that are not empty, with single spaces. */
function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim().replaceAll(/\s+/g, " ")).filter(Boolean);
}

function saysSomething(line: string): boolean {
  if (/^import\b/.test(line)) return false;
  const words = line.match(/[\p{L}_$][\p{L}\d_$]*/gu) ?? [];
  return new Set(words.filter((word) => !KEYWORDS.has(word))).size >= FEWEST_WORDS;
}
