/** Landscapes and a history to draw: of points in the plane, and of numbers on the line. */
import { type Landscape } from "@/eval/landscape.ts";
import { historyOf } from "@/plot/history.ts";
import { Random } from "@/random.ts";

const random = new Random(1);
const field = (side: number) => ({
  dimensions: 2 as const,
  side,
  range: [-1, 1] as const,
  values: random.uniforms(side * side),
});

export const plane: Landscape = {
  dimensions: 2,
  range: [-1, 1],
  real: random.uniforms(10_000, -1, 1),
  fake: random.uniforms(10_000, -1, 1),
  overLatent: field(60),
  overSamples: field(60),
};

export const line: Landscape = {
  dimensions: 1,
  range: [-1, 6],
  real: random.normals(5000),
  fake: random.normals(5000),
  overLatent: { dimensions: 1, side: 60, range: [-3, 3], values: random.uniforms(60) },
  overSamples: { dimensions: 1, side: 60, range: [-1, 6], values: random.uniforms(60) },
};

export const history = historyOf(
  Array.from({ length: 60 }, (_, i) => ({
    step: 10 * (i + 1),
    dLoss: 0.7,
    gLoss: 0.5 + i / 60,
    dAccuracy: 0.5,
    gAccuracy: 0.25,
  })),
);
