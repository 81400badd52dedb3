/**
 * The data of a playground on the line or in the plane.
 *
 * @module
 */
import { nameOfPoints, pointsData, type PointsName } from "@/data/points.ts";
import { type Toy, toyData, type ToyName } from "@/data/toy.ts";
import { type PlaygroundData } from "./settings.ts";

/** Data on the line or in the plane. */
type Points = Exclude<PlaygroundData, { kind: "mnist" }>;

/** What a training calls them. */
export function dataNameOf(data: Points): ToyName | PointsName {
  if (data.kind === "toy") return data.name;
  return nameOfPoints(data.kind === "gaussians" ? data.centres : data.points, data.sigma);
}

/**
 * The distribution itself, whose density is known.
 *
 * @throws {RangeError} If there are no points, or sigma is not positive.
 */
export function pointsOf(data: Points): Toy {
  if (data.kind === "toy") return toyData(data.name);
  return pointsData(data.kind === "gaussians" ? data.centres : data.points, data.sigma);
}
