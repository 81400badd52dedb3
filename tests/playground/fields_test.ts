import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { modesDensity, spiralDensity } from "@/data/toy.ts";
import { pointsData } from "@/data/points.ts";
import { bandDensity, SEGMENT, SEGMENTS } from "@/data/segments.ts";
import { gaussian } from "@/math/density.ts";
import { integrate } from "@/math/quadrature.ts";
import { linspace } from "@/math/stable.ts";
import { densityField, kernelField, kernelWidth, modesField } from "@/playground/kernel_field.ts";
import { countedField, equalParts, knotsOf, lineKernelField } from "@/playground/line_field.ts";

const CELLS = { range: [-2, 2], side: 40 } as const;

/** The middle of a cell of `CELLS`. */
function middle(cell: number): [x: number, y: number] {
  const at = (i: number) => -2 + 4 * (i + 0.5) / 40;
  return [at(cell % 40), at(Math.floor(cell / 40))];
}

function assertField(field: ArrayLike<number>, p: (x: number, y: number) => number, far: number) {
  for (let cell = 0; cell < field.length; cell++) {
    assertAlmostEquals(field[cell], p(...middle(cell)), far, `cell ${cell}`);
  }
}

Deno.test("a mixture of Gaussians through a Gaussian is the mixture with widths added as squares", () => {
  const modes = { centres: [[-1, 0.5], [0.7, -0.2]] as [number, number][], sigma: 0.3 };
  const wider = { ...modes, sigma: 0.5 };
  const exact = (x: number, y: number) => modesDensity(wider, x, y);
  assertField(modesField(modes, CELLS, 0.4), exact, 1e-5);
  const summed = densityField((x, y) => modesDensity(modes, x, y), CELLS, 0.4);
  // The square holds all but 3e-4 of the first mode, and what it holds is taken for all.
  assertField(summed, exact, 1e-3);
});

Deno.test("a kernel estimate of one point is the kernel; points that are not finite add nothing", () => {
  const exact = (x: number, y: number) =>
    modesDensity({ centres: [[0.3, -0.4]], sigma: 0.2 }, x, y);
  assertField(kernelField([0.3, -0.4], CELLS, 0.2), exact, 1e-5);
  const half = kernelField([NaN, 1, 0.3, -0.4, Infinity, 0, 0.3, -0.4], CELLS, 0.2);
  assertField(half, (x, y) => exact(x, y) / 2, 1e-5);
});

Deno.test("the spiral through the kernel has all its mass, and none far from the band", () => {
  const cells = { range: [-1.5, 1.5], side: 60 } as const;
  const field = densityField(spiralDensity, cells, kernelWidth([-1, 1]));
  assertAlmostEquals(field.reduce((sum, p) => sum + p, 0) * (3 / 60) ** 2, 1, 2e-3);
  assertEquals(field[0], 0);
});

Deno.test("the density of straight bands integrates to one over every line across them", () => {
  for (const bands of [SEGMENT, SEGMENTS]) {
    const rows = linspace(-0.999, 0.999, 667);
    const area = rows.reduce((sum, x) => {
      const across = integrate((y) => bandDensity(bands, x, y), linspace(-1, 1, 101));
      return sum + across.value * (rows[1] - rows[0]);
    }, 0);
    assertAlmostEquals(area, 1, 3e-3);
  }
});

Deno.test("p_g on the line is that of a G whose density is known, folded or not", () => {
  const cells = { range: [-3, 3], side: 120 } as const;
  const at = (cell: number) => -3 + 6 * (cell + 0.5) / 120;
  const p = gaussian({ mean: 0.4, sigma: 0.5 });
  const affine = countedField("normal", knotsOf("normal").map((z) => 0.4 + 0.5 * z), cells);
  affine.forEach((value, cell) => assertAlmostEquals(value, p.pdf(at(cell)), 2e-3));
  // |z| of a uniform z: folded in the middle, twice the density on one side.
  const folded = countedField("cube", knotsOf("cube").map(Math.abs), cells);
  folded.forEach((value, cell) =>
    assertAlmostEquals(value, at(cell) > 0 && at(cell) < 1 ? 1 : 0, 1e-6)
  );
});

Deno.test("a kernel estimate on the line is a mixture of Gaussians at the points", () => {
  const cells = { range: [-3, 3], side: 30 } as const;
  const [a, b] = [-1, 0.5].map((mean) => gaussian({ mean, sigma: 0.25 }));
  lineKernelField([-1, 0.5], cells, 0.25).forEach((value, cell) => {
    const x = -3 + 6 * (cell + 0.5) / 30;
    assertAlmostEquals(value, (a.pdf(x) + b.pdf(x)) / 2, 1e-6);
  });
});

Deno.test("parts of equal mass are symmetric, and their middles are quantiles", () => {
  for (const latent of ["normal", "uniform", "cube"] as const) {
    const parts = equalParts(latent, 5);
    parts.forEach((z, i) => assertAlmostEquals(z, -parts[4 - i], 1e-9));
    assert(parts.every((z, i) => i === 0 || z > parts[i - 1]));
  }
  assertAlmostEquals(equalParts("cube", 4)[0], -0.75, 1e-9);
});

Deno.test("points are data whose density is that of their draws", () => {
  const line = pointsData([[0], [1]], 0.1);
  assertEquals([line.columns, line.means()[0].toFixed(3)], [1, "0.500"]);
  const plane = pointsData([[0, 0], [1, 2]], 0.1);
  const [low, high] = plane.range;
  assertLess(low, -0.4);
  assertLess(2.4, high);
  assertAlmostEquals(plane.density(1, 2), 0.5 / (2 * Math.PI * 0.01), 1e-9);
});
