/**
 * Figure 1 of Goodfellow et al. 2014 for a GAN on the line, in two panels: densities above the
 * arrows from z to G(z), and D beside them on an axis of its own.
 *
 * @module
 */
import { ARROW_STARTS, bestAnswer, LINE_BINS, type LineMoment } from "@/experiments/line_game.ts";
import { sigmoid } from "@/math/stable.ts";
import { type Arrow, withArrows } from "./arrows.ts";
import { beside } from "./beside.ts";
import { lineChart } from "./charts.ts";
import { COLOURS, type Figure, type Numbers } from "./figure.ts";

/** Where the line of z is drawn, below that of x. */
const Z_LINE = -0.6;
/** Where an arrow ends: just below the line of x. */
const TIP = -0.06;

const RANGE: [number, number] = [LINE_BINS.edges[0], LINE_BINS.edges.at(-1)!];
/** z = 0 is drawn in the middle. */
const MIDDLE = (RANGE[0] + RANGE[1]) / 2;

/** Densities over x, and below them an arrow from each of `ARROW_STARTS` to its tip. */
export function densityPanel(
  title: string,
  x: Numbers,
  lines: Record<string, Numbers>,
  tips: readonly number[],
): Figure {
  const chart = lineChart({
    title,
    x: { label: `x (upper line); ${MIDDLE} + z (lower line)`, values: x, range: RANGE },
    y: { label: "density, per unit of x", range: [-0.75, 1.6] },
    lines,
    references: { "x": 0, "z": Z_LINE },
  });
  const ticks = { tickvals: [0, 0.5, 1, 1.5] };
  const layout = { ...chart.layout, yaxis: { ...chart.layout.yaxis as object, ...ticks } };
  const arrows = tips.map((tip, i): Arrow => ({
    from: [MIDDLE + ARROW_STARTS[i], Z_LINE],
    to: [tip, TIP],
  }));
  return withArrows({ ...chart, layout }, "z → G(z)", arrows);
}

/** The two panels of a moment; a name tells them from those of other moments. */
export function linePanels(name: string, moment: LineMoment): Figure[] {
  const before = name ? `${name}: ` : "";
  const inside = (bins: readonly number[]) => bins.slice(1, -1);
  const density = (bins: readonly number[]) => inside(bins).map((mass) => mass / LINE_BINS.width);
  const answers = lineChart({
    title: `${before}D`,
    x: { label: "x", values: LINE_BINS.centres, range: RANGE },
    y: { label: "probability that x is real", range: [-0.03, 1.03] },
    lines: {
      "D": inside(moment.logits).map(sigmoid),
      "D* for this p_g": inside(bestAnswer(moment)),
    },
    references: { "1/2": 0.5 },
  });
  return [
    densityPanel(
      `${before}densities`,
      LINE_BINS.centres,
      { "p_data": density(moment.real), "p_g": density(moment.fake) },
      moment.tips,
    ),
    // They share a legend: four lines, four colours.
    { ...answers, data: answers.data.map((trace, i) => recoloured(trace, COLOURS[i + 2])) },
  ];
}

function recoloured(trace: Figure["data"][number], color: string): Figure["data"][number] {
  return { ...trace, line: { ...trace.line as object, color } };
}

/** One moment as a figure. */
export function lineFigure(title: string, moment: LineMoment): Figure {
  return beside({ title, panels: linePanels("", moment) });
}
