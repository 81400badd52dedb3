/**
 * Verdicts on answers: right or wrong, which usual mistake it is, and why.
 *
 * A notebook runs from top to bottom before its reader has answered anything, so an answer that is
 * not there yet is no error; neither is a wrong one.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { adviceOnError } from "@/jupyter/slips.ts";
import { numberAlone } from "@/plot/typeset.ts";
import { wordMeant } from "./word_meant.ts";

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
  /** What helps after a second wrong answer. */
  hint: string;
  /** How the answer is found, shown after a third wrong one. */
  solution: string;
}

/** The key of an exercise whose answer is a number. */
export interface NumberKey extends Key<number> {
  /** Largest difference that still counts as right. */
  tolerance: number;
  /** The unit that is named beside numbers. */
  unit?: string;
  /** Largest difference of an answer that is nearly right; 0 by default. */
  near?: number;
}

/** The key of an exercise whose answer is a function, compared with the right one at `inputs`. */
export interface FormulaKey extends Key<Formula> {
  /** Arguments at which formulas are compared. */
  inputs: number[][];
  /** How far a right formula may be off. */
  tolerance: number;
}

/** The key of any exercise. */
export type AnyKey = NumberKey | FormulaKey | Key<string>;

/** Where an answer stands, and what the reader is told. */
export interface Verdict {
  state: "not answered yet" | "right" | "not right yet";
  text: string;
  /** True for what is no answer yet, such as a slip of the pen: it does not count as a try. */
  slip?: true;
}

/** Where an answer stands. */
export function verdictOn(answer: unknown, key: AnyKey): Verdict {
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
  { expected, right, mistakes = [] }: Key<string>,
): Verdict {
  const words = [expected, ...mistakes.map(({ value }) => value)].sort();
  const meant = wordMeant(answer, words);
  if (meant === expected) return { state: "right", text: right };
  const mistake = mistakes.find(({ value }) => meant === value);
  if (mistake) return wrong(mistake.because);
  const choices = words.map((word) => `"${word}"`).join(", ");
  return slip(
    `the answer is one of ${choices}, in quotation marks, got ${inspect(answer)}.`,
  );
}

function judgeNumber(answer: unknown, key: NumberKey): Verdict {
  const { expected, tolerance, unit, right, mistakes = [], near: close = 0 } = key;
  if (typeof answer !== "number") {
    const bare = typeof answer === "string" ? " without quotation marks" : "";
    return slip(`the answer is a number${bare}, got ${inspect(answer)}.`);
  }
  if (Number.isNaN(answer)) return slip("your calculation gives NaN, which is not a number.");
  const near = (value: number) => answer === value || Math.abs(answer - value) <= tolerance;
  if (near(expected)) return { state: "right", text: right };
  const mistake = mistakes.find(({ value }) => near(value));
  if (mistake) return wrong(mistake.because);
  if (expected !== 0 && near(-expected)) return wrong("the size is right, the sign is not.");
  if (unit === "nats" && near(expected / Math.LN2)) {
    return wrong("that is in bits. In nats, take the natural logarithm: 1 bit is log 2 nats.");
  }
  const off = Math.abs(answer - expected) <= close ? "close, but a little too" : "too";
  return wrong(`${numberAlone(answer, 6)} is ${off} ${answer < expected ? "small" : "large"}.`);
}

function judgeFormula(answer: unknown, key: FormulaKey): Verdict {
  const { expected, right, mistakes = [], inputs, tolerance } = key;
  if (typeof answer !== "function") {
    const { length } = inputs[0];
    const numbers = length === 1 ? "one number" : `${length} numbers`;
    return slip(
      `the answer is a function of ${numbers}, written with an arrow \`=>\`, got ${
        inspect(answer)
      }.`,
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
  if (found instanceof Failure) return slip(`${place} ${found.text}`);
  if (typeof found !== "number") return slip(`${place} gives ${inspect(found)}${reason(found)}.`);
  const mistake = mistakes.find(({ value }) =>
    all.every((each, i) => typeof each === "number" && agrees(each, value(...inputs[i])))
  );
  if (mistake) return wrong(mistake.because);
  const power = String(answer).includes("^")
    ? " A power is written `**`: `^` is something else."
    : "";
  return wrong(`${place} gives ${numberAlone(found, 6)}.${power}`);
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

function slip(text: string): Verdict {
  return { state: "not right yet", text, slip: true };
}

function inspect(value: unknown): string {
  return host.inspect(value, { depth: 1, strAbbreviateSize: 60 });
}

function isNumberKey(key: AnyKey): key is NumberKey {
  return typeof key.expected === "number";
}

function isFormulaKey(key: AnyKey): key is FormulaKey {
  return typeof key.expected === "function";
}
