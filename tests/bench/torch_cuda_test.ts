/**
 * PyTorch on CUDA, where there is none: the processor stands in for the GPU, so that the program is
 * a right one wherever PyTorch is; and what it says where something is missing.
 */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { findTorch } from "@/bench/find_torch.ts";
import { CUDA_WAYS, type CudaWay, type Row } from "@/bench/row.ts";
import { rowCommand, RowProcess, UnavailableError } from "@/bench/row_process.ts";
import { recordTape } from "@/bench/tape.ts";
import { TaskFiles } from "@/bench/task_files.ts";
import { createWorkload, forComparison, withWidths, type WorkloadName } from "@/bench/workload.ts";
import { useBackend } from "@/backend.ts";
import { distributionOf } from "@/data/points.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { trainStep } from "@/gan/steps.ts";
import { tf } from "@/tf.ts";
import { formulaData } from "../support/gans.ts";
import { ROOT } from "../support/commands.ts";

const python = await findTorch();

/** Registers a test that needs PyTorch, with or without a GPU. */
function testWithTorch(name: string, test: (python: string) => Promise<void>): void {
  const missing = python === undefined;
  Deno.test({
    name: `${name}${missing ? " - NOT RUN: no PyTorch" : ""}`,
    ignore: missing && !Deno.env.has("REQUIRE_TORCH"),
    fn: async () => {
      assert(python !== undefined, "REQUIRE_TORCH is set and there is no PyTorch");
      await test(python);
    },
  });
}

/** A small step of a workload, and its data. */
function small(name: WorkloadName, penalty: boolean) {
  const narrow = (width: number) => width / 8;
  const { options } = forComparison(withWidths(createWorkload(name, penalty), narrow));
  const generatorBatchSize = options.generatorBatchSize && 12;
  const data = options.toy ? distributionOf(options.toy) : formulaData(40, 784);
  // A rate that falls quickly: one that a recorded step forgets to move shows.
  const [generatorOptimiser, discriminatorOptimiser] = [
    options.generatorOptimiser,
    options.discriminatorOptimiser,
  ].map((spec) => spec.kind === "adam" ? { ...spec, learningRate: 0.01, decay: 1.5 } : spec);
  const own = { batchSize: 8, generatorBatchSize, generatorOptimiser, discriminatorOptimiser };
  return { options: { ...options, ...own } as GanOptions, data };
}

/** The losses of so many steps of the reference, and the path of a tape of what they draw. */
async function reference(name: WorkloadName, penalty: boolean, files: TaskFiles) {
  await useBackend("cpu");
  const { options, data } = small(name, penalty);
  const [trained, taped] = [createGan(options, data), createGan(options, data)];
  const losses: Record<string, number>[] = [];
  for (let step = 0; step < 5; step++) {
    const scalars = trainStep(trained);
    const told: Record<string, number> = {};
    for (const loss of ["dLoss", "gLoss", "penalty"] as const) {
      if (scalars[loss]) told[loss] = (await scalars[loss].data())[0];
    }
    losses.push(told);
    tf.dispose({ ...scalars });
  }
  const tape = await files.writeArrays(await recordTape(taped, 5));
  for (const gan of [trained, taped]) disposeGan(gan);
  return { options, losses, tape };
}

/** The row as the processor takes its steps. */
async function standIn(python: string, way: CudaWay, task: string): Promise<RowProcess> {
  const script = join(ROOT, "tests/bench/cuda_stand_in.py");
  return await RowProcess.start({ variant: "cuda", way }, {
    command: python,
    args: [script, task],
  });
}

const cases: [WorkloadName, boolean][] = [
  ["mlp", true],
  ["goodfellow2014", false],
  ["spiral", true],
];
for (const [name, penalty] of cases) {
  const how = `${name}${penalty ? " with R1" : ""}`;
  testWithTorch(
    `eager and recorded steps of ${how} give our losses from the same draws`,
    async (python) => {
      const files = await TaskFiles.create();
      try {
        const { options, losses, tape } = await reference(name, penalty, files);
        for (const way of ["eager", "graph"] as const) {
          // No images: the tape has them.
          const path = join(files.folder, `${way}.json`);
          await Deno.writeTextFile(path, JSON.stringify({ options, tape, cuda: way }));
          const row = await standIn(python, way, path);
          const found = await row.losses(5).finally(() => row.stop());
          losses.forEach((wanted, step) => {
            for (const [loss, value] of Object.entries(wanted)) {
              const own = found[step][loss as "dLoss"];
              assertAlmostEquals(own, value, 5e-5, `${way}: ${loss} of step ${step + 1}`);
            }
          });
        }
      } finally {
        await files.remove();
      }
    },
  );
}

testWithTorch("a row on the GPU draws its own batches, epoch after epoch", async (python) => {
  const files = await TaskFiles.create();
  try {
    const { options } = small("spiral", false);
    const images = join(files.folder, "images.u8");
    // Three batches of eight rows, two rows left over.
    await Deno.writeFile(images, new Uint8Array(26 * 784).map((_, i) => i % 251));
    const { toy: _, ...others } = small("mlp", true).options;
    for (
      const task of [{ options }, { options: { ...others, outputBiasFromMeans: true }, images }]
    ) {
      for (const way of ["eager", "graph"] as const) {
        const path = join(files.folder, "task.json");
        await Deno.writeTextFile(path, JSON.stringify({ ...task, cuda: way }));
        const row = await standIn(python, way, path);
        const { msPerStep } = await row.time(7);
        assert(msPerStep > 0);
        const calls = await row.calls();
        if (way === "eager") assert(calls.operations! > 100);
        else assertEquals(calls, {});
        assert((await row.peakBytes())! > 2 ** 20);
        assertEquals((await row.losses(2)).length, 2);
        await row.stop();
      }
    }
  } finally {
    await files.remove();
  }
});

testWithTorch(
  "torch.compile is a row, or says what it lacks; neither is a failure",
  async (python) => {
    const version = new Deno.Command(python, {
      args: ["-c", "import torch; print(hasattr(torch, 'compile'))"],
    });
    const has = new TextDecoder().decode((await version.output()).stdout).trim() === "True";
    const files = await TaskFiles.create();
    try {
      const path = join(files.folder, "task.json");
      const { options } = small("spiral", false);
      await Deno.writeTextFile(path, JSON.stringify({ options, cuda: "compile" }));
      const start = standIn(python, "compile", path);
      if (has) await (await start).stop();
      else {await assertRejects(
          () => start,
          UnavailableError,
          "has no torch.compile; it came with 2.0",
        );}
    } finally {
      await files.remove();
    }
  },
);

testWithTorch("without a GPU all three ways say that there is none", async (python) => {
  const cuda = new Deno.Command(python, {
    args: ["-c", "import torch; print(torch.cuda.is_available())"],
  });
  if (new TextDecoder().decode((await cuda.output()).stdout).trim() === "True") return;
  for (const way of CUDA_WAYS) {
    const row: Row = { variant: "cuda", way };
    const start = RowProcess.start(row, rowCommand(row, "never read", python));
    await assertRejects(() => start, UnavailableError, "torch.cuda.is_available() is False");
  }
});
