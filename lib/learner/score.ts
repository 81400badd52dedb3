/**
 * The end of a notebook: how the reader's predictions and answers did.
 *
 * @module
 */
import { table } from "@/plot/table.ts";
import { show } from "@/notebook/show.ts";
import { inWords } from "./comparison.ts";
import { QUESTIONS } from "./exercises/mod.ts";
import { type Questions } from "./questions.ts";
import { type LearnerRecord, session } from "./record.ts";

/**
 * Shows how the predictions and the answers of this session did.
 *
 * @param notebook The notebook's number, such as "07".
 * @throws {RangeError} If there is no such notebook.
 */
export async function showScore(notebook: string): Promise<void> {
  const questions = QUESTIONS[notebook];
  if (!questions) throw new RangeError(`Cannot show a score: there is no notebook "${notebook}"`);
  const { rows, summary } = scoreOf(questions, session);
  if (rows.length > 0) {
    await show(table({
      "you predicted": rows.map(({ asks }) => asks),
      "your prediction": rows.map(({ guess }) => guess),
      "it is": rows.map(({ truth }) => truth),
      "": rows.map(({ verdict }) => verdict),
    }));
  }
  await show(summary);
}

/** What `showScore` shows: a row for each prediction that was made, and a line or two of text. */
export function scoreOf({ predictions, exercises }: Questions, record: LearnerRecord) {
  const rows = Object.entries(predictions).flatMap(([id, question]) => {
    const { guess, truth, good } = record.predictions.get(id) ?? {};
    if (guess === undefined) return [];
    const unit = question.kind === "number" ? question.unit : undefined;
    return [{
      asks: question.asks,
      guess: question.kind === "sketch" ? "a sketch" : inWords(guess, unit),
      truth: truth ?? "not drawn yet",
      verdict: good === undefined ? "" : good ? "✓" : "✗",
    }];
  });
  const good = rows.filter(({ verdict }) => verdict === "✓").length;
  const right = Object.keys(exercises).filter((id) => record.answers.get(id)?.right).length;
  const [asked, set] = [Object.keys(predictions).length, Object.keys(exercises).length];
  const predicted = rows.length === 0
    ? `None of the ${asked} predictions was made in this session.`
    : `Predictions: ${rows.length} of ${asked} made, ${good} of them good.`;
  return { rows, summary: `${predicted}\nExercises: ${right} of ${set} right.` };
}
