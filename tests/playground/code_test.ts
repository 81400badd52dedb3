import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { decodeCheckpoint } from "@/gan/checkpoint.ts";
import { drawSamples } from "@/gan/sample.ts";
import { samplingGenerator } from "@/gan/gan.ts";
import {
  withData,
  withDiscriminatorLoss,
  withGeneratorSteps,
  withHidden,
  withOptimiser,
  withOption,
  withPackSize,
  withPenalty,
  withUpdates,
} from "@/playground/changed_settings.ts";
import { asCode } from "@/playground/code.ts";
import { ganOptionsOf } from "@/playground/gan_options.ts";
import { type PlaygroundSettings } from "@/playground/settings.ts";
import { type Simulation } from "@/playground/simulation.ts";
import { Random } from "@/random.ts";
import { run as trainCommand } from "@/cli/train.ts";
import { beginRun, smallSettings, steps } from "../support/playground_runs.ts";

const STEPS = 7;
const SPIRAL = smallSettings("spiral");
const POINTS: PlaygroundSettings["data"] = {
  kind: "points",
  from: "hand",
  points: [[0.1, -0.2], [0.5, 0.5], [-0.75, 0]],
  sigma: 0.05,
};

/** Settings, most of which differ from their preset in what is hard to write down. */
const COPIED: Record<string, PlaygroundSettings> = {
  "a preset, narrower": SPIRAL,
  "the line": smallSettings("line"),
  "another preset's data": withData(SPIRAL, { kind: "toy", name: "segments" }),
  "other networks": withHidden(SPIRAL, "generator", { depth: 1, activation: "tanh" }),
  "an option that is left out": withUpdates(SPIRAL, "simultaneous"),
  "another optimiser, an average": withOption(
    withOptimiser(SPIRAL, "generator", "momentum"),
    { averageDecay: 0.9, seed: 12 },
  ),
  "R1 and packs": withPackSize(withPenalty(SPIRAL, "r1", 0.5), 2),
  "Wasserstein with its penalty": withDiscriminatorLoss(SPIRAL, "wasserstein"),
  "batch normalisation and maxout": smallSettings("ring"),
  "drawn points": withData(SPIRAL, POINTS),
  "Gaussians on the line": withData(SPIRAL, {
    kind: "gaussians",
    centres: [[-1], [2]],
    sigma: 0.25,
  }),
};

async function played(settings: PlaygroundSettings): Promise<Simulation> {
  const run = await beginRun(settings);
  steps(run, STEPS);
  return run;
}

/** What a program gives as `samples`. */
async function execute(typescript: string): Promise<Float32Array> {
  const { log } = console;
  console.log = () => {};
  try {
    const program = `${typescript}\nexport { samples };`;
    const url = `data:application/typescript;base64,${
      new TextEncoder().encode(program).toBase64()
    }`;
    return (await import(url)).samples;
  } finally {
    console.log = log;
  }
}

Deno.test("the code that is copied makes bitwise the samples of the run", async () => {
  const threeOfG = withGeneratorSteps(smallSettings("line", { discriminatorSteps: 2 }), 3);
  assertEquals(asCode(threeOfG, STEPS).command, undefined);
  for (const [name, settings] of Object.entries({ ...COPIED, "three updates of G": threeOfG })) {
    const samples = await execute(asCode(settings, STEPS).typescript);
    const run = await played(settings);
    const options = ganOptionsOf(settings);
    const own = await drawSamples(samplingGenerator(run.gan), options, 1000, new Random(1));
    assertEquals(samples, own, name);
    assert(own.every(Number.isFinite));
    run.dispose();
  }
});

Deno.test("the command that is copied leaves bitwise the checkpoint of the run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [i, [name, settings]] of Object.entries(COPIED).entries()) {
      const { command } = asCode(settings, STEPS);
      assert(command);
      const path = join(folder, String(i));
      const code = await trainCommand([
        ...wordsOf(command),
        "--run",
        path,
        "--quiet",
        "--no-quality",
      ]);
      assertEquals(code, 0);
      const run = await played(settings);
      const file = join(path, `checkpoints/step-${String(STEPS).padStart(6, "0")}.safetensors`);
      const { arrays } = decodeCheckpoint(await Deno.readFile(file), file);
      assertEquals(arrays, run.save().arrays, name);
      run.dispose();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The words of a command as a shell has them, after `deno task train`. */
function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) =>
    quoted ?? plain
  );
  assertEquals(words.slice(0, 3), ["deno", "task", "train"]);
  return words.slice(3);
}
