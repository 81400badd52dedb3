/**
 * Charts of two pairs of axes or more, moved by the same sliders: what has another unit, such as a
 * density and a probability, has a panel of its own.
 *
 * @module
 */
import { beside } from "./beside.ts";
import { type Figure, short, titleOf } from "./figure.ts";
import { framesOf, type Sliders, slidersLayout, startOf } from "./sliders.ts";

/** Panels that one or two sliders move. */
export interface BesideSliders {
  /** The title above all of them. */
  title: string;
  /** One slider, or two. */
  sliders: Sliders;
  /**
   * The panels at the sliders' values, given in order: charts of the same lines everywhere. Only
   * the heights of lines and points change with the sliders, so that axes need a range.
   */
  panels(...at: number[]): Figure[];
  /** A line of text under the title, such as a number that depends on the position. */
  caption?(...at: number[]): string;
  /** Buttons that play the positions, and pause. One slider only. */
  play?: boolean;
  /** Pixels of a panel's drawing. */
  height?: number;
}

/** Pixels between a drawing and the first slider. */
const GAP = 45;

/**
 * Panels beside each other, with sliders below that move all of them.
 *
 * @throws {RangeError} If a slider does not start at one of its positions, or two are to play.
 * @throws {TypeError} If the panels do not have the same lines at every position.
 */
export function besideSliders(
  { title, sliders, panels, caption, play = false, height }: BesideSliders,
): Figure {
  const at = (...values: number[]) => beside({ title, panels: panels(...values), height });
  const { data, layout, narrow } = at(...startOf(sliders));
  const names = data.map(({ name }) => name).join(", ");
  const { frames, first } = framesOf(title, sliders, (...values) => {
    const found = at(...values).data;
    const own = found.map(({ name }) => name).join(", ");
    if (own !== names) {
      throw new TypeError(
        `Cannot draw "${title}": every position must have the lines ${names}, got ${own} at ${
          values.join(", ")
        }`,
      );
    }
    return {
      data: found.map(({ y }) => ({ y: (y as number[]).map(short) })),
      layout: { title: titleOf(title, caption?.(...values)) },
    };
  });
  const margin = layout.margin as { b: number };
  const below = ({ height }: Figure["layout"]) =>
    slidersLayout(title, sliders, { height: height as number, margin, gap: GAP, play });
  return {
    data: data.map((trace, i) => ({ ...trace, ...first.data[i] })),
    layout: { ...layout, ...below(layout).layout, title: first.layout!.title },
    narrow: {
      ...narrow!,
      layout: { ...narrow!.layout, ...below(narrow!.layout).narrow },
    },
    frames,
  };
}
