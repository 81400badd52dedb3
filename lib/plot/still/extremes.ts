/**
 * What needs a place on an axis without a range: traces, images, shapes and annotations.
 *
 * @module
 */
import { type Figure, type Trace } from "../figure.ts";
import { coordinate, lengthOf, type StillAxis } from "./axis.ts";
import { type Fonts } from "./font.ts";
import { type FigureSheet, isVisible, modeOf, pairOf, valuesOf } from "./plotly_layout.ts";
import { type Extreme, PADDING } from "./range.ts";
import { textOf } from "./text_svg.ts";

export function traceExtremes(axis: StillAxis, { data, layout }: Figure): Extreme[] {
  const own = data.filter((trace) => isVisible(trace) && pairOf(trace)[axis.letter] === axis.id);
  const padding = PADDING * lengthOf(axis);
  return own.flatMap((trace): Extreme[] => {
    const along = isAlong(trace, axis.letter);
    const places = valuesOf(trace, axis.letter).map((value) => coordinate(axis, value));
    const ends = endsOf(places);
    if (trace.type === "bar") {
      if (along) return ends.flatMap((at) => spread(at, 0.5, 0));
      return [{ at: 0, before: 0, after: 0 }, ...ends.map((at) => around(at, padding))];
    }
    const markers = modeOf(trace).includes("markers");
    const size = markers ? markerSize(trace) / 2 : 0;
    const tight = along && !markers && layout.barmode !== "overlay";
    const room = tight ? 0 : padding + size;
    const zero = trace.fill === "tozeroy" && axis.letter === "y" && axis.type === "linear"
      ? [{ at: 0, before: 0, after: 0 }]
      : [];
    return [...zero, ...ends.map((at) => around(at, room))];
  });
}

/** True for the axis along which a trace runs, false for the axis of its heights. */
function isAlong({ orientation }: Trace, letter: "x" | "y"): boolean {
  return (letter === "x") !== (orientation === "h");
}

function markerSize({ marker }: Trace): number {
  const size = (marker as { size?: number | number[] } | undefined)?.size ?? 6;
  return typeof size === "number" ? size : Math.max(0, ...Array.from(size));
}

function around(at: number, room: number): Extreme {
  return { at, before: room, after: room };
}

function spread(at: number, by: number, room: number): Extreme[] {
  return [around(at - by, room), around(at + by, room)];
}

function endsOf(places: number[]): number[] {
  const finite = places.filter(Number.isFinite);
  if (finite.length === 0) return [];
  // Not Math.min(...finite): a long line would overflow the stack.
  return [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
}

type Item = Record<string, unknown>;

export function imageExtremes(axis: StillAxis, { layout }: Figure): Extreme[] {
  const { letter, id } = axis;
  return ((layout.images ?? []) as Item[]).filter((image) => image[`${letter}ref`] === id)
    .flatMap((image) => {
      const [at, size] = [Number(image[letter]), Number(image[`size${letter}`])];
      const anchor = String(image[`${letter}anchor`] ?? (letter === "x" ? "left" : "top"));
      const first = { left: at, right: at - size, top: at - size, bottom: at }[anchor] ??
        at - size / 2;
      return [around(first, 0), around(first + size, 0)];
    });
}

export function shapeExtremes(axis: StillAxis, { layout }: Figure): Extreme[] {
  const { letter, id } = axis;
  return ((layout.shapes ?? []) as Item[]).filter((shape) => shape[`${letter}ref`] === id)
    .flatMap((shape) => {
      const half = Number((shape.line as { width?: number } | undefined)?.width ?? 2) / 2;
      return [shape[`${letter}0`], shape[`${letter}1`]]
        .map((value) => around(coordinate(axis, value), half));
    });
}

export function annotationExtremes(
  axis: StillAxis,
  { layout }: Figure,
  sheet: FigureSheet,
  fonts: Fonts,
): Extreme[] {
  const { letter, id } = axis;
  return ((layout.annotations ?? []) as Item[])
    .filter((note) => note.visible !== false && note[`${letter}ref`] === id)
    .map((note) => {
      const font = note.font as { size?: number } | undefined;
      const text = textOf(note.text, font?.size ?? sheet.font.size, fonts);
      const size = (letter === "x" ? text.width : text.height) + 2;
      const shift = Number(note[`${letter}shift`] ?? 0);
      const anchor = String(note[`${letter}anchor`] ?? "middle");
      // Parts of the text below its place and above it, along the axis.
      const below = { left: 0, bottom: 0, right: 1, top: 1 }[anchor] ?? 0.5;
      return {
        at: Number(note[letter]),
        before: Math.max(0, below * size - shift),
        after: Math.max(0, (1 - below) * size + shift),
      };
    });
}
