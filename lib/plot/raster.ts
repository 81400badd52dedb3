/**
 * A picture as an array of pixels, with the few things that a chart needs: lines, dots, text, axes.
 *
 * It is for the PNGs of a run folder, which are made without a browser. Figures for a reader with a
 * browser are plotly's.
 *
 * @module
 */
import { encode } from "fast-png";
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphOf } from "./glyphs.ts";

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

const INK: Colour = [40, 40, 40];
export const FAINT: Colour = [190, 190, 190];

/** A colour from its name in a chart, `#RRGGBB`. */
export function colourOf(hex: string): Colour {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export class Raster {
  readonly data: Uint8Array<ArrayBuffer>;

  /** A white picture. */
  constructor(readonly width: number, readonly height: number) {
    this.data = new Uint8Array(3 * width * height).fill(255);
  }

  /** Mixes `share` of a colour into a pixel; pixels outside are left out. */
  dot(x: number, y: number, colour: Colour, share = 1): void {
    if (!(x >= 0 && x < this.width && y >= 0 && y < this.height)) return;
    const at = 3 * (Math.floor(y) * this.width + Math.floor(x));
    for (let i = 0; i < 3; i++) {
      this.data[at + i] = Math.round((1 - share) * this.data[at + i] + share * colour[i]);
    }
  }

  rectangle({ left, top, width, height }: Box, colour: Colour, share = 1): void {
    for (let j = 0; j < height; j++) {
      for (let i = 0; i < width; i++) this.dot(left + i, top + j, colour, share);
    }
  }

  /**
   * A straight line two pixels wide; with `dash`, the first `dash` pixels of every `2 * dash` are
   * drawn.
   *
   * @param drawn Pixels of the pattern before this line, if it continues another line.
   * @returns The pixels of the pattern at its end.
   */
  line(
    [x0, y0]: readonly [number, number],
    [x1, y1]: readonly [number, number],
    colour: Colour,
    { dash = 0, drawn = 0 } = {},
  ): number {
    const length = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
    const steps = Math.max(1, Math.ceil(length));
    for (let i = 0; i <= steps; i++) {
      if (dash > 0 && (drawn + length * i / steps) % (2 * dash) >= dash) continue;
      const [x, y] = [x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps];
      this.rectangle({ left: Math.round(x), top: Math.round(y), width: 2, height: 2 }, colour);
    }
    return drawn + length;
  }

  /**
   * Text twice as large as its glyphs; (x, y) is its upper left, upper middle or upper right
   * corner.
   */
  text(
    x: number,
    y: number,
    text: string,
    { colour = INK, align = "left", upwards = false }: {
      colour?: Colour;
      align?: "left" | "middle" | "right";
      /** Read from below upwards; x and y are then the left and the lower end. */
      upwards?: boolean;
    } = {},
  ): void {
    const length = textWidth(text);
    const start = align === "left" ? 0 : align === "middle" ? -length / 2 : -length;
    [...text].forEach((character, index) => {
      const rows = glyphOf(character);
      for (let row = 0; row < GLYPH_HEIGHT; row++) {
        for (let column = 0; column < GLYPH_WIDTH; column++) {
          if (rows[row]?.[column] !== "#") continue;
          const along = Math.round(start) + 2 * (index * (GLYPH_WIDTH + 1) + column);
          const [left, top] = upwards ? [x + 2 * row, y - along - 1] : [x + along, y + 2 * row];
          this.rectangle({ left, top, width: 2, height: 2 }, colour);
        }
      }
    });
  }

  png(): Uint8Array {
    const { width, height, data } = this;
    return encode({ width, height, data, channels: 3, depth: 8 });
  }
}

/** In pixels. */
export function textWidth(text: string): number {
  return 2 * ([...text].length * (GLYPH_WIDTH + 1) - 1);
}

/** A rectangle of the picture, in pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface AxisRange {
  label: string;
  range: readonly [low: number, high: number];
}

/** The title and axes of a plot. */
export interface PlotPlan {
  box: Box;
  /** Above the box. */
  title: string;
  x: AxisRange;
  y: AxisRange;
}

/** A box with axes: where a point lands, and the frame to be drawn last. */
export class Plot {
  readonly #raster: Raster;
  readonly #plan: PlotPlan;

  constructor(raster: Raster, plan: PlotPlan) {
    this.#raster = raster;
    this.#plan = plan;
  }

  /** The pixel of a point; outside the box if the point is outside the ranges. */
  at(x: number, y: number): [number, number] {
    const { box, x: { range: [left, right] }, y: { range: [low, high] } } = this.#plan;
    return [
      box.left + (x - left) / (right - left) * box.width,
      box.top + (high - y) / (high - low) * box.height,
    ];
  }

  inside([px, py]: readonly [number, number]): boolean {
    const { left, top, width, height } = this.#plan.box;
    return px >= left && px < left + width - 1 && py >= top && py < top + height - 1;
  }

  /** Square dots, `size` pixels wide. */
  dots(points: ArrayLike<number>, colour: Colour, share: number, size: number): void {
    for (let i = 0; i + 1 < points.length; i += 2) {
      const at = this.at(points[i], points[i + 1]);
      if (this.inside(at)) {
        const [left, top] = at.map(Math.floor);
        this.#raster.rectangle({ left, top, width: size, height: size }, colour, share);
      }
    }
  }

  /** A curve, cut at the top and bottom of the box; it has a gap where a number is not finite. */
  curve(xs: ArrayLike<number>, ys: ArrayLike<number>, colour: Colour, dash = 0): void {
    const { top, height } = this.#plan.box;
    const cut = (y: number) => Math.min(top + height - 2, Math.max(top, y));
    let drawn = 0;
    for (let i = 1; i < xs.length; i++) {
      if (!Number.isFinite(ys[i - 1]) || !Number.isFinite(ys[i])) continue;
      const [from, to] = [this.at(xs[i - 1], ys[i - 1]), this.at(xs[i], ys[i])];
      const ends = [[from[0], cut(from[1])], [to[0], cut(to[1])]] as const;
      drawn = this.#raster.line(...ends, colour, { dash, drawn });
    }
  }

  /** A dotted line across, with its name to the right of the box, where no curve runs. */
  reference(y: number, name: string): void {
    const { left, width } = this.#plan.box;
    const [, py] = this.at(0, y);
    if (!this.inside([left, py])) return;
    this.#raster.line([left, py], [left + width, py], FAINT, { dash: 3 });
    this.#raster.text(left + width + 6, Math.round(py) - 7, name, { colour: [110, 110, 110] });
  }

  /** Frame, ticks, labels and title. */
  frame(): void {
    const raster = this.#raster;
    const { box: { left, top, width, height }, x, y, title } = this.#plan;
    const [right, bottom] = [left + width, top + height];
    raster.rectangle({ left, top, width, height: 1 }, INK);
    raster.rectangle({ left, top: bottom, width: width + 1, height: 1 }, INK);
    for (const side of [left, right]) {
      raster.rectangle({ left: side, top, width: 1, height }, INK);
    }
    for (const tick of ticks(x.range)) {
      const [px] = this.at(tick, 0);
      raster.rectangle({ left: Math.round(px), top: bottom, width: 1, height: 5 }, INK);
      raster.text(px, bottom + 8, format(tick), { align: "middle" });
    }
    for (const tick of ticks(y.range, Math.min(6, height / 30))) {
      const [, py] = this.at(0, tick);
      raster.rectangle({ left: left - 5, top: Math.round(py), width: 5, height: 1 }, INK);
      raster.text(left - 8, py - 7, format(tick), { align: "right" });
    }
    raster.text(left + width / 2, bottom + 28, x.label, { align: "middle" });
    raster.text(left - 68, top + height / 2, y.label, { align: "middle", upwards: true });
    raster.text(left, top - 24, title);
  }
}

/** Round numbers within a range, at most about `most`. */
export function ticks([low, high]: readonly [number, number], most = 6): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999)!;
  const found: number[] = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n++) {
    found.push(Number((n * step).toPrecision(12)));
  }
  return found;
}

function format(value: number): string {
  return Math.abs(value) >= 10_000 ? `${value / 1000}k` : String(value);
}
