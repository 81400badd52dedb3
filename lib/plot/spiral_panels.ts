/**
 * What notebook 07 draws of a GAN in the plane: where D pulls the points of G, and how G lays the
 * latent square over the plane.
 *
 * @module
 */
import { spiralPoint } from "@/data/toy.ts";
import { type Landscape } from "@/eval/landscape.ts";
import { type WarpedGrid } from "@/experiments/latent_map.ts";
import { type SpiralScene } from "@/experiments/spiral_game.ts";
import { linspace } from "@/math/stable.ts";
import { type Arrow, withArrows } from "./arrows.ts";
import { pathChart } from "./charts.ts";
import { type Figure } from "./figure.ts";
import { FAKE } from "./heat_map.ts";
import { samplePanel } from "./panels.ts";

/** Generated points without arrows. */
const DOTS = 300;

/** The longest arrow, in units of x. */
const LONGEST = 0.3;

/** The spiral's band: its middle line and its edges. */
export function spiralFigure(title: string): Figure {
  const lineAt = (u1: number) => {
    const points = linspace(-1, 1, 400).map((u0) => spiralPoint(u0, u1));
    return { x: points.map(([x]) => x), y: points.map(([, y]) => y) };
  };
  const paths = { "inner edge": lineAt(-1), "middle": lineAt(0), "outer edge": lineAt(1) };
  return pathChart({ title, x: { label: "x₁" }, y: { label: "x₂" }, paths });
}

/** On a map of D, some points that G has made. */
export function samplesFigure(title: string, landscape: Landscape): Figure {
  return withDots(samplePanel(title, landscape), pairsOf(landscape.fake.slice(0, 2 * DOTS)));
}

/** On a map of D, generated points and the pull on each; the longest arrow is always as long. */
export function pullFigure(title: string, { landscape, points, pulls }: SpiralScene): Figure {
  const [from, pull] = [pairsOf(points), pairsOf(pulls)];
  const most = Math.max(...pull.map(([x, y]) => Math.hypot(x, y)), Number.MIN_VALUE);
  const arrows = from.map(([x, y], i): Arrow => ({
    from: [x, y],
    to: [x + LONGEST * pull[i][0] / most, y + LONGEST * pull[i][1] / most],
  }));
  const figure = withDots(samplePanel(title, landscape), from);
  return withArrows(figure, "pull of D", arrows, "#222222");
}

function pairsOf(points: Float32Array): [x: number, y: number][] {
  return Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i], points[2 * i + 1]]);
}

function withDots(figure: Figure, points: [x: number, y: number][]): Figure {
  const dots = {
    type: "scatter",
    mode: "markers",
    name: "generated",
    hoverinfo: "skip",
    x: points.map(([x]) => x),
    y: points.map(([, y]) => y),
    marker: { color: FAKE, size: 5, line: { color: "#FFFFFF", width: 1 } },
  };
  return { ...figure, data: [...figure.data, dots] };
}

/** The image of a grid over the latent square: lines along z₁, and lines along z₂. */
export function gridFigure(title: string, { side, x }: WarpedGrid): Figure {
  const line = (knots: number[]) => [
    ...knots.map((knot) => [x[2 * knot], x[2 * knot + 1]]),
    [NaN, NaN], // Lifts the pen.
  ];
  const index = Array.from({ length: side }, (_, i) => i);
  const along = (knot: (line: number, at: number) => number) => {
    const points = index.flatMap((one) => line(index.map((at) => knot(one, at))));
    return { x: points.map(([at]) => at), y: points.map(([, at]) => at) };
  };
  const chart = pathChart({
    title,
    x: { label: "x₁", range: [-1.1, 1.1] },
    y: { label: "x₂", range: [-1.1, 1.1] },
    paths: {
      "along z₁": along((row, at) => row * side + at),
      "along z₂": along((column, at) => at * side + column),
    },
  });
  // Lines alone: the ends of the paths are no points of interest.
  const data = chart.data.filter(({ mode }) => mode === "lines")
    .map((trace) => ({ ...trace, line: { ...trace.line as object, dash: "solid", width: 1 } }));
  return { ...chart, data };
}
