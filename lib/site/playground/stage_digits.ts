/**
 * The stage of MNIST: 36 pictures of the same z, what D says of each, the share of each digit, and a
 * picture on the way from one z to another.
 *
 * @module
 */
import { type Look } from "@/playground/protocol.ts";
import { Frame } from "./frame.ts";

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

/** Draws the digits, and returns the frame. */
export function drawDigits(
  canvas: HTMLCanvasElement,
  look: Look,
  { from, to, t }: { from: number; to: number; t: number },
): Frame {
  const frame = new Frame(canvas, { x: [0, 1], y: [0, 1], names: {} });
  const { digits } = look;
  if (!digits) return frame;
  const { context, palette, width, height, text } = frame;
  const wide = width > 1.25 * height;
  const grid = wide ? Math.min(height, 0.62 * width) : Math.min(width, 0.66 * height);
  const size = grid / COLUMNS;
  context.imageSmoothingEnabled = false;
  for (let i = 0; i < COLUMNS * COLUMNS; i++) {
    const [x, y] = [size * (i % COLUMNS), size * Math.floor(i / COLUMNS)];
    const pixels = digits.pictures.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
    context.drawImage(imageOf(pixels), x + 1, y + 1, size - 3, size - 6);
    // What D says: the longer the bar, the surer it is that the picture is real.
    context.fillStyle = palette.rule;
    context.fillRect(x + 1, y + size - 5, size - 3, 3);
    context.fillStyle = palette.real;
    context.fillRect(x + 1, y + size - 5, (size - 3) * digits.d[i], 3);
    if (i === from || i === to) {
      context.strokeStyle = palette.fake;
      context.lineWidth = 2;
      context.strokeRect(x + 1, y + 1, size - 3, size - 6);
    }
  }
  const beside = wide
    ? { left: grid + 1.5 * text, top: 0, width: width - grid - 2 * text, height: grid }
    : { left: 0, top: grid + text, width, height: height - grid - text };
  drawShares(frame, digits.shares, { ...beside, height: 0.52 * beside.height });
  drawBetween(frame, digits.between, t, {
    ...beside,
    top: beside.top + 0.56 * beside.height,
    height: 0.44 * beside.height,
  });
  return frame;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function drawShares({ context, palette, text }: Frame, shares: number[], box: Box): void {
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
  { context, palette, text }: Frame,
  pixels: ArrayLike<number> | undefined,
  t: number,
  box: Box,
): void {
  if (!pixels) return;
  context.fillStyle = palette.ink;
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillText(`Between the two framed ones: t = ${t.toFixed(2)}`, box.left, box.top);
  const size = Math.min(box.height - 1.6 * text, box.width);
  context.drawImage(imageOf(pixels), box.left, box.top + 1.5 * text, size, size);
}

/** Which of the 36 lies at a place of the canvas, in pixels; undefined beside them. */
export function digitAt(canvas: HTMLCanvasElement, left: number, top: number): number | undefined {
  const { width, height } = canvas.getBoundingClientRect();
  const grid = width > 1.25 * height
    ? Math.min(height, 0.62 * width)
    : Math.min(width, 0.66 * height);
  const [column, row] = [Math.floor(left / grid * COLUMNS), Math.floor(top / grid * COLUMNS)];
  return column >= 0 && column < COLUMNS && row >= 0 && row < COLUMNS
    ? row * COLUMNS + column
    : undefined;
}
