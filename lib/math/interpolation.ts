/**
 * Ways from one point to another: along the line, and along the arc. Plain numbers.
 *
 * Notation: a, b ∈ ℝᵈ the ends; t from 0 to 1 the share of the way; θ the angle between a and b.
 * Source of the arc: Shoemake 1985, "Animating rotation with quaternion curves"; for the noise of
 * generators: White 2016, arXiv:1609.04468.
 *
 * @module
 */

/**
 * (1 - t) a + t b, the point at share t of the straight line.
 *
 * @throws {TypeError} If the ends differ in length.
 */
export function lerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number): number[] {
  checkEnds(a, b);
  return combine(a, b, 1 - t, t);
}

/**
 * (sin((1 - t) θ) a + sin(t θ) b) / sin θ, the point at share t of the arc.
 *
 * Between ends of the same length it is the arc of their circle around 0, at an even pace; between
 * ends of different lengths, the arc of an ellipse. Where a and b point the same way, it is the
 * limit, which is the straight line; so it is where one of them is 0 and has no direction.
 *
 * @throws {TypeError} If the ends differ in length.
 * @throws {RangeError} If they point in opposite ways: there is no single arc then.
 */
export function slerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number): number[] {
  checkEnds(a, b);
  const [lengthA, lengthB] = [a, b].map((point) => Math.hypot(...Array.from(point)));
  if (lengthA === 0 || lengthB === 0) return lerp(a, b, t);
  // Twice the arctangent of two lengths: exact for angles near 0 and π, where an arccosine is not.
  const [u, v] = [combine(a, a, 1 / lengthA, 0), combine(b, b, 1 / lengthB, 0)];
  const apart = Math.hypot(...combine(u, v, 1, -1));
  const together = Math.hypot(...combine(u, v, 1, 1));
  const angle = 2 * Math.atan2(apart, together);
  if (together < OPPOSITE) {
    throw new RangeError(
      `Cannot interpolate along an arc: the ends must not point in opposite ways, got an angle of ${angle}. Use the straight line`,
    );
  }
  const sine = Math.sin(angle);
  if (sine < PARALLEL) return lerp(a, b, t);
  return combine(a, b, Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine);
}

/** ‖u + v‖ of unit vectors below which rounding alone decides the plane of the arc. */
const OPPOSITE = 1e-12;
/** sin θ below which the arc is the line within float64. */
const PARALLEL = 1e-9;

function combine(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  first: number,
  second: number,
): number[] {
  return Array.from(a, (value, i) => first * value + second * b[i]);
}

function checkEnds(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length) {
    throw new TypeError(
      `Cannot interpolate: both ends must be equally long, got ${a.length} and ${b.length}`,
    );
  }
}

/**
 * The x at which a broken line through points first reaches a height; NaN if it never does.
 *
 * @param xs Ascending, as many as `ys`.
 */
export function crossing(xs: ArrayLike<number>, ys: ArrayLike<number>, height: number): number {
  for (let i = 1; i < xs.length; i++) {
    const [low, high] = [ys[i - 1] - height, ys[i] - height];
    if (low * high <= 0 && low !== high) {
      return xs[i - 1] + (xs[i] - xs[i - 1]) * low / (low - high);
    }
  }
  return NaN;
}
