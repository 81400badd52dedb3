/**
 * The files with which rows are started: the task of each, and the images that all of them share.
 *
 * @module
 */
import { join } from "node:path";
import { loadImages, PIXELS } from "@/data/mnist.ts";
import { distributionOf } from "@/data/points.ts";
import { imageRows, type TrainingData } from "@/data/training_data.ts";

import { encodeSafetensors, type NamedArray } from "@/formats/safetensors.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { type RowTask } from "./row.ts";

/**
 * Rows of MNIST: enough for the largest batch that is timed, and a small part of a process's
 * memory.
 */
const IMAGES = 10_000;

/** A folder for the files of one benchmark; it is gone when the benchmark ends. */
export class TaskFiles {
  #images?: string;
  #count = 0;

  private constructor(readonly folder: string) {}

  static async create(): Promise<TaskFiles> {
    return new TaskFiles(await makeTempFolder({ prefix: "bench-" }));
  }

  /** A task with the path of the images, unless its options name toy data. */
  async complete(task: RowTask): Promise<RowTask> {
    return task.options.toy ? task : { ...task, images: await this.#imageFile() };
  }

  /** The path of a task that was written. */
  async write(task: RowTask): Promise<string> {
    const path = this.#path("json");
    await Deno.writeTextFile(path, JSON.stringify(await this.complete(task)));
    return path;
  }

  /** The path of named arrays that were written. */
  async writeArrays(arrays: Record<string, NamedArray>): Promise<string> {
    const path = this.#path("safetensors");
    await Deno.writeFile(path, encodeSafetensors({ arrays, metadata: {} }));
    return path;
  }

  #path(extension: string): string {
    return join(this.folder, `${++this.#count}.${extension}`);
  }

  /** The first rows of MNIST, one byte per pixel. */
  async #imageFile(): Promise<string> {
    if (this.#images === undefined) {
      const { train } = await loadImages();
      const path = join(this.folder, "images.u8");
      await Deno.writeFile(path, train.images.subarray(0, IMAGES * PIXELS));
      this.#images = path;
    }
    return this.#images;
  }

  async remove(): Promise<void> {
    await removeTempFolder(this.folder);
  }
}

/** The data of a task. */
export async function readTaskData({ options, images }: RowTask): Promise<TrainingData> {
  if (options.toy) return distributionOf(options.toy);
  const bytes = await Deno.readFile(images!);
  const train = { images: bytes, count: bytes.length / PIXELS, labels: new Uint8Array() };
  return imageRows({ train, test: train, source: images!, sha256: "not needed" });
}
