/**
 * What `deno task sample` does with its arguments: images or points from a trained generator, as a
 * picture or as numbers.
 *
 * @module
 */
import { extname, join } from "node:path";
import { useBackend } from "@/backend.ts";
import { IMAGE_SIDE } from "@/data/mnist.ts";
import { distributionOf } from "@/data/points.ts";
import { type Toy } from "@/data/toy.ts";
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
import { type ENDINGS, type SampleFlags } from "./sample.ts";
import { readTrained, runOf, type Trained } from "./trained.ts";
import { defaultRun } from "./trained_options.ts";

/** Draws and writes; the exit code. */
export async function sampleAsAsked(
  { seed = 1, backend = "wasm", ...flags }: SampleFlags,
): Promise<number> {
  const inRun = flags.checkpoint === undefined && flags.pretrained === undefined;
  const out = flags.out ??
    (inRun ? join(flags.run ?? defaultRun(), "samples.png") : "samples.png");
  const kind = KINDS[extname(out).toLowerCase() as Ending];
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
  // The engine takes training steps, of which there are none here.
  await useBackend(backend, { engine: "autodiff" });
  const generator = trained.restore();
  const samples = await drawSamples(generator, options, count, new Random(seed), labels);
  disposeNetwork(generator);
  const bytes = kind === KINDS[".npy"]
    ? encodeNpy(samples, [count, samples.length / count])
    : options.toy === undefined
    ? gridPng(samples, IMAGE_SIDE, { columns: labels ? undefined : options.classes })
    : toyPng(distributionOf(options.toy), samples, step);
  await writeAtomically(out, bytes);
  const asked = flags.label === undefined ? "" : `, label ${flags.label}`;
  console.error(`${count} samples of step ${step}, seed ${seed}${asked}: ${out}`);
  return 0;
}

type Ending = typeof ENDINGS[number];

/** How a file with each ending begins, and what it is called. */
const KINDS: Record<Ending, { start: number[]; name: string }> = {
  ".png": { start: [0x89, ...new TextEncoder().encode("PNG\r\n")], name: "a PNG picture" },
  ".npy": { start: [0x93, ...new TextEncoder().encode("NUMPY")], name: "an .npy file" },
  ".gif": { start: [...new TextEncoder().encode("GIF89a")], name: "a GIF" },
};

function beginsWith(bytes: Uint8Array, start: number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

/** What a run keeps; its pictures must not be replaced either. */
async function keptFiles(folder?: string): Promise<string[]> {
  if (folder === undefined) return [];
  const run = new RunFolder(folder);
  return [...await run.checkpoints(), ...await run.sampleGrids()].map(({ file }) => file);
}

/** Images that fill a grid, or enough points to show a distribution. */
function defaultCount({ toy, classes }: GanOptions, label?: number): number {
  if (toy !== undefined) return 5000;
  return classes === undefined || label !== undefined ? 64 : 10 * classes;
}

/** One label for every sample; undefined if none was asked for. */
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
function toyPng({ columns, range }: Toy, fake: Float32Array, step: number): Uint8Array {
  return pointsPng(`step ${step}`, { dimensions: columns as 1 | 2, range, fake });
}
