/**
 * A small chart: a number over the moves of a run, or of two, and its line at equilibrium.
 *
 * @module
 */
// @ts-types="@types/d3-array"
import { ticks } from "d3-array";
import { type Range, StageFrame } from "./frame.ts";
import { tickText } from "./number_text.ts";
import { tracePoints } from "./broken_line.ts";

/** What a chart has besides its numbers. */
export interface SeriesMarks {
  /** What the runs should read at equilibrium. */
  ideals: readonly number[];
  /** What is counted from left to right. */
  moves: string;
}

/** @param lists For each run, pairs of a move and a number, in order; NaN where it is not known. */
export function drawSeries(
  canvas: HTMLCanvasElement,
  lists: [move: number, value: number][][],
  { ideals, moves: nameOfMoves }: SeriesMarks,
): void {
  const all = lists.flat();
  if (all.length === 0) return;
  const moves = rangeOf(all.map(([move]) => move), 1);
  const values = valuesRange(lists, ideals);
  const frame = new StageFrame(canvas, {
    ...{ x: moves, y: padded(values), names: { y: "" } },
    foot: FOOT,
  });
  const { context, palette, text, width, left, right, top, bottom } = frame;
  for (const ideal of ideals) {
    line(frame, [[moves[0], ideal], [moves[1], ideal]], palette.best, [5, 4]);
  }
  for (const [run, list] of lists.entries()) {
    const colour = run === 0 ? palette.ink : palette.pull;
    line(frame, thinned(list, width), colour, run === 0 ? [] : [3, 2]);
    if (list.length <= FEW) {
      dots(frame, list.filter(([, value]) => Number.isFinite(value)), colour);
    }
  }
  context.font = `${0.9 * text}px system-ui, sans-serif`;
  context.fillStyle = palette.soft;
  context.textAlign = "right";
  context.textBaseline = "top";
  context.fillText(tickText(rounded(values[1], values)), left - 4, top);
  context.textBaseline = "bottom";
  context.fillText(tickText(rounded(values[0], values)), left - 4, bottom);
  context.strokeStyle = palette.rule;
  context.strokeRect(left, top, right - left, bottom - top);
  drawMoves(frame, nameOfMoves);
}

/** Below the chart, in sizes of its text. */
const FOOT = 1.5;

/** How many moves there were, from left to right, and what is counted. */
function drawMoves(frame: StageFrame, name: string): void {
  const { context, palette, text, left, right, bottom } = frame;
  context.fillStyle = palette.soft;
  context.textBaseline = "top";
  context.textAlign = "right";
  context.fillText(name, right, bottom + 5);
  const free = right - context.measureText(`${name}  `).width;
  context.textAlign = "center";
  const whole = ticks(...frame.xs, Math.max(2, (right - left) / (6 * text)))
    .filter(Number.isInteger);
  for (const move of whole) {
    const words = tickText(move);
    const half = context.measureText(words).width / 2;
    context.fillRect(frame.x(move), bottom, 1, 4);
    if (frame.x(move) + half < free) context.fillText(words, frame.x(move), bottom + 5);
  }
}

/** What a chart reaches over from its lower to its upper end, but for a margin. */
export function valuesRange(
  lists: [move: number, value: number][][],
  ideals: readonly number[],
): Range {
  const known = lists.flat().map(([, value]) => value).filter(Number.isFinite);
  return rangeOf([...inner(known), ...ideals], 0.02);
}

function rangeOf(values: number[], least: number): Range {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high - low >= least ? [low, high] : [low - least / 2, low + least / 2];
}

/** Without the hundredth at each end, so that one wild step does not press the rest flat. */
function inner(values: number[]): number[] {
  if (values.length < 50) return values;
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(values.length / 100);
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}

function padded([low, high]: Range): Range {
  const by = 0.1 * (high - low);
  return [low - by, high + by];
}

/** An end of an axis in few digits; what is nothing beside its length is 0. */
function rounded(value: number, [low, high]: Range): number {
  if (Math.abs(value) < 1e-3 * (high - low)) return 0;
  return Number(value.toPrecision(Math.abs(value) < 0.01 ? 1 : 3));
}

/** Readings that are so few that each gets a dot. */
const FEW = 24;

/** No more pairs than there are pixels. */
function thinned(list: [number, number][], width: number): [number, number][] {
  const every = Math.max(1, Math.floor(list.length / width));
  return list.filter((_, i) => i % every === 0 || i === list.length - 1);
}

/** What was read, where little was: the line between two dots is not. */
function dots(frame: StageFrame, pairs: [number, number][], colour: string): void {
  frame.inside((context) => {
    context.fillStyle = colour;
    for (const [move, value] of pairs) {
      context.beginPath();
      context.arc(frame.x(move), frame.y(value), 2.5, 0, 2 * Math.PI);
      context.fill();
    }
  });
}

function line(frame: StageFrame, pairs: [number, number][], colour: string, dash: number[]): void {
  frame.inside((context) => {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.setLineDash(dash);
    context.beginPath();
    tracePoints(context, pairs.map(([move, value]) => [frame.x(move), frame.y(value)]));
    context.stroke();
    context.setLineDash([]);
  });
}
