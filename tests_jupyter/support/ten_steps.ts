/**
 * What is computed in Deno and in a browser, to be compared bit by bit: numbers of the mathematics, files that come with the
 * library, and training steps of the preset `tiny` on made up images. Nothing of it asks where it runs.
 */
import { useBackend } from "@/backend.ts";
import { PIXELS } from "@/data/mnist.ts";
import { imageRows } from "@/data/training_data.ts";
import { toyData } from "@/data/toy.ts";
import { classify, loadClassifier } from "@/eval/classifier.ts";
import { recordedRuns } from "@/experiments/collapse.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { train } from "@/gan/train.ts";
import { host } from "@/host/host.ts";
import { gaussian } from "@/math/density.ts";
import { klDivergence } from "@/math/divergences.ts";
import { erfc, linspace, softplus } from "@/math/stable.ts";
import { stillOf } from "@/plot/still/png.ts";
import { lineChart } from "@/plot/charts.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";

const STEPS = 10;
const IMAGES = 256;

/** Digests by what they are of, and how the steps were taken. */
export type Computed = Record<string, string>;
