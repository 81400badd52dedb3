/**
 * Predictions beside the truth: whether a guess was good, and how far off it was.
 *
 * @module
 */
import { numberAlone } from "@/plot/typeset.ts";
import {
  type ChoicePrediction,
  type Guess,
  type NumberPrediction,
  type Prediction,
  type Sketch,
  type SketchPrediction,
} from "./questions.ts";

/** The truth as a notebook has measured it: for a sketch, the curve as its x and its y. */
export type Truth = number | string | readonly [x: ArrayLike<number>, y: ArrayLike<number>];

/** What came of a prediction. */
export interface Comparison {
  good: boolean;
  /** The truth in words. */
  truth: string;
  /** What the reader is told. */
  text: string;
}

/** What is wrong with the form of a guess; undefined if nothing is. */
export function misfit(question: Prediction, guess: unknown): string | undefined {
  const form = `the prediction is ${formOf(question)}, got ${inWords(guess)}`;
  switch (question.kind) {
    case "number":
      return isAllowed(question, guess) ? undefined : form;
    case "choice":
      return question.choices.includes(guess as string) ? undefined : form;
    case "sketch":
      return isSketch(guess) ? outside(question, guess) : `${form}${commaIn(guess)}`;
  }
}

/** The form of a prediction, in words. */
export function formOf(question: Prediction): string {
  switch (question.kind) {
    case "number":
      return [
        "a number",
        ...(question.between ? [`between ${question.between.join(" and ")}`] : []),
        ...(question.unit ? [`(${question.unit})`] : []),
      ].join(" ");
    case "choice": {
      const words = question.choices.map((word) => `"${word}"`);
      return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
    }
    case "sketch": {
      const [low, high] = question.x;
      return `a sketch: two or more points from left to right, such as [[${low}, ${
        question.y[0]
      }], ` +
        `[${(low + high) / 2}, ${question.y[1]}], [${high}, ${question.y[0]}]]`;
    }
  }
}

/** A guess or a truth as words, for a sentence or a table. */
export function inWords(value: unknown, unit = ""): string {
  if (typeof value === "number") return unit ? `${numberAlone(value)} ${unit}` : numberAlone(value);
  return typeof value === "string" ? `"${value}"` : JSON.stringify(value) ?? String(value);
}

/**
 * A guess beside the truth.
 *
 * @throws {TypeError} If the truth is of another kind than the question.
 */
export function compared(question: Prediction, guess: Guess, truth: Truth): Comparison {
  if (question.kind === "number" && typeof truth === "number") {
    return comparedNumbers(question, guess as number, truth);
  }
  if (question.kind === "choice" && typeof truth === "string") {
    return comparedWords(question, guess as string, truth);
  }
  if (question.kind === "sketch" && Array.isArray(truth)) {
    return comparedCurves(question, guess as Sketch, truth as never);
  }
  throw new TypeError(
    `Cannot compare a prediction: the truth of a ${question.kind} must be ${
      { number: "a number", choice: "a word", sketch: "the x and the y of a curve" }[question.kind]
    }, got ${inWords(truth)}`,
  );
}

function comparedNumbers(question: NumberPrediction, guess: number, value: number): Comparison {
  const { unit, tolerance = 0, factor } = question;
  const truth = inWords(value, unit);
  if (!Number.isFinite(value)) {
    return {
      good: guess === value,
      truth,
      text: `you said ${inWords(guess, unit)}, it is ${truth}.`,
    };
  }
  const isGood = (number: number) =>
    Math.abs(number - value) <= tolerance ||
    factor !== undefined && number / value >= 1 / factor && number / value <= factor;
  const good = isGood(guess);
  const limit = factor === undefined ? `± ${inWords(tolerance, unit)}` : `a factor of ${factor}`;
  const judgement = guess === value
    ? "exactly"
    : good
    ? `near enough (${limit})`
    : isGood(-guess)
    ? "the size is right, the sign is not"
    : `too ${guess < value ? "low" : "high"}`;
  return { good, truth, text: `you said ${inWords(guess, unit)}, it is ${truth}: ${judgement}.` };
}

function comparedWords(_: ChoicePrediction, guess: string, truth: string): Comparison {
  const good = guess === truth;
  return {
    good,
    truth: inWords(truth),
    text: good
      ? `you said ${inWords(guess)}, and so it is.`
      : `you said ${inWords(guess)}, it is ${inWords(truth)}.`,
  };
}

function comparedCurves(
  { tolerance }: SketchPrediction,
  sketch: Sketch,
  [xs, ys]: readonly [ArrayLike<number>, ArrayLike<number>],
): Comparison {
  const [first, last] = [sketch[0][0], sketch.at(-1)![0]];
  const off = Array.from(
    xs,
    (x, i) => x < first || x > last ? NaN : Math.abs(heightAt(sketch, x) - ys[i]),
  );
  const kept = off.filter((distance) => Number.isFinite(distance));
  const mean = kept.reduce((sum, distance) => sum + distance, 0) / kept.length;
  const worst = off.indexOf(Math.max(...kept));
  const good = mean <= tolerance;
  const farthest = `It is farthest from it at ${numberAlone(xs[worst], 3)}, where the curve is at ${
    numberAlone(ys[worst], 3)
  } and the sketch at ${numberAlone(heightAt(sketch, xs[worst]), 3)}.`;
  return {
    good,
    truth: "a curve",
    text: kept.length === 0
      ? "your sketch lies beside the curve, so that nothing can be compared."
      : `your sketch is ${numberAlone(mean, 2)} from the curve on average: ${
        good ? "near enough" : "not near"
      } (± ${numberAlone(tolerance)}).${good ? "" : ` ${farthest}`}`,
  };
}

/** The height of a sketch at x, within its ends. */
function heightAt(sketch: Sketch, x: number): number {
  const after = Math.max(1, sketch.findIndex(([at]) => at >= x));
  const [[x0, y0], [x1, y1]] = [sketch[after - 1], sketch[after]];
  return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
}

function isAllowed({ between }: NumberPrediction, guess: unknown): boolean {
  if (typeof guess !== "number" || Number.isNaN(guess)) return false;
  return between === undefined || guess >= between[0] && guess <= between[1];
}

function isSketch(guess: unknown): guess is Sketch {
  return Array.isArray(guess) && guess.length >= 2 &&
    guess.every((point) =>
      Array.isArray(point) && point.length === 2 && point.every(Number.isFinite)
    );
}

/** A point of three numbers, as 0,5 makes where 0.5 is meant. */
function commaIn(guess: unknown): string {
  const long = Array.isArray(guess) &&
    guess.some((point) => Array.isArray(point) && point.length > 2);
  return long ? ". A point is two numbers, and a number with decimals is written with a point" : "";
}

/** Why a sketch does not fit its axes. */
function outside(
  { x: [left, right], y: [low, high] }: SketchPrediction,
  sketch: Sketch,
): string | undefined {
  const back = sketch.find(([x], i) => i > 0 && x <= sketch[i - 1][0]);
  if (back) {
    const [before] = sketch[sketch.indexOf(back) - 1];
    if (back[0] === before) {
      return `each point of a sketch has an x of its own, got two at ${before}`;
    }
    return `the points of a sketch go from left to right, got ${
      inWords(back)
    } after a point on its right`;
  }
  const beside = sketch.find(([x, y]) => x < left || x > right || y < low || y > high);
  if (beside) {
    return `a sketch lies between ${left} and ${right} across and between ${low} and ${high} up, got the point ` +
      inWords(beside);
  }
  return sketch.at(-1)![0] - sketch[0][0] < (right - left) / 2
    ? `a sketch spans at least half of the axis from ${left} to ${right}, got one from ${
      sketch[0][0]
    } to ${sketch.at(-1)![0]}`
    : undefined;
}
