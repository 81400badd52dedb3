/** What a run records beside its events: the table, TensorBoard's files, the figures of each epoch. */
import { join } from "node:path";
import Papa from "papaparse";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { PRESETS } from "@/gan/presets.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { MetricsCsv } from "@/run/metrics_csv.ts";
import { RunFolder } from "@/run/folder.ts";
import { runGif } from "@/run/run_gif.ts";
import { hasEventFile, TensorBoardFile } from "@/run/tensorboard.ts";
import { gridPng } from "@/plot/grid.ts";
import { inTempFolder } from "../support/commands.ts";
import { eventAt } from "../support/runs.ts";
import { readEvents } from "../support/event_files.ts";

const PNG = gridPng(new Float32Array(784).fill(0.5), 28);

async function eventsIn(folder: string) {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  assertEquals(names.length, 1, "one file, however often it went on");
  assert(names[0].includes("tfevents"), "TensorBoard looks for this");
  return readEvents(await Deno.readFile(join(folder, names[0])));
}

Deno.test("TensorBoard's file has every number, figure and grid once, after two resumptions", () =>
  inTempFolder(async (folder) => {
    const board = join(folder, "tensorboard");
    assertEquals(await hasEventFile(board), false);
    {
      using file = await TensorBoardFile.open(board, 0, []);
      await file.grid(0, PNG);
      for (const step of [10, 20, 30, 40]) await file.event(eventAt(step));
      await file.quality({ step: 30, epoch: 1, samples: 9, figures: { score: 5 }, shares: [1, 0] });
    }
    // A process that was killed leaves half a record.
    const [{ name }] = await Array.fromAsync(Deno.readDir(board));
    await Deno.writeFile(join(board, name), new Uint8Array([7, 0, 0, 0]), { append: true });
    for (const last of [30, 50]) {
      using file = await TensorBoardFile.open(board, last - 10, []);
      for (const step of [last, last + 10]) await file.event(eventAt(step));
    }
    assert(await hasEventFile(board));
    const [first, ...events] = await eventsIn(board);
    assertEquals(first.version, "brain.Event:2");
    const losses = events.filter(({ scalars }) => "loss/D" in scalars);
    assertEquals(losses.map(({ step }) => step), [10, 20, 30, 40, 50, 60]);
    for (const { step, scalars, time } of losses) {
      assertAlmostEquals(scalars["loss/D"], eventAt(step).dLoss, 1e-6);
      assertEquals([scalars["D/real"], scalars["D/generated"]], [0.75, 0.25]);
      assert(Math.abs(time - Date.now() / 1000) < 60);
    }
    const [grid] = events.filter(({ images }) => "samples" in images);
    assertEquals([grid.step, grid.images.samples.width], [0, 60]);
    assertEquals(new Uint8Array(grid.images.samples.bytes), PNG);
    // Of step 30, and the run went on from step 20.
    assertEquals(events.filter(({ scalars }) => "quality/score" in scalars), []);
  }));

Deno.test("a run that asks for TensorBoard's file later gets what it has recorded", () =>
  inTempFolder(async (folder) => {
    const events = [10, 20].map(eventAt);
    using file = await TensorBoardFile.open(folder, 20, events);
    await file.event(eventAt(30));
    const read = (await eventsIn(folder)).slice(1);
    assertEquals(read.map(({ step }) => step), [10, 20, 30]);
    assert(read[0].time < read[1].time && read[1].time < read[2].time, "in their order");
    assertAlmostEquals(read[1].time - read[0].time, 1, 1e-6);
  }));

Deno.test("metrics.csv has a row for each event, read back by another reader", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "metrics.csv");
    const options = { ...PRESETS.tiny.options, seed: 1 };
    {
      using csv = await MetricsCsv.open(path, options, []);
      for (const step of [10, 20, 30]) await csv.event(eventAt(step));
    }
    {
      using csv = await MetricsCsv.open(path, options, [10, 20].map(eventAt));
      for (const step of [30, 40]) await csv.event(eventAt(step));
    }
    const text = await Deno.readTextFile(path);
    const { data, errors } = Papa.parse<TrainEvent>(text.trimEnd(), {
      header: true,
      dynamicTyping: true,
    });
    assertEquals(errors, []);
    assertEquals(data, [10, 20, 30, 40].map(eventAt));
  }));

Deno.test("the columns of metrics.csv are what such a run tells", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "metrics.csv");
    using _csv = await MetricsCsv.open(path, { ...PRESETS.ring.options, seed: 1 }, []);
    assertEquals(
      await Deno.readTextFile(path),
      "step,epoch,seconds,dLoss,gLoss,dReal,dFake,dAccuracy,gAccuracy\n",
    );
  }));

Deno.test("figures of each epoch are kept up to the step that a run goes on from", () =>
  inTempFolder(async (folder) => {
    const quality = (step: number) => ({ step, epoch: 1, samples: 2, figures: { modes: 3 } });
    using run = new RunFolder(folder);
    await run.openQuality(0);
    for (const step of [10, 20, 30]) await run.appendQuality(quality(step));
    run.close();
    await Deno.writeTextFile(run.qualityFile, '{"step":40,"epo', { append: true });
    assertEquals(await run.readQuality(), [10, 20, 30].map(quality));
    await run.openQuality(20);
    await run.appendQuality(quality(30));
    assertEquals(await run.readQuality(), [10, 20, 30].map(quality));
  }));

Deno.test("a run without grids has no GIF", () =>
  inTempFolder(async (folder) => {
    await assertRejects(() => runGif(new RunFolder(folder)), Error, "there must be sample grids");
  }));
