import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { GRID, type Modes, RING, spiralArcLength, spiralPoint, toyData } from "@/data/toy.ts";
import {
  cellShares,
  gridDivergence,
  modeCoverage,
  nearestOnSpiral,
  SPIRAL_LENGTH,
  spiralCoverage,
} from "@/eval/coverage.ts";
import { Random } from "@/random.ts";

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

const centresOf = ({ centres }: Modes) => centres.flatMap(([x, y]) => [x, y]);

Deno.test("one sample at each mode: all covered, all of high quality", () => {
  for (const modes of [RING, GRID]) {
    const { covered, highQuality, counts } = modeCoverage(centresOf(modes), modes);
    assertEquals([covered, highQuality], [modes.centres.length, 1]);
    assertEquals(counts, modes.centres.map(() => 1));
  }
});

Deno.test("everything at one mode: one covered, all of high quality", () => {
  const { covered, highQuality, counts } = modeCoverage(Array(100).fill([1, 0]).flat(), RING);
  assertEquals([covered, highQuality, counts[0]], [1, 1, 100]);
});

Deno.test("one sample short of a mode: that mode is not covered", () => {
  const { covered, counts } = modeCoverage(centresOf(GRID).slice(0, -2), GRID);
  assertEquals([covered, counts[24]], [24, 0]);
});

Deno.test("just inside of three sigmas counts, just outside does not, in five directions", () => {
  for (const angle of [0, 1, 2.5, 4, 6]) {
    const at = (sigmas: number) => [
      4 + 0.05 * sigmas * Math.cos(angle),
      -2 + 0.05 * sigmas * Math.sin(angle),
    ];
    assertEquals(modeCoverage(at(2.999), GRID).highQuality, 1);
    assertEquals(modeCoverage(at(3.001), GRID).highQuality, 0);
    assertEquals(modeCoverage(at(3.001), GRID).covered, 0);
    assertEquals(modeCoverage([...at(2.999), ...at(3.001)], GRID).highQuality, 0.5);
  }
});

Deno.test("real samples score what the closed form says, noise next to nothing", () => {
  for (const [name, modes] of [["ring", RING], ["grid", GRID]] as const) {
    const random = new Random(1);
    const { covered, highQuality } = modeCoverage(toyData(name).draw(20_000, random), modes);
    assertEquals(covered, modes.centres.length);
    // 5 standard errors of a share of .9889.
    near(highQuality, 1 - Math.exp(-4.5), 5 * Math.sqrt(0.0111 * 0.9889 / 20_000));
  }
  // Uniform over [-1.5, 1.5]²: eight discs of radius .03.
  const noise = new Random(2).uniforms(40_000, -1.5, 1.5);
  near(modeCoverage(noise, RING).highQuality, 8 * Math.PI * 0.03 ** 2 / 9, 0.003);
});

Deno.test("NaN and infinities count as samples and lie nowhere", () => {
  const points = [NaN, 0, 0, Infinity, 1, 0, -Infinity, NaN];
  assertEquals(modeCoverage(points, RING).highQuality, 0.25);
  const onSpiral = spiralPoint(0.3, 0);
  const { precision, shares } = spiralCoverage([NaN, 0, Infinity, 0, ...onSpiral, NaN, NaN]);
  assertEquals(precision, 0.25);
  assertEquals(shares.reduce((a, b) => a + b), 0.25);
  assertEquals(
    cellShares([NaN, 0, 0.5, 0.5], { range: [0, 1], cells: 1 }),
    Float64Array.of(.5, .5),
  );
});

Deno.test("no samples, or half a pair, are refused", () => {
  for (const points of [[], [1], [1, 2, 3]]) {
    assertThrows(() => modeCoverage(points, RING), TypeError, `got ${points.length} numbers`);
    assertThrows(() => spiralCoverage(points), TypeError, `got ${points.length} numbers`);
    assertThrows(() => cellShares(points, { range: [0, 1], cells: 2 }), TypeError);
  }
});

Deno.test("the nearest point of the centre line: on it, beside it, and beyond its ends", () => {
  for (const u0 of [-0.95, -0.4, 0, 0.33, 0.99]) {
    const { distance, arc } = nearestOnSpiral(...spiralPoint(u0, 0));
    near(distance, 0, 1e-4);
    near(arc, spiralArcLength(u0), 2e-4);
  }
  // Beyond the outer end, along the tangent: r is stationary to first order there.
  const [[x, y], [px, py]] = [spiralPoint(1, 0), spiralPoint(1 - 1e-6, 0)];
  const length = Math.hypot(x - px, y - py);
  const beyond = nearestOnSpiral(x + 0.03 * (x - px) / length, y + 0.03 * (y - py) / length);
  near(beyond.distance, 0.03, 1e-4);
  near(beyond.arc, SPIRAL_LENGTH, 1e-9);
  // Where the turns are nearly circles, across is along r: .04 off at u1 = .8.
  near(nearestOnSpiral(...spiralPoint(0.9, 0.8)).distance, 0.04, 2e-4);
});

Deno.test("spiral: points just inside and outside of the stated distance", () => {
  const off = (distance: number) => {
    const [x, y] = spiralPoint(0.5, 0);
    const [ax, ay] = spiralPoint(0.5 - 1e-6, 0);
    const length = Math.hypot(x - ax, y - ay);
    return [x - distance * (y - ay) / length, y + distance * (x - ax) / length];
  };
  for (const sign of [-1, 1]) {
    assertEquals(spiralCoverage(off(sign * 0.0598)).precision, 1);
    assertEquals(spiralCoverage(off(sign * 0.0602)).precision, 0);
    assertEquals(spiralCoverage(off(sign * 0.0602), { distance: 0.07 }).precision, 1);
  }
});

Deno.test("spiral: everything at one point is one bin of forty, perfectly precise", () => {
  const { coverage, precision, shares } = spiralCoverage(
    Array(50).fill(spiralPoint(0.1, 0)).flat(),
  );
  assertEquals([coverage, precision], [1 / 40, 1]);
  assertEquals(shares.filter((share) => share > 0), [1]);
});

Deno.test("spiral: real samples cover everything, bin by bin as often as expected", () => {
  const count = 20_000;
  const { coverage, precision, shares, expected } = spiralCoverage(
    toyData("spiral").draw(count, new Random(3)),
  );
  assertEquals([coverage, precision], [1, 1]);
  near(expected.reduce((a, b) => a + b), 1, 1e-9);
  // Chi-square with 39 degrees of freedom is beyond 85 with a probability of 3e-5.
  const chiSquare = shares.reduce(
    (sum, share, bin) => sum + count * (share - expected[bin]) ** 2 / expected[bin],
    0,
  );
  assertLess(chiSquare, 85);
  // Along the centre line a bin's due share is half its length in u0, but for the curvature's bend.
  const u0 = (arc: number) => {
    let [low, high] = [-1, 1];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (spiralArcLength(middle) < arc) low = middle;
      else high = middle;
    }
    return low;
  };
  for (const bin of [10, 25, 39]) {
    const [from, to] = [bin, bin + 1].map((edge) => u0(edge * SPIRAL_LENGTH / 40));
    near(expected[bin] / ((to - from) / 2), 1, 0.05);
  }
});

Deno.test("spiral: a missing half of its length is missing in the coverage", () => {
  // Up to half of the arc length.
  const u = new Random(4).uniforms(10_000, -1, 1);
  const points: number[] = [];
  for (let i = 0; i < u.length; i += 2) {
    if (spiralArcLength(u[i]) < SPIRAL_LENGTH / 2) points.push(...spiralPoint(u[i], 0));
  }
  assertEquals(spiralCoverage(points).coverage, 0.5);
});

Deno.test("spiral: uniform noise covers it and is a third precise: coverage alone proves nothing", () => {
  const { coverage, precision } = spiralCoverage(new Random(5).uniforms(10_000, -1, 1));
  assertGreater(coverage, 0.9);
  // The area of the strip: its length by .12, half a disc more at each end, over 4.
  near(precision, (SPIRAL_LENGTH * 0.12 + Math.PI * 0.06 ** 2) / 4, 0.02);
});

Deno.test("cells: each point in its own, row by row from below, the rest outside", () => {
  const points = [0.1, 0.1, 0.9, 0.1, 0.8, 0.1, 0.9, 0.9, 1, 1, -0.1, 0.5, 0.1, 0.9, 0.5, 2];
  const shares = cellShares(points, { range: [0, 1], cells: 2 });
  assertEquals([...shares], [1 / 8, 2 / 8, 1 / 8, 1 / 8, 3 / 8]);
});

Deno.test("grid divergence: 0 for the same samples, log 2 for sets apart, between for halves", () => {
  const grid = { range: [0, 1], cells: 2 } as const;
  const [a, b] = [[0.1, 0.1, 0.2, 0.2], [0.9, 0.9, 0.8, 0.8]];
  assertEquals(gridDivergence(a, a, grid), 0);
  near(gridDivergence(a, b, grid), Math.LN2, 1e-12);
  // p = (1, 0), q = (½, ½): JSD = ¾ log(4/3) by hand: ½ log(4/3) + ½ (½ log(2/3) + ½ log 2).
  const q = [0.1, 0.1, 0.9, 0.9];
  const byHand = 0.5 * Math.log(4 / 3) + 0.25 * Math.log(2 / 3) + 0.25 * Math.log(2);
  near(gridDivergence(a, q, grid), byHand, 1e-12);
});

Deno.test("grid divergence: the floor between real sets is as stated, and falls with samples", () => {
  const grid = { range: [-1, 1], cells: 40 } as const;
  const { draw } = toyData("spiral");
  const floor = (count: number, seed: number) => {
    const random = new Random(seed);
    return gridDivergence(draw(count, random), draw(count, random), grid);
  };
  for (const seed of [1, 2, 3]) {
    near(floor(5000, seed), 0.031, 0.005);
    near(floor(2500, seed), 0.058, 0.008);
  }
});
