/** What `deno task train` says of a run that has diverged, and what it leaves behind. */
import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { decodeSafetensors, encodeSafetensors } from "@/formats/safetensors.ts";
import { testOnBackends } from "../support/backends.ts";
import { inTempFolder, run } from "../support/commands.ts";

const namesIn = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

testOnBackends(
  "a run that diverges ends with the same text and exit code 1, and keeps its last good checkpoint",
  (backend) =>
    inTempFolder(async (folder) => {
      const out = join(folder, "run");
      const begun = ["--preset", "line", "--backend", backend, "--batch-size", "8", "--quiet"];
      const { code, stderr } = await run("train", ...begun, "--steps", "6", "--run", out);
      assertEquals(code, 0, stderr);
      // A number of G that is finite, and with which the next step makes infinite ones.
      const file = join(out, "checkpoints", "step-000006.safetensors");
      const { arrays, metadata } = decodeSafetensors(await Deno.readFile(file), file);
      arrays["generator/layers.0.weight"].data.fill(3e38);
      const good = encodeSafetensors({ arrays, metadata });
      await Deno.writeFile(file, good);

      const steps = ["--steps", "9", "--log-every", "1"];
      const diverged = await run("train", "--resume", "--run", out, ...steps, "--quiet");
      assertEquals([diverged.code, diverged.stdout], [1, ""], diverged.stderr);
      assertStringIncludes(
        diverged.stderr,
        "error: Training diverged at step 7: the losses and every number of both networks must be " +
          "finite, and one is NaN or infinite; a smaller learning rate is the first thing to try\n" +
          `The run is safe up to step 6, in ${file}\n` +
          "The same steps would diverge again\n" +
          "Begin a new run with another --seed or --preset\n",
      );
      assertEquals(await namesIn(join(out, "checkpoints")), [
        "step-000000.safetensors",
        "step-000006.safetensors",
      ]);
      assertEquals(await Deno.readFile(file), good);
    }),
  ["wasm", "webgpu"],
);
