/**
 * The range of an axis for which none is given: plotly's rule.
 *
 * A value needs room beside it, in pixels; the range is the smallest in which all values have
 * theirs.
 *
 * @module
 */

/** A value that has to be on an axis, in the axis's coordinates. */
export interface Extreme {
  at: number;
  /** Pixels below it. */
  before: number;
  /** Pixels above it. */
  after: number;
}

/** Part of an axis that stays free beside padded values. */
export const PADDING = 0.05;

/**
 * @param length Of the axis in pixels.
 * @param rangemode `tozero` has zero at an end, `nonnegative` nothing below it.
 */
export function autoRange(
  extremes: readonly Extreme[],
  length: number,
  rangemode = "normal",
): [number, number] {
  const all = extremes.filter(({ at }) => Number.isFinite(at));
  if (all.length === 0) return [-1, 6];
  let [lows, highs] = [outermost(all, -1), outermost(all, 1)];
  const zero = { at: 0, before: 0, after: 0 };
  if (rangemode === "tozero") {
    if (Math.min(...lows.map(({ at }) => at)) >= 0) lows = [zero];
    if (Math.max(...highs.map(({ at }) => at)) <= 0) highs = [zero];
  }
  let best = 0;
  let range: [number, number] | undefined;
  for (const low of lows) {
    for (const high of highs) {
      const [span, room] = [high.at - low.at, length - low.before - high.after];
      if (!(span > 0) || !(room > 0) || !(span / room > best)) continue;
      best = span / room;
      range = [low.at - best * low.before, high.at + best * high.after];
    }
  }
  if (!range) {
    const { at } = all[0];
    return rangemode === "tozero" ? (at < 0 ? [at - 1, 0] : [0, at + 1]) : [at - 1, at + 1];
  }
  return rangemode === "nonnegative" ? [Math.max(0, range[0]), range[1]] : range;
}

/** The values such that no other one is both further out and needs more room. */
function outermost(all: readonly Extreme[], side: 1 | -1): Extreme[] {
  const room = ({ before, after }: Extreme) => side === 1 ? after : before;
  const sorted = all.toSorted((a, b) => side * (b.at - a.at) || room(b) - room(a));
  let most = -1;
  return sorted.filter((extreme) => {
    if (room(extreme) <= most) return false;
    most = room(extreme);
    return true;
  });
}
