/**
 * Ticks as plotly chooses and writes them, on linear, logarithmic and named axes.
 *
 * Coordinates: on a logarithmic axis a coordinate is the logarithm to base 10; on a named one, the
 * place in the list.
 *
 * @module
 */
import { format as d3Format } from "d3-format";
import { type AxisLayout } from "./plotly_layout.ts";

export interface Tick {
  /** Coordinate on the axis. */
  at: number;
  text: string;
  /** Size of the text relative to the others. */
  scale: number;
}

/** What ticks depend on. */
export interface Ruler {
  letter: "x" | "y";
  type: "linear" | "log" | "category";
  range: readonly [number, number];
  /** In pixels. */
  length: number;
  categories: readonly string[];
  layout: AxisLayout;
}

/** No axis has more ticks; a wrong step would give millions. */
const MOST = 200;

export function ticksOf(ruler: Ruler): Tick[] {
  const { layout, range } = ruler;
  const { tickprefix = "", ticksuffix = "" } = layout;
  const [low, high] = [Math.min(...range), Math.max(...range)];
  const slack = 1e-9 * (high - low);
  return chosen(ruler)
    .filter(({ at }) => at >= low - slack && at <= high + slack)
    .map((tick) =>
      tick.text === "" ? tick : {
        ...tick,
        text: `${tickprefix}${tick.text}${ticksuffix}`,
      }
    );
}

function chosen(ruler: Ruler): Tick[] {
  const { layout: { tickvals, ticktext, tickmode }, type } = ruler;
  if (tickvals && (tickmode === undefined || tickmode === "array")) {
    const step = roughStep(ruler);
    return Array.from(tickvals).map((value, i) => ({
      at: type === "log" ? Math.log10(value) : value,
      text: ticktext?.[i] ??
        (type === "log" ? powerText(Math.log10(value), ruler) : numberText(value, step, ruler)),
      scale: 1,
    }));
  }
  if (type === "category") return categoryTicks(ruler);
  return type === "log" ? logTicks(ruler) : linearTicks(ruler);
}

/** About how far apart ticks are to be: 40 pixels on a y axis, 80 on an x axis. */
function roughStep({ letter, range, length, layout }: Ruler): number {
  const most = length / (letter === "y" ? 40 : 80);
  const count = layout.nticks || Math.min(9, Math.max(4, most)) + 1;
  return Math.abs(range[1] - range[0]) / count;
}

/** The next of 1, 2, 5 times a power of ten. */
function rounded(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5].find((n) => n >= step / power * (1 - 1e-9)) ?? 10);
}

function multiples([from, to]: readonly [number, number], step: number, first = 0): number[] {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  if (!(step > 0) || !Number.isFinite(high - low)) return [];
  const found: number[] = [];
  for (let n = Math.ceil((low - first) / step - 1e-9); found.length < MOST; n++) {
    const value = Number((first + n * step).toPrecision(12));
    if (value > high + 1e-9 * step) break;
    found.push(value);
  }
  return found;
}

function linearTicks(ruler: Ruler): Tick[] {
  const { range, layout } = ruler;
  const step = typeof layout.dtick === "number" ? layout.dtick : rounded(roughStep(ruler));
  return multiples(range, step, layout.tick0 ?? 0)
    .map((at) => ({ at, text: numberText(at, step, ruler), scale: 1 }));
}

function categoryTicks({ categories, length, letter, layout }: Ruler): Tick[] {
  const most = layout.nticks || length / (letter === "y" ? 20 : 30);
  const step = Math.max(1, Math.ceil(categories.length / most));
  return categories.map((text, at) => ({ at, text, scale: 1 })).filter(({ at }) => at % step === 0);
}

function logTicks(ruler: Ruler): Tick[] {
  const { range, layout: { dtick, exponentformat, tickformat } } = ruler;
  const rough = roughStep(ruler);
  const power = (at: number): Tick => {
    const text = powerText(at, ruler);
    const raised = exponentformat === "power" && !tickformat;
    return { at, text, scale: raised ? 1.25 : 1 };
  };
  if (typeof dtick === "number") return multiples(range, dtick).map(power);
  if (dtick === undefined && rough > 0.7) return multiples(range, Math.ceil(rough)).map(power);
  const span = Math.abs(range[1] - range[0]);
  if (
    typeof dtick === "string" && dtick.startsWith("L") || dtick === undefined && span < 1 + 1e-9
  ) {
    const ends: [number, number] = [10 ** range[0], 10 ** range[1]];
    const count = 1.5 * span / rough;
    const step = typeof dtick === "string"
      ? Number(dtick.slice(1))
      : rounded(Math.abs(ends[1] - ends[0]) / count);
    return multiples(ends, step).filter((value) => value > 0).map((value) => ({
      at: Math.log10(value),
      text: numberText(value, step, { ...ruler, range: ends }),
      scale: 1,
    }));
  }
  const between = dtick === "D2" || dtick === undefined && rough > 0.3
    ? [2, 5]
    : [2, 3, 4, 5, 6, 7, 8, 9];
  const [low, high] = [Math.min(...range), Math.max(...range)];
  return multiples([Math.floor(low), high], 1).flatMap((at) => [
    power(at),
    ...between.map((n) => digitTick(at, n, ruler)),
  ]);
}

/**
 * A tick between two powers of ten: a small digit, unless the axis has a format for whole numbers.
 */
function digitTick(power: number, digit: number, ruler: Ruler): Tick {
  const at = power + Math.log10(digit);
  return ruler.layout.tickformat
    ? { at, text: powerText(at, ruler), scale: 1 }
    : { at, text: String(digit), scale: 0.75 };
}

/** A power of ten as the axis is to write it. */
function powerText(at: number, ruler: Ruler): string {
  const whole = Math.round(at);
  const { exponentformat = "B", tickformat } = ruler.layout;
  if (tickformat) return d3Format(tickformat)(10 ** at).replace("-", "−");
  if (exponentformat === "power" && Math.abs(at - whole) < 1e-6) {
    if (whole === 0 || whole === 1) return String(10 ** whole);
    return `10<sup>${whole < 0 ? "−" : ""}${Math.abs(whole)}</sup>`;
  }
  return numberText(10 ** at, 10 ** Math.floor(at), { ...ruler, range: [10 ** at, 10 ** at] });
}

const SUFFIXES: Record<number, string> = {
  [-12]: "p",
  [-9]: "n",
  [-6]: "μ",
  [-3]: "m",
  3: "k",
  6: "M",
  9: "B",
  12: "T",
};

/** A number with the digits that tell it from the next tick. */
function numberText(value: number, step: number, ruler: Ruler): string {
  const { layout: { tickformat, exponentformat = "B", minexponent = 3 }, range } = ruler;
  if (tickformat) return d3Format(tickformat)(value).replace("-", "−");
  const largest = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  const magnitude = Math.floor(Math.log10(largest) + 0.01);
  const large = Number.isFinite(magnitude) && Math.abs(magnitude) > minexponent;
  const named = exponentformat === "B" || exponentformat === "SI";
  const exponent = !large || exponentformat === "none"
    ? 0
    : named
    ? 3 * Math.round((magnitude - 1) / 3)
    : magnitude;
  const digits = 2 - Math.floor(Math.log10(step) + 0.01) + exponent;
  const shown = Number(
    (Math.abs(value) / 10 ** exponent).toFixed(Math.min(20, Math.max(0, digits))),
  );
  if (shown === 0) return "0";
  const text = `${value < 0 ? "−" : ""}${shown}`;
  if (exponent === 0) return text;
  if (named && SUFFIXES[exponent]) return text + SUFFIXES[exponent];
  return `${text}×10<sup>${exponent < 0 ? "−" : ""}${Math.abs(exponent)}</sup>`;
}
