/**
 * The still picture of a playground: its run is trained here, and drawn as the book's figures are.
 *
 * @module
 */
import { useBackend } from "@/backend.ts";
import { IMAGE_SIDE } from "@/data/mnist.ts";
import { lookOf } from "@/playground/look.ts";
import { Simulation } from "@/playground/simulation.ts";
import { type Figure } from "@/plot/figure.ts";
import { gridPng } from "@/plot/grid.ts";
import { pointsPanel } from "@/plot/panels.ts";
import { type Playground } from "./playground.ts";

/** Trains so many steps, and draws. */
export async function stillOfPlayground(
  { settings, steps, embedded: { title } }: Playground,
): Promise<Figure | Uint8Array> {
  const { engine } = await useBackend("wasm");
  const run = await Simulation.begin(settings, engine);
  try {
    for (let i = 0; i < steps; i++) run.step();
    const request = { layers: ["discriminator", "data", "generated"], shares: false } as const;
    const { digits, d, real, fake, range, side, dimensions } = await lookOf(run.looked, request);
    if (digits) return await gridPng(digits.pictures, IMAGE_SIDE, { columns: 6 });
    const plane = dimensions as 1 | 2;
    const overSamples = d && { dimensions: plane, side, range, values: d.values };
    const scene = { dimensions: plane, range, real, fake, overSamples };
    return pointsPanel(`${title}, step ${steps.toLocaleString("en")}`, scene);
  } finally {
    run.dispose();
  }
}
