import { assertAlmostEquals, assertEquals } from "@std/assert";
import { spiralPoints } from "@/data/toy.ts";
import { warpedGrid } from "@/experiments/latent_map.ts";
import { type SpiralScene } from "@/experiments/spiral_game.ts";
import { gridFigure, pullFigure } from "@/plot/spiral_panels.ts";

const scene = {
  landscape: {
    dimensions: 2,
    range: [-1, 1],
    real: new Float32Array(),
    fake: new Float32Array(),
    overLatent: { dimensions: 2, side: 2, range: [-1, 1], values: new Float32Array(4) },
    overSamples: { dimensions: 2, side: 2, range: [-1, 1], values: new Float32Array(4) },
  },
  points: Float32Array.of(0, 0, 0.5, 0.5),
  pulls: Float32Array.of(3, 4, 0, -1),
} as unknown as SpiralScene;

Deno.test("arrows start at generated points, along the pull, the longest always as long", () => {
  const { data } = pullFigure("T", scene);
  const [dots, arrows] = data.slice(-2) as { name: string; x: number[]; y: number[] }[];
  assertEquals([dots.name, arrows.name], ["generated", "pull of D"]);
  assertAlmostEquals(Math.hypot(arrows.x[1], arrows.y[1]), 0.3, 1e-6);
  assertAlmostEquals(arrows.y[1] / arrows.x[1], 4 / 3, 1e-6);
  assertAlmostEquals(arrows.y[4], 0.5 - 0.3 / 5, 1e-6);
});

Deno.test("a grid is drawn line by line, both ways, and where D pulls nowhere nothing is NaN", async () => {
  const { data } = gridFigure("T", await warpedGrid(spiralPoints, 3));
  assertEquals(data.length, 2);
  const [first, second] = data.map(({ x }) => x as number[]);
  assertEquals([first.length, second.length], [12, 12]);
  assertEquals(first.filter(Number.isNaN).length, 3);
  assertEquals([second[0], second[1]], [first[0], first[4]]);
  const still = pullFigure("T", { ...scene, pulls: new Float32Array(4) }).data.at(-1)!;
  assertEquals((still.x as number[])[1], 0);
});
