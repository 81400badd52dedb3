/**
 * Predict, run, compare: `predict("02-3", …)` takes what the reader expects, and `reveal("02-3", …)`
 * shows it beside the truth. A notebook runs without any prediction.
 *
 * ```ts
 * import { predict, reveal } from "@/learner/predict.ts";
 *
 * await predict("02-1", undefined);
 * await reveal("02-1", 0.75);
 * ```
 *
 * @module
 */
import { type Figure, type Table } from "@/plot/mod.ts";
import { lineChart } from "@/plot/charts.ts";
import { show } from "@/notebook/show.ts";
import { compared, formOf, inWords, misfit, type Truth } from "./comparison.ts";
import { prediction } from "./exercises/mod.ts";
import { tell, tooMany } from "./notice.ts";
import { withGuess } from "./on_figure.ts";
import { type Guess, type Sketch, type SketchPrediction } from "./questions.ts";
import { session } from "./record.ts";
import { wordMeant } from "./word_meant.ts";

/**
 * Takes a prediction and shows a sketch on its axes. Undefined means that there is none; one of the
 * wrong form is not taken, and the reader is told what the form is.
 *
 * @param more Nothing: what stands here is a slip, such as a decimal comma, and the reader is told.
 * @throws {RangeError} If there is no such prediction.
 */
export async function predict(
  id: string,
  given: Guess | undefined,
  ...more: unknown[]
): Promise<void> {
  const question = prediction(id);
  const head = `Prediction ${id}`;
  if (more.length > 0) return await tell(tooMany(head, [given, ...more]));
  if (given === undefined) {
    session.predictions.delete(id);
    const inCell = `replace \`undefined\` with ${formOf(question)}, and run the cell.`;
    return await tell({ tone: "open", head, inCell, text: "Or read on without one." });
  }
  const guess = question.kind === "choice" ? wordMeant(given, question.choices) ?? given : given;
  const fault = misfit(question, guess);
  if (fault !== undefined) {
    session.predictions.delete(id);
    return await tell({ tone: "off", head, text: `${fault}.` });
  }
  session.predictions.set(id, { guess });
  if (question.kind === "sketch") await show(sketchChart(id, question, guess as Sketch));
  const what = question.kind === "sketch" ? "your sketch" : inWords(guess, unitOf(question));
  await tell({ tone: "good", head, text: `${what} is noted. Now run the next cells.` });
}

/**
 * Shows what a prediction was about, with the prediction beside it, and says how it did. Without a
 * prediction it shows the figure alone, or nothing if there is none.
 *
 * @param truth What was measured: a number, a word, or for a sketch the x and the y of the curve.
 * @param item The figure, or the table, that shows it.
 * @throws {RangeError} If there is no such prediction.
 * @throws {TypeError} If the truth is of another kind than the question.
 */
export async function reveal(id: string, truth: Truth, item?: Figure | Table): Promise<void> {
  const question = prediction(id);
  const predicted = session.predictions.get(id);
  if (predicted?.guess === undefined) {
    if (item) await show(item);
    return;
  }
  const { good, truth: words, text } = compared(question, predicted.guess, truth);
  session.predictions.set(id, { ...predicted, truth: words, good });
  if (item) await show("data" in item ? withGuess(item, question, predicted.guess) : item);
  await tell({ tone: good ? "good" : "off", head: `Prediction ${id}`, text });
}

function unitOf(question: { unit?: string } | object): string | undefined {
  return "unit" in question ? question.unit : undefined;
}

function sketchChart(id: string, { asks, x, y }: SketchPrediction, sketch: Sketch): Figure {
  const empty = lineChart({
    title: `Your sketch for ${id}`,
    x: { label: "", values: x, range: [...x] },
    y: { label: asks, range: [...y] },
    lines: {},
  });
  return withGuess(empty, { kind: "sketch", asks, x, y, tolerance: 0 }, sketch);
}
