/**
 * Toy distributions in the plane and on the line: small enough to see everything, known exactly.
 *
 * Each is a sampler without end (`FreshRows`), so that a GAN that fails on it has not run out of
 * data, and each has its density in closed form, so that what was learned can be measured.
 *
 * Notation: u = (u0, u1) ~ U(-1, 1)² is what the spiral is made of; r and θ are polar coordinates;
 * a width is always a sigma. Points in the plane are rows [count, 2], x before y.
 * Sources: the spiral, C. Lazarou's published experiment; ring and grid, Lin et al. 2018 (PacGAN,
 * arXiv:1712.04086), section 4.1.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { type Density, gaussian } from "@/math/density.ts";
import { linspace } from "@/math/stable.ts";
import { type Random } from "@/random.ts";
import { bandDensity, bandMeans, bandPoints, type Bands, SEGMENT, SEGMENTS } from "./segments.ts";
import { type FreshRows } from "./training_data.ts";

/** The names of all toy data. */
export const TOY_NAMES = ["spiral", "ring", "grid", "line", "segment", "segments"] as const;
/** One of `TOY_NAMES`. */
export type ToyName = typeof TOY_NAMES[number];

/** A toy distribution with what a reader and a picture should know of it. */
export interface Toy extends FreshRows {
  /** One line for a reader. */
  source: string;
  /** The ends of each axis of a picture, in the units of the rows. */
  range: readonly [low: number, high: number];
  /** The density at a row, per unit of area (or length). */
  density(...row: number[]): number;
}

// The spiral.

/** Half the width of the spiral's band, along r. */
const SPIRAL_HALF_WIDTH = 0.05;
/** θ of u0 = 1: three turns from -3π to 3π. */
const SPIRAL_END = 3 * Math.PI;

/** The radius of the centre line at θ from -3π to 3π: 0.05 to 0.95. */
function centreRadius(theta: number): number {
  return 0.05 + 0.45 * (theta / SPIRAL_END + 1);
}

/**
 * The target map of the spiral: u in (-1, 1)² to a point of the plane, r in [0, 1].
 *
 * u0 goes along the band, u1 across it: r = 0.05 + 0.90 (u0 + 1)/2 + 0.05 u1, θ = 3π u0.
 */
export function spiralPoint(u0: number, u1: number): [x: number, y: number] {
  const theta = SPIRAL_END * u0;
  const r = centreRadius(theta) + SPIRAL_HALF_WIDTH * u1;
  return [r * Math.cos(theta), r * Math.sin(theta)];
}

/** `spiralPoint` for rows: [count, 2] to [count, 2]. */
export function spiralPoints(u: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const points = new Float32Array(u.length);
  for (let i = 0; i < u.length; i += 2) points.set(spiralPoint(u[i], u[i + 1]), i);
  return points;
}

/**
 * The u whose `spiralPoint` is (x, y); undefined outside the band. The turns are 0.3 apart and the
 * band is 0.1 wide, so there is at most one.
 */
export function spiralPreimage(x: number, y: number): [u0: number, u1: number] | undefined {
  const r = Math.hypot(x, y);
  for (let turn = -2; turn <= 2; turn++) {
    const theta = Math.atan2(y, x) + 2 * Math.PI * turn;
    const u1 = (r - centreRadius(theta)) / SPIRAL_HALF_WIDTH;
    if (Math.abs(theta) <= SPIRAL_END && Math.abs(u1) <= 1) return [theta / SPIRAL_END, u1];
  }
  return undefined;
}

/**
 * The density of the spiral, per unit of area: 1 / (0.6 π r) in the band, 0 outside.
 *
 * u has density 1/4, and the map stretches areas by r |∂(r, θ)/∂(u0, u1)| = r · 0.05 · 3π.
 */
export function spiralDensity(x: number, y: number): number {
  if (!spiralPreimage(x, y)) return 0;
  return 1 / (4 * SPIRAL_HALF_WIDTH * SPIRAL_END * Math.hypot(x, y));
}

/** Arc length of the centre line from its inner end to u0: 0 at -1, 9.493 at 1. */
export function spiralArcLength(u0: number): number {
  // r = b φ: an Archimedean spiral, whose arc length is b/2 (φ √(1 + φ²) + asinh φ).
  const b = 0.45 / SPIRAL_END;
  const length = (phi: number) => b / 2 * (phi * Math.hypot(1, phi) + Math.asinh(phi));
  return length(centreRadius(SPIRAL_END * u0) / b) - length(0.05 / b);
}

// Mixtures of equal, round Gaussians in the plane.

/** Equal shares of N(centre, sigma² I). */
export interface Modes {
  /** The middle of each mode. */
  centres: readonly (readonly [x: number, y: number])[];
  /** In each coordinate. */
  sigma: number;
}

/** PacGAN's ring: 8 modes on the unit circle. */
export const RING: Modes = {
  centres: Array.from({ length: 8 }, (_, k) => {
    const angle = 2 * Math.PI * k / 8;
    return [Math.cos(angle), Math.sin(angle)] as const;
  }),
  sigma: 0.01,
};

/** PacGAN's grid: 25 modes, x and y each of -4, -2, 0, 2, 4. */
export const GRID: Modes = {
  centres: linspace(-4, 4, 5).flatMap((y) => linspace(-4, 4, 5).map((x) => [x, y] as const)),
  sigma: 0.05,
};

/** The density of a mixture of modes at a point, per unit of area. */
export function modesDensity({ centres, sigma }: Modes, x: number, y: number): number {
  let sum = 0;
  for (const [cx, cy] of centres) {
    sum += Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * sigma * sigma));
  }
  return sum / (centres.length * 2 * Math.PI * sigma * sigma);
}

/** `count` points of a mixture of modes, [count, 2]. */
function modesPoints(
  { centres, sigma }: Modes,
  count: number,
  random: Random,
): Float32Array<ArrayBuffer> {
  const choices = random.uniforms(count);
  const noise = random.normals(2 * count);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    // float32 rounds the largest draws up to 1.
    const centre = centres[Math.min(centres.length - 1, Math.floor(choices[i] * centres.length))];
    points[2 * i] = centre[0] + sigma * noise[2 * i];
    points[2 * i + 1] = centre[1] + sigma * noise[2 * i + 1];
  }
  return points;
}

/** Any mixture of modes as data. */
export function modesData(modes: Modes, source: string, range: readonly [number, number]): Toy {
  const mean = (axis: 0 | 1) =>
    modes.centres.reduce((sum, centre) => sum + centre[axis], 0) / modes.centres.length;
  return {
    source,
    range,
    columns: 2,
    draw: (count, random) => modesPoints(modes, count, random),
    density: (x, y) => modesDensity(modes, x, y),
    means: () => Float64Array.of(mean(0), mean(1)),
    sha256: digest(modes),
  };
}

// The line.

/** What the preset `line` learns. */
export const LINE: Density = gaussian({ mean: 3, sigma: 0.5 });

/**
 * A density on the line as data, rows of one number.
 *
 * @param range The ends of a picture's axis; without it, where the density is more than a trace.
 */
export function lineData(density: Density, range?: readonly [number, number]): Toy {
  const ends = range ?? [density.breaks[0], density.breaks.at(-1)!] as const;
  return {
    source: `${density.name} on the line`,
    range: ends,
    columns: 1,
    draw: (count, random) => Float32Array.from(density.sample(count, random)),
    density: (x) => density.pdf(x),
    means: () => Float64Array.of(meanOf(density)),
    sha256: digest({ density: density.name }),
  };
}

/** E[x] = low + ∫ (1 - cdf) over the mass, by the midpoint rule on 10,000 cells. */
function meanOf({ breaks, cdf }: Density): number {
  const [low, high] = [breaks[0], breaks.at(-1)!];
  const cell = (high - low) / 10_000;
  let mean = low;
  for (let i = 0; i < 10_000; i++) mean += cell * (1 - cdf(low + (i + 0.5) * cell));
  return mean;
}

const TOYS: Record<ToyName, Toy> = {
  spiral: {
    source: "spiral of three turns",
    range: [-1, 1],
    columns: 2,
    draw: (count, random) => spiralPoints(random.uniforms(2 * count, -1, 1)),
    density: spiralDensity,
    // E[y] = ½ ∫ 0.45 u sin(3πu) du over (-1, 1).
    means: () => Float64Array.of(0, 0.45 / SPIRAL_END),
    sha256: digest({ spiral: 1 }),
  },
  ring: modesData(RING, "ring of 8 Gaussians, sigma 0.01, radius 1", [-1.5, 1.5]),
  grid: modesData(GRID, "grid of 25 Gaussians, sigma 0.05, 2 apart", [-5, 5]),
  line: lineData(LINE, [-1, 6]),
  segment: bandsData(SEGMENT, "a straight band of length 2, sigma 0.02"),
  segments: bandsData(SEGMENTS, "two straight bands, 0.8 apart, sigma 0.02"),
};

function bandsData(bands: Bands, source: string): Toy {
  return {
    source,
    range: [-1, 1],
    columns: 2,
    draw: (count, random) => bandPoints(bands, count, random),
    density: (x, y) => bandDensity(bands, x, y),
    means: () => bandMeans(bands),
    sha256: digest(bands),
  };
}

/**
 * The toy distribution of that name.
 *
 * ```ts
 * import { toyData } from "@/data/toy.ts";
 * import { Random } from "@/random.ts";
 *
 * const points = toyData("ring").draw(100, new Random(1));
 * console.assert(points.length === 200);
 * ```
 */
export function toyData(name: ToyName): Toy {
  return TOYS[name];
}

/** SHA-256 of what decides the samples. */
function digest(description: unknown): string {
  return host.sha256(JSON.stringify(description));
}
