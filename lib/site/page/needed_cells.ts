/**
 * Which cells a run needs.
 *
 * A cell that does nothing but ask, with a plain guess or answer in it, needs no other: what was
 * predicted is taken before anything above has been trained.
 *
 * @module
 */
import { closingOf } from "./call_argument.ts";

/**
 * The cells that are to be run for one of them: those above it that have not been run, in order,
 * and the cell itself.
 */
export function cellsFor(
  id: string,
  order: readonly string[],
  ran: { has(id: string): boolean },
): string[] {
  const place = order.indexOf(id);
  return [...order.slice(0, Math.max(0, place)).filter((other) => !ran.has(other)), id];
}

/** What is said while cells above are run first. */
export function saidFirst(above: number): string {
  return above === 0 ? "" : `Running ${above} ${above === 1 ? "cell" : "cells"} above first.`;
}

/** Where the functions come from that a cell of questions calls. */
const IMPORTS: Record<string, string> = {
  predict: 'import { predict } from "@/learner/predict.ts";',
  answer: 'import { answer } from "@/learner/answer.ts";',
};

/**
 * The code of a cell that does nothing but ask, with all that it imports on its first line, so that
 * it runs without the cells above; undefined for any other cell.
 */
export function aloneCode(code: string): string | undefined {
  const called = new Set<string>();
  let rest = code.replaceAll(/^import .*$/gm, "").replaceAll(/(^|;)[^\S\n]*\/\/.*$/gm, "$1").trim();
  while (rest !== "") {
    const call = /^await (predict|answer)\(\s*"[^"\n]*"\s*,/.exec(rest);
    const end = call ? closingOf(rest, call[0].length) : undefined;
    if (!call || end === undefined || !isPlain(rest.slice(call[0].length, end))) return undefined;
    called.add(call[1]);
    rest = rest.slice(end + 1).replace(/^;/, "").trimStart();
  }
  if (called.size === 0) return undefined;
  const imported = (name: string) => new RegExp(`^import \\{[^}]*\\b${name}\\b`, "m").test(code);
  const missing = [...called].filter((name) => !imported(name));
  return missing.map((name) => `${IMPORTS[name]} `).join("") + code;
}

const WORDS = new Set(["Math", "undefined", "NaN", "Infinity", "true", "false", "null"]);

/** Whether a text names nothing of its page: a number, a word, points, or a formula. */
function isPlain(text: string): boolean {
  const code = text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  const [, listed = "", single = ""] = /^\s*(?:\(([^()]*)\)|([\w$]+))\s*=>/.exec(code) ?? [];
  const own = new Set([...listed.split(","), single].map((name) => name.split(":")[0].trim()));
  const names = code.match(/(?<![\w$.])[A-Za-z_$][\w$]*/g) ?? [];
  return !code.includes("`") && names.every((name) => WORDS.has(name) || own.has(name));
}
