/**
 * Data drawn by hand: strokes with the pointer, or points set with the keys.
 *
 * @module
 */
import { signal } from "@preact/signals-core";
import { withData } from "@/playground/changed_settings.ts";
import { onGrid } from "@/data/points_text.ts";
import { type PlaygroundData } from "@/playground/settings.ts";
import { type PlaygroundModel } from "./model.ts";
import { dimensionsOf } from "./shapes.ts";

/** Points of a stroke are this far apart, as a share of the stage. */
const APART = 0.02;
const MOST = 600;

export class DrawnPoints {
  /** Whether the stage is drawn on. */
  readonly active = signal(false);
  readonly points = signal<number[][]>([]);

  constructor(private readonly model: PlaygroundModel) {}

  begin(): void {
    const { data } = this.model.settings.peek();
    this.points.value = data.kind === "points" && data.from === "hand" ? data.points : [];
    this.active.value = true;
    this.model.said.value =
      "Draw on the stage: drag, or move the mark with the arrow keys and press Enter.";
  }

  end(): void {
    this.active.value = false;
  }

  clear(): void {
    this.points.value = [];
    this.model.said.value =
      "The drawing is empty. Until it has two points, the GAN goes on with the data that it had.";
  }

  /** Adds a point, unless one lies there already. */
  add(point: number[], [low, high]: readonly [number, number]): void {
    const points = this.points.peek();
    const rounded = point.slice(0, dimensionsOf(this.model.settings.peek().data))
      .map((x) => Number(Math.min(high, Math.max(low, x)).toPrecision(4)));
    const least = APART * (high - low);
    const near = points.some((other) => Math.hypot(...other.map((x, i) => x - rounded[i])) < least);
    if (!near && points.length < MOST) this.points.value = [...points, rounded];
  }

  removeLast(): void {
    this.points.value = this.points.peek().slice(0, -1);
  }

  /** Makes them the data, when a stroke ends. */
  async use(): Promise<void> {
    const points = onGrid(this.points.peek());
    if (points.length < 2) {
      this.model.said.value =
        "One point is no distribution yet: draw another. Until then the GAN goes on with the data that it had.";
      return;
    }
    const data: PlaygroundData = {
      kind: "points",
      from: "hand",
      points,
      sigma: sigmaFor(points),
    };
    await this.model.change((settings) => withData(settings, data));
  }
}

/** Of the extent of the points, σ is this much. */
const SHARE_OF_EXTENT = 0.02;

/** A width that makes of points a distribution with no gaps that the eye sees. */
export function sigmaFor(points: number[][]): number {
  const extents = points[0].map((_, column) => {
    const values = points.map((point) => point[column]);
    return Math.max(...values) - Math.min(...values);
  });
  return Number((SHARE_OF_EXTENT * Math.max(...extents, 0.5)).toPrecision(2));
}
