/** A training of a sweep that was killed goes on from its last checkpoint, to the same result. */
import { join } from "node:path";
import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { findPreset } from "@/gan/presets.ts";
import { withSettings } from "@/gan/set_option.ts";
import { LocalExecutor } from "@/jobs/local_executor.ts";
import { type PlannedRun, runSweep, type SweepOptions } from "@/sweep/run_sweep.ts";
import { inTempFolder } from "../support/commands.ts";

/** Figures are taken after step 200, before the training is killed, and at the end. */
const STEPS = 260;

const NARROW = [
  ...[0, 1, 2, 3].map((i) => ({ name: `generator.layers.${i}.width`, text: "24" })),
  ...[0, 1, 2].map((i) => ({ name: `discriminator.layers.${i}.width`, text: "16" })),
];

const PLAN: PlannedRun[] = [{
  ...{
    name: "ring_seed_1",
    recipe: "ring",
    preset: "ring",
    seed: 1,
    choices: [],
    settings: [],
  },
  options: withSettings({ ...findPreset("ring").options, seed: 1 }, NARROW),
  ...{ steps: STEPS, logEvery: 20, backend: "wasm", metrics: [], count: 100 },
  ...{ against: "test", quality: true },
}];

/** Sweeps in processes of its own; the shares that it was told of. */
async function sweepInto(folder: string, options: Partial<SweepOptions> = {}): Promise<number[]> {
  const program = new URL("../../lib/cli/training_program.ts", import.meta.url);
  await using executor = await LocalExecutor.start({ program, size: 1 });
  const shares: number[] = [];
  await runSweep(PLAN, {
    ...{ folder, executor, version: "1", keepEveryMs: 0, ...options },
    onProgress: (done, of) => {
      shares.push(done);
      options.onProgress?.(done, of);
    },
  });
  return shares;
}

/** What is in the file of the run, as text, without where and when it was made. */
async function resultIn(folder: string): Promise<string> {
  const text = await Deno.readTextFile(join(folder, "runs", "ring_seed_1.json"));
  return text.replace(/"made":\{[^}]*\}/, "");
}

Deno.test("a training that was killed goes on from its checkpoint, bitwise as if it never was", () =>
  inTempFolder(async (folder) => {
    const [whole, killed] = ["whole", "killed"].map((name) => join(folder, name));
    await sweepInto(whole);
    const stop = new AbortController();
    const onProgress = (done: number) => done > 0.9 && stop.abort();
    await assertRejects(() => sweepInto(killed, { signal: stop.signal, onProgress }));
    const [start, resumed] = await sweepInto(killed);
    assertEquals(start, 0);
    assertGreater(resumed, 0.85, "it does not begin anew");
    assertEquals(await resultIn(killed), await resultIn(whole));
    const left = await Array.fromAsync(Deno.readDir(killed), ({ name }) => name);
    assertEquals(left.filter((name) => name === "unfinished"), []);
  }));
