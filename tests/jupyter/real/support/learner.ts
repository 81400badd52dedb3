/** A learner in front of a notebook in Jupyter Notebook 6: types guesses and answers, and reads what comes of them. */
import { assert, assertEquals } from "@std/assert";
import { compared, inWords } from "@/learner/comparison.ts";
import {
  type Prediction,
  type Questions,
  type Sketch,
  type SketchPrediction,
} from "@/learner/questions.ts";
import { type Formula, type FormulaKey } from "@/learner/verdict.ts";
import { type Cell, codeCells, type Notebook, sourceOf } from "@/notebook/document.ts";
import { type Reader } from "./jupyter.ts";

/** What stands below the cells of the notebook as it is on the page. */
export interface Shown {
  notebook: Notebook;
  /** Every output as a line or more of text. */
  texts: string[];
}

/** A learner of one notebook. */
export class Learner {
  constructor(private readonly reader: Reader, private readonly questions: Questions) {}

  /** What the page shows. */
  async shown(): Promise<Shown> {
    const notebook = await this.reader.page.evaluate<Notebook>("Jupyter.notebook.toJSON()");
    const texts = codeCells(notebook).flatMap(({ outputs = [] }) =>
      outputs.map(({ data, text }) => [data?.["text/plain"] ?? text ?? ""].flat().join(""))
    );
    return { notebook, texts };
  }

  /** Types in the place of what `predict` or `answer` is given in its cell. */
  async type(call: "predict" | "answer", id: string, given: string): Promise<void> {
    const { page } = this.reader;
    const start = `${call}("${id}", `;
    const found = await page.evaluate<string>(`(() => {
      const cell = Jupyter.notebook.get_cells().find((cell) =>
        cell.cell_type === "code" && cell.get_text().includes(${JSON.stringify(start)}));
      if (!cell) return "";
      Jupyter.notebook.select(Jupyter.notebook.find_cell_index(cell));
      Jupyter.notebook.edit_mode();
      const [editor, text] = [cell.code_mirror, cell.get_text()];
      const from = text.indexOf(${JSON.stringify(start)}) + ${start.length};
      editor.setSelection(editor.posFromIndex(from), editor.posFromIndex(text.indexOf(");", from)));
      return cell.cell_id;
    })()`);
    assert(found, `no cell calls ${start}…)`);
    // Letter by letter where no closing bracket is added.
    if (/^[-\w.]+$/.test(given)) await page.keyboard.type(given);
    else await page.keyboard.insertText(given);
    const text = await page.evaluate<string>(
      `Jupyter.notebook.get_cells().find((cell) => cell.cell_id === "${found}").get_text()`,
    );
    assert(text.includes(`${start}${given});`), `typed ${given}, got ${text}`);
  }

  /** Types a guess at each prediction. */
  async typeGuesses(guesses: Map<string, unknown>): Promise<void> {
    for (const [id, guess] of guesses) await this.type("predict", id, literal(guess));
  }

  /** Types an answer to each exercise: the right one, or the usual mistake that is named first. */
  async typeAnswers(which: "right" | "mistake"): Promise<void> {
    for (const [id, key] of Object.entries(this.questions.exercises)) {
      const [given, place] = which === "right"
        ? [key.expected, "expected"]
        : [key.mistakes![0].value, "mistakes[0].value"];
      const text = typeof given !== "function"
        ? literal(given)
        : standsAlone(given, key as FormulaKey)
        ? String(given)
        : `(await import("@/learner/exercises/mod.ts")).exercise("${id}").${place}`;
      await this.type("answer", id, text);
    }
  }

  /** Guesses that are wrong; where they may happen to be right, the first choice or the lower bound. */
  wrongGuesses(): Map<string, unknown> {
    return new Map(
      Object.entries(this.questions.predictions).map((
        [id, question],
      ) => [id, wrongGuess(question)]),
    );
  }

  /** What the learner has been told about each prediction, without the name of it. */
  verdicts({ texts }: Shown): Map<string, { good: boolean; text: string }> {
    return new Map(
      Object.keys(this.questions.predictions).map((id) => {
        const own = texts.flatMap((text) => text.match(`^(.) Prediction ${id}: (your?.*)$`) ?? []);
        const told = own.filter((_, i) => i % 3 === 2).filter((text) => !text.includes("is noted"));
        assertEquals(
          told.length,
          1,
          `prediction ${id} is compared once, got ${Deno.inspect(told)}`,
        );
        const good = texts.includes(`✓ Prediction ${id}: ${told[0]}`);
        return [id, { good, text: told[0] }];
      }),
    );
  }

  /**
   * Guesses by what the learner was told of the ones before: those that were wrong are right now. A
   * choice, or a bound, that happened to be right is wrong now.
   */
  async nextGuesses(guesses: Map<string, unknown>, shown: Shown): Promise<Map<string, unknown>> {
    const next = new Map<string, unknown>();
    const verdicts = this.verdicts(shown);
    for (const [id, question] of Object.entries(this.questions.predictions)) {
      const { good, text } = verdicts.get(id)!;
      if (question.kind === "number") {
        next.set(id, good ? question.between![1] : numberIn(text, question.unit));
      } else if (question.kind === "choice") {
        const truth = text.match(/it is "(.*)"\.$/)?.[1];
        next.set(id, good ? question.choices.find((word) => word !== guesses.get(id)) : truth);
      } else next.set(id, await this.#sketchOf(id, question, guesses.get(id) as Sketch, text));
    }
    return next;
  }

  /** The curve that a sketch was compared with, as it is drawn, in points that can be typed. */
  async #sketchOf(
    id: string,
    question: SketchPrediction,
    guess: Sketch,
    told: string,
  ): Promise<Sketch> {
    const curves = await this.reader.page.evaluate<[number[], number[]][]>(`(() => {
      const cells = Jupyter.notebook.get_cells().filter((cell) =>
        cell.cell_type === "code" && cell.get_text().includes('reveal("${id}"'));
      const figures = cells.flatMap((cell) => cell.element.find(".workbook-figure").toArray());
      return figures.flatMap(({ _fullData }) => _fullData)
        .filter(({ x, y }) => x?.length > 1 && y?.length === x.length)
        .map(({ x, y }) => [Array.from(x, Number), Array.from(y, Number)]);
    })()`);
    // A figure has float32: of places that are equally far off it may name another one.
    const mean = (text: string) => text.split(" on average")[0];
    const curve = curves.find((curve) =>
      mean(compared(question, guess, curve).text) === mean(told)
    );
    assert(
      curve,
      `prediction ${id} is compared with a curve that its figure does not show: ${told}`,
    );
    return pointsOf(curve, question);
  }
}

/** A value as it is typed: JSON has no infinite numbers. */
function literal(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** Whether a formula needs nothing but its own text. */
function standsAlone(formula: Formula, { inputs }: FormulaKey): boolean {
  try {
    const again = new Function(`return (${formula})`)() as Formula;
    return inputs.every((input) => Object.is(again(...input), formula(...input)));
  } catch {
    return false;
  }
}

/** Whether a guess of {@link Learner.wrongGuesses} may happen to be right. */
export function mayBeRight(question: Prediction): boolean {
  return question.kind === "choice" || question.kind === "number" && question.between !== undefined;
}

function wrongGuess(question: Prediction): unknown {
  // No factor leads from one side of 0 to the other.
  if (question.kind === "number") {
    return question.between?.[0] ?? (question.factor ? -1 : 12345.678);
  }
  if (question.kind === "choice") return question.choices[0];
  const { x: [left, right], y: [low] } = question;
  return [[left, low], [right, low]];
}

/** At most so many points of a curve are typed. */
const POINTS = 60;

function pointsOf(
  [xs, ys]: [number[], number[]],
  { x: [left, right], y: [low, high] }: SketchPrediction,
): Sketch {
  const inside = xs.flatMap((x, i): [number, number][] =>
    x >= left && x <= right && Number.isFinite(ys[i])
      ? [[x, Math.min(high, Math.max(low, ys[i]))]]
      : []
  ).filter(([x], i, all) => i === 0 || x > all[i - 1][0]);
  const every = Math.ceil(inside.length / POINTS);
  return inside.filter((_, i) => i % every === 0 || i === inside.length - 1)
    .map(([x, y]) => [Number(x.toPrecision(5)), Number(y.toPrecision(5))]);
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** The number that a verdict names as the truth. */
function numberIn(text: string, unit = ""): number {
  const [, words = ""] = text.match(/, it is (.*?)(?:: |\.$)/) ?? [];
  const plain = words.slice(0, unit ? -unit.length : undefined).trim()
    .replaceAll("−", "-").replaceAll(",", "").replace("∞", "Infinity")
    .replace(
      / ?(?:×|·) ?10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/,
      (_, minus: string, digits: string) =>
        `e${minus && "-"}${[...digits].map((digit) => RAISED.indexOf(digit)).join("")}`,
    );
  const value = Number(plain);
  assert(plain !== "" && !Number.isNaN(value), `no number in ${text}`);
  assertEquals(inWords(value, unit), words);
  return value;
}

/** Cells in which what a learner types is seen: their outputs differ with it. */
export function dependsOnLearner(cell: Cell): boolean {
  return /\b(predict|reveal|answer|showScore)\(/.test(sourceOf(cell));
}

/** The outputs of cells on which the learner has no influence, without the names that are new each time. */
export function lastingOutputs({ notebook }: Shown): string[] {
  return codeCells(notebook).filter((cell) => !dependsOnLearner(cell)).map(({ outputs = [] }) =>
    JSON.stringify(outputs.map(({ data, text, name }) => ({ data, text, name }))).replaceAll(
      /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
      "id",
    )
  );
}
