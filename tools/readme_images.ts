/**
 * Draws the README's pictures into docs/images: deno run -A tools/readme_images.ts
 *
 * - `digits.png`: samples of the pretrained generator `mlp`.
 * - `spiral.png`: the spiral of notebook 07, trained with the collapsing recipe and with the
 *   healthier one.
 * - `optimal_discriminator.png`: two densities, D* and a D that was trained on samples from them,
 *   as in notebook 02.
 *
 * It takes about three minutes, nearly all of it for the spiral.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { useBackend } from "@/backend.ts";
import { landscape } from "@/eval/landscape.ts";
import { createExperiment, type SpiralRecipe } from "@/experiments/collapse.ts";
import { logitsAt, trainDiscriminator } from "@/gan/discriminate.ts";
import { disposeGan } from "@/gan/gan.ts";
import { createNetwork, disposeNetwork } from "@/gan/network.ts";
import { drawSamples } from "@/gan/sample.ts";
import { type LayerSpec } from "@/gan/spec.ts";
import { train } from "@/gan/train.ts";
import { gaussian } from "@/math/density.ts";
import { linspace, sigmoid } from "@/math/stable.ts";
import { optimalDiscriminator } from "@/math/value.ts";
import { beside } from "@/plot/beside.ts";
import { lineChart } from "@/plot/charts.ts";
import { gridPng } from "@/plot/grid.ts";
import { type Figure } from "@/plot/figure.ts";
import { samplePanel } from "@/plot/panels.ts";
import { stillOf } from "@/plot/still/png.ts";
import { Random } from "@/random.ts";
import { loadPretrained } from "@/run/pretrained.ts";

const FOLDER = new URL("../docs/images/", import.meta.url);

const INK = "#222";

/** Digits of the pretrained generator, 20 in a row. */
async function digits(): Promise<Uint8Array> {
  const { generator, options } = await loadPretrained("mlp");
  const images = await drawSamples(generator, options, 100, new Random(1));
  disposeNetwork(generator);
  return gridPng(images, 28, { columns: 20, scale: 2 });
}

/** Steps of each recipe: enough for the healthier one to find every turn. */
const STEPS = 9600;

/** Generated points over what D says about the square, at the end of a training. */
async function spiralAfter(recipe: SpiralRecipe, title: string): Promise<Figure> {
  const gan = createExperiment(recipe, { seed: 1 });
  for await (const { step } of train(gan, { steps: STEPS, logEvery: 600 }, engine)) {
    if (step % 1200 === 0) console.error(`${recipe}: step ${step} of ${STEPS}`);
  }
  const view = await landscape(gan, [-1, 1], { points: 1500, side: 60 });
  disposeGan(gan);
  const [x, y] = [0, 1].map((axis) => Array.from(view.fake).filter((_, i) => i % 2 === axis));
  const marker = { color: INK, size: 2.5 };
  const points = { type: "scatter", mode: "markers", x, y, marker, showlegend: false };
  const { data, layout } = samplePanel(title, view);
  return { data: [...data, points], layout };
}

/** What each recipe ends with on the same spiral. */
async function spiral(): Promise<Uint8Array> {
  const panels = [
    await spiralAfter("collapsing", "the collapsing recipe"),
    await spiralAfter("healthier", "the healthier recipe"),
  ];
  const title = `Generated points over D(x), after ${STEPS.toLocaleString("en-US")} steps`;
  return (await stillOf(beside({ title, panels, height: 270 }))).png;
}

/** Steps for which the D beside D* is trained, and rows of each kind in one step. */
const [D_STEPS, D_BATCH] = [800, 512];

/** The formula, and a network that only ever saw samples. */
async function optimal(): Promise<Uint8Array> {
  const [data, generated] = [
    gaussian({ mean: 0, sigma: 1 }),
    gaussian({ mean: 1.5, sigma: 0.6 }),
  ];
  const [xs, random] = [linspace(-3, 3.5, 131), new Random(5)];
  const hidden: LayerSpec = { width: 32, activation: "leakyRelu", slope: 0.1 };
  const network = createNetwork({
    inputs: 1,
    layers: [hidden, hidden, { width: 1, activation: "linear" }],
    initialisation: { kind: "fanIn" },
  }, random.split("weights"));
  const [real, fake] = [random.split("real"), random.split("fake")];
  const training = trainDiscriminator(
    network,
    (n) => data.sample(n, real),
    (n) => generated.sample(n, fake),
    {
      steps: D_STEPS,
      batchSize: D_BATCH,
      optimiser: {
        kind: "adam",
        learningRate: 0.02,
        decay: 1.006,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
      },
      logEvery: D_STEPS,
    },
  );
  await Array.fromAsync(training);
  const trained = Array.from(await logitsAt(network, xs), sigmoid);
  disposeNetwork(network);
  const figure = lineChart({
    title: "The optimal discriminator, D* = p_data / (p_data + p_g)",
    x: { label: "x", values: xs },
    y: { label: "density per unit of x, or D(x)", range: [0, 1] },
    lines: {
      p_data: xs.map(data.pdf),
      p_g: xs.map(generated.pdf),
      "D*": xs.map(optimalDiscriminator(data, generated)),
    },
    points: {
      [`a D trained on ${(D_STEPS * D_BATCH).toLocaleString("en-US")} samples of each`]: {
        x: xs.filter((_, i) => i % 4 === 2),
        y: trained.filter((_, i) => i % 4 === 2),
      },
    },
    references: { "½": 0.5 },
  });
  return (await stillOf(figure)).png;
}

const PICTURES = { digits, spiral, optimal_discriminator: optimal };

const { engine } = await useBackend("wasm");
await Deno.mkdir(FOLDER, { recursive: true });
const names = Deno.args.length > 0 ? Deno.args : Object.keys(PICTURES);
for (const name of names as (keyof typeof PICTURES)[]) {
  const png = await PICTURES[name]();
  const path = fileURLToPath(new URL(`${name}.png`, FOLDER));
  await Deno.writeFile(path, png);
  console.log(`${path}  ${(png.length / 1000).toFixed(1)} kB`);
}
