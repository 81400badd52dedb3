import { assert, assertGreater, assertLess } from "@std/assert";
import { withBatchSize, withData } from "@/playground/changed_settings.ts";
import { onGrid } from "@/data/points_text.ts";
import { runReadings } from "@/playground/readings.ts";
import { settingsOf } from "@/playground/settings.ts";
import { type Simulation } from "@/playground/simulation.ts";
import { beginRun, steps } from "../support/playground_runs.ts";

/** Coverage and precision of a run, as it is now. */
async function spread(run: Simulation): Promise<{ coverage: number; precision: number }> {
  const { values: { coverage, precision } } = await runReadings(run.looked);
  return { coverage: coverage.value!, precision: precision.value! };
}

Deno.test("points drawn by hand are learned: after 800 steps 90 % of them are covered", async () => {
  // An S, as a hand would draw it.
  const points = onGrid(Array.from({ length: 60 }, (_, i) => {
    const t = 2 * i / 59 - 1;
    return [0.6 * Math.sin(Math.PI * t), 0.8 * t];
  }));
  const data = { kind: "points", from: "hand", points, sigma: 0.04 } as const;
  const run = await beginRun(withBatchSize(withData(settingsOf("spiral"), data), 128));
  const before = await spread(run);
  assertLess(before.coverage, 0.5);
  steps(run, 800);
  const { coverage, precision } = await spread(run);
  assertGreater(coverage, 0.9);
  assert(precision > 0.8, `precision ${precision}`);
  run.dispose();
});
