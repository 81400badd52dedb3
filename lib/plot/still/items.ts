/**
 * What lies on a drawing beside its traces: shapes, annotations, pictures.
 *
 * A place is on an axis ("x2"), in parts of an axis's length ("x2 domain") or of the whole drawing
 * ("paper").
 *
 * @module
 */
import { coordinate, isOn, pixel, type StillAxis } from "./axis.ts";
import { type AxisPair, clipped } from "./clip.ts";
import { type Fonts } from "./font.ts";
import { type FigureSheet, type FontLook, type Margin } from "./plotly_layout.ts";
import { attributes, element, type LineLook, number, stroke } from "./svg.ts";
import { LINE_HEIGHT, type Text, textOf, textSvg } from "./text_svg.ts";

type Item = Record<string, unknown>;

/** What places are measured against. */
export interface Ground {
  sheet: FigureSheet;
  margin: Margin;
  axes: Map<string, StillAxis>;
}

/** The pixel of a place along x or y; undefined where its axis is not drawn. */
function placeOf(
  { sheet, margin, axes }: Ground,
  letter: "x" | "y",
  { ref, at, share }: { ref: unknown; at: (axis: StillAxis) => number; share: unknown },
): number | undefined {
  const name = String(ref ?? "paper");
  if (name === "paper") {
    return letter === "x"
      ? margin.l + Number(share) * (sheet.width - margin.l - margin.r)
      : margin.t + (1 - Number(share)) * (sheet.height - margin.t - margin.b);
  }
  const axis = axes.get(name.replace(" domain", ""));
  if (!axis) return undefined;
  if (!name.endsWith(" domain")) return pixel(axis, at(axis));
  return axis.ends[0] + Number(share) * (axis.ends[1] - axis.ends[0]);
}

/** The axes that a shape is cut to; none for one that is placed on paper. */
function frameOf({ axes }: Ground, { xref, yref }: Item): AxisPair | undefined {
  const [x, y] = [xref, yref].map((ref) => axes.get(String(ref ?? "").replace(" domain", "")));
  return x && y ? { x, y } : undefined;
}

export function shapesSvg(ground: Ground, below: boolean): string {
  const shapes = (ground.sheet.layout.shapes ?? []) as Item[];
  return shapes.filter(({ layer, visible }) => visible !== false && (layer === "below") === below)
    .map((shape) => shapeSvg(ground, shape)).join("");
}

function shapeSvg(ground: Ground, shape: Item): string {
  const place = (letter: "x" | "y", end: 0 | 1) => {
    const value = shape[`${letter}${end}`];
    const at = (axis: StillAxis) => coordinate(axis, value);
    return placeOf(ground, letter, { ref: shape[`${letter}ref`], at, share: value });
  };
  const ends = [place("x", 0), place("x", 1), place("y", 0), place("y", 1)];
  if (!ends.every((value) => Number.isFinite(value))) return "";
  const drawn = outlineSvg(shape, ends as number[]);
  const frame = frameOf(ground, shape);
  return frame ? clipped(frame, drawn) : drawn;
}

function outlineSvg(shape: Item, [x0, x1, y0, y1]: number[]): string {
  const look = {
    ...stroke(shape.line as LineLook ?? {}),
    opacity: shape.opacity as number | undefined,
  };
  if (shape.type === "line") return element("line", { x1: x0, y1: y0, x2: x1, y2: y1, ...look });
  const [left, top] = [Math.min(x0, x1), Math.min(y0, y1)];
  const [width, height] = [Math.abs(x1 - x0), Math.abs(y1 - y0)];
  const fill = String(shape.fillcolor ?? "none");
  if (shape.type === "circle") {
    const [rx, ry] = [width / 2, height / 2];
    return element("ellipse", { cx: left + rx, cy: top + ry, rx, ry, ...look, fill });
  }
  return element("rect", { x: left, y: top, width, height, ...look, fill });
}

/** Pixels around the text of an annotation. */
const BORDER = 1;

export function annotationsSvg(ground: Ground, fonts: Fonts): string {
  return boxesOf(ground, fonts).map((box) => annotationSvg(box, ground.sheet)).join("");
}

/** The upper end of the annotation that reaches highest; Infinity where there is none. */
export function highestAnnotation(ground: Ground, fonts: Fonts): number {
  return Math.min(...boxesOf(ground, fonts).map(({ top }) => top));
}

/** An annotation in its place. */
interface NoteBox {
  note: Item;
  text: Text;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The annotations that are drawn: those off their axes are not. */
function boxesOf(ground: Ground, fonts: Fonts): NoteBox[] {
  const { sheet, axes } = ground;
  const notes = (sheet.layout.annotations ?? []) as Item[];
  return notes.filter(({ visible }) => visible !== false).flatMap((note) => {
    for (const letter of ["x", "y"] as const) {
      const axis = axes.get(String(note[`${letter}ref`]));
      if (axis && !isOn(axis, Number(note[letter]))) return [];
    }
    const place = (letter: "x" | "y") =>
      placeOf(ground, letter, {
        ref: note[`${letter}ref`],
        at: () => Number(note[letter]),
        share: note[letter],
      });
    const [x, y] = [place("x"), place("y")];
    if (x === undefined || y === undefined) return [];
    const text = textOf(note.text, (note.font as FontLook)?.size ?? sheet.font.size, fonts);
    const [width, height] = [text.width + 2 * BORDER, text.height + 2 * BORDER];
    const { xshift = 0, yshift = 0, xanchor, yanchor } = note;
    const left = x + Number(xshift) - width * shareOf(xanchor, note.x, note.xref);
    const top = y - Number(yshift) - height * shareOf(yanchor, note.y, note.yref, true);
    return [{ note, text, left, top, width, height }];
  });
}

function annotationSvg(
  { note, text, left, top, width, height }: NoteBox,
  sheet: FigureSheet,
): string {
  const align = (note.align ?? "center") as "left" | "center" | "right";
  const drawn = textSvg(text, {
    x: left + { left: BORDER, center: width / 2, right: width - BORDER }[align],
    // A line of text is placed within its height as plotly places it.
    y: top + BORDER + (LINE_HEIGHT / 2 + 0.35) * text.size,
    align,
    colour: (note.font as FontLook)?.color ?? sheet.font.color,
  });
  const back = note.bgcolor === undefined
    ? ""
    : element("rect", { x: left, y: top, width, height, fill: String(note.bgcolor) });
  const turn = Number(note.textangle ?? 0);
  if (turn === 0) return back + drawn;
  const middle = `${number(left + width / 2)} ${number(top + height / 2)}`;
  return `<g${attributes({ transform: `rotate(${turn} ${middle})` })}>${back}${drawn}</g>`;
}

/** The part of a text before its place; by default plotly chooses it by thirds of the paper. */
function shareOf(anchor: unknown, at: unknown, ref: unknown, isY = false): number {
  const known = { left: 0, center: 0.5, right: 1, top: 0, middle: 0.5, bottom: 1 };
  const found = known[String(anchor) as keyof typeof known];
  if (found !== undefined) return found;
  if (String(ref ?? "paper") !== "paper") return 0.5;
  const share = Number(at) < 1 / 3 ? 0 : Number(at) > 2 / 3 ? 1 : 0.5;
  return isY ? 1 - share : share;
}

export function imagesSvg(ground: Ground, below: boolean): string {
  const images = (ground.sheet.layout.images ?? []) as Item[];
  return images.filter(({ layer, visible }) => visible !== false && (layer === "below") === below)
    .map((image) => imageSvg(ground, image)).join("");
}

function imageSvg(ground: Ground, image: Item): string {
  const place = (letter: "x" | "y", at: number) =>
    placeOf(ground, letter, { ref: image[`${letter}ref`], at: () => at, share: at });
  const first = (letter: "x" | "y") => {
    const [at, size] = [Number(image[letter]), Number(image[`size${letter}`])];
    const anchor = image[`${letter}anchor`] ?? (letter === "x" ? "left" : "top");
    const part = { left: 0, bottom: 0, right: 1, top: 1 }[String(anchor)] ?? 0.5;
    return [at - part * size, at - part * size + size];
  };
  const [x0, x1] = first("x").map((at) => place("x", at));
  const [y0, y1] = first("y").map((at) => place("y", at));
  if (x0 === undefined || x1 === undefined || y0 === undefined || y1 === undefined) return "";
  return element("image", {
    x: Math.min(x0, x1),
    y: Math.min(y0, y1),
    width: Math.abs(x1 - x0),
    height: Math.abs(y1 - y0),
    preserveAspectRatio: image.sizing === "stretch" ? "none" : "xMidYMid",
    opacity: image.opacity as number | undefined,
    href: String(image.source),
  });
}
