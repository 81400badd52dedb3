/**
 * Charts as plotly figures: numbers in, plain JSON out. Nothing here draws.
 *
 * @module
 */

/** A plotly figure: what `Plotly.newPlot` takes. */
export interface Figure {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
}

/** An axis with its name, its unit in the name. */
export interface Axis {
  label: string;
  range?: [number, number];
}

export interface LineChart {
  title: string;
  x: Axis & { values: number[] };
  y: Axis;
  /** Lines by the name that the legend shows. */
  lines: Record<string, number[]>;
  /** Horizontal lines to compare with, by the text beside them. */
  references?: Record<string, number>;
}

/** Okabe and Ito's colours: told apart by readers with any of the common colour-vision deficiencies. */
export const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
const DASHES = ["solid", "dash", "dot", "dashdot"];

/** One or more lines over one axis. */
export function lineChart({ title, x, y, lines, references = {} }: LineChart): Figure {
  const data = Object.entries(lines).map(([name, values], i) => ({
    type: "scatter",
    mode: "lines",
    name,
    x: x.values,
    y: values,
    line: { color: COLOURS[i % COLOURS.length], dash: DASHES[i % DASHES.length], width: 1.5 },
  }));
  const entries = Object.entries(references);
  return {
    data,
    layout: {
      title: { text: title, font: { size: 15 } },
      xaxis: { title: { text: x.label }, range: x.range, zeroline: false },
      yaxis: { title: { text: y.label }, range: y.range, zeroline: false },
      legend: { orientation: "h", y: 1.12 },
      margin: { l: 60, r: 20, t: 60, b: 45 },
      shapes: entries.map(([, value]) => ({
        type: "line",
        xref: "paper",
        x0: 0,
        x1: 1,
        y0: value,
        y1: value,
        line: { color: "#888", width: 1, dash: "dot" },
      })),
      annotations: entries.map(([text, value]) => ({
        xref: "paper",
        x: 1,
        xanchor: "right",
        y: value,
        yanchor: "bottom",
        text,
        showarrow: false,
        font: { color: "#777", size: 11 },
      })),
    },
  };
}
