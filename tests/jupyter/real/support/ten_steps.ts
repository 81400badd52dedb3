/**
 * What is computed in Deno and in a browser, to be compared bit by bit: numbers of the mathematics,
 * files that come with the library, a still picture, and training steps of the preset `tiny` on
 * made up images. Nothing of it asks where it runs.
 */
import { useBackend } from "@/backend.ts";
import { PIXELS, pixels } from "@/data/mnist.ts";
import { imageRows } from "@/data/training_data.ts";
import { toyData } from "@/data/toy.ts";
import { disposeClassifier, judge, loadClassifier } from "@/eval/classifier.ts";
import { recordedSweep } from "@/experiments/recorded_sweeps.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { train } from "@/gan/train.ts";
import { GzipError } from "@/host/gzip_error.ts";
import { host } from "@/host/host.ts";
import { gaussian } from "@/math/density.ts";
import { klDivergence } from "@/math/divergences.ts";
import { erfc, linspace, softplus } from "@/math/stable.ts";
import { lineChart } from "@/plot/charts.ts";
import { stillOf } from "@/plot/still/png.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";

const STEPS = 10;
const IMAGES = 256;

/** What was computed. */
export interface Computed {
  /**
   * Of `Math` and what is made of it. Its functions are approximations: each build of V8 has its
   * own last bit.
   */
  numbers: number[];
  /** Digests by what they are of: the same to the last bit. */
  digests: Record<string, string>;
}

/** Computes everything. */
export async function computed(): Promise<Computed> {
  const found: Record<string, string> = {
    "10,000 normal numbers": digestOf(new Random(5).normals(10_000)),
    "spiral of 1,000 points": digestOf(toyData("spiral").draw(1000, new Random(3))),
    "recorded runs": host.sha256(JSON.stringify(await recordedSweep("packing"))),
    picture: host.sha256((await stillOf(figure())).png),
    "gzip files": (await gzipFiles()).join(),
  };
  found["ten steps, autodiff"] = await steps("autodiff");
  found["probabilities of the classifier"] = await probabilities();
  found["a product on threads"] = await product();
  found["ten steps, planned"] = await steps("auto");
  found["a warning"] = (await useBackend("wasm", { threads: 2 })).warning ?? "none";
  return { numbers: mathematics(), digests: found };
}

/** What a page computes by itself: one that waits for no thread. */
export async function computedOnPage(): Promise<
  Computed & { engine?: string; warning?: string }
> {
  const digests = {
    "ten steps, autodiff": await steps("autodiff"),
    "a product on threads": await product(),
  };
  const { engine, warning } = await useBackend("wasm");
  return { numbers: mathematics(), digests, engine: engine?.description, warning };
}

function mathematics(): number[] {
  const [p, q] = [gaussian({ mean: 0, sigma: 1 }), gaussian({ mean: 1, sigma: 2 })];
  const points = linspace(-20, 20, 401);
  return [
    klDivergence(p, q),
    ...points.flatMap((x) => [softplus(x), erfc(x), p.logPdf(x), Math.sin(x), Math.cos(x)]),
  ];
}

/** What is found of a whole gzip file, and of such that are cut off, damaged and too long. */
async function gzipFiles(): Promise<string[]> {
  const numbers = bytesOf(new Random(8).normals(10_000));
  const stream = new Blob([numbers as Uint8Array<ArrayBuffer>]).stream();
  const packing = stream.pipeThrough(new CompressionStream("gzip"));
  const packed = new Uint8Array(await new Response(packing).arrayBuffer());
  const flipped = (at: number) => packed.with(at, packed.at(at)! ^ 1);
  const found = async (bytes: Uint8Array, most = numbers.length) => {
    try {
      return host.sha256(await host.gunzip(bytes, most));
    } catch (error) {
      return error instanceof GzipError ? error.fault : String(error);
    }
  };
  const start = await host.gunzipStart(packed.subarray(0, 4096));
  return [
    await found(packed),
    await found(packed.subarray(0, 20_000)),
    await found(packed.subarray(0, -2)),
    await found(flipped(-6)),
    await found(flipped(1)),
    await found(packed, numbers.length - 1),
    String(start.every((byte, i) => byte === numbers[i]) && start.length > 1000),
  ];
}

function figure() {
  const values = linspace(-5, 5, 51);
  return lineChart({
    title: "Softplus",
    x: { label: "a", values },
    y: { label: "softplus(a), nats" },
    lines: { softplus: values.map(softplus) },
  });
}

/** Grey images by a formula, with labels. */
function images() {
  return {
    count: IMAGES,
    images: Uint8Array.from({ length: IMAGES * PIXELS }, (_, i) => (i * i + 7 * i) % 251),
    labels: Uint8Array.from({ length: IMAGES }, (_, i) => i % 10),
  };
}

/** A digest of all weights after the steps. */
async function steps(asked: "auto" | "autodiff"): Promise<string> {
  const { engine, warning } = await useBackend("wasm", { engine: asked, threads: 2 });
  if (asked === "auto" && !engine) throw new Error(`there is no engine: ${warning}`);
  const rows = imageRows({ train: images(), test: images(), source: "a formula", sha256: "" });
  const gan = createGan({ ...findPreset("tiny").options, seed: 1, trainRows: undefined }, rows);
  for await (const _ of train(gan, { steps: STEPS, logEvery: STEPS }, engine));
  const weights = [gan.generator, gan.discriminator].flatMap((network) => [
    ...Object.values(network.weights),
    ...Object.values(network.statistics),
  ]);
  const digest = host.sha256(
    ...await Promise.all(weights.map(async (tensor) => {
      return bytesOf(await tensor.data() as Float32Array);
    })),
  );
  disposeGan(gan);
  return digest;
}

async function probabilities(): Promise<string> {
  const classifier = await loadClassifier();
  const rows = pixels(images().images, Array.from({ length: 64 }, (_, i) => i));
  const { probabilities } = await judge(classifier, rows);
  disposeClassifier(classifier);
  return digestOf(probabilities);
}

/** Large enough to be shared among threads; several times, since threads come up late. */
async function product(): Promise<string> {
  const random = new Random(9);
  const [a, b] = [
    tf.tensor2d(random.normals(300 * 400), [300, 400]),
    tf.tensor2d(random.normals(400 * 500), [400, 500]),
  ];
  const digests = new Set<string>();
  for (let i = 0; i < 5; i++) {
    const c = tf.matMul(a, b);
    digests.add(digestOf(await c.data() as Float32Array));
    c.dispose();
    await host.pause(100);
  }
  tf.dispose([a, b]);
  return [...digests].join();
}

function digestOf(numbers: Float32Array | Float64Array): string {
  return host.sha256(bytesOf(numbers));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
