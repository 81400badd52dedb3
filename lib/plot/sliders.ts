/**
 * The frames of a figure that one or two sliders move, and the sliders below it.
 *
 * Every position is computed beforehand and kept as a frame, since a page cannot ask the kernel. A
 * frame is named after its position, "3" or "3-0", indices from 0: plotly's own sliders leave the
 * other at its start, and the page that draws combines the two.
 *
 * @module
 */
import {
  BUTTONS_ROW,
  type Controls,
  controlsLayouts,
  frameSlider,
  playButtons,
} from "./controls.ts";
import { type Frame, short } from "./figure.ts";

/** A quantity that the reader moves. */
export interface Slider {
  /** The name of what it sets. */
  label: string;
  /** The values that it may be set to. */
  values: number[];
  /** Index of the position at first; by default the middle one. */
  start?: number;
}

/** One slider, or two. */
export type Sliders = [Slider] | [Slider, Slider];

/** The sliders' values at their start. */
export function startOf(sliders: Sliders): number[] {
  return sliders.map((slider) => slider.values[startIndex(slider)]);
}

function startIndex({ values, start = values.length >> 1 }: Slider): number {
  return start;
}

/**
 * A frame for every position; `first` is the one at the start.
 *
 * @param title Of the figure; named in errors.
 * @param content What a frame changes, given the sliders' values in order.
 * @throws {RangeError} If a slider does not start at one of its positions.
 */
export function framesOf(
  title: string,
  sliders: Sliders,
  content: (...at: number[]) => Omit<Frame, "name">,
): { frames: Frame[]; first: Frame } {
  for (const slider of sliders) {
    const { label, values } = slider;
    const start = startIndex(slider);
    if (!Number.isInteger(start) || start < 0 || start >= values.length) {
      throw new RangeError(
        `Cannot draw "${title}": slider "${label}" must start at one of its positions 0 to ${
          values.length - 1
        }, got ${start}`,
      );
    }
  }
  const positions = sliders
    .map(({ values }) => values.map((_, index) => [index]))
    .reduce((all, own) => all.flatMap((first) => own.map((index) => [...first, ...index])));
  const frames = positions.map((position) => ({
    name: position.join("-"),
    ...content(...position.map((index, i) => sliders[i].values[index])),
  }));
  const start = sliders.map(startIndex).join("-");
  return { frames, first: frames.find(({ name }) => name === start)! };
}

/** What stands around the sliders. */
export interface SliderPlace {
  /** Pixels of the figure without its sliders. */
  height: number;
  /** The margin of the figure without its sliders. */
  margin: { b: number; [side: string]: number };
  /** Pixels between the drawing and the first slider, for the numbers and the name of an axis. */
  gap: number;
  /** Buttons that play the positions from the present one to the last, and pause. */
  play: boolean;
  /** Milliseconds that a position stays while it plays. */
  frameMs?: number;
}

/**
 * The parts of a layout, wide and narrow, that draw the sliders, with room for them below the
 * drawing.
 *
 * @throws {RangeError} If two sliders are to play.
 */
export function slidersLayout(
  title: string,
  sliders: Sliders,
  { height, margin, gap, play, frameMs }: SliderPlace,
): { layout: Record<string, unknown>; narrow: Record<string, unknown> } {
  if (play && sliders.length > 1) {
    throw new RangeError(
      `Cannot draw "${title}": only a chart with one slider can play, got ${sliders.length}`,
    );
  }
  const starts = sliders.map(startIndex);
  const controls = (aside: boolean): Controls => {
    // Without room beside them the buttons have a row of their own.
    const shift = play && !aside ? BUTTONS_ROW : 0;
    return {
      below: gap + 15 + 75 * sliders.length + shift,
      sliders: sliders.map(({ label, values }, which) =>
        frameSlider({
          label,
          positions: values.map((value) => String(short(value))),
          active: starts[which],
          frame: (index) => starts.with(which, index).join("-"),
          top: gap + 75 * which + shift,
          beside: play && aside,
        })
      ),
      ...(play ? { updatemenus: [playButtons(gap + (aside ? 17 : 5), frameMs)] } : {}),
    };
  };
  return controlsLayouts({ height, margin }, controls);
}
