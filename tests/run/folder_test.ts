/** The files of a run folder, as an editor may have left them. */
import { join } from "node:path";
import { assertEquals, assertRejects } from "@std/assert";
import { findPreset } from "@/gan/presets.ts";
import { type RunConfig, RunFolder } from "@/run/folder.ts";
import { inTempFolder } from "../support/commands.ts";

const CONFIG: RunConfig = {
  preset: "tiny",
  options: { ...findPreset("tiny").options, seed: 1 },
  steps: 5,
  doubts: ["a doubt"],
  data: { source: "x", sha256: "y" },
  backend: { name: "cpu", reason: "asked for by name" },
  versions: { deno: "2" },
};
const EVENT = { step: 1, epoch: 1, seconds: 1, dLoss: 1, gLoss: 1, dReal: 0.5, dFake: 0.5 };

Deno.test("config.json and metrics.jsonl are read with a byte order mark and with CRLF", () =>
  inTempFolder(async (folder) => {
    const run = new RunFolder(folder);
    const config = JSON.stringify(CONFIG, null, 2).replaceAll("\n", "\r\n");
    await Deno.writeTextFile(join(folder, "config.json"), `\ufeff${config}`);
    assertEquals(await run.readConfig(), JSON.parse(config));
    const lines = [1, 2].map((step) => JSON.stringify({ ...EVENT, step }));
    await Deno.writeTextFile(join(folder, "metrics.jsonl"), `\ufeff${lines.join("\r\n")}\r\n`);
    assertEquals((await run.readMetrics()).map(({ step }) => step), [1, 2]);
  }));

const wrong: Record<string, [unknown, string]> = {
  "without options": [{ ...CONFIG, options: undefined }, "options must be there, got nothing"],
  "of null": [null, "its content must be"],
  "with an unknown initialisation": [
    {
      ...CONFIG,
      options: {
        ...CONFIG.options,
        generator: { ...CONFIG.options.generator, initialisation: { kind: "he" } },
      },
    },
    'the kind of initialisation must be fanIn, glorot or uniform, got "he"',
  ],
  "with a batch of 0": [
    { ...CONFIG, options: { ...CONFIG.options, batchSize: 0 } },
    "batchSize must be an integer of at least 1, got 0",
  ],
  "with a beta of 1": [
    {
      ...CONFIG,
      options: {
        ...CONFIG.options,
        generatorOptimiser: { ...CONFIG.options.generatorOptimiser, beta1: 1 },
      },
    },
    "beta1 of generatorOptimiser must be in [0, 1), got 1",
  ],
};

for (const [what, [config, message]] of Object.entries(wrong)) {
  Deno.test(`a config.json ${what} is refused, with the file and the field`, () =>
    inTempFolder(async (folder) => {
      const file = join(folder, "config.json");
      await Deno.writeTextFile(file, JSON.stringify(config));
      const error = await assertRejects(
        () => new RunFolder(folder).readConfig(),
        RangeError,
        message,
      );
      assertEquals(error.message.startsWith(`Cannot read ${file}, `), true, error.message);
    }));
}
