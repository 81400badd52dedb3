/**
 * Fields over the cells of a square, drawn into a frame: as colours, and as contours.
 *
 * @module
 */
// @ts-types="@types/d3-contour"
import { contours } from "d3-contour";
import { type Range, type StageFrame } from "./frame.ts";
import { mixedColour, type Rgb } from "./stage_colours.ts";

/** Numbers at the middles of the cells of a square, row by row from the lowest y. */
export interface CellField {
  side: number;
  range: Range;
  values: ArrayLike<number>;
}

/** Draws each cell in its colour; the browser smooths between them. */
export function drawField(
  frame: StageFrame,
  { side, range, values }: CellField,
  scale: readonly Rgb[],
  shareOf: (value: number) => number,
): void {
  const pixels = new ImageData(side, side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const value = values[row * side + column];
      const at = 4 * ((side - 1 - row) * side + column);
      // Where a value is not known, the paper shows, with hatching over it.
      if (Number.isNaN(value)) continue;
      pixels.data.set([...mixedColour(scale, shareOf(value)), 255], at);
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
    hatch(context, frame, { side, range, values });
  });
}

/** A stroke across every second cell whose value is not known: white alone would be a value. */
function hatch(
  context: CanvasRenderingContext2D,
  frame: StageFrame,
  { side, range: [low, high], values }: CellField,
): void {
  const cell = (high - low) / side;
  context.strokeStyle = frame.palette.rule;
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 0; i < side * side; i++) {
    const [row, column] = [Math.floor(i / side), i % side];
    if (!Number.isNaN(values[i]) || (row - column) % 2 !== 0) continue;
    const [x, y] = [low + column * cell, low + row * cell];
    context.moveTo(frame.x(x), frame.y(y));
    context.lineTo(frame.x(x + cell), frame.y(y + cell));
  }
  context.stroke();
}

let small: HTMLCanvasElement | undefined;

function buffer(side: number): HTMLCanvasElement {
  small ??= document.createElement("canvas");
  if (small.width !== side) small.width = small.height = side;
  return small;
}

/** How a line is drawn. */
export interface LineStroke {
  colour: string;
  width: number;
  dash?: number[];
}

/** Draws the lines on which a field has these values. */
export function drawContours(
  frame: StageFrame,
  { side, range: [low, high], values }: CellField,
  levels: number[],
  { colour, width, dash = [] }: LineStroke,
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
      const lines = find.contour(values as unknown as number[], level).coordinates.flat();
      for (const part of lines.flatMap((line) => known(line as [number, number][], side, values))) {
        for (const [i, point] of part.entries()) {
          if (i === 0) context.moveTo(x(point[0]), y(point[1]));
          else context.lineTo(x(point[0]), y(point[1]));
        }
      }
    }
    context.stroke();
    context.setLineDash([]);
  });
}

/**
 * The parts of a line that are contours: not those along the border of the square, or beside a cell
 * whose value is not known.
 */
function known(
  line: [number, number][],
  side: number,
  values: ArrayLike<number>,
): [number, number][][] {
  // A point lies between the middles of two cells, which are at halves.
  const between = (at: number) => [Math.floor(at - 0.5), Math.ceil(at - 0.5)];
  const isEdge = ([a, b]: [number, number]) =>
    a <= 0.5 || b <= 0.5 || a >= side - 0.5 || b >= side - 0.5 ||
    between(b).some((row) =>
      between(a).some((column) => Number.isNaN(values[row * side + column]))
    );
  const parts: [number, number][][] = [];
  for (const [i, point] of line.entries()) {
    const along = i > 0 && isEdge(point) && isEdge(line[i - 1]);
    if (i === 0 || along) parts.push([]);
    parts.at(-1)!.push(point);
  }
  return parts;
}
