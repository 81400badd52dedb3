/**
 * What the user asks of a training: the options that result, and what a run that has already
 * started does not allow.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { type BackendChoice } from "@/backend_choice.ts";
import { type Gan } from "@/gan/gan.ts";
import { shownOption, valueAt } from "@/gan/option_list.ts";
import { checkOptions, type GanOptions } from "@/gan/options.ts";
import { type Preset } from "@/gan/presets.ts";
import { withSettings } from "@/gan/set_option.ts";
import { type Setting } from "@/gan/setting.ts";
import { withPacking } from "@/gan/toy_gan.ts";
import { withRemedies } from "@/remedy.ts";
import { DEFAULT_SEED } from "./default_run.ts";
import { type RunConfig } from "./folder.ts";
import { asRequestError, RequestError } from "./request_error.ts";

/** What the user asks for. Undefined: the preset's, or on resuming the run's own. */
export interface TrainRequest {
  run?: string;
  preset?: string;
  seed?: number;
  batchSize?: number;
  /** Samples that D sees side by side. */
  packing?: number;
  /** γ of the R1 penalty. */
  gradientPenalty?: number;
  /** Any option by its name. */
  set?: Setting[];
  epochs?: number;
  steps?: number;
  backend?: BackendChoice;
  /** Threads of the training engine; undefined means one per core. Changes no number. */
  threads?: number;
  /** Folder of the four image files. */
  data?: string;
  /** Resume the run, from its last checkpoint or from this one. */
  resume?: boolean | string;
  logEvery: number;
  /**
   * Also keep `metrics.csv`, `tensorboard/` and `samples.gif`; those the run has are updated
   * anyway.
   */
  csv?: boolean;
  tensorboard?: boolean;
  gif?: boolean;
  /** Measure samples after each epoch, unless it is false. */
  quality?: boolean;
  /** What the user has typed, for the report. */
  command?: string;
}

/** The options that can be asked for by themselves as well as in `set`. */
const ALONE = ["seed", "batchSize", "packing", "gradientPenalty"] as const;

/**
 * The options of a preset, with the user's changes.
 *
 * @throws {RequestError} If there is no such option, or the options cannot work.
 */
export function optionsAskedFor(request: TrainRequest, name: string, preset: Preset): GanOptions {
  const { set = [] } = request;
  for (const name of ALONE) {
    if (request[name] === undefined || !set.some((setting) => setting.name === name)) continue;
    throw withRemedies(
      new RequestError(`Cannot take two values for ${name}: it is asked for twice`),
      { do: "leave out", setting: name },
      { do: "leave out", setting: `set ${name}` },
    );
  }
  const { options } = preset;
  const own = withPacking({
    ...options,
    batchSize: request.batchSize ?? options.batchSize,
    gradientPenalty: request.gradientPenalty ?? options.gradientPenalty,
    seed: request.seed ?? DEFAULT_SEED,
  }, request.packing);
  if (own.classes !== undefined && (request.packing ?? 1) > 1) {
    throw withRemedies(
      new RequestError(
        `Cannot train the preset ${name} in packs: a conditional GAN judges samples one by one, got packs of ${request.packing}`,
      ),
      { do: "leave out", setting: "packing" },
    );
  }
  return asRequest(() => {
    const asked = withSettings(own, set);
    checkOptions(asked);
    return asked;
  });
}

/** Options that cannot work are reported as a request that cannot be met. */
export function asRequest<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw asRequestError(error);
  }
}

/** @throws {RequestError} If something is asked for that would make another run of this one. */
export function refuseChanges(request: TrainRequest, { preset, options }: RunConfig): void {
  const fixed: [string, unknown, unknown][] = [
    ["preset", request.preset, preset],
    ...ALONE.map((name): [string, unknown, unknown] => [
      name,
      request[name],
      options[name] ?? (name === "packing" ? 1 : undefined),
    ]),
    ...(request.set ?? []).map((setting): [string, unknown, unknown] => {
      const { name } = setting;
      const asked = asRequest(() => valueAt(withSettings(options, [setting]), name));
      const own = valueAt(options, name);
      return [`set ${name}`, isDeepStrictEqual(asked, own) ? own : asked ?? "none", own];
    }),
  ];
  for (const [setting, asked, own] of fixed) {
    if (asked !== undefined && asked !== own) {
      throw withRemedies(
        new RequestError(
          `Cannot resume with another ${setting.replace(/^set /, "")}: the run was begun with ${
            shownOption(own)
          }, got ${shownOption(asked)}`,
        ),
        { do: "leave out", setting },
      );
    }
  }
}

/** The number of steps asked for, if any. */
export function stepsAskedFor({ steps, epochs }: TrainRequest, gan: Gan): number | undefined {
  return steps ?? (epochs === undefined ? undefined : stepsOf(epochs, gan));
}

/** The number of steps after which `epochs` epochs are finished. */
export function stepsOf(epochs: number, { options, batches }: Gan): number {
  return Math.ceil((epochs * batches.perEpoch) / options.discriminatorSteps);
}
