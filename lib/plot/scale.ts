/**
 * The numbers on a logarithmic axis: few enough to stay apart, and each written in full. By default
 * plotly writes 2, 5 or every digit between two powers of ten, whether or not there is room.
 *
 * @module
 */
import { type Numbers } from "./figure.ts";

interface Scale {
  range?: [number, number];
  log?: boolean;
}

/**
 * Where plotly wants ranges and annotations on an axis; shapes it wants in the numbers themselves.
 */
export function onAxis({ log }: Scale, value: number): number {
  return log ? Math.log10(value) : value;
}

/** The ends of an axis; for a logarithmic one, their logarithms. */
export function extentOf(axis: Scale, lists: Numbers[]): [number, number] {
  const { range, log } = axis;
  if (range) return [onAxis(axis, range[0]), onAxis(axis, range[1])];
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      if (!Number.isFinite(list[i]) || log && list[i] <= 0) continue;
      low = Math.min(low, list[i]);
      high = Math.max(high, list[i]);
    }
  }
  return low <= high ? [onAxis(axis, low), onAxis(axis, high)] : [0, 1];
}

/** Decades within which 1, 2 and 5 of each can be written. */
const FEW = 3;

/** Which numbers are written on a logarithmic axis between two logarithms, and how. */
export function axisTicks([low, high]: [number, number]): Record<string, unknown> {
  return {
    dtick: dtick(high - low, FEW, 8),
    ...(isFar([low, high]) ? { exponentformat: "power" } : { tickformat: ",~r" }),
  };
}

/** From this power on, a reader would have to count the zeros. */
function isFar([low, high]: [number, number]): boolean {
  return low < -4.5 || high > 6.5;
}

/** The same for a narrow page. */
export function narrowTicks(
  { log }: Scale,
  [low, high]: [number, number],
): Record<string, unknown> {
  // From 10,000 on numbers are wider, until they are powers.
  const wide = high > 3.5 && !isFar([low, high]);
  return log ? { dtick: dtick(high - low, 1.2, wide ? 2.5 : 3) } : {};
}

function dtick(decades: number, few: number, powers: number): string | number {
  if (decades < 0.6) return "D1";
  return decades <= few ? "D2" : Math.ceil(decades / powers);
}
