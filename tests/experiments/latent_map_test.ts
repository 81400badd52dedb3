import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { spiralPoints } from "@/data/toy.ts";
import { createExperiment } from "@/experiments/collapse.ts";
import { edgesOf, jumpsOf, mapOf, warpedGrid } from "@/experiments/latent_map.ts";
import { disposeGan } from "@/gan/gan.ts";

Deno.test("a linear map stretches each edge by the length of its column", async () => {
  const grid = await warpedGrid((z) => z.map((_, i) => i % 2 ? 0 : 3 * z[i] + 4 * z[i + 1]), 5);
  const edges = edgesOf(grid);
  assertEquals(edges.length, 2 * 5 * 4);
  const along = (step: number) =>
    edges.filter(({ from, to }) => to - from === step).map(({ stretch }) => stretch);
  assert(along(1).every((stretch) => Math.abs(stretch - 3) < 1e-5));
  assert(along(5).every((stretch) => Math.abs(stretch - 4) < 1e-5));
});

Deno.test("the spiral's own map stretches most at its outer end, and jumps nowhere", async () => {
  const grid = await warpedGrid(spiralPoints, 41);
  const most = Math.max(...edgesOf(grid).map(({ stretch }) => stretch));
  // ‖∂x/∂u₀‖ = √(0.45² + (3π r)²), r = 1 at the outer corner.
  assertAlmostEquals(most, Math.hypot(0.45, 3 * Math.PI), 0.3);
  assert(Math.max(...jumpsOf(grid)) < 0.6);
  // Two turns are 0.3 apart, and more than one turn along the line.
  const torn = {
    ...grid,
    side: 2,
    z: grid.z.slice(0, 8),
    x: Float32Array.of(0, 0, 0.5, 0, 0, 0, 0.8, 0),
  };
  assert(Math.max(...jumpsOf(torn)) > 3);
});

Deno.test("the map of a GAN is its generator", async () => {
  await useBackend("cpu");
  const gan = createExperiment("healthier", { seed: 1, width: 8 });
  const grid = await warpedGrid(mapOf(gan), 3);
  assertEquals(grid.x.length, 18);
  assert(grid.x.some((x) => x !== grid.x[0]));
  disposeGan(gan);
});
