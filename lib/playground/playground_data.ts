/**
 * The data of a playground: what its settings name, as something to train on.
 *
 * @module
 */
import { loadImages } from "@/data/mnist.ts";
import { imageRows, type TrainingData } from "@/data/training_data.ts";
import { pointsOf } from "./points_of.ts";
import { type PlaygroundData } from "./settings.ts";

/** What is learned, by its name in the settings. */
export async function dataOf(data: PlaygroundData): Promise<TrainingData> {
  return data.kind === "mnist" ? imageRows(await loadImages()) : pointsOf(data);
}
