/**
 * The numbers: a small chart for each, with its line at equilibrium, what it should read and why,
 * and the cell of the notebook that computes it.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { type ReadingName } from "@/playground/playground_messages.ts";
import { make, setText } from "../page/dom.ts";
import { drawSeries } from "./chart.ts";
import { type PlaygroundModel } from "./model.ts";
import { idealsText, meaningsText, valueText } from "./reading_words.ts";

const CHARTS: Record<ReadingName, string> = {
  dLoss: "Loss of D",
  gLoss: "Loss of G",
  value: "V(D, G)",
  cost: "C(G)",
  jsd: "Jensen–Shannon divergence",
  kl: "KL(p_data‖p_g)",
  coverage: "Coverage",
  precision: "Precision",
  dGradient: "Gradient of D, its norm",
  gGradient: "Gradient of G, its norm",
  steepness: "‖∇ₓa‖ at real points",
};

/** Losses are known at every step; the rest is read now and then. */
const BY_STEP: Partial<Record<ReadingName, "dLoss" | "gLoss">> = { dLoss: "dLoss", gLoss: "gLoss" };

export function chartsPanel(model: PlaygroundModel): HTMLElement[] {
  return Object.entries(CHARTS).map(([name, title]) => chart(model, name as ReadingName, title));
}

function chart(model: PlaygroundModel, name: ReadingName, title: string): HTMLElement {
  const canvas = make("canvas", { role: "img", "aria-label": title });
  const now = make("span", { class: "now" });
  const ideal = make("p", { class: "ideal" });
  const meaning = make("span", {});
  const link = make("a", {});
  const element = make(
    "section",
    { class: "chart", "data-reading": name, tabindex: "-1" },
    make("h3", {}, title, " ", now),
    canvas,
    ideal,
    make(
      "details",
      {},
      make("summary", {}, "What it should read, and why"),
      make("p", {}, meaning, " ", link),
    ),
  );
  const draw = () => {
    // Its colours are those of the page.
    void model.themes.value;
    const all = model.readings.value;
    const values = all.flatMap((readings) => readings?.values[name] ?? []);
    const [value] = values;
    if (!value) return;
    showValues(now, values.map((value) => valueText(name, value)));
    setText(ideal, idealsText(values));
    setText(meaning, meaningsText(values));
    const { notebook, anchor, text } = value.link;
    link.href = `${notebook.replace(/\.ipynb$/, "")}.html#${anchor}`;
    setText(link, text);
    const lists = all.map((_, run) => seriesOf(model, run, name));
    canvas.hidden = !lists.flat().some(([, value]) => Number.isFinite(value));
    if (canvas.clientWidth === 0) return;
    const ideals = values.flatMap(({ ideal }) => ideal ?? []);
    drawSeries(canvas, lists, { ideals: [...new Set(ideals)], moves: nameOfMoves(model) });
    canvas.setAttribute("aria-label", `${title}: ${now.textContent}. ${ideal.textContent}`);
  };
  effect(draw);
  new ResizeObserver(draw).observe(canvas);
  return element;
}

/** The number of a run, or those of two, each with the line that it is drawn with. */
function showValues(now: HTMLElement, texts: string[]): void {
  const both = texts.length > 1;
  const parts = texts.map((text, run) => both ? `${"AB"[run]} ${text}` : text);
  if (now.textContent === parts.join(", ")) return;
  now.replaceChildren(...parts.flatMap((part, run) => {
    const before = run === 0 ? [] : [", "];
    if (!both) return [part];
    return [...before, make("b", { class: `key ${"ab"[run]}` }, part[0]), part.slice(1)];
  }));
}

/** What is counted along a chart: whole steps, or moves where a player has moved alone. */
function nameOfMoves(model: PlaygroundModel): string {
  return model.state.peek().runs.every(({ move, step }) => move === step) ? "step" : "move";
}

/** Pairs of a move and a number; NaN where it was asked for and is not known, or is infinite. */
function seriesOf(model: PlaygroundModel, run: number, name: ReadingName): [number, number][] {
  const step = BY_STEP[name];
  const from = model.chartsFrom.value;
  const list: [number, number][] = step
    // A step of one player has no loss of the other.
    ? model.steps[run].flatMap(({ move, [step]: loss }) => loss === undefined ? [] : [[move, loss]])
    : model.moments[run].map(({ move, values }) => [move, values[name] ?? NaN]);
  return list.filter(([move]) => move >= from);
}
