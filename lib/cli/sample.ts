/**
 * `deno task sample`: images or points from a trained generator, as a picture or as numbers.
 *
 * @module
 */
import { dirname, extname, join } from "node:path";
import { BACKEND_CHOICES, type BackendChoice, useBackend } from "@/backend.ts";
import { IMAGE_SIDE } from "@/data/mnist.ts";
import { toyData, type ToyName } from "@/data/toy.ts";
import { type Checkpoint, restoreGenerator } from "@/gan/checkpoint.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { drawSamples } from "@/gan/sample.ts";
import { isFolder, writeAtomically } from "@/io/files.ts";
import { encodeNpy } from "@/io/npy.ts";
import { gridPng } from "@/plot/grid.ts";
import { pointsPng } from "@/plot/panels_picture.ts";
import { Random } from "@/random.ts";
import { RunFolder } from "@/run/folder.ts";
import { RequestError } from "@/run/request_error.ts";
import { defaultRunFolder, readCheckpoint, readCheckpointFile } from "@/run/training_run.ts";
import { createProgram, integer, main, oneOf, path } from "./program.ts";

/** The numbers of so many images take 314 MB, of points 0.8. */
const MAX_COUNT = 100_000;

interface Flags {
  run?: string;
  checkpoint?: string;
  count?: number;
  seed: number;
  out?: string;
  backend?: BackendChoice;
}

function parse(args: string[]): Flags {
  const program = createProgram("sample", "Draws images or points from a trained generator.")
    .option("--run <dir>", `run folder, its last checkpoint (default: ${defaultRunFolder()})`, path)
    .option("--checkpoint <file>", "a checkpoint, in place of --run", path)
    .option(
      "--count <n>",
      "how many samples (default: 64 images, 5000 points)",
      integer(1, MAX_COUNT),
    )
    .option("--seed <n>", "seeds the noise", integer(0), 1)
    .option(
      "--out <file>",
      "x.png, a picture, or x.npy, float32 [count, 784] in [0, 1], of toy data [count, 2] or [count, 1] (default: samples.png in the run folder)",
      path,
    )
    .option("--backend <name>", BACKEND_CHOICES.join(", "), oneOf(BACKEND_CHOICES), "wasm");
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  if (flags.run && flags.checkpoint) {
    program.error("error: --run and --checkpoint exclude each other");
  }
  if (flags.out && ![".png", ".npy"].includes(extname(flags.out).toLowerCase())) {
    program.error(`error: --out must end in .png or .npy, got ${flags.out}`);
  }
  return flags;
}

async function run(args: string[]): Promise<number> {
  const { checkpoint: file, seed, backend, ...flags } = parse(args);
  const folder = flags.run ?? defaultRunFolder();
  const out = flags.out ?? (file ? "samples.png" : join(folder, "samples.png"));
  const checkpoint = file ? await readCheckpointFile(file) : await lastOf(folder);
  if (await isFolder(out) || !(await isFolder(dirname(out)))) {
    throw new RequestError(`Cannot write ${out}: it must be a file in a folder that exists`);
  }
  const { options, step } = checkpoint.header;
  const count = flags.count ?? (options.toy === undefined ? 64 : 5000);
  await useBackend(backend);
  const generator = restoreGenerator(checkpoint);
  const samples = await drawSamples(generator, options, count, new Random(seed));
  disposeNetwork(generator);
  const bytes = extname(out).toLowerCase() === ".npy"
    ? encodeNpy(samples, [count, samples.length / count])
    : options.toy === undefined
    ? gridPng(samples, IMAGE_SIDE)
    : toyPng(options.toy, samples, step);
  await writeAtomically(out, bytes);
  console.error(`${count} samples of step ${step}, seed ${seed}: ${out}`);
  return 0;
}

/** Points in the plane, or numbers on the line as a histogram. */
function toyPng(name: ToyName, fake: Float32Array, step: number): Uint8Array {
  const { columns, range } = toyData(name);
  return pointsPng(`step ${step}`, { dimensions: columns as 1 | 2, range, fake });
}

async function lastOf(folder: string): Promise<Checkpoint> {
  const run = new RunFolder(folder);
  if (!(await run.exists())) {
    throw new RequestError(
      `Cannot sample from ${folder}: no run was begun there. Train one with deno task train, or name one with --run`,
    );
  }
  return await readCheckpoint(run);
}

if (import.meta.main) await main(() => run(Deno.args));
