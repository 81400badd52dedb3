/**
 * `deno task train`: arguments, signals and what is printed. The work is `runTraining`'s.
 *
 * @module
 */
import { dirname } from "node:path";
import { BACKEND_CHOICES, type BackendChoice } from "@/backend.ts";
import { isFresh } from "@/data/training_data.ts";
import { PRESETS } from "@/gan/presets.ts";
import { describe } from "@/gan/spec.ts";
import { describeSteps } from "@/gan/train.ts";
import { isFolder } from "@/io/files.ts";
import { defaultRunFolder, type RunListener, runTraining } from "@/run/training_run.ts";
import { pathArgument, projectPath, taskCommand } from "./place.ts";
import { createProgram, integer, main, notNegative, oneOf, path } from "./program.ts";
import { StopSignals } from "./stop_signals.ts";
import { duration, Progress } from "./progress.ts";

interface Flags {
  preset?: string;
  epochs?: number;
  steps?: number;
  batchSize?: number;
  packing?: number;
  gradientPenalty?: number;
  seed?: number;
  backend?: BackendChoice;
  threads?: number;
  data?: string;
  run?: string;
  resume?: boolean | string;
  logEvery: number;
  quiet?: boolean;
}

function parse(args: string[]): Flags {
  const presets = Object.entries(PRESETS).map(([name, { summary }]) =>
    `  ${name.padEnd(17)}${summary}`
  );
  const program = createProgram(
    "train",
    "Trains a GAN and leaves a run folder with samples, checkpoints and a report.",
  )
    .option(
      "--preset <name>",
      "networks and recipe, see below (default: mlp)",
      oneOf(Object.keys(PRESETS)),
    )
    .option(
      "--epochs <n>",
      "passes over the data, 200 batches of toy data (default: the preset's)",
      integer(1),
    )
    .option("--steps <n>", "updates of the generator, in place of --epochs", integer(1))
    .option("--batch-size <n>", "real rows in a minibatch (default: the preset's)", integer(1))
    .option("--packing <m>", "samples that D sees side by side (default: 1)", integer(1, 16))
    .option(
      "--gradient-penalty <gamma>",
      "R1 penalty on D, against collapse; 0 for none (default: the preset's)",
      notNegative,
    )
    .option("--seed <n>", "seeds weights, noise, dropout and batch order (default: 1)", integer(0))
    .option(
      "--backend <name>",
      `${BACKEND_CHOICES.join(", ")} (default: auto, a real GPU or else wasm)`,
      oneOf(BACKEND_CHOICES),
    )
    .option(
      "--threads <n>",
      "threads of the training engine on wasm (default: one a core, at most 8)",
      integer(1, 64),
    )
    .option("--data <dir>", "folder with the four files of MNIST's format (default: MNIST)", path)
    .option("--run <dir>", "run folder (default: runs/<preset>-<seed>)", path)
    .option(
      "--resume [checkpoint]",
      "go on with the run, from its last checkpoint or this one",
      path,
    )
    .option("--log-every <n>", "record losses every n steps", integer(1), 10)
    .option("--quiet", "print nothing but warnings and errors")
    .addHelpText(
      "after",
      `\nPresets:\n${
        presets.join("\n")
      }\n\nCtrl-C stops after the current step and saves; --resume goes on from there.`,
    );
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  if (flags.epochs !== undefined && flags.steps !== undefined) {
    program.error("error: --epochs and --steps exclude each other");
  }
  return flags;
}

export async function run(args: string[]): Promise<number> {
  const { quiet, ...request } = parse(args);
  if (typeof request.resume === "string") {
    if (await isFolder(request.resume)) {
      request.run ??= request.resume;
      request.resume = true;
    } else request.run ??= dirname(dirname(request.resume));
  }
  request.run ??= projectPath(defaultRunFolder(request.preset, request.seed));
  const say = quiet ? () => {} : (line: string) => console.error(line);
  let progress: Progress | undefined;
  using stop = new StopSignals(() => {
    progress?.stop();
    progress = undefined;
    say("Stopping after this step, then saving. Ctrl-C again to stop at once");
  });
  const began = performance.now();
  const listener: RunListener = {
    started({ run, config, gan, backend }) {
      for (const warning of [backend.warning, ...config.doubts ?? []]) {
        if (warning) console.error(`warning: ${warning}`);
      }
      const adapter = backend.adapter ? ` on ${backend.adapter}` : "";
      say(`backend  ${backend.name}${adapter}: ${backend.reason}`);
      say(`steps    ${describeSteps(config.options)}`);
      say(
        `data     ${config.data.source}, ${
          isFresh(gan.data)
            ? "fresh samples for every batch"
            : `${gan.data.rows.toLocaleString("en-US")} training images`
        }`,
      );
      say(`run      ${run.path}, preset ${config.preset}, seed ${config.options.seed}`);
      if (gan.step === 0) {
        say(describe("G", gan.options.generator));
        say(describe("D", gan.options.discriminator));
        const { classes } = gan.options;
        if (classes) say(`labels   the last ${classes} inputs of both: which class is meant`);
      } else say(`resumed  at step ${gan.step} of ${config.steps}`);
      if (!quiet) progress = new Progress(config.steps, gan.step);
    },
    event: (event) => progress?.event(event),
    saved: () => {},
    resumeCommand,
  };
  try {
    const result = await runTraining(request, listener, stop.signal);
    progress?.stop();
    if (result.stopped) {
      say(
        `Stopped at step ${result.step} of ${result.steps} and saved. To go on: ${
          resumeCommand(result.run.path)
        }`,
      );
      return stop.code!;
    }
    say(
      `Done: ${result.step} steps, ${duration((performance.now() - began) / 1000)} in this session`,
    );
    if (!quiet) console.log(`samples  ${result.grid}\nreport   ${result.run.reportFile}`);
    return 0;
  } finally {
    progress?.stop();
  }
}

/** What to type to go on with a run. */
function resumeCommand(run: string): string {
  return taskCommand("train", "--run", pathArgument(run), "--resume");
}

if (import.meta.main) await main(() => run(Deno.args));
