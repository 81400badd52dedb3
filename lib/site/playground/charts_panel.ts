/**
 * The numbers: a small chart for each, with its line at equilibrium, what it should read and why,
 * and the cell of the notebook that computes it.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { type ReadingName, type ReadingValue } from "@/playground/playground_messages.ts";
import { make, setText } from "../page/dom.ts";
import { drawSeries } from "./chart.ts";
import { type PlaygroundModel } from "./model.ts";
import { numberText } from "./number_text.ts";

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
    setText(now, numbersOf(values));
    setText(ideal, ofEach(values.map(idealOf)));
    setText(meaning, ofEach(values.map(meaningOf)));
    const { notebook, anchor, text } = value.link;
    link.href = `${notebook.replace(/\.ipynb$/, "")}.html#${anchor}`;
    setText(link, text);
    const lists = all.map((_, run) => seriesOf(model, run, name));
    canvas.hidden = lists.flat().length === 0;
    if (canvas.clientWidth === 0) return;
    const ideals = values.flatMap(({ ideal }) => ideal ?? []);
    drawSeries(canvas, lists, [...new Set(ideals)]);
    canvas.setAttribute("aria-label", `${title}: ${now.textContent}. ${ideal.textContent}`);
  };
  effect(draw);
  new ResizeObserver(draw).observe(canvas);
  return element;
}

function seriesOf(model: PlaygroundModel, run: number, name: ReadingName): [number, number][] {
  const step = BY_STEP[name];
  const from = model.chartsFrom.value;
  const list: [number, number | undefined][] = step
    ? model.steps[run].map((numbers) => [numbers.move, numbers[step]])
    : model.moments[run].map(({ move, values }) => [move, values[name]]);
  return list.filter((pair): pair is [number, number] =>
    pair[0] >= from && Number.isFinite(pair[1])
  );
}

/** Each run, with the line that it is drawn with. */
const KEYS = ["A ─", "B ┄"];

/** Such as "0.693 ± 0.004", and of both runs where there are two. */
function numbersOf(values: ReadingValue[]): string {
  return values.map(({ value, error }) => {
    if (value === undefined) return "–";
    const rounded = numberText(value);
    return error && numberText(error) !== "0" ? `${rounded} ± ${numberText(error)}` : rounded;
  }).map((text, i) => values.length > 1 ? `${KEYS[i]} ${text}` : text).join(", ");
}

/** A text that is true of all runs, or one for each where they differ. */
function ofEach(texts: string[]): string {
  const same = texts.every((text) => text === texts[0]);
  return same ? texts[0] : texts.map((text, i) => `${"AB"[i]}: ${text}`).join(" · ");
}

function meaningOf({ meaning, how }: ReadingValue): string {
  return how ? `${meaning} Here: ${how}.` : meaning;
}

function idealOf({ value, ideal, idealText, because }: ReadingValue): string {
  if (value === undefined && because) return because[0].toUpperCase() + because.slice(1);
  if (ideal === undefined) return "No fixed value at equilibrium";
  return `At equilibrium ${(idealText ?? numberText(ideal)).replace(/^-/, "−")}`;
}
