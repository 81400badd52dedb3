/**
 * Integrals of one variable with an error estimate, by adaptive Gauss–Kronrod quadrature.
 *
 * The domain comes as breaks: points that cut it into panels. A rule of 15 points is applied to
 * each panel, and a panel whose estimated error is too large is halved. No node is ever at a break,
 * so a jump or a kink at a break costs nothing. What no panel hints at cannot be found: a peak far
 * narrower than its panel falls between the nodes. A density therefore brings breaks that grow with
 * the distance from each of its centres (`density.ts`), on the scale of its own width.
 *
 * Source: Piessens et al., QUADPACK (1983), for the pair of 7 and 15 points and the scaling of the
 * error estimate. The nodes are the zeros of the Legendre polynomial P₇ and of its Stieltjes
 * polynomial; the tests hold the weights to polynomials of degree 23.
 *
 * @module
 */

/** A number with a bound on its error that is meant to hold, not proven. */
export interface Estimate {
  /** The integral. */
  value: number;
  /** Estimated |value - integral|. */
  error: number;
}

/** How well to integrate. */
export interface QuadratureOptions {
  /** Stop at this error, in the units of the integral. Default 1e-13. */
  absolute?: number;
  /** Or at this share of ∫|f|, whichever is larger. Default 1e-13. */
  relative?: number;
}

/** Nodes in (0, 1) of the rule on [-1, 1], its weights, and those of the 7 points inside it. */
const NODES = [
  0.991455371120812639,
  0.949107912342758525,
  0.864864423359769073,
  0.74153118559939444,
  0.58608723546769113,
  0.405845151377397167,
  0.207784955007898468,
];
const KRONROD = [
  0.022935322010529225,
  0.0630920926299785533,
  0.104790010322250184,
  0.140653259715525919,
  0.169004726639267903,
  0.19035057806478541,
  0.204432940075298892,
];
const GAUSS = [0, 0.129484966168869693, 0, 0.279705391489276668, 0, 0.381830050505118945, 0];
const KRONROD_CENTRE = 0.209482141084727828;
const GAUSS_CENTRE = 0.417959183673469388;

/**
 * Panels in all: a bound on the work (15 evaluations each) that a smooth integrand does not reach.
 */
const MAX_PANELS = 20_000;

/**
 * A panel narrower than this many roundings of its ends is not halved: nodes would reach its ends.
 */
const MIN_ROUNDINGS = 1024;

/**
 * In a panel narrower than this many roundings, those of the nodes are compensated (`evaluator`).
 */
const COARSE_ROUNDINGS = 2 ** 40;

interface Panel extends Estimate {
  f: (t: number) => number;
  low: number;
  high: number;
  /** ∫|f|. */
  size: number;
}

/**
 * ∫ f from the smallest break to the largest; ±Infinity may be among them.
 *
 * If f is infinite at a node the value is infinite; if it is NaN, so is the value.
 *
 * ```ts
 * import { integrate } from "@/math/quadrature.ts";
 *
 * const { value, error } = integrate((x) => 1 / (1 + x * x), [-Infinity, 0, Infinity]);
 * console.assert(Math.abs(value - Math.PI) < 1e-12 && error < 1e-12);
 * ```
 *
 * @param breaks In any order: the ends of the domain, and points where f jumps, bends or changes
 * its scale.
 * @throws {RangeError} If there are fewer than two different breaks, or one is NaN.
 */
export function integrate(
  f: (x: number) => number,
  breaks: Iterable<number>,
  { absolute = 1e-13, relative = 1e-13 }: QuadratureOptions = {},
): Estimate {
  let active = startingPanels(f, breaks);
  const settled: Panel[] = [];
  let count = active.length;
  while (true) {
    const all = settled.concat(active);
    const total = sum(all);
    if (!Number.isFinite(total.value)) {
      return { value: total.value, error: Number.isNaN(total.value) ? NaN : 0 };
    }
    const tolerance = Math.max(absolute, relative * total.size);
    if (active.length === 0 || total.error <= tolerance || count > MAX_PANELS) {
      return { value: total.value, error: total.error };
    }
    // Half of the tolerance is shared out evenly: panels within their share are left alone.
    const share = tolerance / (2 * all.length);
    const next: Panel[] = [];
    for (const panel of active) {
      if (panel.error <= share || !divisible(panel)) {
        settled.push(panel);
        continue;
      }
      const { f, low, high } = panel;
      const middle = (low + high) / 2;
      next.push(applyRule(f, low, middle), applyRule(f, middle, high));
    }
    count += next.length;
    active = next;
  }
}

function startingPanels(f: (x: number) => number, breaks: Iterable<number>): Panel[] {
  const ends = [...new Set(breaks)].sort((a, b) => a - b);
  if (ends.length < 2 || ends.some(Number.isNaN)) {
    throw new RangeError(
      `Cannot integrate: the breaks must be at least two different numbers, got [${ends}]`,
    );
  }
  if (ends.length === 2 && ends[0] === -Infinity && ends[1] === Infinity) ends.splice(1, 0, 0);
  const panels: Panel[] = [];
  for (let i = 0; i + 1 < ends.length; i++) {
    const [low, high] = [ends[i], ends[i + 1]];
    if (high === Infinity) panels.push(applyRule(tail(f, low, 1), 0, 1));
    else if (low === -Infinity) panels.push(applyRule(tail(f, high, -1), 0, 1));
    else panels.push(applyRule(f, low, high));
  }
  return panels;
}

/** f beyond `end` as an integrand over t in (0, 1), by x = end ± scale · t / (1 - t). */
function tail(f: (x: number) => number, end: number, sign: 1 | -1): (t: number) => number {
  const scale = Math.max(1, Math.abs(end));
  return (t) => {
    const rest = 1 - t;
    const value = f(end + sign * scale * t / rest);
    return value === 0 ? 0 : value * scale / (rest * rest);
  };
}

/** The 15-point rule, and the 7-point one inside it for the error. */
function applyRule(f: (t: number) => number, low: number, high: number): Panel {
  const half = high / 2 - low / 2;
  const at = evaluator(f, low, high);
  const values = new Float64Array(15);
  values[7] = at(half);
  let kronrod = KRONROD_CENTRE * values[7];
  let gauss = GAUSS_CENTRE * values[7];
  let size = KRONROD_CENTRE * Math.abs(values[7]);
  for (let i = 0; i < 7; i++) {
    const left = values[i] = at(half * (1 - NODES[i]));
    const right = values[14 - i] = at(half * (1 + NODES[i]));
    kronrod += KRONROD[i] * (left + right);
    gauss += GAUSS[i] * (left + right);
    size += KRONROD[i] * (Math.abs(left) + Math.abs(right));
  }
  const value = kronrod * half;
  size *= half;
  if (!Number.isFinite(value)) return { f, low, high, value, size, error: NaN };
  // How far f strays from its mean: sets the scale on which the difference of the rules is small.
  const mean = kronrod / 2;
  let stray = KRONROD_CENTRE * Math.abs(values[7] - mean);
  for (let i = 0; i < 7; i++) {
    stray += KRONROD[i] * (Math.abs(values[i] - mean) + Math.abs(values[14 - i] - mean));
  }
  stray *= half;
  const difference = Math.abs(kronrod - gauss) * half;
  const scaled = stray > 0 ? stray * Math.min(1, (200 * difference / stray) ** 1.5) : difference;
  return { f, low, high, value, size, error: Math.max(scaled, Number.EPSILON * size) };
}

/**
 * f at low + offset, which may lie between two neighbours of float64: around 1e6 they are 1e-10
 * apart, a ten thousandth of a sigma of 1e-6. In a panel where that matters f is read off the
 * parabola through three numbers around the point.
 */
function evaluator(
  f: (t: number) => number,
  low: number,
  high: number,
): (offset: number) => number {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > COARSE_ROUNDINGS * Number.EPSILON * size) return (offset) => f(low + offset);
  // Twice the spacing at the ends, so that x - step and x + step are numbers of float64 too.
  const step = 2 * Number.EPSILON * 2 ** Math.floor(Math.log2(size));
  return (offset) => {
    const x = low + offset;
    const value = f(x);
    const missed = (offset - (x - low)) / step;
    if (missed === 0 || x - step < low || x + step > high) return value;
    const [left, right] = [f(x - step), f(x + step)];
    const corrected = value +
      missed * ((right - left) / 2 + missed * (right - 2 * value + left) / 2);
    return Number.isFinite(corrected) ? corrected : value;
  };
}

/** Whether float64 has enough numbers in a panel to go on. */
function divisible({ low, high }: Panel): boolean {
  return high - low > 2 * MIN_ROUNDINGS * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high));
}

/** Sums in float64 with Neumaier's correction: thousands of panels cost no digits. */
function sum(panels: Panel[]): Estimate & { size: number } {
  let value = 0, correction = 0, error = 0, size = 0;
  for (const panel of panels) {
    const next = value + panel.value;
    correction += Math.abs(value) >= Math.abs(panel.value)
      ? (value - next) + panel.value
      : (panel.value - next) + value;
    value = next;
    error += panel.error;
    size += panel.size;
  }
  // An infinite value makes the correction NaN.
  return { value: Number.isFinite(value) ? value + correction : value, error, size };
}
