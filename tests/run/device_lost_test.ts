/** A GPU that goes away in the middle of training. */
import { join } from "node:path";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { remediesOf } from "@/remedy.ts";
import { runTraining, TrainingFailedError } from "@/run/training_run.ts";
import { tf } from "@/tf.ts";
import { inTempFolder } from "../support/commands.ts";
import { smallDataSet, writeDataSet } from "../support/idx_files.ts";
import { testOnBackends } from "../support/backends.ts";

testOnBackends(
  "a lost GPU ends the run with the last checkpoint and how to go on",
  async () => {
    const data = await writeDataSet(smallDataSet());
    await inTempFolder(async (folder) => {
      const request = {
        preset: "tiny",
        backend: "webgpu",
        data,
        run: join(folder, "run"),
        steps: 1000,
        logEvery: 1,
      } as const;
      const listener = {
        started() {},
        event({ step }: { step: number }) {
          // An epoch is six steps: there is a checkpoint.
          if (step === 8) (tf.backend() as unknown as { device: GPUDevice }).device.destroy();
        },
        saved() {},
      };
      const error = await assertRejects(
        () => runTraining(request, listener, new AbortController().signal),
        TrainingFailedError,
        "the GPU device was lost",
      );
      assertStringIncludes(error.message, "safe up to step 6");
      assertEquals(remediesOf(error), [
        { do: "resume", run: request.run, give: { setting: "backend", value: "wasm" } },
      ]);
    });
    await Deno.remove(data, { recursive: true });
  },
  ["webgpu"],
);
