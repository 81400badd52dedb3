/** The arithmetic of a step by its closed form, against the products that the planner writes. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { stepFlop } from "@/bench/step_flop.ts";
import { createWorkload } from "@/bench/workload.ts";
import { Placement } from "@/engine/placement.ts";
import { Room } from "@/engine/buffers.ts";
import { Writer } from "@/engine/writer.ts";
import { type GanOptions } from "@/gan/options.ts";
import { leaky, logit, maxout, network, NORM } from "../support/planned_cases.ts";
import { tinyOptions } from "../support/gans.ts";

/** Multiplications and additions of all operations of a step, padding of the batch included. */
function planned(options: GanOptions): number {
  let end = 256;
  const room = new Room((count) => {
    const address = end;
    end += 64 * Math.ceil(count / 16);
    return address;
  });
  const { d = [], step } = new Writer(new Placement(room, options), options).lists();
  const work = (operations: { work: number }[]) =>
    operations.reduce((sum, operation) => sum + 2 * operation.work, 0);
  return (options.discriminatorSteps - 1) * work(d) + work(step);
}

const relu = (width: number) => ({ width, activation: "relu" as const, batchNorm: NORM });
/** Batches that fill whole panels, so that nothing is padded. */
const CASES: Record<string, Partial<GanOptions>> = {
  plain: {},
  "R1": { gradientPenalty: 1 },
  "three updates of D": { discriminatorSteps: 3, gradientPenalty: 1 },
  "another batch for G": { generatorBatchSize: 48 },
  "simultaneous updates": { updates: "simultaneous", gradientPenalty: 2 },
  maxout: { discriminator: network(5, [maxout(7, 3), leaky(9), logit()]) },
  packs: { packing: 2, discriminator: network(10, [leaky(8), leaky(6), logit()]) },
};

for (const [name, changes] of Object.entries(CASES)) {
  Deno.test(`the closed form of a step counts the planner's products: ${name}`, () => {
    const options = tinyOptions({
      generator: network(3, [relu(20), relu(31), { width: 5, activation: "tanh" }]),
      discriminator: network(5, [leaky(17), leaky(13), logit()]),
      batchSize: 32,
      ...changes,
    });
    assertEquals(stepFlop(options), planned(options));
  });
}

Deno.test("a step of mlp has 2.7 GFLOP with R1 and 2.5 without, as counted by hand", () => {
  const g = 64 * 128 + 128 * 256 + 256 * 512 + 512 * 1024 + 1024 * 784;
  const [d0, d1, d2, d3] = [784 * 512, 512 * 256, 256 * 128, 128];
  const d = d0 + d1 + d2 + d3;
  // Of D's update: G, D forwards, back and gradients on 256 rows.
  const ofD = 128 * g + 256 * (d + (d - d0) + d);
  // Of G's update: G and D forwards, back to the first layer of G, and G's gradients.
  const ofG = 128 * (g + d + d + (g - 64 * 128) + g);
  const penalty = 128 * (d0 + d0 + d1 + d2);
  const gigaflop = (r1: boolean) => stepFlop(createWorkload("mlp", r1).options) / 1e9;
  assertAlmostEquals(gigaflop(false), 2 * (ofD + ofG) / 1e9, 1e-9);
  assertAlmostEquals(gigaflop(true), 2 * (ofD + ofG + penalty) / 1e9, 1e-9);
  assertEquals([gigaflop(true).toFixed(1), gigaflop(false).toFixed(1)], ["2.7", "2.5"]);
});
