/**
 * The argument of `predict("02-1", …)` and of `answer("02-1", …)` in the code of a cell: what
 * stands there, and another text in its place.
 *
 * @module
 */

/** The two calls that take what a reader says. */
export type ReadersCall = "predict" | "answer";

/** What a call is given. */
export interface CallArgument {
  /** Its text in the code. */
  text: string;
  /** What the comment behind the call says of it. */
  note: string;
  from: number;
  to: number;
}

/** The argument of a call, all that stands behind the name; undefined if there is no such call. */
export function argumentOf(code: string, call: ReadersCall, id: string): CallArgument | undefined {
  const start = new RegExp(`\\b${call}\\(\\s*(["'])${id}\\1\\s*,\\s*`).exec(code);
  if (!start) return undefined;
  const from = start.index + start[0].length;
  const end = closingOf(code, from);
  if (end === undefined) return undefined;
  const text = code.slice(from, end).trimEnd();
  const note = /^\)\s*;?[^\S\n]*\/\/\s*(.*)/.exec(code.slice(end))?.[1] ?? "";
  return { text, note, from, to: from + text.length };
}

/**
 * The code with another argument.
 *
 * @throws {RangeError} If there is no such call.
 */
export function withArgument(
  code: string,
  call: ReadersCall,
  id: string,
  text: string,
): string {
  const argument = argumentOf(code, call, id);
  if (!argument) {
    throw new RangeError(
      `Cannot write into the cell: it must call ${call}("${id}", …), which is no longer there. ` +
        `Take the book's cell back, or write the call again`,
    );
  }
  return code.slice(0, argument.from) + text + code.slice(argument.to);
}

/** Whether something stands where the book has `undefined`. */
export function isGiven(code: string, call: ReadersCall, id: string): boolean {
  return !["undefined", "", undefined].includes(argumentOf(code, call, id)?.text);
}

/**
 * What a reader has typed as an answer, as code. Words that are meant as words need no quotation
 * marks; numbers, formulas and all else that reads as code stay as they are.
 *
 * @returns Undefined if its brackets or quotation marks do not close.
 */
export function answerAsCode(typed: string): string | undefined {
  const text = typed.trim();
  if (text === "") return "undefined";
  const isWords = /^\p{L}[\p{L}\p{N}]*(?:[ -]\p{L}[\p{L}\p{N}]*)*$/u.test(text);
  if (isWords && !/^(undefined|NaN|Infinity|true|false)$/.test(text)) return JSON.stringify(text);
  const code = text.replaceAll("−", "-").replaceAll(/[“”„]/g, '"');
  return closingOf(`${code})`, 0) === code.length ? code : undefined;
}

/** An answer as a reader would type it. */
export function answerAsTyped(code: string): string {
  if (code === "undefined") return "";
  const words = /^"([^"\\]*)"$/.exec(code)?.[1];
  return words !== undefined && answerAsCode(words) === code ? words : code;
}

/**
 * Where the bracket stands that closes a call whose argument begins at `from`; undefined if another
 * one is in its way, or there is none.
 */
export function closingOf(code: string, from: number): number | undefined {
  const open: string[] = [];
  for (let at = from; at < code.length; at++) {
    const sign = code[at];
    if (sign === '"' || sign === "'" || sign === "`") at = endOfText(code, at);
    else if (code.startsWith("//", at)) at = found(code.indexOf("\n", at), code);
    else if (code.startsWith("/*", at)) at = found(code.indexOf("*/", at + 2), code) + 1;
    else if ("([{".includes(sign)) open.push(")]}"["([{".indexOf(sign)]);
    else if (")]}".includes(sign)) {
      if (open.length === 0) return sign === ")" ? at : undefined;
      if (open.pop() !== sign) return undefined;
    }
  }
  return undefined;
}

function endOfText(code: string, start: number): number {
  for (let at = start + 1; at < code.length; at++) {
    if (code[at] === "\\") at++;
    else if (code[at] === code[start]) return at;
  }
  return code.length;
}

function found(at: number, code: string): number {
  return at === -1 ? code.length : at;
}
