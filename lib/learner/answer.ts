/**
 * Exercises: `answer("02-3", …)` says whether an answer is right, which usual mistake it is, and
 * why. A second wrong answer offers a hint, a third shows the solution.
 *
 * @module
 */
import { exercise } from "./exercises/mod.ts";
import { type Notice, tell, tooMany } from "./notice.ts";
import { type Answered, session } from "./record.ts";
import { type AnyKey, verdictOn } from "./verdict.ts";

/** What a reader can answer. */
export type GivenAnswer = number | string | ((...at: number[]) => number);

/**
 * Says whether an answer is right. Undefined means that there is none yet.
 *
 * @param more Nothing: what stands here is a slip, such as a decimal comma, and the reader is told.
 * @throws {RangeError} If there is no such exercise.
 */
export async function answer(
  id: string,
  given: GivenAnswer | undefined,
  ...more: unknown[]
): Promise<void> {
  const key = exercise(id);
  if (more.length > 0) return await tell(tooMany(`Exercise ${id}`, [given, ...more]));
  const answered = session.answers.get(id) ?? { wrong: [], right: false };
  const message = judged(id, given, key, answered);
  if (given !== undefined) session.answers.set(id, answered);
  await tell(message);
}

/** What the reader is told, after this answer has been added to those before it. */
export function judged(id: string, given: unknown, key: AnyKey, answered: Answered): Notice {
  const { state, text, slip } = verdictOn(given, key);
  const head = `Exercise ${id} is ${state}`;
  if (state === "not answered yet") return { tone: "open", head, inCell: text, text: "" };
  answered.right = state === "right";
  if (answered.right) return { tone: "good", head, text };
  if (slip) return { tone: "off", head, text };
  // The same wrong answer again, as when all cells are run, is no second try.
  const written = typeof given === "function" ? String(given) : JSON.stringify(given) ?? "";
  if (!answered.wrong.includes(written)) answered.wrong.push(written);
  return { tone: "off", head, text, ...helpAfter(answered.wrong.length, key) };
}

function helpAfter(tries: number, { hint, solution }: AnyKey): Pick<Notice, "folded"> {
  if (tries < 2) return {};
  return {
    folded: tries === 2
      ? { summary: "A hint", text: hint }
      : { summary: "The solution", text: solution },
  };
}
