/**
 * The stage on the line: Figure 1 of Goodfellow et al. 2014. Above, the densities of the data and of
 * G, D and D*; below, how G carries z to x, one line for each knot of z.
 *
 * @module
 */
import { type Arrows, type Look, type LookField } from "@/playground/playground_messages.ts";
import { type LayerName } from "@/playground/settings.ts";
import { type Range, StageFrame } from "./frame.ts";
import { drawArrow, longestOf } from "./marks.ts";
import { tracePoints } from "./broken_line.ts";
import { type Rgb } from "./stage_colours.ts";

/** The part of the height that the densities have; D goes from 0 to its top. */
const SHARE_OF_MAP = 0.26;

export function drawLine(
  canvas: HTMLCanvasElement,
  look: Look,
  layers: readonly LayerName[],
  longest?: number,
): StageFrame {
  const shown = (name: LayerName) => layers.includes(name);
  const [low, high] = look.range;
  const withMap = shown("map") && look.map !== undefined;
  const names = { x: "x", y: "D, from 0 to 1" };
  const frame = new StageFrame(canvas, {
    x: [low, high],
    y: withMap ? [-SHARE_OF_MAP / (1 - SHARE_OF_MAP), 1.04] : [0, 1.04],
    names: { x: "", y: "" },
  });
  drawMiddle(frame);
  const most = Math.max(...densitiesOf(look, shown).map(({ values }) => Math.max(...values)), 1e-9);
  const curve = (field: LookField, stroke: Line) =>
    drawCurve(frame, look.range, field.values, stroke);
  const { palette } = frame;
  if (shown("pG") && look.pG) fill(frame, look.range, look.pG.values, 0.85 / most);
  if (shown("difference") && look.difference && look.d && look.best) {
    between(frame, look.range, look.d.values, look.best.values);
  }
  if (shown("pData") && look.pData) {
    curve(look.pData, { scale: 0.85 / most, colour: palette.real, width: 2.5, dash: [2, 4] });
  }
  if (shown("pG") && look.pG) {
    curve(look.pG, { scale: 0.85 / most, colour: palette.fake, width: 2.5 });
  }
  if (shown("best") && look.best) {
    curve(look.best, { colour: palette.best, width: 2, dash: [9, 3, 2, 3] });
  }
  if (shown("discriminator") && look.d) {
    curve(look.d, { colour: palette.d, width: 2, dash: [8, 5] });
  }
  drawRows(frame, look, shown);
  if (shown("pulls") && look.pulls) drawPulls(frame, look.pulls, longest);
  if (withMap) drawMap(frame, look.map!);
  axes(frame, names);
  return frame;
}

type Shown = (name: LayerName) => boolean;

function densitiesOf(look: Look, shown: Shown): LookField[] {
  return [shown("pData") ? look.pData : undefined, shown("pG") ? look.pG : undefined]
    .filter((field) => field !== undefined);
}

interface Line {
  colour: string;
  width: number;
  /** What values are multiplied by. */
  scale?: number;
  dash?: number[];
}

function drawCurve(
  frame: StageFrame,
  [low, high]: Range,
  values: ArrayLike<number>,
  { colour, width, scale = 1, dash = [] }: Line,
): void {
  const step = (high - low) / values.length;
  frame.inside((context) => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    const points = Array.from(
      values,
      (value, i) => [frame.x(low + (i + 0.5) * step), frame.y(scale * value)] as const,
    );
    tracePoints(context, points);
    context.stroke();
    context.setLineDash([]);
  });
}

function fill(
  frame: StageFrame,
  [low, high]: Range,
  values: ArrayLike<number>,
  scale: number,
): void {
  const step = (high - low) / values.length;
  frame.inside((context) => {
    context.fillStyle = frame.palette.fake;
    context.globalAlpha = 0.14;
    context.beginPath();
    context.moveTo(frame.x(low), frame.y(0));
    for (let i = 0; i < values.length; i++) {
      context.lineTo(frame.x(low + (i + 0.5) * step), frame.y(scale * values[i]));
    }
    context.lineTo(frame.x(high), frame.y(0));
    context.fill();
    context.globalAlpha = 1;
  });
}

/** Columns from D* to D, in the colours of their difference. */
function between(
  frame: StageFrame,
  [low, high]: Range,
  d: ArrayLike<number>,
  best: ArrayLike<number>,
): void {
  const step = (high - low) / d.length;
  const [first, last] = [frame.palette.difference[0], frame.palette.difference.at(-1)!];
  const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue} / 45%)`;
  frame.inside((context) => {
    for (let i = 0; i < d.length; i++) {
      context.fillStyle = css(d[i] < best[i] ? first : last);
      const [top, bottom] = [frame.y(Math.max(d[i], best[i])), frame.y(Math.min(d[i], best[i]))];
      // Whole pixels: no gap shows between two columns, and none overlap.
      const [left, right] = [i, i + 1].map((at) => Math.round(frame.x(low + at * step)));
      context.fillRect(left, top, right - left, bottom - top);
    }
  });
}

/** The line at which D cannot tell. */
function drawMiddle(frame: StageFrame): void {
  const { context, palette, left, right } = frame;
  context.strokeStyle = palette.rule;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, frame.y(0.5));
  context.lineTo(right, frame.y(0.5));
  context.stroke();
}

/** Real and generated rows, as ticks on the axis. */
function drawRows(frame: StageFrame, look: Look, shown: Shown): void {
  const rows = (values: Float32Array, colour: string, up: boolean) =>
    frame.inside((context) => {
      context.strokeStyle = colour;
      context.globalAlpha = 0.35;
      context.lineWidth = 1;
      context.beginPath();
      const y = frame.y(0);
      for (const value of values.subarray(0, 250)) {
        context.moveTo(frame.x(value), y);
        context.lineTo(frame.x(value), up ? y - 8 : y + 8);
      }
      context.stroke();
      context.globalAlpha = 1;
    });
  if (shown("data")) rows(look.real, frame.palette.real, true);
  if (shown("generated")) rows(look.fake, frame.palette.fake, false);
}

/** How many arrows there is room for. */
const ARROWS = 24;

function drawPulls(frame: StageFrame, pulls: Arrows, longest = longestOf(pulls, 1)): void {
  const { at, by } = pulls;
  if (!(longest > 0)) return;
  const scale = 0.12 * (frame.right - frame.left) / longest;
  const every = Math.max(1, Math.floor(at.length / ARROWS));
  frame.inside((context) => {
    context.strokeStyle = context.fillStyle = frame.palette.pull;
    context.lineWidth = 1.4;
    for (let i = 0, row = 0; i < at.length; i += every, row++) {
      const y = frame.y(0.04 + 0.03 * (row % 5));
      const length = scale * by[i];
      if (Math.abs(length) >= 1) drawArrow(context, [frame.x(at[i]), y], [length, 0]);
    }
  });
}

/** Lines from z, equally spaced below, to G(z) on the axis of x. */
function drawMap(frame: StageFrame, { z, x }: NonNullable<Look["map"]>): void {
  const { context, palette, left, right, text } = frame;
  const [from, to] = [frame.bottom - 1.3 * text, frame.y(0)];
  const [low, high] = [z[0], z[z.length - 1]];
  const across = (value: number) => left + (value - low) / (high - low) * (right - left);
  frame.inside(() => {
    context.strokeStyle = palette.fake;
    context.lineWidth = 1;
    context.globalAlpha = 0.7;
    for (let i = 0; i < z.length; i++) {
      context.beginPath();
      context.moveTo(across(z[i]), from);
      context.lineTo(frame.x(x[i]), to);
      context.stroke();
    }
    context.globalAlpha = 1;
  });
  context.fillStyle = palette.soft;
  context.strokeStyle = palette.soft;
  context.beginPath();
  context.moveTo(left, from);
  context.lineTo(right, from);
  context.stroke();
  context.font = `${text}px system-ui, sans-serif`;
  context.textBaseline = "top";
  context.textAlign = "left";
  const ends = [low, high].map((value) => `z = ${value.toFixed(1).replace("-", "−")}`);
  const needed = ends.reduce((sum, end) => sum + context.measureText(end).width, 2 * text);
  // Where there is no room for both, the name stands once.
  if (needed > right - left) ends[1] = ends[1].replace("z = ", "");
  context.fillText(ends[0], left + 4, from + 2);
  context.textAlign = "right";
  context.fillText(ends[1], right - 4, from + 2);
}

/** The axes of x, where D is 0, and of D. */
function axes(frame: StageFrame, names: { x: string; y: string }): void {
  const { context, palette, left, right } = frame;
  context.strokeStyle = palette.soft;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, frame.y(0));
  context.lineTo(right, frame.y(0));
  context.stroke();
  frame.drawAxes(names, (value) => value > -0.01 && value < 1.01);
}
