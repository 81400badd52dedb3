/**
 * A picture with axes on a canvas: where numbers lie in it, its ticks, and its text, which has the
 * size of the page's.
 *
 * @module
 */
// @ts-types="@types/d3-array"
import { ticks } from "d3-array";
import { tickText } from "./number_text.ts";
import { type Palette, paletteOf } from "./stage_colours.ts";

/** The ends of an axis. */
export type Range = readonly [low: number, high: number];

/** What is drawn around a picture. */
export interface Axes {
  x: Range;
  y: Range;
  /** What an axis measures; an axis without it has no ticks. */
  names: { x?: string; y?: string };
  /** One unit is as long on both axes. */
  square?: boolean;
  /** Room below, in sizes of the text, where the x axis has no name; a few pixels if left out. */
  foot?: number;
}

/** A canvas that is being drawn on, in pixels of the page. */
export class StageFrame {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
  /** Size of the text, in pixels. */
  readonly text: number;
  /** The inside of the axes. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  #xs: Range;
  #ys: Range;

  /** Clears the canvas, and fits its pixels to its size on the page. */
  constructor(readonly canvas: HTMLCanvasElement, axes: Axes) {
    const { width, height } = canvas.getBoundingClientRect();
    const scale = devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    this.width = width;
    this.height = height;
    this.context = canvas.getContext("2d")!;
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
    this.context.clearRect(0, 0, width, height);
    this.palette = paletteOf(canvas);
    this.text = 0.8 * parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.left = axes.names.y === undefined ? 4 : 4.4 * this.text;
    this.right = width - 0.8 * this.text;
    this.top = 0.8 * this.text;
    const foot = axes.names.x === undefined ? axes.foot : 2.9;
    this.bottom = height - (foot === undefined ? 4 : foot * this.text);
    [this.#xs, this.#ys] = [axes.x, axes.y];
    if (axes.square) this.#makeSquare();
  }

  /** Widens one range, so that both axes have one scale. */
  #makeSquare(): void {
    const [x, y] = [this.#xs, this.#ys];
    const unit = Math.max(
      (x[1] - x[0]) / (this.right - this.left),
      (y[1] - y[0]) / (this.bottom - this.top),
    );
    const around = ([low, high]: Range, length: number): Range => {
      const middle = (low + high) / 2;
      return [middle - unit * length / 2, middle + unit * length / 2];
    };
    this.#xs = around(x, this.right - this.left);
    this.#ys = around(y, this.bottom - this.top);
  }

  get xs(): Range {
    return this.#xs;
  }

  get ys(): Range {
    return this.#ys;
  }

  /** Where a number lies, in pixels from the left. */
  x(value: number): number {
    const [low, high] = this.#xs;
    return this.left + (value - low) / (high - low) * (this.right - this.left);
  }

  /** Where a number lies, in pixels from the top. */
  y(value: number): number {
    const [low, high] = this.#ys;
    return this.bottom - (value - low) / (high - low) * (this.bottom - this.top);
  }

  /** The numbers at a place, in pixels. */
  at(left: number, top: number): [x: number, y: number] {
    const share = ([low, high]: Range, at: number) => low + at * (high - low);
    return [
      share(this.#xs, (left - this.left) / (this.right - this.left)),
      share(this.#ys, (this.bottom - top) / (this.bottom - this.top)),
    ];
  }

  /** Draws within the axes alone. */
  inside(draw: (context: CanvasRenderingContext2D) => void): void {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(this.left, this.top, this.right - this.left, this.bottom - this.top);
    context.clip();
    draw(context);
    context.restore();
  }

  /** StageFrame, ticks and names; those numbers of the y axis that are to be written. */
  drawAxes(names: Axes["names"], isWritten: (y: number) => boolean = () => true): void {
    const { context, palette, left, right, top, bottom, text } = this;
    context.strokeStyle = palette.rule;
    context.lineWidth = 1;
    context.strokeRect(left, top, right - left, bottom - top);
    context.fillStyle = palette.soft;
    context.font = `${text}px system-ui, sans-serif`;
    if (names.x !== undefined) {
      context.textAlign = "center";
      context.textBaseline = "top";
      for (const value of ticks(...this.#xs, Math.max(2, (right - left) / (5 * text)))) {
        context.fillRect(this.x(value), bottom, 1, 4);
        const place = Math.min(this.x(value), right - text);
        context.fillText(tickText(value), place, bottom + 6);
      }
      context.fillText(names.x, (left + right) / 2, bottom + 6 + 1.25 * text);
    }
    if (names.y !== undefined) {
      context.textAlign = "right";
      context.textBaseline = "middle";
      for (const value of ticks(...this.#ys, Math.max(2, (bottom - top) / (3.5 * text)))) {
        if (!isWritten(value)) continue;
        context.fillRect(left - 4, this.y(value), 4, 1);
        context.fillText(tickText(value), left - 6, this.y(value));
      }
      context.save();
      context.translate(0.75 * text, (top + bottom) / 2);
      context.rotate(-Math.PI / 2);
      context.textAlign = "center";
      context.fillText(names.y, 0, 0);
      context.restore();
    }
  }
}
