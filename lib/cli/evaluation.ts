/**
 * What `deno task evaluate` does with its arguments: how good generated digits are, as a table or
 * as JSON.
 *
 * @module
 */
import { useBackend } from "@/backend.ts";
import { loadImages, PIXELS } from "@/data/mnist.ts";
import { shortName } from "@/data/points.ts";
import {
  type EvaluationImages,
  imagesAgainst,
  seenInTraining,
  VALIDATION_TEXT,
} from "@/eval/against.ts";
import { doubtsOfImages } from "@/eval/array_advice.ts";
import { labelsToAsk } from "@/eval/conditional.ts";
import { type Metric, METRIC_NAMES } from "@/eval/metrics.ts";
import { endsFor, type EndsOfCount } from "@/eval/reference.ts";
import { imagesOf } from "@/eval/sample_file.ts";
import { evaluate, type Evaluation, type EvaluationData, refusals } from "@/eval/suite.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { drawSamples } from "@/gan/sample.ts";
import { readLimited } from "@/host/limits.ts";
import { decodeNpy } from "@/formats/npy.ts";
import { evaluationText } from "@/plot/evaluation_text.ts";
import { Random } from "@/random.ts";
import { asRequest } from "@/run/request.ts";
import { RequestError } from "@/run/request_error.ts";
import { EVALUATED_COUNT } from "./defaults.ts";
import { type EvaluateFlags } from "./evaluate.ts";
import { checkFile, checkFolder } from "./program.ts";
import { Stages } from "./stages.ts";
import { readTrained, type Trained } from "./trained.ts";

/** Measures and prints; the exit code. */
export async function evaluateAsAsked(flags: EvaluateFlags): Promise<number> {
  const source = await readSource(flags);
  const count = source.samples ? source.samples.length / PIXELS : flags.count ?? EVALUATED_COUNT;
  if (flags.data !== undefined) await checkFolder("evaluate", flags.data);
  const { against } = flags;
  const all = await loadImages(flags.data);
  const images = asRequest(() => imagesAgainst(all, against));
  const labelled = source.trained?.options.classes !== undefined;
  refuse(flags.metrics, { count, images, labelled });
  const warning = source.trained &&
    seenInTraining(source.name, source.trained.options, against);
  if (warning !== undefined) console.error(`warning: ${warning}`);
  // The engine takes training steps, of which there are none here.
  await useBackend("wasm", { engine: "autodiff" });
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
  if (flags.json) {
    console.log(JSON.stringify({ against, warning, ...result, reference: ends }, null, 2));
  } else {
    const real = against === "test" ? "" : `, against ${VALIDATION_TEXT}`;
    console.log(`${count} samples: ${source.name}\ndata: ${images.source}${real}\n`);
    console.log(evaluationText(result, ends, against));
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

async function readSource({ samples, count, ...flags }: EvaluateFlags): Promise<Source> {
  if (samples !== undefined) return { name: samples, samples: await readSamples(samples, count) };
  const trained = await readTrained("evaluate", flags);
  const { title, options, step } = trained;
  if (options.toy !== undefined) {
    throw new RequestError(
      `Cannot evaluate ${title}: it must generate images, but generates toy data (${
        shortName(options.toy)
      }). Notebook 07 measures those`,
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
  const advice = possible.length > 0 ? `. What can be measured: --metrics ${possible.join()}` : "";
  throw new RequestError(`Cannot evaluate these samples: ${first}${advice}`);
}

/** Labels for samples that are drawn here. */
function labelsFor(
  { options, title }: Trained,
  { train, source }: EvaluationImages,
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
