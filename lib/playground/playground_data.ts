/**
 * The data of a playground: what its settings name, as something to train on.
 *
 * @module
 */
import { loadImages } from "@/data/mnist.ts";
import { pointsData } from "@/data/points.ts";
import { type Toy, toyData } from "@/data/toy.ts";
import { imageRows, type TrainingData } from "@/data/training_data.ts";
import { type PlaygroundData } from "./settings.ts";

/** What is learned, by its name in the settings. */
export async function dataOf(data: PlaygroundData): Promise<TrainingData> {
  return data.kind === "mnist" ? imageRows(await loadImages()) : pointsOf(data);
}

/**
 * Data on the line or in the plane, whose density is known.
 *
 * @throws {RangeError} If there are no points, or sigma is not positive.
 */
export function pointsOf(data: Exclude<PlaygroundData, { kind: "mnist" }>): Toy {
  if (data.kind === "toy") return toyData(data.name);
  if (data.kind === "gaussians") {
    const { centres, sigma } = data;
    return pointsData(centres, sigma, `${centres.length} Gaussians, sigma ${sigma}`);
  }
  const { points, sigma, from } = data;
  const origin = from === "hand" ? "drawn by hand" : "of a file";
  return pointsData(points, sigma, `${points.length} points ${origin}, sigma ${sigma}`);
}
