/** The questions of all notebooks: keys that know their own mistakes, predictions that can be made. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formOf, misfit } from "@/learner/comparison.ts";
import { QUESTIONS } from "@/learner/exercises/mod.ts";
import { notebookOf } from "@/learner/questions.ts";
import { verdictOn } from "@/learner/verdict.ts";

const exercises = Object.values(QUESTIONS).flatMap(({ exercises }) => Object.entries(exercises));
const predictions = Object.values(QUESTIONS).flatMap((all) => Object.entries(all.predictions));

for (const [id, key] of exercises) {
  Deno.test(`exercise ${id} knows its right answer and each mistake that it names`, () => {
    const { state, text } = verdictOn(key.expected, key);
    assertEquals(state, "right");
    assertEquals(text, key.right);
    for (const { value, because } of key.mistakes ?? []) {
      const verdict = verdictOn(value, key);
      assertEquals(verdict.state, "not right yet", because);
      assertEquals(verdict.text, because);
    }
    const wrong = typeof key.expected === "function"
      ? () => 12345.678
      : typeof key.expected === "number"
      ? 12345.678
      : "no such word";
    assertEquals(verdictOn(wrong, key).state, "not right yet");
    assert(key.hint.length > 10 && key.solution.length > 10, "a hint and a solution");
    assert(key.hint !== key.solution);
  });
}

for (const [id, question] of predictions) {
  Deno.test(`prediction ${id} can be made, and its form is told`, () => {
    assert(question.asks.length > 3);
    if (question.kind === "number") {
      assert((question.tolerance ?? 0) > 0 || (question.factor ?? 0) > 1, "room for a good guess");
      assertEquals(misfit(question, 0.5), undefined);
    } else if (question.kind === "choice") {
      assert(question.choices.length >= 2);
      assertEquals(new Set(question.choices).size, question.choices.length);
    } else {
      const { x: [left, right], y: [low, high], tolerance } = question;
      assert(left < right && low < high && tolerance > 0 && tolerance < (high - low) / 3);
    }
    assertStringIncludes(misfit(question, null) ?? "", formOf(question));
  });
}

Deno.test("a question is named after its notebook, and numbered from 1 without a gap", () => {
  for (const [notebook, { predictions, exercises }] of Object.entries(QUESTIONS)) {
    for (const names of [Object.keys(predictions), Object.keys(exercises)]) {
      assertEquals(names, names.map((_, i) => `${notebook}-${i + 1}`));
      for (const name of names) assertEquals(notebookOf(name), notebook);
    }
  }
});

Deno.test("what an open experiment asks is a sentence", () => {
  for (const { experiment } of Object.values(QUESTIONS)) {
    if (experiment) assert(/^[A-Z].*\.$/s.test(experiment.asks), experiment.asks);
  }
});
