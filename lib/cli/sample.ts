/**
 * `deno task sample`: images from a trained generator, as a picture or as numbers.
 *
 * @module
 */
import { extname, join } from "node:path";
import { BACKEND_CHOICES, type BackendChoice, useBackend } from "@/backend.ts";
import { IMAGE_SIDE } from "@/data/mnist.ts";
import { type Checkpoint, decodeCheckpoint, restoreGenerator } from "@/gan/checkpoint.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { drawSamples } from "@/gan/sample.ts";
import { writeAtomically } from "@/io/atomic.ts";
import { encodeNpy } from "@/io/npy.ts";
import { gridPng } from "@/plot/grid.ts";
import { Random } from "@/random.ts";
import { RunFolder } from "@/run/folder.ts";
import { defaultRunFolder, readCheckpoint, RequestError } from "@/run/training_run.ts";
import { createProgram, integer, main, oneOf } from "./program.ts";

interface Flags {
  run?: string;
  checkpoint?: string;
  count: number;
  seed: number;
  out?: string;
  backend?: BackendChoice;
}

function parse(args: string[]): Flags {
  const program = createProgram("sample", "Draws images from a trained generator.")
    .option("--run <dir>", `run folder, its last checkpoint (default: ${defaultRunFolder()})`)
    .option("--checkpoint <file>", "a checkpoint, in place of --run")
    .option("--count <n>", "how many images", integer(1), 64)
    .option("--seed <n>", "seeds the noise", integer(0), 1)
    .option(
      "--out <file>",
      "x.png, a grid, or x.npy, float32 [count, 784] in [0, 1] (default: samples.png in the run folder)",
    )
    .option("--backend <name>", BACKEND_CHOICES.join(", "), oneOf(BACKEND_CHOICES), "wasm");
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  if (flags.run && flags.checkpoint) {
    program.error("error: --run and --checkpoint exclude each other");
  }
  if (flags.out && ![".png", ".npy"].includes(extname(flags.out))) {
    program.error(`error: --out must end in .png or .npy, got ${flags.out}`);
  }
  return flags;
}

async function run(args: string[]): Promise<number> {
  const { checkpoint: file, count, seed, backend, ...flags } = parse(args);
  const folder = flags.run ?? defaultRunFolder();
  const out = flags.out ?? (file ? "samples.png" : join(folder, "samples.png"));
  const checkpoint = file ? await readFile(file) : await lastOf(folder);
  const { options, step } = checkpoint.header;
  await useBackend(backend);
  const generator = restoreGenerator(checkpoint);
  const images = await drawSamples(generator, options, count, new Random(seed));
  disposeNetwork(generator);
  const bytes = extname(out) === ".npy"
    ? encodeNpy(images, [count, images.length / count])
    : gridPng(images, IMAGE_SIDE);
  await writeAtomically(out, bytes);
  console.error(`${count} samples of step ${step}, seed ${seed}: ${out}`);
  return 0;
}

async function readFile(file: string): Promise<Checkpoint> {
  try {
    return decodeCheckpoint(await Deno.readFile(file), file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new RequestError(`Cannot sample: there is no checkpoint ${file}`);
    }
    throw error;
  }
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
