/**
 * A moment of a run as it is drawn. Nothing here moves the run or draws from its streams.
 *
 * @module
 */
import { cellMiddles } from "@/eval/landscape.ts";
import { sync } from "@/gan/custody.ts";
import { type Gan } from "@/gan/gan.ts";
import { type DiscriminatorLoss, GENERATOR_LOSSES } from "@/gan/losses.ts";
import { latentSize } from "@/gan/options.ts";
import { tf } from "@/tf.ts";
import { bestField, densitiesOf } from "./densities.ts";
import { digitsAt } from "./digits.ts";
import { judgeRows, slopesOf } from "./judge.ts";
import { latentGrid } from "./latent_grid.ts";
import { equalParts } from "./line_field.ts";
import { type Arrows, type Look, type LookField, type LookRequest } from "./playground_messages.ts";
import { type FixedDraws, fixedDraws, generate, toyOf } from "./scene.ts";
import { type LayerName, type PlaygroundData } from "./settings.ts";
import { type Trails } from "./trails.ts";

/** z whose paths are drawn: the first ones of the points. */
const TRACED = 12;
/** Generated points with an arrow: more would hide each other. */
const PULLED = 80;

/** What is looked at: a run, or what slow motion shows of its next step. */
export interface Looked {
  gan: Gan;
  data: PlaygroundData;
  move: number;
  trails: Trails;
}

/** What was asked for of a run, as it is now. */
export async function lookOf(looked: Looked, request: LookRequest): Promise<Look> {
  const { gan, move, trails } = looked;
  sync(gan);
  const { run = 0, layers, side = 48, points = 500 } = request;
  const { columns } = gan.data;
  if (looked.data.kind === "mnist") return await lookAtPictures(gan, move, request);
  const scene = fixedDraws(gan, points);
  const fake = generate(gan, scene.z);
  const { range } = toyOf(gan);
  const [real, z] = [scene.real.slice(), scene.z.slice()];
  const look: Look = { run, move, step: gan.step, dimensions: columns, range, side, real, fake, z };
  trails.seen(move, fake.subarray(0, TRACED * columns));
  const wants = (...names: LayerName[]) => names.some((name) => layers.includes(name));
  if (wants("traces")) look.traces = trails.traces(TRACED);
  if (wants("discriminator", "difference")) look.d = discriminatorField(gan, scene, look);
  if (wants("pData", "pG", "best", "difference")) addDensities(look, gan, looked.data, request);
  if (wants("grid")) look.grid = latentGrid(gan, request.knots ?? 25);
  if (wants("pulls")) look.pulls = pullsOn(gan, fake.slice(0, PULLED * columns), scene);
  if (wants("slopes") && request.chosen?.length) {
    look.slopes = slopesAt(gan, Float32Array.from(request.chosen), scene);
  }
  if (wants("map") && columns === 1 && latentSize(gan.options) === 1) {
    const at = Float32Array.from(equalParts(gan.options.latent, request.knots ?? 25));
    look.map = { z: at, x: generate(gan, at) };
  }
  return look;
}

async function lookAtPictures(gan: Gan, move: number, request: LookRequest): Promise<Look> {
  const { run = 0 } = request;
  const none = new Float32Array();
  return {
    ...{ run, move, step: gan.step, dimensions: gan.data.columns, range: [0, 1], side: 0 },
    ...{ real: none, fake: none.slice(), z: none.slice() },
    digits: await digitsAt(gan, request),
  };
}

function discriminatorField(
  gan: Gan,
  { companions }: FixedDraws,
  { range, side }: Look,
): LookField {
  const { packing = 1 } = gan.options;
  const cells = cellMiddles(gan.data.columns as 1 | 2, side, range);
  const how = packing === 1
    ? "exact, D asked in every cell"
    : `the mean of D over packs of ${packing}, each with the same real rows`;
  return { values: judgeRows(gan, cells, companions), how };
}

function addDensities(look: Look, gan: Gan, data: PlaygroundData, { layers }: LookRequest): void {
  const { range, side } = look;
  const densities = densitiesOf(gan, data, { range, side });
  if (layers.includes("pData")) look.pData = densities.pData;
  if (layers.includes("pG")) look.pG = densities.pG;
  if (!layers.includes("best") && !layers.includes("difference")) return;
  look.noBest = whyNoBest(gan);
  if (look.noBest) return;
  const best = bestField(densities);
  if (layers.includes("best")) look.best = best;
  if (layers.includes("difference")) {
    const values = best.values.map((star, i) => look.d!.values[i] - star);
    look.difference = { values, how: `D − D*, with D* as ${best.how}` };
  }
}

const NO_BEST: Partial<Record<DiscriminatorLoss, string>> = {
  hinge: "the best answer to the hinge loss is a sign, 1 where p_data > p_g and −1 elsewhere",
  wasserstein: "the best answer to the Wasserstein loss is a slope, and no probability",
};

/** Why D* says nothing about this D: a clause; undefined where it does. */
export function whyNoBest({ options }: Gan): string | undefined {
  const { discriminatorLoss = "original", packing = 1 } = options;
  if (packing > 1) return "D sees packs, and D* of a pack is not that of a point";
  return NO_BEST[discriminatorLoss];
}

/** −∂ℓ/∂x at generated points, ℓ the loss of G on that point alone. */
function pullsOn(gan: Gan, at: Float32Array, { companions }: FixedDraws): Arrows {
  const { loss } = GENERATOR_LOSSES[gan.options.generatorLoss];
  // The mean of a loss over rows; each row is worth its share, so the sum is over the rows' own.
  const own = (a: tf.Tensor) => tf.mul(loss(a), -a.size);
  return { at, by: slopesOf(gan, at, companions, own) };
}

/** ∇ₓa at chosen points, and what D says there. */
function slopesAt(
  gan: Gan,
  at: Float32Array,
  { companions }: FixedDraws,
): Arrows & { d: Float32Array } {
  return { at, by: slopesOf(gan, at, companions), d: judgeRows(gan, at, companions) };
}
