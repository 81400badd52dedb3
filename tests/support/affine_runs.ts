/** Runs of the playground whose G and D are affine, so that everything is known in closed form. */
import { type GanOptions } from "@/gan/options.ts";
import { type Network } from "@/gan/network.ts";
import { type PlaygroundData, type PlaygroundSettings, settingsOf } from "@/playground/settings.ts";
import { type Simulation } from "@/playground/simulation.ts";
import { tf } from "@/tf.ts";
import { beginRun } from "./playground_runs.ts";

/** G is z·W + b and D's logit x·w + c. */
export interface AffinePlayers {
  /** [numbers of z][numbers of a row], */
  generator: number[][];
  /** and G's bias. */
  shift: number[];
  /** [numbers of a row], */
  discriminator: number[];
  /** and D's bias. */
  offset: number;
}

/** A run with these players, before its first step. */
export async function affineRun(
  data: PlaygroundData,
  { generator, shift, discriminator, offset }: AffinePlayers,
  changes: Partial<GanOptions> = {},
): Promise<Simulation> {
  const { options } = settingsOf("line");
  const layer = (width: number) => ({ width, activation: "linear" } as const);
  const network = (inputs: number, width: number) => ({
    inputs,
    layers: [layer(width)],
    initialisation: { kind: "fanIn" } as const,
  });
  const settings: PlaygroundSettings = {
    ...settingsOf("line"),
    data,
    options: {
      ...options,
      generator: network(generator.length, shift.length),
      discriminator: network(discriminator.length, 1),
      ...changes,
    },
  };
  const run = await beginRun(settings);
  place(run.gan.generator, generator, shift);
  place(run.gan.discriminator, discriminator.map((w) => [w]), [offset]);
  return run;
}

function place({ weights }: Network, weight: number[][], bias: number[]): void {
  tf.dispose(weights);
  weights["layers.0.weight"] = tf.tensor2d(weight);
  weights["layers.0.bias"] = tf.tensor1d(bias);
}
