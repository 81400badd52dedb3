/**
 * `deno task evaluate`: how good generated digits are, as a table or as JSON.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "commander";
import { useBackend } from "@/backend.ts";
import { type ImageData, loadImages, PIXELS } from "@/data/mnist.ts";
import { doubtsOfImages } from "@/eval/advice.ts";
import { labelsToAsk } from "@/eval/conditional.ts";
import { endsFor, type EndsOfCount } from "@/eval/reference.ts";
import { imagesOf } from "@/eval/sample_file.ts";
import {
  DEFAULT_METRICS,
  evaluate,
  type Evaluation,
  type Metric,
  METRICS,
  refusals,
} from "@/eval/suite.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { drawSamples } from "@/gan/sample.ts";
import { readLimited } from "@/host/limits.ts";
import { decodeNpy } from "@/formats/npy.ts";
import { Random } from "@/random.ts";
import { RequestError } from "@/run/request_error.ts";
import { checkFile, checkFolder, createProgram, integer, main, path } from "./program.ts";
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

/** Other names that a metric is known by; each in small letters, without signs. */
const ALIASES: Record<string, readonly Metric[]> = {
  all: METRICS,
  default: DEFAULT_METRICS,
  fid: ["frechet"],
  score: ["classifier"],
  coverage: ["classifier"],
  shares: ["classifier"],
  confidence: ["classifier"],
  precision: ["precisionRecall"],
  recall: ["precisionRecall"],
  memorization: ["memorisation"],
  neighbours: ["memorisation"],
  neighbors: ["memorisation"],
  similarity: ["diversity"],
  ssim: ["diversity"],
  ...Object.fromEntries(METRICS.map((metric) => [metric.toLowerCase(), [metric]])),
};

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
        .argParser(metricNames).default(DEFAULT_METRICS, "all but diversity"),
    )
    .option(
      "--count <n>",
      `how many samples to draw, or to take of the file (default: ${DEFAULT_COUNT}, all of the file)`,
      integer(1, MAX_COUNT),
    )
    .option("--seed <n>", "seeds the noise, and the pairs of diversity", integer(0), 1)
    .option("--data <dir>", "folder with the four files of MNIST's format (default: MNIST)", path)
    .option("--json", "print JSON in place of a table")
    .addHelpText(
      "after",
      `
Metrics:
  parzen           log-likelihood of the test images by a Parzen window, as in the 2014 paper
  frechet, fid     Fréchet distance to the test images on a classifier's features
  classifier       classifier score, confidence, share of each digit, covered digits (coverage); of
                   a conditional GAN also the share of samples that are the digit asked for
  precisionRecall  share of samples that look real, share of real images that can be made
  memorisation     nearest training images, beside those of the test images
  diversity        similarity of samples of one digit (SSIM); only when asked for
  all              all of these

A conditional GAN is asked for the labels of the first training images, in their order: as many of each digit
as real images have.`,
    );
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  refuseTwoSources(program, flags, { samples: flags.samples });
  return flags;
}

function metricNames(text: string): readonly Metric[] {
  const asked = text.split(",").flatMap((name) => {
    const known = ALIASES[name.trim().toLowerCase().replaceAll(/[-_ ]/g, "")];
    if (!known) {
      throw new InvalidArgumentError(
        `It must be one or more of ${METRICS.join(", ")}, with commas between them, or all.`,
      );
    }
    return known;
  });
  return METRICS.filter((metric) => asked.includes(metric));
}

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const source = await readSource(flags);
  const count = source.samples ? source.samples.length / PIXELS : flags.count ?? DEFAULT_COUNT;
  if (flags.data !== undefined) await checkFolder("evaluate", flags.data);
  const images = await loadImages(flags.data);
  refuse(flags.metrics, count, images);
  await useBackend("wasm");
  const stages = new Stages();
  let result: Evaluation;
  let ends: EndsOfCount | undefined;
  const onProgress = (stage: string, share: number) => stages.report(stage, share);
  try {
    const labels = source.trained && labelsFor(source.trained, images, count);
    const samples = source.samples ??
      await draw(source.trained!, count, flags.seed, labels, stages);
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
    console.log(table(result, ends));
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

function refuse(metrics: readonly Metric[], count: number, images: ImageData): void {
  const [first] = refusals(metrics, count, images);
  if (!first) return;
  const possible = METRICS.filter((metric) => refusals([metric], count, images).length === 0);
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
  stages: Stages,
): Promise<Float32Array> {
  stages.report("sampling", 0);
  const generator = trained.restore();
  const samples = await drawSamples(generator, trained.options, count, new Random(seed), labels);
  disposeNetwork(generator);
  return samples;
}

interface Line {
  name: string;
  /** The text of the figure, where an evaluation has it. */
  of: (evaluation: Evaluation) => string | undefined;
  better: string;
}

const digits = (value: number | undefined, places: number) => value?.toFixed(places);

const ASKED_FOR = "is the digit asked for, share";

const LINES: Line[] = [
  {
    name: "Parzen log-likelihood, nats",
    of: ({ parzen }) => parzen && `${digits(parzen.mean, 1)} ± ${digits(parzen.standardError, 1)}`,
    better: "higher",
  },
  { name: "  its sigma", of: ({ parzen }) => digits(parzen?.sigma, 3), better: "" },
  { name: "Fréchet distance", of: ({ frechet }) => digits(frechet?.value, 2), better: "lower" },
  {
    name: "classifier score, 1 to 10",
    of: ({ classifier }) => digits(classifier?.score, 2),
    better: "higher",
  },
  {
    name: "confidence",
    of: ({ classifier }) => digits(classifier?.confidence, 3),
    better: "higher",
  },
  {
    name: "covered digits, of 10",
    of: ({ classifier }) => digits(classifier?.covered, 0),
    better: "higher",
  },
  {
    name: "KL to the training shares, nats",
    of: ({ classifier }) => digits(classifier?.klToTrain, 4),
    better: "lower",
  },
  {
    name: ASKED_FOR,
    of: ({ conditional }) => digits(conditional?.accuracy, 4),
    better: "higher",
  },
  {
    name: "precision",
    of: ({ precisionRecall }) => digits(precisionRecall?.precision, 3),
    better: "higher",
  },
  {
    name: "recall",
    of: ({ precisionRecall }) => digits(precisionRecall?.recall, 3),
    better: "higher",
  },
  {
    name: "nearest training image, ratio",
    of: ({ memorisation }) => digits(memorisation?.ratio, 3),
    better: "as real",
  },
  {
    name: "share of near duplicates",
    of: ({ memorisation }) => digits(memorisation?.nearDuplicates, 4),
    better: "as real",
  },
  {
    name: "similarity within a digit (SSIM)",
    of: ({ diversity }) => digits(diversity?.similarity, 3),
    better: "as real",
  },
];

/**
 * A line for each figure, beside those of as many real images and of as much noise, and the share of each
 * digit.
 */
function table(result: Evaluation, ends?: EndsOfCount): string {
  const rows = LINES.flatMap(({ name, of, better }) => {
    const value = of(result);
    if (value === undefined) return [];
    // The digit that was asked for is known of samples only.
    const none = name === ASKED_FOR ? "" : NONE;
    const others = ends ? [ends.real, ends.noise].map((one) => of(one) ?? none) : [];
    return [[name, value, ...others, better]];
  });
  const head = ["", "samples", ...(ends ? ["real", "noise"] : []), "better"];
  const parts = [columns([head, ...rows])];
  if (result.classifier) parts.push(shareTable(result, ends));
  if (ends) parts.push(legend(result, ends));
  return parts.join("\n\n");
}

/** Where there is no figure of the same number of images. */
const NONE = "–";

function shareTable({ classifier, conditional }: Evaluation, ends?: EndsOfCount): string {
  const shares = classifier!.shares.map((share) => share.toFixed(3));
  const ofReal = ends?.real.classifier?.shares;
  return columns([
    ["digit", ...shares.map((_, digit) => String(digit))],
    ["share of samples", ...shares],
    ...(ofReal ? [["  of real", ...ofReal.map((share) => share.toFixed(3))]] : []),
    ...(conditional ? [["is the digit asked for", ...conditional.byClass.map(asked)]] : []),
  ]);
}

/** What the columns are, and why a figure is missing there. */
function legend({ samples, parzen, memorisation }: Evaluation, { missing }: EndsOfCount): string {
  const count = samples.toLocaleString("en-US");
  const recorded = [...(parzen ? ["Parzen"] : []), ...(memorisation ? ["nearest images"] : [])];
  return [
    `real:   the first ${
      samples === 1 ? "training image" : `${count} training images`
    } of MNIST in place of samples`,
    ...(memorisation ? ["        (beside the nearest training image: the test images)"] : []),
    `noise:  ${count} image${samples === 1 ? "" : "s"} of uniform noise`,
    ...(samples !== 10_000 && recorded.length > 0
      ? [
        `        (${recorded.join(", ")}: of 10,000, which these figures take or do not depend on)`,
      ]
      : []),
    ...(missing ? [`${NONE}       ${missing}`] : []),
  ].join("\n");
}

/** Nothing where no sample was asked for. */
function asked(share: number | null): string {
  return share?.toFixed(3) ?? "-";
}

/** The first column to the left, the others to the right. */
function columns(rows: string[][]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
      .trimEnd()
  ).join("\n");
}

if (import.meta.main) await main(() => run(Deno.args));
