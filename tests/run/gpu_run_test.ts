/** A run on a GPU: what is saved of it, and when. */
import { join } from "node:path";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { decodeCheckpoint } from "@/gan/checkpoint.ts";
import { sync } from "@/gan/custody.ts";
import { type Gan } from "@/gan/gan.ts";
import { readCheckpoint } from "@/run/read_checkpoint.ts";
import { RunFolder } from "@/run/folder.ts";
import { type RunListener, runTraining, TrainingFailedError } from "@/run/training_run.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";
import { inTempFolder } from "../support/commands.ts";
import { calls } from "../support/gpu_calls.ts";
import { smallDataSet, writeDataSet } from "../support/idx_files.ts";

/** An epoch of this data is six steps. */
const EPOCH = 6;

interface Watched {
  gan?: Gan;
  /** By step: how far the GAN was when its event came. */
  events: [step: number, at: number][];
  saved: string[];
  pngs: Map<number, Uint8Array>;
}

/** Trains in `folder`; what its listener has heard. */
async function trainIn(
  folder: string,
  data: string,
  { steps, stopAt, resume, onEvent }: {
    steps: number;
    stopAt?: number;
    resume?: boolean;
    onEvent?: (step: number, gan: Gan) => void;
  },
): Promise<Watched> {
  const watched: Watched = { events: [], saved: [], pngs: new Map() };
  const stop = new AbortController();
  const listener: RunListener = {
    started: ({ gan }) => void (watched.gan = gan),
    event({ step }) {
      watched.events.push([step, watched.gan!.step]);
      onEvent?.(step, watched.gan!);
      if (step === stopAt) stop.abort();
    },
    grid: (step, png) => void watched.pngs.set(step, png),
    saved: (file) => void watched.saved.push(file.match(/step-\d+/)![0]),
  };
  const fresh = resume ? {} : { preset: "tiny" };
  const request = { ...fresh, run: folder, data, steps, resume, logEvery: 1, quality: false };
  await runTraining({ ...request, backend: "webgpu" }, listener, stop.signal);
  return watched;
}

async function arraysIn(folder: string, step: number) {
  const file = join(folder, "checkpoints", `step-${String(step).padStart(6, "0")}.safetensors`);
  return decodeCheckpoint(await Deno.readFile(file), file).arrays;
}

const testOnGpu = (name: string, test: (folder: string, data: string) => Promise<void>) =>
  testOnBackends(name, async () => {
    const data = await writeDataSet(smallDataSet());
    await inTempFolder((folder) => test(folder, data));
    await Deno.remove(data, { recursive: true });
  }, ["webgpu"]);

testOnGpu(
  "the checkpoint of an epoch has the numbers of its step, and so has the grid",
  async (folder, data) => {
    const [through, short] = [join(folder, "through"), join(folder, "short")];
    const watched = await trainIn(through, data, { steps: 2 * EPOCH });
    assert(watched.events.some(([step, at]) => at > step), "no step was under way");
    assertEquals(watched.saved, ["step-000006", "step-000012"]);
    const alone = await trainIn(short, data, { steps: EPOCH });
    assertEquals(await arraysIn(through, EPOCH), await arraysIn(short, EPOCH));
    assertEquals(watched.pngs.get(EPOCH), alone.pngs.get(EPOCH));
    // What was stopped in the middle of an epoch goes on bitwise.
    await trainIn(short, data, { steps: 50 * EPOCH, resume: true, stopAt: EPOCH + 2 });
    const { step } = (await readCheckpoint(new RunFolder(short))).header;
    const { gan } = await trainIn(join(folder, "other"), data, { steps: step });
    assertEquals(gan!.step, step);
    assertEquals(await arraysIn(short, step), await arraysIn(join(folder, "other"), step));
    const steps = (await new RunFolder(short).readMetrics()).map(({ step }) => step);
    assertEquals(steps, Array.from({ length: step }, (_, i) => i + 1));
  },
);

testOnGpu(
  "saving an epoch maps one buffer, and nobody waits for the queue",
  async (folder, data) => {
    const last = 4 * EPOCH;
    const from: Record<string, number> = {};
    const to: Record<string, number> = {};
    await calls(async (soFar) => {
      const onEvent = (step: number) => {
        if (step === 1) Object.assign(from, soFar);
        if (step === last) Object.assign(to, soFar);
      };
      await trainIn(join(folder, "a"), data, { steps: last, onEvent });
    });
    const { mapAsync, submit, onSubmittedWorkDone } = Object.fromEntries(
      Object.keys(to).map((name) => [name, to[name] - from[name]]),
    );
    // One map for the news of each submit, and one for each of the epochs; nothing else is sent.
    assert(submit <= last, `${submit} submits for ${last} steps`);
    assert(mapAsync <= submit + 4, `${mapAsync} maps, ${submit} submits, 4 epochs`);
    assertEquals(onSubmittedWorkDone, 0);
  },
);

testOnGpu(
  "a divergence ends the run at its step, with the checkpoint from before it",
  async (folder, data) => {
    const run = join(folder, "run");
    let poisoned = 0;
    const onEvent = (step: number, gan: Gan) => {
      if (step !== EPOCH + 1) return;
      sync(gan);
      poisoned = gan.step;
      const { weights } = gan.discriminator;
      weights["layers.1.bias"].dispose();
      weights["layers.1.bias"] = tf.tensor1d([NaN]);
    };
    const error = await assertRejects(
      () => trainIn(run, data, { steps: 100 * EPOCH, onEvent }),
      TrainingFailedError,
    );
    assertStringIncludes(error.message, `diverged at step ${poisoned + 1}: `);
    const { header } = await readCheckpoint(new RunFolder(run));
    assert(header.step <= poisoned && header.step >= EPOCH, `checkpoint of step ${header.step}`);
    assertStringIncludes(error.message, `safe up to step ${header.step}`);
    for (const { data } of Object.values(await arraysIn(run, header.step))) {
      assert(data.every(Number.isFinite));
    }
  },
);

testOnGpu(
  "a checkpoint that cannot be written ends the run with the reason",
  async (folder, data) => {
    const run = join(folder, "run");
    const onEvent = (step: number) => {
      // Its place is taken by a folder.
      if (step === 1) {
        Deno.mkdirSync(join(run, "checkpoints", "step-000006.safetensors", "x"), {
          recursive: true,
        });
      }
    };
    const error = await assertRejects(
      () => trainIn(run, data, { steps: 1000 * EPOCH, onEvent }),
      TrainingFailedError,
      "Cannot write",
    );
    assertStringIncludes(error.message, "step-000006");
  },
);
