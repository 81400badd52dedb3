/**
 * A prediction drawn on the figure that answers it.
 *
 * @module
 */
import { type Figure, GREY, lineAcross, lineDown } from "@/plot/figure.ts";
import { onAxis } from "@/plot/scale.ts";
import { inWords } from "./comparison.ts";
import { type Guess, type Prediction, type Sketch } from "./questions.ts";

const NAME = "your sketch";
const TEXT = "your prediction";

/** The figure with what was predicted; words are not drawn. */
export function withGuess(figure: Figure, question: Prediction, guess: Guess): Figure {
  if (question.kind === "sketch") return withSketch(figure, question.panel, guess as Sketch);
  if (question.kind === "number" && question.mark && Number.isFinite(guess)) {
    return withMark(figure, question.mark, question.panel, guess as number);
  }
  return figure;
}

/** plotly's names of a panel's axes: none for the first, then numbers. */
function axesOf(panel = 1): string {
  return panel === 1 ? "" : String(panel);
}

function withSketch(figure: Figure, panel: number | undefined, sketch: Sketch): Figure {
  const axes = axesOf(panel);
  const trace = {
    type: "scatter",
    mode: "lines+markers",
    name: NAME,
    x: sketch.map(([x]) => x),
    y: sketch.map(([, y]) => y),
    line: { color: GREY, dash: "dash", width: 2 },
    marker: { color: GREY, size: 7, symbol: "circle-open" },
    ...(axes === "" ? {} : { xaxis: `x${axes}`, yaxis: `y${axes}` }),
  };
  // Last, so that frames and narrow pages, which count traces, still mean the same ones.
  return {
    ...figure,
    data: [...figure.data, trace],
    layout: { ...figure.layout, showlegend: true },
  };
}

function withMark(
  figure: Figure,
  axis: "x" | "y",
  panel: number | undefined,
  value: number,
): Figure {
  const axes = axesOf(panel);
  const name = `${axis}axis${axes}`;
  const scale = figure.layout[name] as { type?: string; range?: [number, number] } | undefined;
  const at = onAxis({ log: scale?.type === "log" }, value);
  // A logarithmic axis has no place for 0 and for negative numbers, and would lose its range.
  if (!Number.isFinite(at)) return figure;
  const line = axis === "x" ? lineDown(value, axes) : lineAcross(value, axes);
  const look = { color: GREY, dash: "dash", width: 2 };
  // For the legend alone: a text beside the line would lie on the curves.
  const named = {
    ...{
      type: "scatter",
      mode: "lines",
      name: `${TEXT}: ${inWords(value)}`,
      x: [null],
      y: [null],
      line: look,
    },
    ...(axes === "" ? {} : { xaxis: `x${axes}`, yaxis: `y${axes}` }),
  };
  const { shapes = [] } = figure.layout as Record<string, unknown[]>;
  return {
    ...figure,
    data: [...figure.data, named],
    layout: {
      ...figure.layout,
      [name]: { ...scale, ...widened(scale?.range, at) },
      shapes: [...shapes, { ...line, line: { ...line.line, ...look } }],
      showlegend: true,
    },
  };
}

/** An axis reaches a guess that lies at most as far outside as the axis is long. */
function widened(range: [number, number] | undefined, at: number) {
  if (!range) return {};
  const [low, high] = range;
  const length = high - low;
  if (at >= low && at <= high || at < low - length || at > high + length) return {};
  const margin = 0.03 * length;
  return { range: [Math.min(low, at - margin), Math.max(high, at + margin)] };
}
