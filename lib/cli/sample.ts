/**
 * `deno task sample`: images or points from a trained generator, as a picture or as numbers.
 *
 * @module
 */
import { extname, join } from "node:path";
import { type Command } from "commander";
import { BACKEND_CHOICES, type BackendChoice, useBackend } from "@/backend.ts";
import { IMAGE_SIDE } from "@/data/mnist.ts";
import { toyData, type ToyName } from "@/data/toy.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { drawSamples } from "@/gan/sample.ts";
import { writeAtomically } from "@/io/files.ts";
import { encodeNpy } from "@/formats/npy.ts";
import { checkOutput, checkOutputFolder } from "@/io/outputs.ts";
import { gridPng } from "@/plot/grid.ts";
import { pointsPng } from "@/plot/panels_picture.ts";
import { Random } from "@/random.ts";
import { RunFolder } from "@/run/folder.ts";
import { runGif } from "@/run/run_gif.ts";
import { RequestError } from "@/run/request_error.ts";
import { createProgram, integer, main, oneOf, path } from "./program.ts";
import {
  addTrainedOptions,
  defaultRun,
  readTrained,
  refuseTwoSources,
  runOf,
  type Trained,
  type TrainedFlags,
} from "./trained.ts";

/** The numbers of so many images take 314 MB, of points 0.8. */
const MAX_COUNT = 100_000;

interface Flags extends TrainedFlags {
  count?: number;
  seed?: number;
  label?: number;
  out?: string;
  overwrite?: boolean;
  backend?: BackendChoice;
}

function parse(args: string[]): Flags {
  const program = addTrainedOptions(
    createProgram("sample", "Draws images or points from a trained generator."),
  )
    .option(
      "--count <n>",
      "how many samples (default: 64 images, 10 of each class, 5000 points)",
      integer(1, MAX_COUNT),
    )
    .option("--seed <n>", "seeds the noise (default: 1)", integer(0))
    .option(
      "--label <n>",
      "of a conditional run the class of every sample (default: 0, 1, …, and again)",
      integer(0),
    )
    .option(
      "--out <file>",
      "x.png, a picture; x.npy, float32 [count, 784] in [0, 1], of toy data [count, 2] or [count, 1]; x.gif, the grids that a run drew while it trained (default: samples.png, in the run folder with --run)",
      path,
    )
    .option("--overwrite", "replace what is at --out, though it is no such file")
    .option(
      "--backend <name>",
      `${BACKEND_CHOICES.join(", ")} (default: wasm)`,
      oneOf(BACKEND_CHOICES),
    );
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  refuseTwoSources(program, flags);
  const kind = flags.out && extname(flags.out).toLowerCase();
  if (kind && !Object.hasOwn(KINDS, kind)) {
    program.error(`error: --out must end in .png, .npy or .gif, got ${flags.out}`);
  }
  if (kind === ".gif") refuseOfGif(program, flags);
  return flags;
}

/** Ends the program where something is asked of a GIF that its grids do not have. */
function refuseOfGif(program: Command, flags: Flags): void {
  const { checkpoint, pretrained, count, seed, label, backend } = flags;
  const [name] = Object.entries({ checkpoint, pretrained, count, seed, label, backend })
    .find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  program.error(
    `error: a .gif shows the grids that a run drew while it trained: --${name} is not for it. Leave it out`,
  );
}

export async function run(args: string[]): Promise<number> {
  const { seed = 1, backend = "wasm", ...flags } = parse(args);
  const inRun = flags.checkpoint === undefined && flags.pretrained === undefined;
  const out = flags.out ??
    (inRun ? join(flags.run ?? defaultRun(), "samples.png") : "samples.png");
  const kind = KINDS[extname(out).toLowerCase() as keyof typeof KINDS];
  const folder = inRun ? flags.run ?? defaultRun() : undefined;
  const isGif = kind === KINDS[".gif"];
  const trained = isGif ? undefined : await readTrained("sample from", flags);
  await checkOutputFolder(out);
  await checkOutput(out, {
    inputs: [...trained?.files ?? [], ...await keptFiles(folder)],
    ours: (bytes) => beginsWith(bytes, kind.start),
    kind: kind.name,
    overwrite: flags.overwrite,
  });
  if (!trained) {
    const run = await runOf("make a GIF of", folder!, "name another run with --run");
    await writeAtomically(out, await runGif(run));
    console.error(`the grids of ${run.path}: ${out}`);
    return 0;
  }
  const { options, step } = trained;
  const count = flags.count ?? defaultCount(options, flags.label);
  const labels = labelsAskedFor(trained, count, flags.label);
  await useBackend(backend);
  const generator = trained.restore();
  const samples = await drawSamples(generator, options, count, new Random(seed), labels);
  disposeNetwork(generator);
  const bytes = kind === KINDS[".npy"]
    ? encodeNpy(samples, [count, samples.length / count])
    : options.toy === undefined
    ? gridPng(samples, IMAGE_SIDE, { columns: labels ? undefined : options.classes })
    : toyPng(options.toy, samples, step);
  await writeAtomically(out, bytes);
  const asked = flags.label === undefined ? "" : `, label ${flags.label}`;
  console.error(`${count} samples of step ${step}, seed ${seed}${asked}: ${out}`);
  return 0;
}

/** What can be written, by the ending of its name: how such a file begins, and what it is called. */
const KINDS = {
  ".png": { start: [0x89, ...new TextEncoder().encode("PNG\r\n")], name: "a PNG picture" },
  ".npy": { start: [0x93, ...new TextEncoder().encode("NUMPY")], name: "an .npy file" },
  ".gif": { start: [...new TextEncoder().encode("GIF89a")], name: "a GIF" },
};

function beginsWith(bytes: Uint8Array, start: number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

/** What a run keeps: its pictures, too, are not to be replaced. */
async function keptFiles(folder?: string): Promise<string[]> {
  if (folder === undefined) return [];
  const run = new RunFolder(folder);
  return [...await run.checkpoints(), ...await run.sampleGrids()].map(({ file }) => file);
}

/** Images that fill a grid, or points enough to see a distribution. */
function defaultCount({ toy, classes }: GanOptions, label?: number): number {
  if (toy !== undefined) return 5000;
  return classes === undefined || label !== undefined ? 64 : 10 * classes;
}

/** One label for every sample; undefined where none was asked for. */
function labelsAskedFor(
  { title, options }: Trained,
  count: number,
  label?: number,
): Uint8Array | undefined {
  if (label === undefined) return undefined;
  const { classes } = options;
  if (classes === undefined) {
    throw new RequestError(
      `Cannot draw samples of label ${label}: ${title} must be of a conditional GAN, got one without classes. Leave --label out, or take --pretrained conditional or a run of --preset conditional`,
    );
  }
  if (label >= classes) {
    throw new RequestError(
      `Cannot draw samples of label ${label}: ${title} knows the labels 0 to ${classes - 1}`,
    );
  }
  return new Uint8Array(count).fill(label);
}

/** Points in the plane, or numbers on the line as a histogram. */
function toyPng(name: ToyName, fake: Float32Array, step: number): Uint8Array {
  const { columns, range } = toyData(name);
  return pointsPng(`step ${step}`, { dimensions: columns as 1 | 2, range, fake });
}

if (import.meta.main) await main(() => run(Deno.args));
