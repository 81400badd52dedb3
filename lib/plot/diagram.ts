/**
 * Diagrams of boxes and arrows, such as a generator and its discriminator, as plotly figures: they
 * are shown, fitted to dark pages and kept as pictures as all others are.
 *
 * Places are on a plane of 10 by 10, (0, 0) at its lower left.
 *
 * @module
 */
import { COLOURS, type Figure, GREY, titleOf, type Trace } from "./figure.ts";
import { plainText, typeset } from "./typeset.ts";

type Point = readonly [x: number, y: number];

/** A box with a text in it. */
export interface DiagramBox {
  /** Its middle. */
  at: Point;
  /** What stands in it; `<br>` ends a line. */
  text: string;
  /** Whether it is something that learns or computes, with a coloured border; else a value. */
  machine?: boolean;
}

/** An arrow from a box to another. */
export interface DiagramArrow {
  /** The name of the box where it begins. */
  from: string;
  /** The name of the box where it ends. */
  to: string;
  /** Corners on its way. */
  via?: Point[];
  /** What stands beside its longest upright piece, a third of the way along it. */
  text?: string;
  /** Dashed: it brings back what was found out. */
  back?: boolean;
}

/** Boxes by their names, and arrows between them. */
export interface Diagram {
  /** What is drawn. */
  title: string;
  /** The boxes by the names that arrows know them by. */
  boxes: Record<string, DiagramBox>;
  /** The arrows. */
  arrows: DiagramArrow[];
  /** Pixels from its top to its bottom. */
  height?: number;
}

/** Half of a box, across and up. */
const HALF = { x: 1.6, y: 0.62 };

/** Between a box and the tip of an arrow. */
const GAP = 0.08;

/**
 * Boxes and arrows.
 *
 * @throws {RangeError} If an arrow names a box that is not there.
 */
export function diagram({ title, boxes, arrows, height = 430 }: Diagram): Figure {
  const routes = arrows.map((arrow) => routeOf(title, arrow, boxes));
  return {
    data: arrows.map((arrow, i) => arrowTrace(arrow, routes[i])),
    layout: {
      title: titleOf(title),
      // What stands for the picture where it cannot be seen.
      meta: arrows.map(({ from, to, text }) => sentence(boxes[from], boxes[to], text)).join("; "),
      xaxis: { range: [0, 10], visible: false, fixedrange: true },
      yaxis: { range: [0, 10], visible: false, fixedrange: true },
      shapes: Object.values(boxes).map(boxShape),
      annotations: [
        ...Object.values(boxes).map(({ at, text }) => remark(text, at)),
        ...arrows.flatMap(({ text }, i) => text ? [beside(text, routes[i])] : []),
      ],
      showlegend: false,
      margin: { l: 10, r: 10, t: 40, b: 10 },
      height,
    },
  };
}

function sentence(from: DiagramBox, to: DiagramBox, text?: string): string {
  const plain = (box: DiagramBox) => plainText(typeset(box.text));
  return `${plain(from)} → ${plain(to)}${text ? ` (${plainText(typeset(text))})` : ""}`;
}

/** The corners of an arrow, from border to border. */
function routeOf(
  title: string,
  { from, to, via = [] }: DiagramArrow,
  boxes: Record<string, DiagramBox>,
) {
  for (const name of [from, to]) {
    if (!Object.hasOwn(boxes, name)) {
      throw new RangeError(
        `Cannot draw "${title}": an arrow must go from box to box, got "${name}" and the boxes ${
          Object.keys(boxes).join(", ")
        }`,
      );
    }
  }
  const [start, end] = [boxes[from].at, boxes[to].at];
  const inner = [start, ...via, end];
  return [border(start, inner[1]), ...via, border(end, inner.at(-2)!)];
}

/** Where the line from the middle of a box to another place leaves the box. */
function border([x, y]: Point, [toX, toY]: Point): Point {
  const [dx, dy] = [toX - x, toY - y];
  const share = Math.min((HALF.x + GAP) / Math.abs(dx), (HALF.y + GAP) / Math.abs(dy));
  return [x + share * dx, y + share * dy];
}

function arrowTrace({ back = false }: DiagramArrow, route: Point[]): Trace {
  return {
    type: "scatter",
    mode: "lines+markers",
    x: route.map(([x]) => x),
    y: route.map(([, y]) => y),
    hoverinfo: "skip",
    showlegend: false,
    line: { color: GREY, width: 1.5, dash: back ? "dash" : "solid" },
    marker: {
      color: GREY,
      symbol: "arrow",
      angleref: "previous",
      size: route.map((_, i) => i === route.length - 1 ? 11 : 0),
    },
  };
}

function boxShape({ at: [x, y], machine = false }: DiagramBox) {
  return {
    type: "rect",
    xref: "x",
    yref: "y",
    x0: x - HALF.x,
    x1: x + HALF.x,
    y0: y - HALF.y,
    y1: y + HALF.y,
    line: { color: machine ? COLOURS[0] : GREY, width: machine ? 2.5 : 1 },
  };
}

function remark(text: string, [x, y]: Point) {
  return { text: typeset(text), xref: "x", x, yref: "y", y, showarrow: false, font: { size: 13 } };
}

/** A text beside the longest upright piece of an arrow, on the inner side of the plane. */
function beside(text: string, route: Point[]) {
  const lengths = route.slice(1).map(([, y], i) => Math.abs(y - route[i][1]));
  const at = lengths.indexOf(Math.max(...lengths));
  const [[x0, y0], [x1, y1]] = [route[at], route[at + 1]];
  const [x, y] = [x0 + (x1 - x0) / 3, y0 + (y1 - y0) / 3];
  const inwards = x < 5;
  return {
    ...remark(text, [x, y]),
    font: { size: 12, color: GREY },
    xanchor: inwards ? "left" : "right",
    align: inwards ? "left" : "right",
    xshift: inwards ? 5 : -5,
  };
}
