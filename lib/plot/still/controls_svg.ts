/**
 * A scale of colours, and sliders at the position that a figure is in.
 *
 * @module
 */
import { type Trace } from "../figure.ts";
import { type Fonts } from "./font.ts";
import { type FigureSheet, type Margin } from "./plotly_layout.ts";
import { element, number } from "./svg.ts";
import { textOf, textSvg } from "./text_svg.ts";

interface ColourBar {
  title?: { text?: string; side?: string } | string;
  tickvals?: number[];
  ticktext?: string[];
  thickness?: number;
  len?: number;
  x?: number;
  xpad?: number;
  y?: number;
  ypad?: number;
}

interface Scale {
  cmin?: number;
  cmax?: number;
  colorscale?: [number, string][];
  showscale?: boolean;
  colorbar?: ColourBar;
}

/** Pixels that the scale of a trace needs to the right of the drawing, its numbers included. */
export function colourBarRoom(
  trace: Trace,
  width: number,
  sheet: FigureSheet,
  fonts: Fonts,
): number {
  const { showscale, colorbar = {} } = (trace.marker ?? {}) as Scale;
  if (!showscale) return 0;
  const { thickness = 30, x = 1.02, xpad = 10, ticktext = ["0.00"] } = colorbar;
  const texts = ticktext.map((text) => textOf(text, sheet.font.size, fonts).width);
  return (x - 1) * width + xpad + thickness + 3 + Math.max(...texts) + GAP;
}

/** Pixels from the numbers of a scale to the edge of the picture. */
const GAP = 4;

/** The scale beside a drawing that a trace of points asks for. */
export function colourBarSvg(
  trace: Trace,
  index: number,
  { sheet, margin, fonts }: { sheet: FigureSheet; margin: Margin; fonts: Fonts },
): string {
  const { showscale, colorscale, colorbar = {}, cmin = 0, cmax = 1 } =
    (trace.marker ?? {}) as Scale;
  if (!showscale || !Array.isArray(colorscale)) return "";
  const { thickness = 30, len = 1, x = 1.02, xpad = 10, y = 0.5, ypad = 10 } = colorbar;
  const [width, height] = [
    sheet.width - margin.l - margin.r,
    sheet.height - margin.t - margin.b,
  ];
  const left = margin.l + x * width + xpad;
  const title = textOf(
    typeof colorbar.title === "string" ? colorbar.title : colorbar.title?.text,
    sheet.font.size,
    fonts,
  );
  const named = title.width > 0;
  const bottom = margin.t + (1 - y + len / 2) * height - ypad;
  const top = margin.t + (1 - y - len / 2) * height + ypad + (named ? 1.3 * title.size + 2 : 0);
  const id = `scale-${index}`;
  const stops = colorscale.map(([offset, color]) =>
    element("stop", { offset, "stop-color": color })
  ).join("");
  const gradient = element("linearGradient", { id, x1: 0, y1: 1, x2: 0, y2: 0 }, stops);
  const box = { x: left, y: top, width: thickness, height: bottom - top };
  const { tickvals = [cmin, (cmin + cmax) / 2, cmax], ticktext } = colorbar;
  const ticks = Array.from(tickvals).map((value, i) => {
    const at = bottom - (value - cmin) / (cmax - cmin) * (bottom - top);
    const text = textOf(ticktext?.[i] ?? number(value), sheet.font.size, fonts);
    const standing = {
      x: left + thickness + 3,
      y: at + 0.35 * text.size,
      colour: sheet.font.color,
    };
    return textSvg(text, standing);
  }).join("");
  const name = textSvg(title, {
    x: left,
    y: margin.t + (1 - y - len / 2) * height + ypad + title.size,
    colour: sheet.font.color,
  });
  return `<defs>${gradient}</defs>${
    element("rect", { ...box, fill: `url(#${id})` })
  }${ticks}${name}`;
}

interface SliderLayout {
  active?: number;
  visible?: boolean;
  x?: number;
  y?: number;
  len?: number;
  pad?: { t?: number; l?: number };
  currentvalue?: { prefix?: string; suffix?: string; font?: { size?: number } };
  steps?: { label?: string }[];
}

const RAIL = "#bbb";
const GRIP = "#0072B2";
const FAINT = "#666";

/** Every slider of a figure: its value, and the place of that among the others. */
export function slidersSvg(
  { sheet, margin, fonts }: { sheet: FigureSheet; margin: Margin; fonts: Fonts },
): string {
  const sliders = (sheet.layout.sliders ?? []) as SliderLayout[];
  return sliders.filter(({ visible, steps }) => visible !== false && steps?.length)
    .map((slider) => sliderSvg(slider, { sheet, margin, fonts })).join("");
}

function sliderSvg(
  { active = 0, x = 0, y = 0, len = 1, pad, currentvalue, steps = [] }: SliderLayout,
  { sheet, margin, fonts }: { sheet: FigureSheet; margin: Margin; fonts: Fonts },
): string {
  const [width, height] = [
    sheet.width - margin.l - margin.r,
    sheet.height - margin.t - margin.b,
  ];
  const top = margin.t + (1 - y) * height + (pad?.t ?? 20);
  const left = margin.l + x * width;
  const right = left + len * width;
  const size = currentvalue?.font?.size ?? sheet.font.size;
  const label = (text: string, big: number) => textOf(text, big, fonts);
  const now = `${currentvalue?.prefix ?? ""}${steps[active]?.label ?? ""}${
    currentvalue?.suffix ?? ""
  }`;
  const rail = top + 1.3 * size + 12;
  const ends = [left + 8, right - 8];
  const grip = ends[0] + (steps.length > 1 ? active / (steps.length - 1) : 0) * (ends[1] - ends[0]);
  const under = { y: rail + 20, colour: FAINT };
  return textSvg(label(now, size), { x: left, y: top + size, colour: sheet.font.color }) +
    element("rect", {
      x: left,
      y: rail - 1.5,
      width: right - left,
      height: 3,
      rx: 1.5,
      fill: RAIL,
    }) +
    element("circle", { cx: grip, cy: rail, r: 6, fill: GRIP }) +
    textSvg(label(steps[0].label ?? "", 11), { x: left, ...under }) +
    textSvg(label(steps.at(-1)!.label ?? "", 11), { x: right, align: "right", ...under });
}
