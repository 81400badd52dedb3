/**
 * The stage of MNIST: 36 pictures of the same z, what D says of each, the share of each digit, and a
 * picture on the way from one z to another.
 *
 * @module
 */
import { type Look } from "@/playground/playground_messages.ts";
import { StageFrame } from "./frame.ts";

const SIDE = 28;
const COLUMNS = 6;

/** Pixels of a picture of a digit, 0 black to 1 white. */
function imageOf(pixels: ArrayLike<number>): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const image = new ImageData(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const value = Math.round(255 * pixels[i]);
    image.data.set([value, value, value, 255], 4 * i);
  }
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  return canvas;
}

/** Of the width, what the 36 take; and of the height, the bars below. */
const [GRID, BARS] = [0.7, 0.24];

/** Draws the digits, and returns the frame. */
export function drawDigits(
  canvas: HTMLCanvasElement,
  look: Look,
  { from, to, t }: { from: number; to: number; t: number },
): StageFrame {
  const frame = new StageFrame(canvas, { x: [0, 1], y: [0, 1], names: {} });
  const { digits } = look;
  if (!digits) return frame;
  const { context, palette, width, height, text } = frame;
  const size = sizeOfDigit(width, height);
  context.imageSmoothingEnabled = false;
  for (let i = 0; i < COLUMNS * COLUMNS; i++) {
    const [x, y] = [PAD + size * (i % COLUMNS), PAD + size * Math.floor(i / COLUMNS)];
    const pixels = digits.pictures.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
    context.drawImage(imageOf(pixels), x, y, size - 3, size - 7);
    // What D says: the longer the bar, the surer it is that the picture is real.
    context.fillStyle = palette.rule;
    context.fillRect(x, y + size - 6, size - 3, 3);
    context.fillStyle = palette.real;
    context.fillRect(x, y + size - 6, (size - 3) * digits.d[i], 3);
    if (i !== from && i !== to) continue;
    context.strokeStyle = palette.fake;
    context.lineWidth = 3;
    context.strokeRect(x, y, size - 3, size - 7);
  }
  const left = 2 * PAD + size * COLUMNS;
  drawBetween(frame, digits.between, t, { left, top: PAD, width: width - left - PAD, height });
  const top = 2 * PAD + size * COLUMNS;
  const bars = { left: PAD, top, width: width - 2 * PAD, height: height - top - 0.5 * text };
  if (digits.shares.length > 0) drawShares(frame, digits.shares, bars);
  return frame;
}

/** Pixels around everything. */
const PAD = 8;

function sizeOfDigit(width: number, height: number): number {
  return Math.min(GRID * width, (1 - BARS) * height) / COLUMNS;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function drawShares({ context, palette, text }: StageFrame, shares: number[], box: Box): void {
  context.font = `${text}px system-ui, sans-serif`;
  context.fillStyle = palette.ink;
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillText("Shares of the digits (line: a tenth)", box.left, box.top);
  const [top, bottom] = [box.top + 1.6 * text, box.top + box.height - 1.4 * text];
  const most = Math.max(0.25, ...shares);
  const width = box.width / 10;
  for (const [digit, share] of shares.entries()) {
    const height = (bottom - top) * share / most;
    context.fillStyle = palette.fake;
    context.fillRect(box.left + digit * width + 2, bottom - height, width - 4, height);
    context.fillStyle = palette.soft;
    context.textAlign = "center";
    context.fillText(String(digit), box.left + (digit + 0.5) * width, bottom + 3);
  }
  const tenth = bottom - (bottom - top) * 0.1 / most;
  context.strokeStyle = palette.real;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(box.left, tenth);
  context.lineTo(box.left + box.width, tenth);
  context.stroke();
  context.setLineDash([]);
}

function drawBetween(
  { context, palette, text }: StageFrame,
  pixels: ArrayLike<number> | undefined,
  t: number,
  { left, top, width }: Box,
): void {
  if (!pixels) return;
  context.font = `${text}px system-ui, sans-serif`;
  context.fillStyle = palette.ink;
  context.textAlign = "left";
  context.textBaseline = "top";
  const lines = ["Between the", "framed two,", `t = ${t.toFixed(2)}`];
  for (const [i, line] of lines.entries()) {
    context.fillText(line, left, top + 1.3 * i * text, width);
  }
  const from = top + 4.2 * text;
  context.drawImage(imageOf(pixels), left, from, width, width);
  context.fillStyle = palette.rule;
  context.fillRect(left, from + width + 6, width, 4);
  context.fillStyle = palette.fake;
  context.fillRect(left, from + width + 6, width * t, 4);
  context.fillStyle = palette.soft;
  for (const [i, line] of ["drag: move", "click: choose", "another"].entries()) {
    context.fillText(line, left, from + width + 16 + 1.3 * i * text, width);
  }
}

/** Which of the 36 lies at a place of the canvas, in pixels; undefined beside them. */
export function digitAt(canvas: HTMLCanvasElement, left: number, top: number): number | undefined {
  const { width, height } = canvas.getBoundingClientRect();
  const size = sizeOfDigit(width, height);
  const [column, row] = [Math.floor((left - PAD) / size), Math.floor((top - PAD) / size)];
  return column >= 0 && column < COLUMNS && row >= 0 && row < COLUMNS
    ? row * COLUMNS + column
    : undefined;
}
