/**
 * What is computed on both sides: some mathematics, and ten training steps of the preset `tiny` on made up images. Nothing
 * of it says where it runs.
 */
import { useBackend } from "@/backend.ts";
import { type FixedRows } from "@/data/training_data.ts";
import { toyData } from "@/data/toy.ts";
import { loadClassifier } from "@/eval/classifier.ts";
import { recordedRuns } from "@/experiments/collapse.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { train } from "@/gan/train.ts";
import { host } from "@/host/host.ts";
import { gaussian } from "@/math/density.ts";
import { klDivergence } from "@/math/divergences.ts";
import { linspace, sigmoid, softplus } from "@/math/stable.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
