/** The tiles of a GPU's products are part of a run: who resumes it takes the same ones. */
import { join } from "node:path";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { type TrainRequest } from "@/run/request.ts";
import { RunFolder } from "@/run/folder.ts";
import { runTraining } from "@/run/training_run.ts";
import { inTempFolder } from "../support/commands.ts";
import { testOnBackends } from "../support/backends.ts";

/** Trains up to step `steps`. */
async function trainTo(
  run: string,
  steps: number,
  changes: Partial<TrainRequest> = {},
): Promise<void> {
  const listener = { started() {}, event() {}, saved() {} };
  const request = { run, steps, logEvery: 4, ...changes };
  await runTraining(request, listener, new AbortController().signal);
}

const BEGIN = {
  preset: "line",
  backend: "webgpu",
  seed: 1,
  batchSize: 16,
  quality: false,
} as const;
const RESUME = { resume: true, quality: false } as const;

/** The numbers of the last checkpoint, without its header, which has the time that was taken. */
async function lastNumbers(run: string): Promise<Uint8Array> {
  const bytes = await Deno.readFile((await new RunFolder(run).checkpoints()).at(-1)!.file);
  return bytes.subarray(8 + new DataView(bytes.buffer).getUint32(0, true));
}

async function tilesOf(run: string): Promise<Record<string, string> | undefined> {
  return (await new RunFolder(run).readConfig()).tiles;
}

/** Writes other tiles into a run's configuration, or none. */
async function setTiles(run: string, tiles?: Record<string, string>): Promise<void> {
  const folder = new RunFolder(run);
  await Deno.writeTextFile(
    folder.configFile,
    JSON.stringify({ ...await folder.readConfig(), tiles }),
  );
}

testOnBackends("a resumed run makes its products in the tiles of its configuration", async () => {
  await inTempFolder(async (folder) => {
    const [through, resumed, other] = ["through", "resumed", "other"].map((name) =>
      join(folder, name)
    );
    await trainTo(through, 8, BEGIN);
    await trainTo(resumed, 4, BEGIN);
    await new Deno.Command("cp", { args: ["-r", resumed, other] }).output();
    const tiles = await tilesOf(resumed);
    assert(tiles && Object.keys(tiles).length > 3);
    await trainTo(resumed, 8, RESUME);
    assertEquals(await tilesOf(resumed), tiles);
    const wanted = await lastNumbers(through);
    assertEquals(await lastNumbers(resumed), wanted);

    const changed = Object.fromEntries(
      Object.keys(tiles).map((shape) => [shape, "16x16x16,thread=4,slices=2,split=3"]),
    );
    await setTiles(other, changed);
    await trainTo(other, 8, RESUME);
    assertEquals(await tilesOf(other), changed);
    assertNotEquals(await lastNumbers(other), wanted);
  });
}, ["webgpu"]);

testOnBackends("runs whose configuration has no tiles go on, and get some", async () => {
  await inTempFolder(async (folder) => {
    const run = join(folder, "run");
    await trainTo(run, 2, { ...BEGIN, backend: "wasm" });
    assertEquals(await tilesOf(run), undefined);
    await trainTo(run, 4, { ...RESUME, backend: "webgpu" });
    const tiles = await tilesOf(run);
    assert(tiles);
    // WASM has no use for them, and keeps them.
    await trainTo(run, 6, { ...RESUME, backend: "wasm" });
    assertEquals(await tilesOf(run), tiles);
    await setTiles(run, { ...tiles, "1x16x8": "three by three" });
    await assertRejects(
      () => trainTo(run, 8, { ...RESUME, backend: "webgpu" }),
      RangeError,
      "Take tiles out of its config.json",
    );
  });
}, ["webgpu"]);
