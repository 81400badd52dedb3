/**
 * A form above a cell that asks for a prediction: a number, one of a few words, or a sketch. What
 * the reader says is written into the call in the cell, and the cell runs.
 *
 * @module
 */
import { misfit } from "@/learner/comparison.ts";
import {
  type ChoicePrediction,
  type Guess,
  type NumberPrediction,
  type Prediction,
} from "@/learner/questions.ts";
import { make } from "./dom.ts";
import { sketchField } from "./sketch_field.ts";

/** A question as a page has it: without what a good guess is. */
export type AskedPrediction = Prediction & { id: string };

/** Where a reader says something, and what is said. */
export interface GuessField<Of = Guess> {
  elements: HTMLElement[];
  /** What is said; undefined if nothing is. */
  value(): Of | undefined;
  /** Shows what stands in the cell. */
  show(guess: unknown): void;
}

/** A form that writes into a cell. */
export interface CellForm {
  element: HTMLElement;
  /** Follows the code of the cell. */
  follow(argument: string | undefined): void;
}

/** A form for a prediction. */
export function predictionForm(
  question: AskedPrediction,
  write: (literal: string) => void,
): CellForm {
  const field = fieldOf(question);
  const fault = make("p", { class: "fault", role: "alert" });
  const submitted = (event: Event) => {
    event.preventDefault();
    const guess = field.value();
    const wrong = guess === undefined ? "Say first what you expect." : misfit(question, guess);
    fault.textContent = wrong ?? "";
    if (!wrong) write(literalOf(guess!));
  };
  const element = make(
    "form",
    { class: `ask ${question.kind}`, submit: submitted, novalidate: true },
    make(
      "fieldset",
      {},
      make("legend", {}, `Prediction ${question.id}: ${question.asks}`),
      ...field.elements,
      make("button", {}, "Predict"),
      fault,
    ),
  );
  return {
    element,
    follow: (argument) => field.show(literalValue(argument)),
  };
}

function literalOf(guess: Guess): string {
  const literal = JSON.stringify(guess);
  return typeof guess === "string" ? literal : literal.replaceAll(",", ", ");
}

/** The value of a literal, as far as a form can show it. */
function literalValue(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null") ?? undefined;
  } catch {
    return undefined; // A calculation, which stays in the cell.
  }
}

function fieldOf(question: AskedPrediction): GuessField {
  switch (question.kind) {
    case "number":
      return numberField(question);
    case "choice":
      return choiceField(question);
    case "sketch":
      return sketchField(question);
  }
}

function numberField({ between, unit, asks }: NumberPrediction): GuessField {
  const input = make("input", {
    type: "number",
    step: "any",
    "aria-label": asks,
    ...(between ? { min: String(between[0]), max: String(between[1]) } : {}),
  });
  const about = [unit, between && `between ${between[0]} and ${between[1]}`].filter(Boolean);
  return {
    elements: [make("label", { class: "field" }, input, about.join(", "))],
    value: () => input.value === "" ? undefined : Number(input.value),
    show: (guess) => input.value = typeof guess === "number" ? String(guess) : "",
  };
}

let choiceFields = 0;

function choiceField({ choices }: ChoicePrediction): GuessField {
  const name = `choice-${++choiceFields}`;
  const inputs = choices.map((value) => make("input", { type: "radio", name, value }));
  return {
    elements: [
      make(
        "div",
        { class: "choices" },
        ...inputs.map((input, i) => make("label", {}, input, ` ${choices[i]}`)),
      ),
    ],
    value: () => inputs.find(({ checked }) => checked)?.value,
    show(guess) {
      for (const input of inputs) input.checked = input.value === guess;
    },
  };
}
