/**
 * `deno task evaluate`: how good generated digits are, as a table or as JSON.
 *
 * @module
 */
import { Help, InvalidArgumentError, Option } from "commander";
import { useBackend } from "@/backend.ts";
import { type ImageData, loadImages, PIXELS } from "@/data/mnist.ts";
import { doubtsOfImages } from "@/eval/array_advice.ts";
import { labelsToAsk } from "@/eval/conditional.ts";
import {
  ALL_METRICS,
  DEFAULT_METRICS,
  type Metric,
  METRIC_NAMES,
  METRICS,
  metricsNamed,
} from "@/eval/metrics.ts";
import { endsFor, type EndsOfCount } from "@/eval/reference.ts";
import { imagesOf } from "@/eval/sample_file.ts";
import { evaluate, type Evaluation, type EvaluationData, refusals } from "@/eval/suite.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { drawSamples } from "@/gan/sample.ts";
import { readLimited } from "@/io/limits.ts";
import { decodeNpy } from "@/io/npy.ts";
import { evaluationText } from "@/plot/evaluation_text.ts";
import { Random } from "@/random.ts";
import { RequestError } from "@/run/request_error.ts";
import { checkFile, checkFolder, createProgram, integerArgument, main, path } from "./program.ts";
import { Stages } from "./stages.ts";
import {
  addTrainedOptions,
  readTrained,
  refuseTwoSources,
  type Trained,
  type TrainedFlags,
} from "./trained.ts";

const DEFAULT_COUNT = 10_000;
/** The numbers of so many images take 314 MB. */
const MAX_COUNT = 100_000;

interface Flags extends TrainedFlags {
  samples?: string;
  metrics: readonly Metric[];
  count?: number;
  seed: number;
  data?: string;
  json?: boolean;
}

function parse(args: string[]): Flags {
  const program = addTrainedOptions(
    createProgram(
      "evaluate",
      "Measures generated digits: of a run, a checkpoint, a pretrained generator, or a file from anywhere.",
    ),
  )
    .option(
      "--samples <file>",
      "x.npy, float32 [count, 784] in [0, 1], in place of --run",
      path,
    )
    .addOption(
      new Option("--metrics <names>", "what to measure, with commas between, see below")
        .argParser(metricNames).default(DEFAULT_METRICS, defaultMetrics()),
    )
    .option(
      "--count <n>",
      `how many samples to draw, or to take of the file (default: ${DEFAULT_COUNT}, all of the file)`,
      integerArgument(1, MAX_COUNT),
    )
    .option("--seed <n>", "seeds the noise, and the pairs of diversity", integerArgument(0), 1)
    .option("--data <dir>", "folder with the four files of MNIST's format (default: MNIST)", path)
    .option("--json", "print JSON in place of a table")
    .addHelpText("after", metricsHelp());
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  refuseTwoSources(program, flags, { samples: flags.samples });
  return flags;
}

/** What is measured where nothing is asked for, in words. */
function defaultMetrics(): string {
  const others = ALL_METRICS.filter((name) => !DEFAULT_METRICS.includes(name));
  return others.length === 0 ? "all" : `all but ${others.join(", ")}`;
}

/** What can be measured, each metric by its names. */
function metricsHelp(): string {
  const entry = (names: string, text: string) =>
    `  ${names}\n${new Help().boxWrap(text, 94).replaceAll(/^/gm, "      ")}`;
  const entries = METRIC_NAMES.map((name) =>
    entry([name, ...METRICS[name].aliases].join(", "), METRICS[name].help)
  );
  return `
Metrics, each by any of its names:
${[...entries, entry("all", "all of these")].join("\n")}

A conditional GAN is asked for the labels of the first training images, in their order: as many of each digit
as real images have.`;
}

function metricNames(text: string): readonly Metric[] {
  const asked = text.split(",").flatMap((name) => {
    const known = metricsNamed(name);
    if (!known) {
      throw new InvalidArgumentError(
        `It must be one or more of ${METRIC_NAMES.join(", ")}, with commas between them, or all.`,
      );
    }
    return known;
  });
  return METRIC_NAMES.filter((metric) => asked.includes(metric));
}

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const source = await readSource(flags);
  const count = source.samples ? source.samples.length / PIXELS : flags.count ?? DEFAULT_COUNT;
  if (flags.data !== undefined) await checkFolder("evaluate", flags.data);
  const images = await loadImages(flags.data);
  const labelled = source.trained?.options.classes !== undefined;
  refuse(flags.metrics, { count, images, labelled });
  await useBackend("wasm");
  const stages = new Stages();
  let result: Evaluation;
  let ends: EndsOfCount | undefined;
  const onProgress = (stage: string, share: number) => stages.report(stage, share);
  try {
    const labels = source.trained && labelsFor(source.trained, images, count);
    if (!source.samples) stages.report("sampling", 0);
    const samples = source.samples ??
      await draw(source.trained!, count, flags.seed, labels);
    result = await evaluate(samples, images, {
      metrics: flags.metrics,
      labels,
      seed: flags.seed,
      onProgress,
    });
    if (images.original) ends = await endsFor(count, flags.metrics, images, onProgress);
  } finally {
    stages.stop();
  }
  if (flags.json) console.log(JSON.stringify({ ...result, reference: ends }, null, 2));
  else {
    console.log(`${count} samples: ${source.name}\ndata: ${images.source}\n`);
    console.log(evaluationText(result, ends));
  }
  return 0;
}

interface Source {
  /** For a reader. */
  name: string;
  /** One of the two. */
  samples?: Float32Array;
  trained?: Trained;
}

async function readSource({ samples, count, ...flags }: Flags): Promise<Source> {
  if (samples !== undefined) return { name: samples, samples: await readSamples(samples, count) };
  const trained = await readTrained("evaluate", flags);
  const { title, options, step } = trained;
  if (options.toy !== undefined) {
    throw new RequestError(
      `Cannot evaluate ${title}: it must generate images, got toy data (${options.toy}). Notebook 07 measures those`,
    );
  }
  return { name: `${title}, step ${step}`, trained };
}

/** The samples of a file, all of them or the first `count`, checked. */
async function readSamples(file: string, count?: number): Promise<Float32Array> {
  await checkFile("read samples", file);
  const bytes = await readLimited(file);
  const array = decodeNpy(bytes, file);
  const all = imagesOf(array, file);
  const [given] = array.shape;
  if (count !== undefined && count > given) {
    throw new RequestError(`Cannot take ${count} samples of ${file}: it has ${given}`);
  }
  const samples = all.subarray(0, (count ?? given) * PIXELS);
  for (const doubt of doubtsOfImages(samples)) console.error(`warning: ${file}: ${doubt}`);
  return samples;
}

function refuse(metrics: readonly Metric[], data: EvaluationData): void {
  const [first] = refusals(metrics, data);
  if (!first) return;
  const possible = METRIC_NAMES.filter((metric) => refusals([metric], data).length === 0);
  const advice = possible.length > 0 ? `. Possible: --metrics ${possible.join()}` : "";
  throw new RequestError(`Cannot evaluate these samples: ${first}${advice}`);
}

/** Labels for samples that are drawn here. */
function labelsFor(
  { options, title }: Trained,
  { train, source }: ImageData,
  count: number,
): Uint8Array | undefined {
  try {
    return labelsToAsk(options, train, count);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RequestError(`Cannot evaluate ${title} by ${source}: ${reason}`);
  }
}

async function draw(
  trained: Trained,
  count: number,
  seed: number,
  labels: Uint8Array | undefined,
): Promise<Float32Array> {
  const generator = trained.restore();
  const samples = await drawSamples(generator, trained.options, count, new Random(seed), labels);
  disposeNetwork(generator);
  return samples;
}

if (import.meta.main) await main(() => run(Deno.args));
