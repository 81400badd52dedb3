/**
 * Points, arrows, traces and the net of z, drawn into a frame. Rows have two numbers.
 *
 * @module
 */
import { type Arrows, type LookGrid, type Traces } from "@/playground/playground_messages.ts";
import { type StageFrame } from "./frame.ts";
import { type Palette } from "./stage_colours.ts";

/** Half the size of a point, in pixels. */
const POINT = 2.4;

/** Real points are round. */
export function drawDots(frame: StageFrame, points: ArrayLike<number>, palette: Palette): void {
  eachPoint(frame, points, palette.real, (context, x, y) => {
    context.moveTo(x + POINT, y);
    context.arc(x, y, POINT, 0, 2 * Math.PI);
  });
}

/** Generated points are diamonds. */
export function drawDiamonds(frame: StageFrame, points: ArrayLike<number>, palette: Palette): void {
  const size = 1.3 * POINT;
  eachPoint(frame, points, palette.fake, (context, x, y) => {
    context.moveTo(x - size, y);
    context.lineTo(x, y - size);
    context.lineTo(x + size, y);
    context.lineTo(x, y + size);
    context.closePath();
  });
}

function eachPoint(
  frame: StageFrame,
  points: ArrayLike<number>,
  colour: string,
  path: (context: CanvasRenderingContext2D, x: number, y: number) => void,
): void {
  frame.inside((context) => {
    context.fillStyle = colour;
    context.globalAlpha = 0.8;
    context.beginPath();
    for (let i = 0; i + 1 < points.length; i += 2) {
      path(context, frame.x(points[i]), frame.y(points[i + 1]));
    }
    context.fill();
    context.globalAlpha = 1;
  });
}

/** The length of the longest arrow, of the width of the picture. */
const LONGEST = 0.1;

/** The length of the longest of some vectors [count, dimensions], in their own unit. */
export function longestOf({ by }: Arrows, dimensions: number): number {
  let longest = 0;
  for (let i = 0; i < by.length; i += dimensions) {
    longest = Math.max(longest, Math.hypot(...by.subarray(i, i + dimensions)));
  }
  return longest;
}

/**
 * Arrows, all on one scale.
 *
 * @param look.longest The vector that is drawn a tenth of the picture long; their own longest, if
 *   it is left out.
 * @param look.feet Whether each has a dot where it begins.
 */
export function drawArrows(
  frame: StageFrame,
  { at, by }: Arrows,
  { colour, feet = false, longest = longestOf({ at, by }, 2) }: {
    colour: string;
    feet?: boolean;
    longest?: number;
  },
): void {
  const scale = longest > 0 ? LONGEST * (frame.right - frame.left) / longest : 0;
  frame.inside((context) => {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = feet ? 2 : 1.25;
    for (let i = 0; i + 1 < by.length; i += 2) {
      const [x, y] = [frame.x(at[i]), frame.y(at[i + 1])];
      const [dx, dy] = [scale * by[i], -scale * by[i + 1]];
      if (feet) {
        context.beginPath();
        context.arc(x, y, 4, 0, 2 * Math.PI);
        context.fill();
      }
      if (Math.hypot(dx, dy) >= 1) drawArrow(context, [x, y], [dx, dy]);
    }
  });
}

type Pixels = readonly [x: number, y: number];

/** One arrow, in pixels. */
export function drawArrow(
  context: CanvasRenderingContext2D,
  [x, y]: Pixels,
  [dx, dy]: Pixels,
): void {
  const length = Math.hypot(dx, dy);
  const head = Math.min(7, 0.5 * length + 1);
  const [ux, uy] = [dx / length, dy / length];
  const [toX, toY] = [x + dx, y + dy];
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX - 0.6 * head * ux, toY - 0.6 * head * uy);
  context.stroke();
  context.beginPath();
  context.moveTo(toX, toY);
  context.lineTo(toX - head * ux + 0.45 * head * uy, toY - head * uy - 0.45 * head * ux);
  context.lineTo(toX - head * ux - 0.45 * head * uy, toY - head * uy + 0.45 * head * ux);
  context.fill();
}

/**
 * The net of z where G puts it: the more opaque a cell is, the denser is p_g in it. Torn cells,
 * which are stretched far more than the typical one, are outlined.
 *
 * @param carried How far the net is on its way from z, a square over the whole stage, 0, to x, 1.
 */
export function drawNet(frame: StageFrame, net: LookGrid, carried = 1): void {
  const { side, x, density, torn } = net;
  const { palette } = frame;
  const sorted = density.toSorted();
  const dense = sorted[Math.floor(0.8 * sorted.length)] || 1;
  const corner = (row: number, column: number) => {
    const i = 2 * (row * side + column);
    const [left, top] = [frame.x(x[i]), frame.y(x[i + 1])];
    if (carried === 1) return [left, top] as const;
    const across = frame.left + column / (side - 1) * (frame.right - frame.left);
    const up = frame.bottom - row / (side - 1) * (frame.bottom - frame.top);
    return [across + carried * (left - across), up + carried * (top - up)] as const;
  };
  frame.inside((context) => {
    context.fillStyle = palette.fake;
    for (let i = 0; i < density.length; i++) {
      const [row, column] = [Math.floor(i / (side - 1)), i % (side - 1)];
      context.beginPath();
      context.lineTo(...corner(row, column));
      context.lineTo(...corner(row, column + 1));
      context.lineTo(...corner(row + 1, column + 1));
      context.lineTo(...corner(row + 1, column));
      context.closePath();
      context.globalAlpha = 0.05 + 0.4 * Math.min(1, density[i] / dense);
      context.fill();
      context.globalAlpha = torn[i] ? 0.6 : 0.35;
      context.lineWidth = 0.7;
      context.strokeStyle = torn[i] ? palette.ink : palette.fake;
      context.stroke();
    }
    context.globalAlpha = 1;
  });
}

/** Where some z were in the last moments: paler the longer ago, with a ring where they are. */
export function drawTraces(frame: StageFrame, { count, moves, x }: Traces, colour: string): void {
  const place = (moment: number, which: number) => {
    const i = 2 * (moment * count + which);
    return [frame.x(x[i]), frame.y(x[i + 1])] as const;
  };
  frame.inside((context) => {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    for (let which = 0; which < count; which++) {
      for (let moment = 1; moment < moves.length; moment++) {
        context.globalAlpha = 0.15 + 0.85 * moment / moves.length;
        context.beginPath();
        context.moveTo(...place(moment - 1, which));
        context.lineTo(...place(moment, which));
        context.stroke();
      }
      context.globalAlpha = 1;
      if (moves.length === 0) continue;
      context.beginPath();
      context.arc(...place(moves.length - 1, which), 4, 0, 2 * Math.PI);
      context.stroke();
    }
  });
}
