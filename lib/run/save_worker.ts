/**
 * A thread that makes files of what was kept of a GAN, while another thread goes on with the
 * training: the checkpoint, the picture, the report. It writes nothing; it has a backend of its own
 * and answers with bytes.
 *
 * @module
 */
import { distributionOf } from "@/data/points.ts";
import { arraysOf } from "@/engine/raw_arrays.ts";
import { type NamedArray } from "@/formats/safetensors.ts";
import {
  type Checkpoint,
  encodeArrays,
  type Header,
  restoreGan,
  restoreGenerator,
  samplingGroup,
} from "@/gan/checkpoint.ts";
import { type RawNumbers } from "@/gan/custody.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { disposeGan } from "@/gan/gan.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { tf } from "@/tf.ts";
import { RunFolder } from "./folder.ts";
import { imagesPng, toyPng } from "./picture.ts";
import { renderReport } from "./report.ts";

/** A GAN at one step, or a run as it stands. */
export type FilesRequest =
  & { run: string }
  & ({ header: Header; raw: RawNumbers } | { report: true });

/** The files of a GAN at one step. */
export interface SavedFiles {
  checkpoint: Uint8Array<ArrayBuffer>;
  /** A PNG. */
  picture: Uint8Array;
  /** What samples are drawn from, with `generator/` before each name. */
  generator: Record<string, NamedArray>;
}

export type FilesAnswer =
  | { files: SavedFiles }
  | { report: string }
  | { failure: string; diverged: boolean };

async function answer(request: FilesRequest): Promise<FilesAnswer> {
  try {
    const run = new RunFolder(request.run);
    if ("report" in request) return { report: await renderReport(run) };
    const { header, raw } = request;
    const arrays = arraysOf(raw);
    const checkpoint = encodeArrays(header, arrays);
    const picture = await draw(run, { header, arrays, file: `the numbers of step ${header.step}` });
    return { files: { checkpoint, picture, generator: samplingArrays(header, arrays) } };
  } catch (error) {
    const { message } = error as Error;
    return { failure: message, diverged: error instanceof DivergedError };
  }
}

async function draw(run: RunFolder, checkpoint: Checkpoint): Promise<Uint8Array> {
  const { options } = checkpoint.header;
  await tf.setBackend("wasm");
  await tf.ready();
  if (options.toy !== undefined) {
    const gan = restoreGan(checkpoint, distributionOf(options.toy));
    try {
      return await toyPng(run, gan);
    } finally {
      disposeGan(gan);
    }
  }
  const generator = restoreGenerator(checkpoint);
  try {
    return await imagesPng(generator, options);
  } finally {
    disposeNetwork(generator);
  }
}

function samplingArrays(
  { options }: Header,
  arrays: Record<string, NamedArray>,
): Record<string, NamedArray> {
  const group = `${samplingGroup(options)}/`;
  return Object.fromEntries(
    Object.entries(arrays).filter(([name]) => name.startsWith(group))
      .map(([name, array]) => [`generator/${name.slice(group.length)}`, array]),
  );
}

const own = self as unknown as {
  onmessage: (message: MessageEvent<FilesRequest>) => void;
  postMessage(answer: FilesAnswer, transfer: Transferable[]): void;
};
own.onmessage = async ({ data }) => {
  const found = await answer(data);
  const buffers = "files" in found
    ? [
      found.files.checkpoint,
      found.files.picture,
      ...Object.values(found.files.generator).map(({ data }) => data),
    ].map(({ buffer }) => buffer as ArrayBuffer)
    : [];
  own.postMessage(found, [...new Set(buffers)]);
};
