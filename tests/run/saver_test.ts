/** Saving beside a training: in order, bounded, and never a later step instead of an earlier one. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { type FixedRows } from "@/data/training_data.ts";
import { weightSize } from "@/engine/layout.ts";
import { decodeCheckpoint } from "@/gan/checkpoint.ts";
import { type Custody, type RawNumbers } from "@/gan/custody.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { type RunFolder } from "@/run/folder.ts";
import { RunRecords } from "@/run/records.ts";
import { LEFT_OUT, Saver } from "@/run/saver.ts";
import { inTempFolder } from "../support/commands.ts";
import { formulaData } from "../support/gans.ts";
import { beginRun } from "../support/runs.ts";

/** The numbers of a GAN as an engine has them, all of them `value`. */
function rawOf({ generator, discriminator, average }: Gan, value: number): RawNumbers {
  const arrays: RawNumbers["arrays"] = [];
  let at = 0;
  for (const [group, network] of Object.entries({ generator, discriminator, average })) {
    if (!network) continue;
    for (const [name, { shape }] of Object.entries({ ...network.weights, ...network.statistics })) {
      arrays.push({ name: `${group}/${name}`, shape, at });
      at += shape.length === 2 ? weightSize(shape[0], shape[1]) : shape[0];
    }
  }
  return { numbers: new Float32Array(at).fill(value), arrays };
}

/** A GAN in the custody of an engine whose numbers are those of its step. */
async function withSaver(
  patience: { ms: number; share: number },
  test: (saver: Saver, gan: Gan, told: { run: RunFolder; saved: string[] }) => Promise<void>,
  valueAt = (step: number) => step / 1000,
): Promise<void> {
  await useBackend("cpu");
  const { options } = findPreset("tiny");
  const gan = createGan({ ...options, seed: 1 }, formulaData(200, 784) as FixedRows);
  const snapshot = () => {
    const raw = rawOf(gan, valueAt(gan.step));
    return { read: () => Promise.resolve(raw) };
  };
  gan.custody = { snapshot, sync() {}, release() {} } as unknown as Custody;
  await inTempFolder(async (folder) => {
    using run = await beginRun(folder, options);
    const request = { logEvery: 1, quality: false };
    const config = { options: gan.options, data: { source: "a formula", sha256: "0" } };
    using records = await RunRecords.open(run, gan, { config, request, listener: { event() {} } });
    const saved: string[] = [];
    const note = (file: string) => void saved.push(file.match(/step-\d+/)![0]);
    using saver = new Saver(run, records, { savedAt: 0, saved: note, patience });
    await test(saver, gan, { run, saved });
  });
  disposeGan(gan);
}

const namesOf = (steps: number[]) => steps.map((step) => `step-${String(step).padStart(6, "0")}`);

Deno.test("what is kept is saved in the order of its steps, with the numbers of its step", () =>
  withSaver({ ms: 1e9, share: 0 }, async (saver, gan, { run, saved }) => {
    const steps = [10, 20, 30, 40, 50, 60];
    for (const step of steps) {
      gan.step = step;
      const kept = saver.keep(gan, false);
      assert(kept !== undefined && kept !== LEFT_OUT);
      await saver.saveBeside(kept);
      // Two wait at most, and one is being written.
      assert(saved.length >= steps.indexOf(step) - 2, `${saved.length} saved at step ${step}`);
    }
    await saver.finish();
    assertEquals(saved, namesOf(steps));
    assertEquals(saver.savedAt, 60);
    const all = await run.checkpoints();
    assertEquals(all.map(({ step }) => step), [50, 60]);
    for (const { step, file } of all) {
      const { header, arrays } = decodeCheckpoint(await Deno.readFile(file), file);
      assertEquals(header.step, step);
      for (const { data } of Object.values(arrays)) {
        assert(data.every((value) => value === Math.fround(step / 1000)));
      }
    }
    assertEquals((await run.sampleGrids()).map(({ step }) => step), [0, ...steps]);
  }));

Deno.test("epochs that pass faster than they are saved are left out, but not the last", () =>
  withSaver({ ms: 0, share: 0 }, async (saver, gan, { saved }) => {
    const left: number[] = [];
    for (let step = 1; step <= 12; step++) {
      gan.step = step;
      const kept = saver.keep(gan, step === 12);
      assert(kept !== undefined);
      if (kept === LEFT_OUT) left.push(step);
      else await saver.saveBeside(kept);
    }
    await saver.finish();
    assert(left.length > 0 && left.length < 11, `${left.length} were left out`);
    const others = Array.from({ length: 12 }, (_, i) => i + 1).filter((step) =>
      !left.includes(step)
    );
    assertEquals(others.at(-1), 12);
    assertEquals(saved, namesOf(others));
  }));

Deno.test("a step with a NaN is not saved, and the steps before it are", () =>
  withSaver({ ms: 1e9, share: 0 }, async (saver, gan, { run, saved }) => {
    for (const step of [1, 2, 3, 4]) {
      gan.step = step;
      const kept = saver.keep(gan, false);
      assert(kept !== undefined && kept !== LEFT_OUT);
      await saver.saveBeside(kept).catch(() => {});
    }
    await assertRejects(() => saver.finish(), DivergedError, "diverged by step 3");
    assertEquals(saved, namesOf([1, 2]));
    assertEquals((await run.checkpoints()).map(({ step }) => step), [1, 2]);
  }, (step) => step >= 3 ? NaN : 0.5));
