/** Run folders without a training. */
import { MNIST_SHA256 } from "@/data/mnist.ts";
import { type GanOptions } from "@/gan/options.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { gridPng } from "@/plot/grid.ts";
import { type RunConfig, RunFolder } from "@/run/folder.ts";

/** An event with numbers that tell steps apart; an epoch is 30 steps. */
export function eventAt(step: number): TrainEvent {
  return {
    step,
    epoch: 1 + Math.floor(step / 30),
    dLoss: 0.5 + step / 1000,
    gLoss: 1.5,
    dReal: 0.75,
    dFake: 0.25,
    penalty: 0.01,
    seconds: step / 10,
  };
}

/** A run of MNIST that has drawn one grid. */
export async function beginRun(
  folder: string,
  options: Omit<GanOptions, "seed">,
  changes: Partial<RunConfig> = {},
): Promise<RunFolder> {
  const run = new RunFolder(folder);
  await run.open();
  await run.writeConfig({
    commands: ["deno task train --preset tiny"],
    preset: "tiny",
    options: { ...options, seed: 1 },
    steps: 100,
    data: { source: "MNIST", sha256: MNIST_SHA256["train-images-idx3-ubyte"] },
    backend: { name: "wasm", reason: "asked for by name" },
    versions: { deno: "2.9.6" },
    ...changes,
  });
  await run.openMetrics(0);
  await run.writeSampleGrid(0, gridPng(new Float32Array(9 * 784).fill(0.5), 28));
  return run;
}
