/**
 * The sample grids of a run as an animation.
 *
 * @module
 */
import { gifOf, MOST_FRAMES } from "@/plot/gif.ts";
import { type RunFolder } from "./folder.ts";
import { RequestError } from "./request_error.ts";
import { spread } from "./spread.ts";

/**
 * A GIF of the grids of a run, from the same noise at each epoch: at most 60, evenly spread.
 *
 * @throws {RequestError} If the run has none.
 */
export async function runGif(run: RunFolder): Promise<Uint8Array> {
  const grids = spread(await run.sampleGrids(), MOST_FRAMES);
  const last = grids.at(-1);
  if (!last) {
    throw new RequestError(
      `Cannot make a GIF of ${run.path}: there must be sample grids in ${run.samplesFolder}, got none`,
    );
  }
  return await gifOf(
    await Promise.all(
      grids.map(async ({ step, file }) => ({
        png: await Deno.readFile(file),
        share: step / Math.max(1, last.step),
      })),
    ),
  );
}
