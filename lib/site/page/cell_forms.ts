/**
 * The forms of a page: they write into the calls of `predict` and `answer`, and follow what the
 * reader writes there by hand.
 *
 * @module
 */
import { IN_CELL } from "@/learner/in_cell.ts";
import { answerForm } from "./answer_form.ts";
import { argumentOf, isGiven, type ReadersCall, withArgument } from "./call_argument.ts";
import { make, setText } from "./dom.ts";
import { type PageCell } from "./page_cell.ts";
import { type AskedPrediction, type CellForm, predictionForm } from "./prediction_form.ts";

interface FormOfCall extends CellForm {
  call: ReadersCall;
  id: string;
}

/** What a form is for, as a page says it. */
const FORM_FOR: Record<ReadersCall, string> = { predict: "make it", answer: "answer" };

/** The forms of one cell. */
export class CellForms {
  readonly #forms: FormOfCall[] = [];

  /** @param run Runs the cell once it has been written into. */
  constructor(private readonly cell: PageCell, run: () => void) {
    const { questions = "[]", exercises = "[]" } = cell.section.dataset;
    const writer = (call: ReadersCall, id: string) => (text: string) => {
      cell.setCode(withArgument(cell.code, call, id, text));
      run();
    };
    for (const question of JSON.parse(questions) as AskedPrediction[]) {
      const form = predictionForm(question, writer("predict", question.id));
      this.#forms.push({ ...form, call: "predict", id: question.id });
    }
    for (const id of JSON.parse(exercises) as string[]) {
      const note = argumentOf(cell.book, "answer", id)?.note ?? "";
      this.#forms.push({ ...answerForm(id, note, writer("answer", id)), call: "answer", id });
    }
    if (this.#forms.length === 0) return;
    const forms = make("div", { class: "forms" }, ...this.#forms.map(({ element }) => element));
    cell.section.querySelector(".cell-bar")!.before(forms);
    this.follow();
    this.pointToForms();
  }

  /** What is shown below the cell names the form, where it would say what to write in the cell. */
  pointToForms(): void {
    for (const element of this.cell.section.querySelectorAll(`.${IN_CELL}`)) {
      const about = element.parentElement?.textContent ?? "";
      const form = this.#forms.find(({ id }) => about.includes(id));
      if (form && !isGiven(this.cell.code, form.call, form.id)) {
        setText(element, `${FORM_FOR[form.call]} in the form above the cell.`);
      }
    }
  }

  /** Shows in the forms what stands in the cell. */
  follow(): void {
    for (const { call, id, follow } of this.#forms) {
      follow(argumentOf(this.cell.code, call, id)?.text);
    }
  }
}

/** The outputs that are folded until something is predicted. */
export class Folds {
  readonly #folds: { fold: HTMLDetailsElement; id: string; summary: Element; asks: string }[];

  constructor(private readonly cells: readonly PageCell[]) {
    this.#folds = cells.flatMap(({ outputs: { fold } }) => {
      const summary = fold?.querySelector("summary");
      if (!fold || !summary) return [];
      return [{ fold, summary, id: fold.dataset.prediction!, asks: summary.innerHTML }];
    });
    this.follow();
  }

  /** Says before a fold whether something is predicted. */
  follow(): void {
    for (const { summary, id, asks } of this.#folds) {
      if (this.#isPredicted(id)) {
        setText(summary, `You have made prediction ${id}. Here is the result.`);
      } else if (summary.innerHTML !== asks) summary.innerHTML = asks;
    }
  }

  /** Opens what a cell has shown: after a prediction, or because just this cell was asked for. */
  open(cell: PageCell, asked: boolean): void {
    const { fold } = cell.outputs;
    if (fold && (asked || this.#isPredicted(fold.dataset.prediction!))) fold.open = true;
  }

  #isPredicted(id: string): boolean {
    return this.cells.some(({ code }) => isGiven(code, "predict", id));
  }
}
