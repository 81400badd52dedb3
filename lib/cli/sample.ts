/**
 * `deno task sample`: its arguments. What is done with them, `sampling.ts`, is loaded when they are
 * known, so that help and a wrong argument load no TensorFlow.js.
 *
 * @module
 */
import { extname } from "node:path";
import { type Command } from "commander";
import { BACKEND_CHOICES, type BackendChoice } from "@/backend_choice.ts";
import { choiceArgument, createProgram, integerArgument, main, path } from "./program.ts";
import { addTrainedOptions, refuseTwoSources, type TrainedFlags } from "./trained_options.ts";

/** The numbers of 100,000 images take 314 MB, those of points 0.8 MB. */
const MAX_COUNT = 100_000;

/** What can be written, by the ending of its name. */
export const ENDINGS = [".png", ".npy", ".gif"] as const;

export interface SampleFlags extends TrainedFlags {
  count?: number;
  seed?: number;
  label?: number;
  out?: string;
  overwrite?: boolean;
  backend?: BackendChoice;
}

function parse(args: string[]): SampleFlags {
  const program = addTrainedOptions(
    createProgram("sample", "Draws images or points from a trained generator."),
  )
    .option(
      "--count <n>",
      "how many samples (default: 64 images, 10 of each class, 5000 points)",
      integerArgument(1, MAX_COUNT),
    )
    .option("--seed <n>", "seeds the noise (default: 1)", integerArgument(0))
    .option(
      "--label <n>",
      "the class of every sample, for a conditional run (default: 0, 1, … in turn)",
      integerArgument(0),
    )
    .option(
      "--out <file>",
      "x.png, a picture; x.npy, float32 [count, 784] in [0, 1], for toy data [count, 2] or [count, 1]; x.gif, the grids that a run drew while it trained (default: samples.png, in the run folder with --run)",
      path,
    )
    .option("--overwrite", "replace what is at --out even if it is no such file")
    .option(
      "--backend <name>",
      `${BACKEND_CHOICES.join(", ")} (default: wasm)`,
      choiceArgument(BACKEND_CHOICES),
    );
  program.parse(args, { from: "user" });
  const flags = program.opts<SampleFlags>();
  refuseTwoSources(program, flags);
  const kind = flags.out && extname(flags.out).toLowerCase();
  if (kind && !(ENDINGS as readonly string[]).includes(kind)) {
    program.error(`error: --out must end in .png, .npy or .gif, got ${flags.out}`);
  }
  if (kind === ".gif") refuseOfGif(program, flags);
  return flags;
}

/** Ends the program if options are given that do not apply to a GIF. */
function refuseOfGif(program: Command, flags: SampleFlags): void {
  const { checkpoint, pretrained, count, seed, label, backend } = flags;
  const [name] = Object.entries({ checkpoint, pretrained, count, seed, label, backend })
    .find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  program.error(
    `error: a .gif shows the grids that a run drew while it trained, so --${name} does not apply. Leave it out`,
  );
}

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const { sampleAsAsked } = await import("./sampling.ts");
  return await sampleAsAsked(flags);
}

if (import.meta.main) await main(() => run(Deno.args));
