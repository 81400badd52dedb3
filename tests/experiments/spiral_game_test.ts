import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { createExperiment } from "@/experiments/collapse.ts";
import {
  cloudOf,
  fitGenerator,
  lowestLossAgainstNoise,
  samplerOf,
  type SpiralScene,
  teachAlone,
  trustedBy,
  wanderingOf,
  watchSpiral,
} from "@/experiments/spiral_game.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { spiralDensity, toyData } from "@/data/toy.ts";
import { nearestOnSpiral } from "@/eval/coverage.ts";
import { cellMiddles, type Landscape } from "@/eval/landscape.ts";
import { Random } from "@/random.ts";

await useBackend("wasm");
const small = () => createExperiment("healthier", { seed: 1, width: 8 });

Deno.test("centre and spread of two points a distance of 2 apart", () => {
  const { x, y, spread } = cloudOf(Float32Array.of(1, 5, 3, 5));
  assertEquals([x, y], [2, 5]);
  assertAlmostEquals(spread, 1, 1e-6);
});

Deno.test("points that wander: the median spread, the range of the centre, pulls that agree or not", () => {
  const scene = (x: number, spread: number, ...pulls: number[]) =>
    ({ x, spread, pulls: Float32Array.from(pulls) }) as unknown as SpiralScene;
  const found = wanderingOf([
    scene(-1, 0.3, 0, 2, 0, 1),
    scene(0.5, 0.1, 3, 0, -3, 0),
    scene(0, 0.2, 1, 0, 0, 1),
  ]);
  assertEquals([found.range, found.spread], [1.5, 0.2]);
  assertAlmostEquals(found.agreement, (1 + 0 + Math.SQRT1_2) / 3, 1e-6);
});

Deno.test("a training is watched at its start and every 50 steps, and hears of those after", async () => {
  const heard: number[] = [];
  const { gan, scenes, events } = await watchSpiral(small(), 60, undefined, ({ step }) => {
    heard.push(step);
  });
  assertEquals([scenes.map(({ step }) => step), heard], [[0, 50], [50]]);
  assertEquals(events.length, 6);
  assert(scenes.every(({ slope, spread }) => slope > 0 && spread > 0));
  disposeGan(gan);
});

Deno.test("by regression G comes nearer to the spiral's map, and D does not move", async () => {
  const gan = createExperiment("collapsing", { seed: 1, width: 64 });
  const before = gan.discriminator.weights["layers.0.weight"].dataSync().slice();
  const errors = await fitGenerator(gan, 401, new Random(2));
  assertEquals(errors.length, 21);
  assert(errors.at(-1)! < 0.7 * errors[0], String(errors));
  assertEquals(gan.discriminator.weights["layers.0.weight"].dataSync(), before);
  disposeGan(gan);
});

Deno.test("a D that trusts only what is within 0.1 of the band, and one that trusts the corners", () => {
  const side = 60;
  const middles = cellMiddles(2, side, [-1, 1]);
  const viewOf = (f: (x: number, y: number) => boolean) => {
    const values = Float32Array.from(
      { length: side * side },
      (_, i) => f(middles[2 * i], middles[2 * i + 1]) ? 0.9 : 0.1,
    );
    const overSamples = { dimensions: 2, side, range: [-1, 1], values };
    return { overSamples } as unknown as Landscape;
  };
  const sure = trustedBy(viewOf((x, y) => nearestOnSpiral(x, y).distance <= 0.1));
  assertEquals(sure, { onBand: 1, offBand: 0, corners: 0 });
  const wide = trustedBy(viewOf((x, y) => Math.hypot(x, y) > 1.1));
  assertEquals([wide.onBand, wide.corners], [0, 1]);
  assert(wide.offBand > 0.05 && wide.offBand < 0.5);
});

Deno.test("a D alone is looked at every 600 steps and at its end, and learns what it is shown", async () => {
  const [view, ...others] = await teachAlone(
    { seed: 1, width: 16 },
    samplerOf(new Float32Array(2 * 600).fill(0.99)),
    120,
  );
  assertEquals(others, []);
  assert(view.overSamples.values.at(-1)! < 0.3, String(view.overSamples.values.at(-1)));
});

Deno.test("a sampler of points goes round, and gives rows whole", () => {
  const draw = samplerOf(Float32Array.from({ length: 20 }, (_, i) => i));
  for (let i = 0; i < 9; i++) {
    const rows = Array.from(draw(3));
    assertEquals(rows.map((x) => x - rows[0]), [0, 1, 2, 3, 4, 5]);
    assertEquals(rows[0] % 2, 0);
  }
});

Deno.test("the lowest loss against noise is that of D* on draws, and below log 2", () => {
  const random = new Random(8);
  const mean = (points: Float32Array, f: (ratio: number) => number) => {
    let sum = 0;
    for (let i = 0; i < points.length; i += 2) {
      sum += f(4 * spiralDensity(points[i], points[i + 1])) / (points.length / 2);
    }
    return sum;
  };
  const onReal = mean(toyData("spiral").draw(40_000, random), (ratio) => Math.log1p(1 / ratio));
  const onNoise = mean(random.uniforms(80_000, -1, 1), (ratio) => Math.log1p(ratio));
  assertAlmostEquals(lowestLossAgainstNoise(), (onReal + onNoise) / 2, 0.005);
});

Deno.test("a regression that diverges says so", async () => {
  const { options } = small();
  const adam = { ...options.generatorOptimiser, learningRate: 1e30 };
  const gan = createGan({ ...options, generatorOptimiser: adam }, toyData("spiral"));
  await assertRejects(() => fitGenerator(gan, 60, new Random(2)), DivergedError, "must be finite");
  disposeGan(gan);
});
