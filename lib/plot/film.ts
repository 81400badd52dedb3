/**
 * Figures of the same shape as one figure with a slider through them, and a button to play. It
 * opens at the first.
 *
 * A frame brings only the traces and the parts of the layout that change at all.
 *
 * @module
 */
import { BUTTONS_ROW, controlsLayouts, frameSlider, playButtons } from "./controls.ts";
import { type Figure, type Narrow, short, type Trace } from "./figure.ts";

/** What a film goes through. */
export interface Film {
  /** What the slider counts. */
  label: string;
  /** The value of the slider at each figure. */
  positions: readonly (number | string)[];
  /** Figures of `beside` with the same traces and axes; numbers, titles and remarks may differ. */
  figures: readonly Figure[];
}

/** Milliseconds that a figure stays while it plays. */
const FRAME_MS = 250;

/** Parts of a layout that may differ from figure to figure. */
const CHANGING = ["title", "annotations", "shapes", "images"];

/**
 * A slider through figures.
 *
 * @throws {TypeError} If there is no figure, not one for each position, or they differ in traces.
 */
export function film({ label, positions, figures }: Film): Figure {
  const counts = figures.map(({ data }) => data.length);
  if (figures.length === 0 || figures.length !== positions.length || new Set(counts).size > 1) {
    throw new TypeError(
      `Cannot play figures over "${label}": there must be one or more, one for each position and all with the same traces, got ${figures.length} for ${positions.length} positions, with ${
        [...new Set(counts)].join(" and ") || "no"
      } traces`,
    );
  }
  const [first] = figures;
  const traces = first.data.flatMap((_, i) =>
    changes(figures.map(({ data }) => data[i])) ? [i] : []
  );
  const parts = CHANGING.filter((part) => changes(figures.map(({ layout }) => layout[part])));
  const narrow = first.narrow as Narrow;
  const controls = (height: unknown) =>
    controlsLayouts(
      { height: height as number, margin: first.layout.margin as { b: number } },
      (aside) => {
        const shift = aside ? 0 : BUTTONS_ROW;
        return {
          below: 150 + shift,
          sliders: [frameSlider({
            label,
            positions: positions.map(String),
            active: 0,
            frame: String,
            top: 60 + shift,
            beside: aside,
          })],
          updatemenus: [playButtons(aside ? 72 : 60, FRAME_MS)],
        };
      },
    );
  return {
    data: first.data,
    layout: { ...first.layout, ...controls(first.layout.height).layout },
    narrow: {
      ...narrow,
      layout: { ...narrow.layout, ...controls(narrow.layout.height).narrow },
    },
    frames: figures.map(({ layout }, i) => ({
      name: String(i),
      traces,
      data: traces.map((trace) => numbersOf(figures.map(({ data }) => data[trace]), i)),
      layout: Object.fromEntries(parts.map((part) => [part, layout[part]])),
    })),
  };
}

function changes(values: unknown[]): boolean {
  return new Set(values.map((value) => JSON.stringify(value))).size > 1;
}

/** The coordinates of a trace that differ from figure to figure, with fewer digits. */
function numbersOf(all: Trace[], at: number): Trace {
  const axes = ["x", "y"].filter((axis) => changes(all.map((trace) => trace[axis])));
  return Object.fromEntries(
    axes.map((axis) => [axis, (all[at][axis] as number[]).map(short)]),
  );
}
