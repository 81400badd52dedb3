/**
 * The picture that is drawn of a GAN after each epoch.
 *
 * @module
 */
import { IMAGE_SIDE } from "@/data/mnist.ts";
import { distributionOf, shortName } from "@/data/points.ts";
import { landscape } from "@/eval/landscape.ts";
import { type Gan } from "@/gan/gan.ts";
import { equilibriumOf } from "@/gan/losses.ts";
import { type Network } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { drawEachClass, drawSamples } from "@/gan/sample.ts";
import { gridPng } from "@/plot/grid.ts";
import { historyOf } from "@/plot/history.ts";
import { panelsPng } from "@/plot/panels_picture.ts";
import { Random } from "@/random.ts";
import { type RunFolder } from "./folder.ts";

/**
 * Images of the fixed noise grid: 8 by 8, or for a conditional GAN `GRID_PER_CLASS` of each class.
 */
const GRID_COUNT = 64;
const GRID_PER_CLASS = 10;

/** Images from the fixed noise, as a PNG, with a row for each class where there are any. */
export async function imagesPng(generator: Network, options: GanOptions): Promise<Uint8Array> {
  const random = new Random(options.seed).split("grid");
  if (options.classes !== undefined) {
    const images = await drawEachClass(generator, options, GRID_PER_CLASS, random);
    return gridPng(images, IMAGE_SIDE, { columns: GRID_PER_CLASS });
  }
  return gridPng(await drawSamples(generator, options, GRID_COUNT, random), IMAGE_SIDE);
}

/** The four panels of a GAN on toy data after these events, as a PNG. */
export async function toyPanelsPng(gan: Gan, events: TrainEvent[]): Promise<Uint8Array> {
  const { options, step } = gan;
  const scene = await landscape(gan, distributionOf(options.toy!).range);
  const { d, g } = equilibriumOf(options);
  const rest = [d, d?.text === g?.text ? undefined : g].filter((reading) => reading !== undefined);
  const unit = (options.discriminatorLoss ?? "original") === "original" ? "nats" : "";
  return panelsPng(
    `${shortName(options.toy!)}, step ${step}`,
    scene,
    historyOf(events, { rest, unit }),
  );
}

/** The four panels of a GAN of a run. */
export async function toyPng(run: RunFolder, gan: Gan): Promise<Uint8Array> {
  const { step } = gan;
  // The training may have gone on.
  return await toyPanelsPng(gan, (await run.readMetrics()).filter((event) => event.step <= step));
}
