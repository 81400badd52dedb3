/**
 * A curve that a reader draws: one height for each place, in whichever direction the pointer goes.
 *
 * @module
 */
import { type Sketch, type SketchPrediction } from "@/learner/questions.ts";

type Axes = Pick<SketchPrediction, "x" | "y">;
type Point = readonly [x: number, y: number];

/** A line under the pointer. */
export interface Stroke {
  moveTo(point: Point): void;
  /** The curve so far, from left to right. */
  points(): Sketch;
}

/** Places along the axis that a stroke tells apart. */
const COLUMNS = 100;
/** Part of the axis up by which a thinned curve may differ. */
const ROUGH = 0.015;

/** A stroke that draws over a sketch. */
export function strokeFrom(sketch: Sketch, { x: [left, right] }: Axes): Stroke {
  const heights: (number | undefined)[] = Array(COLUMNS + 1).fill(undefined);
  const columnOf = (x: number) => Math.round((x - left) / (right - left) * COLUMNS);
  const draw = (from: Point, to: Point) => {
    const [a, b] = [columnOf(from[0]), columnOf(to[0])];
    heights[b] = to[1];
    for (let i = Math.min(a, b); i <= Math.max(a, b) && a !== b; i++) {
      heights[i] = from[1] + (to[1] - from[1]) * (i - a) / (b - a);
    }
  };
  sketch.forEach((point, i) => draw(sketch[Math.max(0, i - 1)], point));
  let last: Point | undefined;
  return {
    moveTo(point) {
      draw(last ?? point, point);
      last = point;
    },
    points: () =>
      heights.flatMap((y, i): Point[] =>
        y === undefined ? [] : [[left + (right - left) * i / COLUMNS, y]]
      ),
  };
}

/** The points that a curve needs, with few digits. */
export function thinned(points: Sketch, { x: [left, right], y: [low, high] }: Axes): Sketch {
  const kept = thin(points, ROUGH * (high - low));
  return kept.map(([x, y]) => [short(x, right - left), short(y, high - low)]);
}

/** Ramer, Douglas and Peucker: what is farthest from a straight line is kept, unless it is near. */
function thin(points: Sketch, most: number): Sketch {
  if (points.length <= 2) return points;
  const [[x0, y0], [x1, y1]] = [points[0], points.at(-1)!];
  const off = points.map(([x, y]) => Math.abs(y - (y0 + (y1 - y0) * (x - x0) / (x1 - x0))));
  const worst = off.indexOf(Math.max(...off));
  if (off[worst] <= most) return [points[0], points.at(-1)!];
  return [...thin(points.slice(0, worst + 1), most), ...thin(points.slice(worst), most).slice(1)];
}

/** Three digits of the axis's length. */
function short(value: number, length: number): number {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(length)));
  return Number(value.toFixed(digits)) + 0;
}

/** Points as they are typed: "-4, 0.5; 0, 1; 4, 0.5", with or without brackets. */
export function pointsFrom(text: string): Sketch {
  const numbers = text.replaceAll("−", "-").match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? [];
  const points: Point[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    points.push([Number(numbers[i]), Number(numbers[i + 1])]);
  }
  return points;
}

/** Points as a reader types them. */
export function pointsText(sketch: Sketch): string {
  return sketch.map(([x, y]) => `${x}, ${y}`).join("; ");
}
