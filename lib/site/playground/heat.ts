/**
 * Fields over the cells of a square, drawn into a frame: as colours, and as contours.
 *
 * @module
 */
// @ts-types="@types/d3-contour"
import { contours } from "d3-contour";
import { type Frame, type Range } from "./frame.ts";
import { mixed, type Rgb } from "./palette.ts";

/** Numbers at the middles of the cells of a square, row by row from the lowest y. */
export interface Cells {
  side: number;
  range: Range;
  values: ArrayLike<number>;
}

/** Draws each cell in its colour; the browser smooths between them. */
export function drawField(
  frame: Frame,
  { side, range, values }: Cells,
  scale: readonly Rgb[],
  shareOf: (value: number) => number,
): void {
  const pixels = new ImageData(side, side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const value = values[row * side + column];
      const at = 4 * ((side - 1 - row) * side + column);
      const [red, green, blue] = Number.isNaN(value) ? [128, 128, 128] : mixed(
        scale,
        shareOf(value),
      );
      pixels.data.set([red, green, blue, 255], at);
    }
  }
  const small = buffer(side);
  small.getContext("2d")!.putImageData(pixels, 0, 0);
  frame.inside((context) => {
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    const [low, high] = range;
    const [left, top] = [frame.x(low), frame.y(high)];
    context.drawImage(small, left, top, frame.x(high) - left, frame.y(low) - top);
  });
}

let small: HTMLCanvasElement | undefined;

function buffer(side: number): HTMLCanvasElement {
  small ??= document.createElement("canvas");
  if (small.width !== side) small.width = small.height = side;
  return small;
}

/** How a line is drawn. */
export interface Stroke {
  colour: string;
  width: number;
  dash?: number[];
}

/** Draws the lines on which a field has these values. */
export function drawContours(
  frame: Frame,
  { side, range: [low, high], values }: Cells,
  levels: number[],
  { colour, width, dash = [] }: Stroke,
): void {
  const cell = (high - low) / side;
  // d3 counts in cells, whose middles are at halves.
  const x = (at: number) => frame.x(low + at * cell);
  const y = (at: number) => frame.y(low + at * cell);
  const find = contours().size([side, side]).smooth(true);
  frame.inside((context) => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.lineJoin = "round";
    context.beginPath();
    for (const level of levels) {
      for (const polygon of find.contour(values as unknown as number[], level).coordinates) {
        for (const line of polygon) tracing(context, line as [number, number][], side, x, y);
      }
    }
    context.stroke();
    context.setLineDash([]);
  });
}

/** A line without what runs along the border of the square, which is no contour. */
function tracing(
  context: CanvasRenderingContext2D,
  line: [number, number][],
  side: number,
  x: (at: number) => number,
  y: (at: number) => number,
): void {
  const onBorder = ([a, b]: [number, number]) =>
    a <= 0.5 || b <= 0.5 || a >= side - 0.5 || b >= side - 0.5;
  let broken = true;
  for (const [i, point] of line.entries()) {
    const along = i > 0 && onBorder(point) && onBorder(line[i - 1]);
    if (broken || along) context.moveTo(x(point[0]), y(point[1]));
    else context.lineTo(x(point[0]), y(point[1]));
    broken = false;
  }
}
