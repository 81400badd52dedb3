/**
 * The data of a playground as a short text of an address.
 *
 * @module
 */
import { readPoints, textOfPoints } from "@/data/points_text.ts";
import { type ToyName } from "@/data/toy.ts";
import { type PlaygroundData } from "./settings.ts";

const MARKS = { hand: "h", file: "f", gaussians: "g" } as const;

/** The text of some data. */
export function dataText(data: PlaygroundData): string {
  if (data.kind === "mnist") return "mnist";
  if (data.kind === "toy") return data.name;
  if (data.kind === "points") return MARKS[data.from] + textOfPoints(data);
  return MARKS.gaussians + textOfPoints({ points: data.centres, sigma: data.sigma });
}

/** The data of such a text; undefined if it is none. */
export function readData(text: string): PlaygroundData | undefined {
  if (text === "mnist") return { kind: "mnist" };
  // Whether there is such a name is checked with all settings.
  if (/^[a-z]+$/.test(text)) return { kind: "toy", name: text as ToyName };
  const found = readPoints(text.slice(1));
  if (!found) return undefined;
  const { points, sigma } = found;
  if (text.startsWith(MARKS.gaussians)) return { kind: "gaussians", centres: points, sigma };
  const from = (["hand", "file"] as const).find((from) => text.startsWith(MARKS[from]));
  return from && { kind: "points", from, points, sigma };
}
