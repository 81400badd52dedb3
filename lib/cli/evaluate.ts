/**
 * `deno task evaluate`: its arguments. What is done with them, `evaluation.ts`, is loaded when they
 * are known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { Help, Option } from "commander";
import { type Against } from "@/eval/against.ts";
import {
  ALL_METRICS,
  DEFAULT_METRICS,
  type Metric,
  METRIC_NAMES,
  METRICS,
} from "@/eval/metrics.ts";
import { EVALUATED_COUNT } from "./defaults.ts";
import { metricNames } from "./metric_names.ts";
import { againstOption } from "./against_option.ts";
import { createProgram, integerArgument, main, path } from "./program.ts";
import { addTrainedOptions, refuseTwoSources, type TrainedFlags } from "./trained_options.ts";

/** The numbers of 100,000 images take 314 MB. */
const MAX_COUNT = 100_000;

export interface EvaluateFlags extends TrainedFlags {
  samples?: string;
  metrics: readonly Metric[];
  count?: number;
  seed: number;
  data?: string;
  against: Against;
  json?: boolean;
}

function parse(args: string[]): EvaluateFlags {
  const program = addTrainedOptions(
    createProgram(
      "evaluate",
      "Measures generated digits, from a run, a checkpoint, a pretrained generator, or any file.",
    ),
  )
    .option(
      "--samples <file>",
      "x.npy, float32 [count, 784] in [0, 1], instead of --run",
      path,
    )
    .addOption(
      new Option("--metrics <names>", "what to measure, with commas between, see below")
        .argParser(metricNames).default(DEFAULT_METRICS, defaultMetrics()),
    )
    .option(
      "--count <n>",
      `how many samples to draw, or to take from the file (default: ${EVALUATED_COUNT}, or all of the file)`,
      integerArgument(1, MAX_COUNT),
    )
    .option("--seed <n>", "seeds the noise, and the pairs of diversity", integerArgument(0), 1)
    .addOption(againstOption())
    .option("--data <dir>", "folder with the four files of MNIST's format (default: MNIST)", path)
    .option("--json", "print JSON instead of a table")
    .addHelpText("after", metricsHelp());
  program.parse(args, { from: "user" });
  const flags = program.opts<EvaluateFlags>();
  refuseTwoSources(program, flags, { samples: flags.samples });
  return flags;
}

/** What is measured when nothing is asked for, in words. */
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

A conditional GAN is asked for the labels of the first training images, in their order, and so for as many
of each digit as there are among those images.`;
}

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const { evaluateAsAsked } = await import("./evaluation.ts");
  return await evaluateAsAsked(flags);
}

if (import.meta.main) await main(() => run(Deno.args));
