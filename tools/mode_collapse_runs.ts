/**
 * Trains the experiments of notebook 07 and records them in `data/mode_collapse.json`.
 *
 *   deno run -A tools/mode_collapse_runs.ts [--stage spiral,ring,grid] [--recipe …] [--seeds 1,2,3,4,5]
 *     [--steps 600] [--threads 1]
 *
 * A run that is recorded with at least as many steps is not trained again, and each run is recorded
 * when it ends: stop the command whenever you like, and call it again to go on. Each takes one
 * thread: start it twice, with other stages or seeds, to use two cores.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { useBackend } from "@/backend.ts";
import {
  type CollapseRun,
  createRecorded,
  GAMMA,
  isMeasured,
  measure,
  type Measures,
  RECIPES,
  type RecordedRuns,
  recordedRuns,
  type RunKey,
  SAMPLES,
  samplesOf,
  type Stage,
  STAGES,
} from "@/experiments/collapse.ts";
import { disposeGan } from "@/gan/gan.ts";
import { writeTextAtomically } from "@/io/files.ts";
import { train } from "@/gan/train.ts";
import { tf } from "@/tf.ts";

const FILE = new URL("../data/mode_collapse.json", import.meta.url);
/** Any existing file: the process that holds its lock may write. */
const LOCK = new URL(import.meta.url);

const { values } = parseArgs({
  options: {
    stage: { type: "string", default: STAGES.join() },
    recipe: { type: "string", default: Object.values(RECIPES).flat().join() },
    seeds: { type: "string", default: "1,2,3,4,5" },
    steps: { type: "string", default: "600" },
    threads: { type: "string", default: "1" },
  },
});
const steps = Number(values.steps);
if (!(steps > 0 && isMeasured(steps))) {
  throw new RangeError(
    `Cannot record runs: --steps must be a multiple of 100 up to 600 and of 600 beyond, where runs are measured; got ${values.steps}`,
  );
}
const recipes = values.recipe.split(",");
const { name: backend, engine } = await useBackend("wasm", { threads: Number(values.threads) });

for (const seed of values.seeds.split(",").map(Number)) {
  for (const stage of values.stage.split(",") as Stage[]) {
    for (const recipe of RECIPES[stage].filter((name) => recipes.includes(name))) {
      const key = { stage, recipe, seed };
      const known = (await read()).runs.find((run) => same(run, key));
      if (known && known.steps.at(-1)! >= steps) continue;
      const start = performance.now();
      const run = await trainOne(key);
      await record(run);
      const last = Object.entries(run.measures).map(([name, curve]) => `${name} ${curve.at(-1)}`);
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      console.log(`${stage}, ${recipe}, seed ${seed}: ${last.join(", ")} (${seconds} s)`);
    }
  }
}

async function trainOne(key: RunKey): Promise<CollapseRun> {
  const run: CollapseRun = { ...key, steps: [], measures: {} };
  const gan = createRecorded(key);
  for await (const { step } of train(gan, { steps, logEvery: 100 }, engine)) {
    if (!isMeasured(step)) continue;
    run.steps.push(step);
    const measures = measure(key.stage, await samplesOf(gan));
    for (const [name, value] of Object.entries(measures) as [keyof Measures, number][]) {
      (run.measures[name] ??= []).push(Number(value.toFixed(4)));
    }
  }
  disposeGan(gan);
  return run;
}

function same(run: CollapseRun, key: RunKey): boolean {
  return (["stage", "recipe", "seed"] as const).every((name) => run[name] === key[name]);
}

async function read(): Promise<RecordedRuns> {
  const recorded = await recordedRuns().catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (recorded && recorded.penalty !== GAMMA) {
    throw new RangeError(
      `Cannot add runs: the penalty must be the recorded ${recorded.penalty}, got ${GAMMA}`,
    );
  }
  return {
    command: "deno run -A tools/mode_collapse_runs.ts",
    versions: { deno: Deno.version.deno, "@tensorflow/tfjs": tf.version.tfjs, backend },
    penalty: GAMMA,
    samples: SAMPLES,
    runs: recorded?.runs ?? [],
  };
}

/** Adds a run while no other command of this kind is adding one. */
async function record(run: CollapseRun): Promise<void> {
  using lock = await Deno.open(LOCK);
  await lock.lock(true);
  const all = await read();
  const order = Object.values(RECIPES).flat();
  const place = ({ stage, recipe, seed }: RunKey) =>
    (STAGES.indexOf(stage) * 10 + order.indexOf(recipe)) * 1000 + seed;
  all.runs = [...all.runs.filter((old) => !same(old, run)), run]
    .toSorted((a, b) => place(a) - place(b));
  const { runs, ...head } = all;
  const lines = runs.map((one) => `    ${JSON.stringify(one)}`).join(",\n");
  const text = JSON.stringify(head, null, 2).replace(/\n}$/, `,\n  "runs": [\n${lines}\n  ]\n}\n`);
  await writeTextAtomically(fileURLToPath(FILE), text);
}
