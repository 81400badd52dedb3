import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  GRID,
  lineData,
  modesDensity,
  RING,
  spiralArcLength,
  spiralDensity,
  spiralPoint,
  spiralPreimage,
  TOY_NAMES,
  toyData,
} from "@/data/toy.ts";
import { gaussian, mixture } from "@/math/density.ts";
import { integrate } from "@/math/quadrature.ts";
import { Random } from "@/random.ts";

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number, what = "") =>
  assert(Math.abs(found - expected) <= tolerance, `${what} ${found} is not ${expected}`);

Deno.test("the target map at points worked out by hand", () => {
  const at = (u0: number, u1: number, x: number, y: number) => {
    const found = spiralPoint(u0, u1);
    near(found[0], x, 1e-12);
    near(found[1], y, 1e-12);
  };
  at(0, 0, 0.5, 0); // the middle: r = .05 + .45, no turn
  at(-1, -1, 0, 0); // the inner end of the band touches the origin
  at(1, 1, -1, 0); // the outer end is on the unit circle, after one and a half turns
  at(1 / 3, 0, -0.65, 0); // half a turn on
  at(1 / 6, 0.5, 0, 0.6); // a quarter: r = .05 + .525 + .025
  at(-2 / 3, 0, 0.2, 0); // a whole turn back
});

Deno.test("the preimage undoes the map, and there is none off the band", () => {
  const u = new Random(1).uniforms(2000, -1, 1);
  for (let i = 0; i < u.length; i += 2) {
    const back = spiralPreimage(...spiralPoint(u[i], u[i + 1]));
    near(back?.[0] ?? NaN, u[i], 1e-9);
    near(back?.[1] ?? NaN, u[i + 1], 1e-7);
  }
  assertEquals(spiralPreimage(0.5, 0)?.map((v) => Math.round(1e9 * v)), [0, 0]);
  // Just outside and just inside of the band at u0 = 0, whose r is .45 to .55.
  for (const [x, inside] of [[0.4499, false], [0.4501, true], [0.5499, true], [0.5501, false]]) {
    assertEquals(spiralPreimage(x as number, 0) !== undefined, inside, String(x));
  }
});

Deno.test("the density of the spiral is the area that the map makes of a small square", () => {
  const h = 1e-5;
  for (const [u0, u1] of [[0, 0], [-0.9, 0.3], [0.7, -0.8], [-0.5, 0.99]]) {
    const [x, y] = spiralPoint(u0, u1);
    const along = spiralPoint(u0 + h, u1).map((v, i) => v - spiralPoint(u0 - h, u1)[i]);
    const across = spiralPoint(u0, u1 + h).map((v, i) => v - spiralPoint(u0, u1 - h)[i]);
    const area = Math.abs(along[0] * across[1] - along[1] * across[0]) / (4 * h * h);
    const density = 1 / (4 * area);
    near(spiralDensity(x, y) / density, 1, 1e-6);
  }
});

Deno.test("every density in the plane integrates to 1 over its picture, and to its share of a part", () => {
  for (const name of ["spiral", "ring", "grid"] as const) {
    const { density, range: [low, high], draw } = toyData(name);
    // The grid's and the ring's cells must resolve their sigmas.
    const cells = { spiral: 800, ring: 600, grid: 400 }[name];
    const width = (high - low) / cells;
    let whole = 0, part = 0;
    for (let i = 0; i < cells; i++) {
      for (let j = 0; j < cells; j++) {
        const [x, y] = [low + (i + 0.5) * width, low + (j + 0.5) * width];
        const mass = density(x, y) * width * width;
        whole += mass;
        if (x > 0.3 && y < 0.2) part += mass;
      }
    }
    near(whole, 1, 2e-3, name);
    // 40,000 points: the standard error of a share is below .0025; 5 of them.
    const points = draw(40_000, new Random(2));
    let inside = 0;
    for (let i = 0; i < points.length; i += 2) {
      if (points[i] > 0.3 && points[i + 1] < 0.2) inside++;
    }
    near(inside / 40_000, part, 0.0125, name);
  }
});

Deno.test("radii of the spiral are as often small as the closed form says", () => {
  const points = toyData("spiral").draw(40_000, new Random(3));
  // r = .5 + .45 u0 + .05 u1: P(r < .25) is the area of u0 < (-.25 - .05 u1) / .45 in the square, 2/9.
  let small = 0;
  for (let i = 0; i < points.length; i += 2) {
    if (Math.hypot(points[i], points[i + 1]) < 0.25) small++;
  }
  near(small / 40_000, 2 / 9, 5 * Math.sqrt(2 / 9 * 7 / 9 / 40_000));
});

Deno.test("arc length is the integral of the speed along the centre line", () => {
  const speed = (u0: number) => {
    const h = 1e-6;
    const [a, b] = [spiralPoint(u0 - h, 0), spiralPoint(u0 + h, 0)];
    return Math.hypot(b[0] - a[0], b[1] - a[1]) / (2 * h);
  };
  assertEquals(spiralArcLength(-1), 0);
  for (const end of [-0.5, 0.2, 1]) {
    const { value } = integrate(speed, [-1, end], { relative: 1e-9, absolute: 1e-9 });
    near(spiralArcLength(end), value, 1e-7);
  }
});

Deno.test("ring and grid are PacGAN's: centres, sigmas, equal shares", () => {
  assertEquals([RING.centres.length, RING.sigma], [8, 0.01]);
  for (const [x, y] of RING.centres) near(Math.hypot(x, y), 1, 1e-12);
  near(RING.centres[1][0], Math.SQRT1_2, 1e-12);
  assertEquals([GRID.centres.length, GRID.sigma], [25, 0.05]);
  const sides = [-4, -2, 0, 2, 4];
  assertEquals(new Set(GRID.centres.map(String)).size, 25);
  for (const [x, y] of GRID.centres) assert(sides.includes(x) && sides.includes(y));

  for (const [name, modes] of [["ring", RING], ["grid", GRID]] as const) {
    const points = toyData(name).draw(20_000, new Random(4));
    const counts = modes.centres.map(() => 0);
    let squares = 0;
    for (let i = 0; i < points.length; i += 2) {
      const distances = modes.centres.map(([x, y]) => Math.hypot(points[i] - x, points[i + 1] - y));
      const least = Math.min(...distances);
      counts[distances.indexOf(least)]++;
      squares += least ** 2;
    }
    // Chi-square with 7 or 24 degrees of freedom: beyond 30 and 62 with a probability of 1e-4 and 3e-5.
    const due = 20_000 / counts.length;
    const chiSquare = counts.reduce((sum, n) => sum + (n - due) ** 2 / due, 0);
    assertLess(chiSquare, counts.length === 8 ? 30 : 62);
    // E[distance²] = 2 sigma², with a standard error of 1/√20000 of it.
    near(squares / 20_000 / (2 * modes.sigma ** 2), 1, 5 / Math.sqrt(20_000));
    // At a centre the other modes add nothing.
    const [x, y] = modes.centres[3];
    const peak = 1 / (modes.centres.length * 2 * Math.PI * modes.sigma ** 2);
    near(modesDensity(modes, x, y) / peak, 1, 1e-9);
  }
});

Deno.test("the line draws from its density, mixtures too", () => {
  const two = mixture({
    components: [gaussian({ mean: -2, sigma: 0.5 }), gaussian({ mean: 1, sigma: 0.2 })],
    weights: [0.25, 0.75],
  });
  for (const density of [gaussian({ mean: 3, sigma: 0.5 }), two]) {
    const data = lineData(density);
    assertEquals(data.columns, 1);
    const values = data.draw(10_000, new Random(5)).sort();
    // Kolmogorov–Smirnov: √n times the distance exceeds 2.1 with a probability of 3e-4.
    let distance = 0;
    values.forEach((x, i) => {
      const p = density.cdf(x);
      distance = Math.max(distance, Math.abs(p - i / 10_000), Math.abs(p - (i + 1) / 10_000));
    });
    assertLess(distance * 100, 2.1);
    assertEquals(data.density(0.7), density.pdf(0.7));
  }
  near(lineData(two).means()[0], 0.25 * -2 + 0.75, 1e-6);
  near(toyData("line").means()[0], 3, 1e-6);
});

Deno.test("means are those of many samples; the same stream gives the same rows", () => {
  for (const name of TOY_NAMES) {
    const { draw, means, columns, range: [low, high] } = toyData(name);
    const count = 40_000;
    const rows = draw(count, new Random(6));
    assertEquals(rows.length, count * columns);
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let i = column; i < rows.length; i += columns) sum += rows[i];
      // A standard deviation is below a third of the picture's width.
      near(sum / count, means()[column], 5 * (high - low) / 3 / Math.sqrt(count), name);
    }
    assertEquals(draw(50, new Random(7)), draw(50, new Random(7)));
    assert(draw(50, new Random(7)).join() !== draw(50, new Random(8)).join());
    assertGreater(range(rows), 0);
  }
  assertEquals(new Set(TOY_NAMES.map((name) => toyData(name).sha256)).size, TOY_NAMES.length);
});

function range(values: Float32Array): number {
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}
