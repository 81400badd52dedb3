/**
 * Checks of the exercises: right or wrong, and why.
 *
 * A notebook runs from top to bottom before its reader has answered anything, so an answer that is
 * not there yet is no error; neither is a wrong one.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { adviceOnError } from "@/jupyter/slips.ts";
import { type Bundle, display } from "./display.ts";
import { escapeHtml } from "./figure_html.ts";

/** A function that the reader writes. */
export type Formula = (...at: number[]) => number;

/** What is right, and what to say. `Answer` is a number, a word or a formula. */
export interface Key<Answer> {
  /** The right answer. */
  expected: Answer;
  /** Why it is right; shown with a right answer. */
  right: string;
  /** Answers that come from a known misunderstanding, and what it is. */
  mistakes?: { value: Answer; because: string }[];
  /** Shown with any other wrong answer. */
  hint: string;
}

/** The key of an exercise whose answer is a number. */
export interface NumberKey extends Key<number> {
  /** Largest difference that still counts as right. */
  tolerance: number;
  /** The unit that is named beside numbers. */
  unit?: string;
}

/** The key of an exercise whose answer is a function, compared with the right one at `inputs`. */
export interface FormulaKey extends Key<Formula> {
  /** Arguments at which formulas are compared. */
  inputs: number[][];
  /** How far a right formula may be off. */
  tolerance: number;
}

/** Where an answer stands, and what the reader is told. */
export interface Verdict {
  state: "not answered yet" | "right" | "not right yet";
  text: string;
}

/** Shows whether an answer is right, and why. Undefined means that there is no answer yet. */
export async function checkAnswer(
  name: string,
  answer: number | undefined,
  key: NumberKey,
): Promise<void>;
/** Checks an answer in words: one of a few. */
export async function checkAnswer<Word extends string>(
  name: string,
  answer: NoInfer<Word> | undefined,
  key: Key<Word>,
): Promise<void>;
/** Checks a formula by its values at the inputs of its key. */
export async function checkAnswer(
  name: string,
  answer: Formula | undefined,
  key: FormulaKey,
): Promise<void>;
export async function checkAnswer(
  name: string,
  answer: unknown,
  key: NumberKey | FormulaKey | Key<string>,
): Promise<void> {
  await display(bundle(name, verdictOn(answer, key)));
}

/** Where an answer stands; what `checkAnswer` shows. */
export function verdictOn(answer: unknown, key: NumberKey | FormulaKey | Key<string>): Verdict {
  if (answer === undefined) {
    return {
      state: "not answered yet",
      text:
        "replace `undefined` with your answer and run the cell again. If you have done so, your calculation " +
        "gives `undefined`, as `Math.pi` does where `Math.PI` is meant.",
    };
  }
  if (isNumberKey(key)) return judgeNumber(answer, key);
  if (isFormulaKey(key)) return judgeFormula(answer, key);
  return judgeWord(answer, key);
}

/** Every word that can be chosen is right or a mistake: any other is a typing error. */
function judgeWord(
  answer: unknown,
  { expected, right, mistakes = [], hint }: Key<string>,
): Verdict {
  if (answer === expected) return { state: "right", text: right };
  const mistake = mistakes.find(({ value }) => answer === value);
  if (mistake) return wrong(mistake.because);
  const words = [expected, ...mistakes.map(({ value }) => value)].sort().map((word) => `"${word}"`);
  return wrong(
    `the answer is one of ${words.join(", ")}, in quotation marks, got ${inspect(answer)}. ${hint}`,
  );
}

function judgeNumber(answer: unknown, key: NumberKey): Verdict {
  const { expected, tolerance, unit, right, mistakes = [], hint } = key;
  if (typeof answer !== "number") {
    const bare = typeof answer === "string" ? " without quotation marks" : "";
    return wrong(`the answer is a number${bare}, got ${inspect(answer)}.`);
  }
  if (Number.isNaN(expected)) {
    return wrong(
      "the right answer could not be calculated. Run the notebook from the top, then this cell.",
    );
  }
  if (Number.isNaN(answer)) return wrong("your calculation gives NaN, which is not a number.");
  const near = (value: number) => answer === value || Math.abs(answer - value) <= tolerance;
  if (near(expected)) return { state: "right", text: right };
  const mistake = mistakes.find(({ value }) => near(value));
  if (mistake) return wrong(mistake.because);
  if (expected !== 0 && near(-expected)) return wrong("the size is right, the sign is not.");
  if (unit === "nats" && near(expected / Math.LN2)) {
    return wrong("that is in bits. In nats, take the natural logarithm: 1 bit is log 2 nats.");
  }
  return wrong(`${inspect(answer)} is too ${answer < expected ? "small" : "large"}. ${hint}`);
}

function judgeFormula(answer: unknown, key: FormulaKey): Verdict {
  const { expected, right, mistakes = [], hint, inputs, tolerance } = key;
  if (typeof answer !== "function") {
    return wrong(
      `the answer is a function of ${inputs[0].length} numbers, got ${inspect(answer)}.`,
    );
  }
  const agrees = (found: number, wanted: number) =>
    Object.is(found, wanted) || Math.abs(found - wanted) <= tolerance;
  const all = inputs.map((input) => outcome(answer as Formula, input));
  const at = all.findIndex((found, i) =>
    typeof found !== "number" || !agrees(found, expected(...inputs[i]))
  );
  if (at === -1) return { state: "right", text: right };
  const found = all[at];
  const place = `at (${inputs[at].join(", ")}) your function`;
  if (found instanceof Failure) return wrong(`${place} ${found.text}`);
  if (typeof found !== "number") return wrong(`${place} gives ${inspect(found)}${reason(found)}.`);
  const mistake = mistakes.find(({ value }) =>
    all.every((each, i) => typeof each === "number" && agrees(each, value(...inputs[i])))
  );
  if (mistake) return wrong(mistake.because);
  const power = String(answer).includes("^")
    ? " A power is written `**`: `^` is something else."
    : "";
  return wrong(`${place} gives ${inspect(found)}.${power} ${hint}`);
}

/** A function of the reader has thrown. */
class Failure {
  constructor(readonly text: string) {}
}

function outcome(answer: Formula, input: number[]): unknown {
  try {
    return answer(...input);
  } catch (error) {
    const message = String((error as Error)?.message ?? error);
    const advice = adviceOnError(message, String(answer));
    return new Failure(`throws: ${message}.${advice ? ` ${advice}.` : ""}`);
  }
}

/** Why a function gives something that is no number. */
function reason(found: unknown): string {
  if (found === undefined) return ": between braces, the value stands after `return`";
  if (found instanceof Promise) return ": take `async` away";
  return ", which is no number";
}

function wrong(text: string): Verdict {
  return { state: "not right yet", text };
}

function bundle(name: string, { state, text }: Verdict): Bundle {
  const colour = { "not answered yet": "#888888", right: "#009E73", "not right yet": "#D55E00" };
  const mark = { "not answered yet": "…", right: "✓", "not right yet": "✗" };
  const head = `${mark[state]} Exercise ${name} is ${state}`;
  const prose = escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
  return {
    "text/plain": `${head}: ${text}`,
    "text/html": `<div class="workbook-verdict" style="border-left: 4px solid ${colour[state]};
  padding: 0.4em 0.8em"><strong>${escapeHtml(head)}:</strong> ${prose}</div>`,
  };
}

function inspect(value: unknown): string {
  return host.inspect(value, { depth: 1, strAbbreviateSize: 60 });
}

function isNumberKey(key: NumberKey | FormulaKey | Key<string>): key is NumberKey {
  return typeof key.expected === "number";
}

function isFormulaKey(key: NumberKey | FormulaKey | Key<string>): key is FormulaKey {
  return typeof key.expected === "function";
}
