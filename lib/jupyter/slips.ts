/**
 * What to do about a slip, for readers who come from mathematics, from another language, or from a
 * place with another decimal point.
 *
 * Advice is based on the text at the fault and may miss the point, so it follows the message and
 * never replaces it.
 *
 * @module
 */

/** Names of mathematics and of Python, and what they are here. */
const NAMES: Record<string, string> = {
  ...Object.fromEntries(
    Object.getOwnPropertyNames(Math).map((name) => [name.toLowerCase(), `Math.${name}`]),
  ),
  ...{ ln: "Math.log", lg: "Math.log10", "π": "Math.PI", PI: "Math.PI", pow: "**" },
  ...{ math: "Math", np: "Math", numpy: "Math" },
  ...{ True: "true", False: "false", None: "undefined" },
  ...{ print: "console.log", int: "Math.trunc", float: "Number", str: "String" },
};

/** The name that an error says is not there; undefined if it says something else. */
export function missingName(message: string): string | undefined {
  return message.match(/^(\S+) is not defined$/)?.[1];
}

/**
 * What to do about an error that the code of a cell has thrown.
 *
 * @param line The line of the cell, where it is known.
 * @param maker What is known of the cell that makes a name that is not there.
 */
export function adviceOnError(message: string, line = "", maker?: string): string | undefined {
  const name = missingName(message);
  if (name) return adviceOnName(name, line, maker);
  const [, early] = message.match(/^Cannot access '(\S+)' before initialization$/) ?? [];
  if (early) return usedEarly(early);
  const [, called] = message.match(/^(.+) is not a function$/) ?? [];
  if (called && /^[\d.]+$|\)$/.test(called)) {
    return "A number stands before a bracket. A product is written with `*`";
  }
  if (/^number \S+ is not iterable/.test(message)) {
    return "A number stands where a list is meant. A list of lists has one more pair of brackets: [[0, 2, 1]]";
  }
  if (called) return `Look for a slip in the spelling of \`${called}\`; capitals count`;
  if (message === "Assignment to constant variable.") {
    return "What `const` has made is set once. Write `const` before the name to make it anew";
  }
  if (message === "Missing initializer in const declaration") {
    return "After `const`, a name is followed by `=` and its value";
  }
  return undefined;
}

function adviceOnName(name: string, line: string, maker?: string): string {
  // Capitals count: `Random` is a class of ours.
  const here = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  const power = line.includes("^") ? ". A power is written with `**`: `^` is something else" : "";
  if (line.includes(`"${name}"`)) {
    return `If you mean the word, put it in quotation marks: "${name}"`;
  }
  const bare = unbracketed(line);
  if (bare?.split(/,\s*/).includes(name)) return inParentheses(bare);
  if (new RegExp(`^(const|let|var) ${name.replaceAll("$", "\\$")}\\b`).test(line)) {
    return usedEarly(name);
  }
  if (maker) return maker;
  if (here && here !== name) return `In TypeScript, \`${name}\` is written \`${here}\`${power}`;
  const given = line.match(/\b(?:predict|answer)\(\s*"[^"]*",\s*(.*)$/)?.[1];
  if (given?.match(/^([\p{L}\w]+)\s*\)/u)?.[1] === name) {
    return `If you mean the word, put it in quotation marks: "${name}"`;
  }
  if (given && !given.includes("=>") && name.length === 1) {
    return `If your answer is a function, begin with what it takes and an arrow: (${name}) => …${power}`;
  }
  return `Look for a slip in the spelling; capitals count. If a cell further up makes \`${name}\`, run that ` +
    `cell first, or all cells above${power}`;
}

function usedEarly(name: string): string {
  return `\`${name}\` is used before the statement that makes it has ended. Look there for something ` +
    "that is missing at the end of a line, as after a `+` or a `%`";
}

/** Where a text stops being TypeScript, lines and columns from 1, and what the parser says. */
export interface Fault {
  message: string;
  line: number;
  column: number;
}

/** Signs of mathematics and of typography, and how they are typed. */
const SIGNS: Record<string, string> = {
  ...{ "−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "½": "1 / 2", "¼": "1 / 4", "¾": "3 / 4" },
  ...{ "²": "** 2", "³": "** 3", "√": "Math.sqrt(…)", "≤": "<=", "≥": ">=", "≠": "!==" },
  ...{ "“": '"', "”": '"', "„": '"', "‘": '"', "’": '"', "«": '"', "»": '"', "‖": "," },
};

/** What to do about a text that is no TypeScript. */
export function adviceOnSyntax(fault: Fault, code: string): string | undefined {
  const text = code.split("\n")[fault.line - 1] ?? "";
  const [before, after] = [text.slice(0, fault.column - 1), text.slice(fault.column - 1)];
  return adviceOnSign(after) ?? adviceOnNumber(text, fault.column) ?? adviceOnString(fault, text) ??
    adviceOnPython(text, before, after) ?? adviceOnArrow(text, before, after) ??
    adviceOnGap(before, after) ?? adviceOnBrackets(code) ?? adviceOnPair(fault, before, after);
}

function adviceOnSign(after: string): string | undefined {
  const [sign] = after;
  return Object.hasOwn(SIGNS, sign ?? "")
    ? `\`${sign}\` is not a sign of TypeScript. Write \`${SIGNS[sign]}\``
    : undefined;
}

function adviceOnNumber(text: string, column: number): string | undefined {
  for (const { 0: number, index } of text.matchAll(/(?<![\w.])\d*\.\d*\.\d+/g)) {
    if (column > index && column <= index + number.length) {
      return `${number} has two decimal points`;
    }
  }
  const product = text.slice(column - 1).match(/^(\d+(?:\.\d+)?)(?!e\d)([A-Za-z_]\w*)/i);
  if (product) return `A product is written with \`*\`: ${product[1]} * ${product[2]}`;
  // A comma without a space is more likely to be one within a number.
  const commas = [/(?<![\w.])\d+(,\d+)+/g, /(?<![\w.])\d+(, ?\d+)+/g];
  for (const { 0: number, index } of commas.flatMap((each) => [...text.matchAll(each)])) {
    if (column <= index || column > index + number.length) continue;
    const parts = number.split(/, ?/);
    const thousands = parts.slice(1).every((part) => part.length === 3) && parts[0] !== "0";
    if (thousands) return `If ${number} is one number, write it without commas: ${parts.join("")}`;
    if (parts.length > 2) return undefined;
    return `If ${number} is one number, write it with a point: ${parts.join(".")}`;
  }
  return undefined;
}

/**
 * What to do about a decimal comma that is no error to the parser: "[2, 0,5]", where other commas
 * of the line are followed by a space.
 */
export function adviceOnComma(code: string): string | undefined {
  const bare = code.replaceAll(/\/\/.*|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g, "");
  for (const line of bare.split("\n")) {
    const [number] = line.match(/(?<![\w.,])\d+,\d+(?![\w.,]*\d)/) ?? [];
    if (number && /\d, /.test(line)) {
      return `If ${number} is one number, write it with a point: ${number.replace(",", ".")}`;
    }
  }
  return undefined;
}

function adviceOnString({ message }: Fault, text: string): string | undefined {
  const swallowed = /got '?<eof>/.test(message) && text.split('"').length % 2 === 0;
  return swallowed || /Unterminated string/.test(message)
    ? "A quotation mark is missing: a word ends with the sign that it began with, on the same line"
    : undefined;
}

function adviceOnPython(text: string, before: string, after: string): string | undefined {
  if (/(^|\s)#\s*$|^\s*#/.test(before) || /^#/.test(after)) {
    return "A comment begins with `//` in TypeScript, not with `#`";
  }
  const statement =
    /^\s*(def|elif|for|if|while|class|import|from|lambda|print)\b.*:\s*(return .*)?$/.test(text);
  const expression = /^(if|and|or|not|is|else)\s/.test(after) || /\b(lambda|not) $/.test(before);
  return statement || expression
    ? "The cells of this notebook are TypeScript, and this looks like Python"
    : undefined;
}

function adviceOnArrow(text: string, before: string, after: string): string | undefined {
  if (/-$/.test(before) && /^>/.test(after) || /[\w)]\s*->/.test(before)) {
    return "The arrow of a function is `=>`, not `->`";
  }
  const names = unbracketed(text);
  return names && inParentheses(names);
}

/** The names before an arrow that stand in no parentheses: "p, q" of "f(p, q => p)". */
function unbracketed(text: string): string | undefined {
  return text.match(/[=,]\s*([A-Za-z_]\w*(?:,\s*[A-Za-z_]\w*)+)\s*=>/)?.[1];
}

function inParentheses(names: string): string {
  return `Put what the function takes in parentheses: (${names}) => …`;
}

function adviceOnGap(before: string, after: string): string | undefined {
  if (!/^\s*([;)]|$)/.test(after)) return undefined;
  const [, percent] = before.match(/(\d+(?:\.\d+)?)\s*%\s*$/) ?? [];
  if (percent) return `If you mean ${percent} per cent, write ${Number(percent) / 100}`;
  if (/(^|[^=<>!])=\s*$/.test(before)) {
    return "Nothing stands after `=`. Write your answer there, or `undefined` as long as you have none";
  }
  const [, operator] = before.match(/([-+*/<>]|=>)\s*$/) ?? [];
  return operator && `Something is missing after \`${operator}\``;
}

const CLOSES: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/**
 * The bracket that has no partner. Strings and comments are left out; a regular expression with a
 * bracket would mislead it.
 */
function adviceOnBrackets(code: string): string | undefined {
  const open: { bracket: string; at: string }[] = [];
  const skipped = /\/\/.*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
  const bare = code.replaceAll(skipped, (text) => text.replaceAll(/[^\n]/g, " "));
  for (const { 0: bracket, index } of bare.matchAll(/[()[\]{}]/g)) {
    const lines = bare.slice(0, index).split("\n");
    const at = `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
    if (!CLOSES[bracket]) open.push({ bracket, at });
    else if (open.at(-1)?.bracket === CLOSES[bracket]) open.pop();
    else if (open.length === 0) return `Nothing is open that \`${bracket}\` in ${at} could close`;
    else break;
  }
  const last = open.at(-1);
  return last && `The bracket \`${last.bracket}\` in ${last.at} is not closed`;
}

function adviceOnPair({ message }: Fault, before: string, after: string): string | undefined {
  const [, keyword] = before.match(/^\s*(const|let|import|await|function|return) $/i) ?? [];
  if (keyword && keyword !== keyword.toLowerCase()) {
    return `\`${keyword}\` is written in small letters: ${keyword.toLowerCase()}`;
  }
  const factors = /[\d)] *$/.test(before) && /^[A-Za-z_(]/.test(after);
  const [, found] = message.match(/^Expected ',', got '?(.+?)'?$/) ?? [];
  if (found && found !== "<eof>" && !factors) return `A comma is missing before \`${found}\``;
  return factors || /[\w)] *$/.test(before) && /^[\w(]/.test(after) && /semicolon/.test(message)
    ? "Between two values an operator is missing. A product is written with `*`"
    : undefined;
}
