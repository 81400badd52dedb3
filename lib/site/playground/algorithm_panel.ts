/**
 * A step in slow motion: the diagram and the formula with the current stage lit, and the numbers of
 * this batch. The page has both from its build; this lights them.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { type LossTerm, type ShownRows, type SlowStage } from "@/playground/playground_messages.ts";
import { make, makeButton, setText } from "../page/dom.ts";
import { type PlaygroundModel } from "./model.ts";
import { numberText } from "./number_text.ts";

/** Rows of the batch that are shown. */
const ROWS = 4;

/** Brings the section of the page to life. */
export function wakeAlgorithm(section: HTMLElement, model: PlaygroundModel): void {
  const said = make("p", { class: "stage-said", role: "status" });
  const numbers = make("div", { class: "table", tabindex: "0", role: "group" });
  numbers.setAttribute("aria-label", "The numbers of this batch");
  const next = makeButton("Slow motion: next stage", () => model.act({ type: "slow" }));
  const finish = makeButton("Finish the step", () => model.act({ type: "endSlow" }));
  section.append(make("div", { class: "buttons" }, next, finish), said, numbers);
  const main = section.closest("main")!;
  effect(() => {
    const stage = model.slow.value;
    // The section goes beside the stage, or right below it.
    const begins = stage !== undefined && !main.classList.contains("in-slow");
    main.classList.toggle("in-slow", stage !== undefined);
    // Slow motion shows the first run, whichever the settings are of.
    const { runs: [{ settings: { options } }] } = model.state.value;
    light(section, stage);
    const losses = { D: options.discriminatorLoss ?? "original", G: options.generatorLoss };
    for (const formula of section.querySelectorAll<HTMLElement>("[data-loss]")) {
      const { player, loss } = formula.dataset;
      formula.hidden = losses[player as "D" | "G"] !== loss;
    }
    finish.hidden = stage === undefined;
    setText(
      said,
      stage
        ? `${model.forked.value ? "In A, " : ""}${turnOf(stage)}${stage.text}`
        : "Each press shows one stage of a step.",
    );
    numbers.replaceChildren(...(stage ? [tableOf(stage), ...totals(stage)] : []));
    if (!begins) return;
    section.scrollIntoView({ block: "nearest" });
    // On a narrow page the button that was pressed has made room for the section.
    if (matchMedia("(max-width: 999px)").matches) next.focus({ preventScroll: true });
  });
}

function turnOf({ player, update }: SlowStage): string {
  const which = update.of > 1 ? `, update ${update.index} of ${update.of}` : "";
  return `${player}’s turn${which}. `;
}

/** Lights what belongs to a stage, in the diagram and in the formula of whoever moves. */
function light(section: HTMLElement, stage?: SlowStage): void {
  for (const part of section.querySelectorAll<HTMLElement | SVGElement>("[data-stage]")) {
    const { stage: stages = "", player: own } = part.dataset;
    const player = own ?? part.closest<HTMLElement>("[data-player]")?.dataset.player;
    const isLit = stage !== undefined && stages.split(" ").includes(stage.name) &&
      (player === undefined || player === stage.player);
    part.classList.toggle("lit", isLit);
  }
}

/** The first rows of the batch: what goes in, what G makes, what D says, the terms of the loss. */
function tableOf(stage: SlowStage): HTMLElement {
  const columns: [string, string[]][] = [["z", rowsOf(stage.z)]];
  if (stage.real) columns.push(["x, real", rowsOf(stage.real)]);
  if (stage.realLogits) {
    columns.push(["a(x)", numbers(stage.realLogits)], ["D(x)", judgements(stage.realLogits)]);
  }
  if (stage.fake) columns.push(["G(z)", rowsOf(stage.fake)]);
  if (stage.fakeLogits) {
    columns.push(["a(G(z))", numbers(stage.fakeLogits)]);
    columns.push(["D(G(z))", judgements(stage.fakeLogits)]);
  }
  for (const { formula, over, perRow } of stage.terms ?? []) {
    if (perRow.length > 0) {
      columns.push([`${formula}, ${over === "real" ? "real" : "generated"}`, numbers(perRow)]);
    }
  }
  const shown = Math.min(ROWS, Math.max(...columns.map(([, values]) => values.length)));
  return make(
    "table",
    {},
    make("caption", {}, `The first ${shown} of ${stage.z.of} rows of this batch`),
    make(
      "thead",
      {},
      make("tr", {}, ...columns.map(([name]) => make("th", { scope: "col" }, name))),
    ),
    make(
      "tbody",
      {},
      ...Array.from(
        { length: shown },
        (_, row) =>
          make("tr", {}, ...columns.map(([, values]) => make("td", {}, values[row] ?? ""))),
      ),
    ),
  );
}

function totals({ terms, loss, gradients, moved }: SlowStage): HTMLElement[] {
  const lines: string[] = [];
  if (loss !== undefined) {
    lines.push(lossText(loss, terms ?? []));
  }
  if (gradients) {
    lines.push(
      `Norm of the gradient: ${numberText(gradients.all)}; layer by layer ${
        gradients.layers.map(numberText).join(", ")
      }.`,
    );
  }
  if (moved) {
    lines.push(
      `The weights move by ${numberText(moved.all)} in all (learning rate ${
        numberText(moved.learningRate)
      }); layer by layer ${moved.layers.map(numberText).join(", ")}.`,
    );
  }
  return lines.map((line) => make("p", {}, line));
}

const OVER = { real: "over the real rows", fake: "over the generated rows" } as const;

/** Such as "½ · 0.678 + ½ · 0.636 = 0.657", and what each number is the mean of. */
export function lossText(loss: number, terms: readonly LossTerm[]): string {
  if (terms.length === 0) return `Loss over the whole batch: ${numberText(loss)}.`;
  const factors: Record<number, string> = { 1: "", [-1]: "−", 0.5: "½ · " };
  const sum = terms.map(({ factor, mean }) => {
    const text = numberText(mean);
    const factored = `${factors[factor] ?? `${numberText(factor)} · `}${text}`;
    return text.startsWith("−") && factor === -1 ? `−(${text})` : factored;
  }).join(" + ").replaceAll("+ −", "− ");
  const means = terms.map(({ formula, mean, over }) =>
    over === "between"
      ? `${numberText(mean)} is the penalty, ${formula}`
      : `${numberText(mean)} is the mean of ${formula.split(" = ").at(-1)} ${OVER[over]}`
  );
  return `Loss over the whole batch: ${sum} = ${numberText(loss)}. ${means.join("; ")}.`;
}

function rowsOf({ rows }: ShownRows): string[] {
  return rows.map((row) => {
    const few = row.slice(0, 2).map((x) => x.toFixed(2).replace("-", "−")).join(", ");
    return row.length > 2 ? `${few}, … (${row.length})` : few;
  });
}

function numbers(values: number[]): string[] {
  return values.map(numberText);
}

function judgements(logits: number[]): string[] {
  return logits.map((a) => (1 / (1 + Math.exp(-a))).toFixed(3));
}
