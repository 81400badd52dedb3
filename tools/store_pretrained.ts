/**
 * Makes `data/pretrained/<name>.safetensors` from a run's last checkpoint, and the table of all of
 * them in docs/evaluation.md.
 *
 *   deno run -A tools/store_pretrained.ts --run runs/mlp-1 --name mlp [--command "deno task train …"]
 *   deno run -A tools/store_pretrained.ts --table
 *
 * Rounds G's sampling weights to float16, draws 10,000 samples of seed 1 from the rounded ones,
 * measures them as `deno task evaluate` does, and stores weights, options and record. The command
 * in the record is made from the run's options; give it with --command if the preset and the flags
 * of `deno task train` do not say everything.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { useBackend } from "@/backend.ts";
import { loadImages } from "@/data/mnist.ts";
import { labelsToAsk } from "@/eval/conditional.ts";
import { evaluate } from "@/eval/suite.ts";
import { restoreGenerator } from "@/gan/checkpoint.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawSamples } from "@/gan/sample.ts";
import { writeAtomically, writeTextAtomically } from "@/io/files.ts";
import { FolderLock } from "@/io/lock.ts";
import { Random } from "@/random.ts";
import { type RunConfig, RunFolder } from "@/run/folder.ts";
import {
  encodePretrained,
  pretrainedFile,
  readPretrained,
  roundGenerator,
} from "@/run/pretrained.ts";
import { PRETRAINED_NAMES } from "@/run/pretrained_names.ts";
import { readCheckpoint } from "@/run/read_checkpoint.ts";
import { pretrainedTable } from "./pretrained_table.ts";

const COUNT = 10_000;

const { values } = parseArgs({
  options: {
    run: { type: "string" },
    name: { type: "string" },
    command: { type: "string" },
    table: { type: "boolean" },
  },
});

async function store(folder: string, name: string, command?: string): Promise<void> {
  const run = new RunFolder(folder);
  const config = await run.readConfig();
  const { preset, options, versions } = config;
  const checkpoint = await readCheckpoint(run);
  const { step: steps, seconds } = checkpoint.header;
  const trained = command ?? commandOf(config, steps);
  const { name: backend } = await useBackend("wasm");
  const generator = await roundGenerator(restoreGenerator(checkpoint));
  const images = await loadImages();
  const labels = labelsToAsk(options, images.train, COUNT);
  const samples = await drawSamples(generator, options, COUNT, new Random(1), labels);
  let last = "";
  const metrics = await evaluate(samples, images, {
    labels,
    onProgress: (stage) => {
      if (stage !== last) console.log(last = stage);
    },
  });
  const record = {
    command: trained,
    preset,
    seed: options.seed,
    steps,
    seconds: Math.round(seconds),
    versions,
    backend: config.backend.name,
    metrics,
  };
  const file = pretrainedFile(name);
  const bytes = await encodePretrained({ name, generator, options, record });
  using _lock = await FolderLock.take(dirname(file));
  await writeAtomically(file, bytes);
  console.log(`${file}: ${bytes.length} bytes, measured on ${backend}`);
  console.log(JSON.stringify(record, null, 2));
}

/** What to type to train such a run again. */
function commandOf({ preset, options, data }: RunConfig, steps: number): string {
  const own = findPreset(preset).options;
  const flags: [string, unknown][] = [["preset", preset], ["seed", options.seed], ["steps", steps]];
  const flagged = { batchSize: "batch-size", gradientPenalty: "gradient-penalty" } as const;
  for (const [option, flag] of Object.entries(flagged) as [keyof typeof flagged, string][]) {
    if (options[option] !== own[option]) flags.push([flag, options[option]]);
  }
  const { batchSize, gradientPenalty, seed } = options;
  if (data.directory || !isDeepStrictEqual(options, { ...own, batchSize, gradientPenalty, seed })) {
    throw new Error(
      `Cannot name the command that trained this run: its options must be those of the preset ${preset} with another seed, batch size or gradient penalty. Say it with --command`,
    );
  }
  return `deno task train ${flags.map(([flag, value]) => `--${flag} ${value}`).join(" ")}`;
}

const PAGE = fileURLToPath(new URL("../docs/evaluation.md", import.meta.url));
const BEGIN = "<!-- pretrained: tools/store_pretrained.ts writes this table -->";
const END = "<!-- end -->";

/** Writes the table of all stored generators between the marks of docs/evaluation.md. */
async function writeTable(): Promise<void> {
  const all = await Promise.all(PRETRAINED_NAMES.map(readPretrained));
  const text = await Deno.readTextFile(PAGE);
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) {
    throw new Error(`Cannot write the table: docs/evaluation.md must have ${BEGIN} and ${END}`);
  }
  const table = `${BEGIN}\n\n${pretrainedTable(all)}\n\n`;
  await writeTextAtomically(PAGE, text.slice(0, from) + table + text.slice(to));
}

if (values.table !== true) {
  if (!values.run || !values.name) {
    console.error("Needs --run DIR and --name NAME, or --table");
    Deno.exit(2);
  }
  await store(values.run, values.name, values.command);
}
if (values.table || (PRETRAINED_NAMES as readonly string[]).includes(values.name!)) {
  await writeTable();
} else {
  console.log(
    `Add ${values.name} to PRETRAINED_NAMES in ${
      join("lib", "run", "pretrained_names.ts")
    }, then call with --table`,
  );
}
Deno.exit(0);
