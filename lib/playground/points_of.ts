/**
 * The data of a playground on the line or in the plane.
 *
 * @module
 */
import { pointsData } from "@/data/points.ts";
import { type Toy, toyData } from "@/data/toy.ts";
import { type PlaygroundData } from "./settings.ts";

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
