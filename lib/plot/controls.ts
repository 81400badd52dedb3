/**
 * Sliders that go through a figure's frames, and buttons that play them: plotly's own.
 *
 * @module
 */
import { typeset } from "./typeset.ts";

/** Milliseconds that a frame stays when nothing else is said. */
const FRAME_MS = 150;

/** Pixels that the buttons take to the left of a slider. */
const BUTTONS_WIDTH = 130;

/** Pixels of a row of buttons above a slider. */
export const BUTTONS_ROW = 45;

/** One slider below the drawing. */
export interface FrameSlider {
  /** The text before the value. */
  label: string;
  /** A text for each position. */
  positions: string[];
  /** The position at first. */
  active: number;
  /** The frame of a position. */
  frame(index: number): string;
  /** Pixels from the lower edge of the drawing. */
  top: number;
  /** Pixels of room to the left, for buttons. */
  beside?: boolean;
}

export function frameSlider({ label, positions, active, frame, top, beside }: FrameSlider) {
  return {
    active,
    currentvalue: { prefix: `${typeset(label)}: `, xanchor: "left", font: { size: 13 } },
    pad: { t: top, b: 0, l: beside ? BUTTONS_WIDTH : 0 },
    len: 1,
    ticklen: 4,
    transition: { duration: 0 },
    steps: positions.map((position, index) => ({
      label: position,
      method: "animate",
      args: [[frame(index)], goTo(0)],
    })),
  };
}

/**
 * Buttons to pause, and to play the frames from the present one on, or all of them from the last.
 *
 * plotly goes through every frame when it is given none (null), and stops at an empty list of them.
 */
export function playButtons(top: number, frameMs = FRAME_MS) {
  const button = (label: string, args: unknown[]) => ({ label, method: "animate", args });
  return {
    type: "buttons",
    direction: "left",
    showactive: false,
    x: 0,
    y: 0,
    xanchor: "left",
    yanchor: "top",
    pad: { t: top, r: 10 },
    buttons: [
      button("▶ Play", [null, { ...goTo(frameMs), fromcurrent: true }]),
      button("❚❚", [[null], goTo(0)]),
    ],
  };
}

/** How plotly goes to a frame: at once, instead of whatever was playing. */
function goTo(duration: number) {
  return { mode: "immediate", frame: { duration, redraw: true }, transition: { duration: 0 } };
}

/** The controls below a drawing, and the pixels that they take there. */
export interface Controls {
  below: number;
  sliders: Padded[];
  updatemenus?: Padded[];
}

interface Padded {
  /** Pixels from the drawing. */
  pad: object;
}

/**
 * The parts of a layout that draw the controls, on a wide page and on a narrow one.
 *
 * @param figure Pixels of the figure without its controls, and the margin around its drawing, which
 *   keeps its size.
 */
export function controlsLayouts(
  { height, margin }: { height: number; margin: { b: number } },
  controls: (aside: boolean) => Controls,
): { layout: Record<string, unknown>; narrow: Record<string, unknown> } {
  const [wide, narrow] = [true, false].map((aside) => {
    const { below, sliders, updatemenus } = controls(aside);
    const sizes = { height: height + below - margin.b, margin: { ...margin, b: below } };
    return { sizes, drawn: { sliders, ...(updatemenus ? { updatemenus } : {}) } };
  });
  const pads = (controls: Padded[]) => controls.map(({ pad }) => ({ pad }));
  return {
    layout: { ...wide.sizes, ...wide.drawn },
    narrow: {
      ...narrow.sizes,
      ...Object.fromEntries(Object.entries(narrow.drawn).map(([name, all]) => [name, pads(all)])),
    },
  };
}
