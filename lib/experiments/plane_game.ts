/**
 * A game in the plane, as it is looked at while it is played: points along a curve as data, and how
 * near generated points are to them.
 *
 * Points are rows [count, 2], x before y; D(x) is the probability that x is real.
 *
 * @module
 */
import { cellMiddles, type Landscape } from "@/eval/landscape.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { type Random } from "@/random.ts";

/** From t in [0, 1) to a point of the plane. */
export type Curve = (t: number) => readonly number[];

/** The standard deviation of a point from its curve, in each coordinate. */
const JITTER = 0.03;

/**
 * `count` points along a curve, t uniform, each moved by N(0, 0.03²) in both coordinates.
 *
 * @throws {RangeError} If the curve gives something that is no point.
 */
export function drawCurve(curve: Curve, count: number, random: Random): Float32Array {
  const places = random.uniforms(count);
  const points = random.normals(2 * count);
  places.forEach((t, i) => {
    const [x, y] = curve(t);
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      throw new RangeError(
        `Cannot draw from the curve: both coordinates must be finite, got [${x}, ${y}] at t = ${t}`,
      );
    }
    points[2 * i] = x + JITTER * points[2 * i];
    points[2 * i + 1] = y + JITTER * points[2 * i + 1];
  });
  return points;
}

/** The share of the points that have one of the others within a distance. */
export function shareNear(
  points: ArrayLike<number>,
  others: ArrayLike<number>,
  distance: number,
): number {
  let near = 0;
  for (let i = 0; i < points.length; i += 2) {
    for (let j = 0; j < others.length; j += 2) {
      const dx = points[i] - others[j];
      const dy = points[i + 1] - others[j + 1];
      if (dx * dx + dy * dy > distance * distance) continue;
      near++;
      break;
    }
  }
  return near / (points.length / 2);
}

/** The root-mean-square distance of points from their mean. */
export function widthOfCloud(points: ArrayLike<number>): number {
  const count = points.length / 2;
  const coordinate = (axis: 0 | 1) => Array.from({ length: count }, (_, i) => points[2 * i + axis]);
  const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  return Math.sqrt(
    [0, 1].map((axis) => coordinate(axis as 0 | 1)).reduce((sum, values) => {
      const mean = meanOf(values);
      return sum + meanOf(values.map((value) => (value - mean) ** 2));
    }, 0),
  );
}

/** A game in the plane at one step. */
export interface PlaneLook extends Omit<Landscape, "overLatent"> {
  /** Updates of each player so far. */
  step: number;
  /** The mean of D over the real points. */
  dReal: number;
  /** The mean of D over the generated points. */
  dFake: number;
  /** The share of generated points with a real one within 0.1. */
  near: number;
  /** The share of real points with a generated one within 0.1. */
  reached: number;
}

/** A generated point is near the data if a real one is within this distance. */
const NEAR = 0.1;

/** Cells along each side of the picture of D. */
const SIDE = 40;

/**
 * What a game looks like.
 *
 * @param judge D: from points to the probability that each is real.
 * @throws {DivergedError} If a point or what D says of one is NaN or infinite.
 */
export function lookAt(
  step: number,
  { real, fake, judge }: {
    real: Float32Array;
    fake: Float32Array;
    judge: (points: Float32Array) => Float32Array;
  },
): PlaneLook {
  const range = [-1.25, 1.25] as const;
  const [ofReal, ofFake] = [judge(real), judge(fake)];
  for (
    const [name, values] of Object.entries({ "G(z)": fake, "D(x)": ofReal, "D(G(z))": ofFake })
  ) {
    const wrong = values.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) {
      throw new DivergedError(
        `Training diverged before step ${step}: ${name} must be finite, got ${wrong}. Lower the learning rates`,
      );
    }
  }
  const mean = (values: Float32Array) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const values = judge(cellMiddles(2, SIDE, range));
  return {
    step,
    dimensions: 2,
    range,
    real,
    fake,
    overSamples: { dimensions: 2, side: SIDE, range, values },
    dReal: mean(ofReal),
    dFake: mean(ofFake),
    near: shareNear(fake, real, NEAR),
    reached: shareNear(real, fake, NEAR),
  };
}
