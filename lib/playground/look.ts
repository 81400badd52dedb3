/**
 * A moment of a run as it is drawn.
 *
 * @module
 */
import { cellMiddles } from "@/eval/landscape.ts";
import { sync } from "@/gan/custody.ts";
import { latentSize } from "@/gan/options.ts";
import { judgeRows } from "./judge.ts";
import { type Look, type LookRequest } from "./protocol.ts";
import { generate, sceneOf, toyOf } from "./scene.ts";
import { type Simulation } from "./simulation.ts";

/** z whose paths are drawn: the first ones of the points. */
const TRACED = 12;

/** What was asked for of a run, as it is now. */
export function lookAt(simulation: Simulation, request: LookRequest): Look {
  const { gan, move } = simulation;
  const { run = 0, layers, side = 48, points = 500 } = request;
  sync(gan);
  const { range, columns } = toyOf(gan);
  const { real, z, companions } = sceneOf(gan, points);
  const fake = generate(gan, z);
  const look: Look = { run, move, step: gan.step, dimensions: columns, range, side, real, fake };
  simulation.trails.seen(move, fake.subarray(0, TRACED * columns));
  if (layers.includes("traces")) look.traces = simulation.trails.traces(TRACED);
  if (layers.includes("discriminator")) {
    const cells = cellMiddles(columns as 1 | 2, side, range);
    look.d = { values: judgeRows(gan, cells, companions), how: "exact, D asked in every cell" };
  }
  if (layers.includes("map") && columns === 1 && latentSize(gan.options) === 1) {
    look.map = { z, x: fake };
  }
  return look;
}
