/**
 * The charts of a run's report, and which numbers of the run each of their lines shows: by that a
 * live page draws new numbers.
 *
 * @module
 */
import { isToyName } from "@/data/points.ts";
import {
  loadQualityReference,
  type Quality,
  QUALITY_FIGURES,
  qualityKind,
  realPoints,
} from "@/eval/quality.ts";
import { equilibriumOf, type Reading } from "@/gan/losses.ts";
import { type GanOptions, type Penalty } from "@/gan/options.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { type LineChart, lineChart } from "@/plot/charts.ts";
import { axisTitle, type Figure } from "@/plot/figure.ts";
import { type RunConfig } from "./folder.ts";

export interface ReportChart {
  /** Above the chart, since a page wraps it. */
  title: string;
  /** One line below the title, where there is something to say. */
  caption?: string;
  figure: Figure;
  /**
   * Which numbers each trace shows: names in an event or a quality entry (`shares.3` for a digit).
   */
  columns: string[];
}

/**
 * Ten colours for digits: neighbours can be told apart with any common colour-vision deficiency.
 */
const DIGIT_COLOURS = [
  "#0072B2",
  "#E69F00",
  "#56B4E9",
  "#D55E00",
  "#8FD3BF",
  "#CC79A7",
  "#009E73",
  "#F0E442",
  "#7A4988",
  "#BBBBBB",
];

/** Losses, what D says, and what else the events of such a run tell. */
export function curves(options: GanOptions, events: TrainEvent[]): ReportChart[] {
  const chart = (
    title: string,
    y: LineChart["y"],
    lines: Record<string, keyof TrainEvent>,
    references?: Record<string, number>,
  ) => eventChart(events, { title, y, lines, references });
  const loss = options.discriminatorLoss ?? "original";
  const original = loss === "original";
  const losses: Record<string, keyof TrainEvent> = {
    [original ? "D, mean of its two halves" : `D, ${loss}`]: "dLoss",
    [`G, ${options.generatorLoss}`]: "gLoss",
  };
  const charts = [
    chart("Losses", { label: original ? "nats" : "loss" }, losses, restOf(options)),
    chart("What D says", { label: "mean of D", range: [0, 1] }, {
      "on real samples": "dReal",
      "on generated samples": "dFake",
    }, loss === "wasserstein" ? {} : { "1/2: cannot tell": 0.5 }),
  ];
  if (options.reportAccuracy) {
    charts.push(
      chart("Accuracies", { label: "share", range: [0, 1] }, {
        "D: real and generated told apart": "dAccuracy",
        "G: generated taken for real": "gAccuracy",
      }, { "1/2": 0.5 }),
    );
  }
  if (options.gradientPenalty > 0) {
    charts.push(
      chart(PENALTY_TITLES[options.penalty ?? "r1"], { label: original ? "nats" : "loss" }, {
        penalty: "penalty",
      }),
    );
  }
  return charts;
}

const PENALTY_TITLES: Record<Penalty, string> = {
  r1: "Gradient penalty, γ/2 · E‖∇a(x)‖²",
  unitSlope: "Gradient penalty, γ · E(‖∇a(x)‖ − 1)²",
};

/** What the losses read where p_g = p_data and D is the best answer to it, by their words. */
function restOf(options: GanOptions): Record<string, number> {
  const { d, g } = equilibriumOf(options);
  const words = (who: string, { text }: Reading) => `${text}: ${who} at p_g = p_data`;
  if (d && d.text === g?.text) return { [words("both", d)]: d.value };
  return {
    ...d && { [words("D", d)]: d.value },
    ...g && { [words("G", g)]: g.value },
  };
}

/** What a chart of events shows: columns of them by their names there. */
interface EventChart extends Pick<LineChart, "title" | "y" | "references"> {
  lines: Record<string, keyof TrainEvent>;
}

function eventChart(
  events: TrainEvent[],
  { title, y, lines, references }: EventChart,
): ReportChart {
  const columns = Object.values(lines);
  return {
    title,
    columns,
    figure: untitled(lineChart({
      title,
      x: { label: "step", values: events.map(({ step }) => step) },
      y,
      lines: Object.fromEntries(
        Object.entries(lines).map(([name, column]) => [
          name,
          events.map((event) => event[column] ?? NaN),
        ]),
      ),
      references,
    })),
  };
}

/** The figures of each epoch that was measured. */
export async function qualityCharts(
  { options, data }: Pick<RunConfig, "options" | "data">,
  entries: Quality[],
): Promise<ReportChart[]> {
  const kind = qualityKind(options, data);
  if (kind.kind === "none") return [];
  const real = options.toy !== undefined && isToyName(options.toy)
    ? realPoints(options.toy)
    : (await loadQualityReference()).real.figures;
  const charts = kind.figures.map((name) => qualityChart(name, entries, real[name]));
  return kind.kind === "digits" ? [...charts, shareChart(entries)] : charts;
}

function qualityChart(name: string, entries: Quality[], real?: number): ReportChart {
  const { title, unit, better, range } = QUALITY_FIGURES[name];
  const figure = untitled(lineChart({
    title,
    x: { label: "step", values: entries.map(({ step }) => step) },
    y: { label: unit, range, log: name === "frechet" },
    lines: { [title]: entries.map(({ figures }) => figures[name] ?? NaN) },
    references: real === undefined ? {} : { [`real: ${Number(real.toPrecision(3))}`]: real },
  }));
  const [trace] = figure.data;
  trace.mode = "lines+markers";
  figure.layout.showlegend = false;
  if (name === "modes") Object.assign(figure.layout.yaxis as object, { rangemode: "tozero" });
  // 1, 2 and 5 of each power of ten.
  if (name === "frechet") Object.assign(figure.layout.yaxis as object, { dtick: "D2" });
  return { title, caption: better, figure, columns: [`figures.${name}`] };
}

/** Stacked bars: a single epoch is as visible as forty. */
function shareChart(entries: Quality[]): ReportChart {
  const x = entries.map(({ step }) => step);
  const data = DIGIT_COLOURS.map((color, digit) => ({
    type: "bar",
    name: String(digit),
    x,
    y: entries.map(({ shares }) => shares?.[digit] ?? NaN),
    text: String(digit),
    textposition: "inside",
    insidetextanchor: "middle",
    textangle: 0,
    marker: { color },
    hovertemplate: `digit ${digit}: %{y:.1%}, step %{x}<extra></extra>`,
  }));
  return {
    title: "What the samples are taken for",
    caption: "the share of each digit; 0.1 each would be even",
    columns: data.map((_, digit) => `shares.${digit}`),
    figure: {
      data,
      layout: {
        barmode: "stack",
        bargap: 0.05,
        uniformtext: { minsize: 9, mode: "hide" },
        showlegend: true,
        legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, traceorder: "normal" },
        margin: { l: 60, r: 30, t: 30, b: 50 },
        xaxis: { title: axisTitle("step"), automargin: true },
        yaxis: { title: axisTitle("share of samples"), range: [0, 1], automargin: true },
      },
    },
  };
}

/** The page has the title above the chart. */
function untitled(figure: Figure): Figure {
  const { title: _, ...layout } = figure.layout;
  return { ...figure, layout: { ...layout, margin: { ...layout.margin as object, t: 30 } } };
}
