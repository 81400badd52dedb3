/**
 * The data of a run, as the user or its configuration names them.
 *
 * @module
 */
import { resolve } from "node:path";
import { loadImages } from "@/data/mnist.ts";
import { distributionOf, shortName } from "@/data/points.ts";
import { imageRows, type TrainingData } from "@/data/training_data.ts";
import { type GanOptions } from "@/gan/options.ts";
import { isFolder } from "@/io/files.ts";
import { withRemedies } from "@/remedy.ts";
import { type RunConfig } from "./folder.ts";
import { RequestError } from "./request_error.ts";

/** The data that the options name, and how `config.json` tells of them. */
export async function loadData(
  options: GanOptions,
  directory?: string,
): Promise<{ data: TrainingData; description: RunConfig["data"] }> {
  if (options.toy === undefined) {
    if (directory !== undefined && !await isFolder(directory)) {
      throw withRemedies(
        new RequestError(`Cannot train on ${directory}: there is no such folder`),
        { do: "give", setting: "data" },
      );
    }
    const images = await loadImages(directory);
    const { source, sha256 } = images;
    return {
      data: imageRows(images, options.trainRows),
      // The whole path: a run can be resumed from any folder.
      description: { source, directory: directory && resolve(directory), sha256 },
    };
  }
  if (directory !== undefined) {
    throw withRemedies(
      new RequestError(
        `Cannot train on ${directory}: this preset trains on toy data (${shortName(options.toy)})`,
      ),
      { do: "leave out", setting: "data" },
    );
  }
  const data = distributionOf(options.toy);
  return { data, description: { source: data.source, sha256: data.sha256 } };
}
