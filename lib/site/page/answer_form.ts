/**
 * A field for the answer to an exercise. What is typed is written into the call in the cell, and the
 * cell runs, which says whether it is right.
 *
 * @module
 */
import { answerAsCode, answerAsTyped } from "./call_argument.ts";
import { make } from "./dom.ts";
import { type CellForm } from "./prediction_form.ts";

/**
 * A form for an answer.
 *
 * @param note What the cell says of the answer.
 */
export function answerForm(
  id: string,
  note: string,
  write: (code: string) => void,
): CellForm {
  const fault = make("p", { class: "fault", role: "alert" });
  const input = make("input", {
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-description": "A number, a word or a formula. Enter checks it.",
  });
  const submitted = (event: Event) => {
    event.preventDefault();
    const code = answerAsCode(input.value);
    fault.textContent = code === undefined
      ? "A bracket or a quotation mark is missing, or there is one too many."
      : "";
    if (code !== undefined) write(code);
  };
  const element = make(
    "form",
    { class: "ask answer", submit: submitted },
    make("label", { class: "field" }, `Answer ${id} `, input, formIn(note)),
    make("button", {}, "Check"),
    fault,
  );
  return {
    element,
    follow: (argument) => {
      if (argument !== undefined) input.value = answerAsTyped(argument);
    },
  };
}

/** Of a cell's note, what says which form the answer has; here words need no quotation marks. */
function formIn(note: string): string {
  return note.replace(/^your answer(?: to \d+)?[,:]?\s*/, "").replace(/, in quotation marks$/, "");
}
