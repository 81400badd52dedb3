/**
 * The tables of a run's report: its main facts, and every option.
 *
 * @module
 */
import { listOptions, shownOption } from "@/gan/option_list.ts";
import { describeOptimiser } from "@/gan/optimiser.ts";
import { PRESETS } from "@/gan/presets.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { type RunConfig } from "./folder.ts";

/** A row of facts; a live page replaces the value of one that has a name. */
export interface Fact {
  label: string;
  value: string;
  name?: "step" | "seconds";
  code?: boolean;
}

/** What a reader looks for first. */
export function factsOf(config: RunConfig, step: number, last?: TrainEvent): Fact[] {
  const { options, data, backend } = config;
  const commands = (config.commands ?? []).map((value, i): Fact => ({
    label: i === 0 ? "command" : "resumed by",
    value,
    code: true,
  }));
  return [
    ...(config.doubts ?? []).map((value): Fact => ({ label: "warning", value })),
    ...commands,
    { label: "data", value: data.source + (data.directory ? `, ${data.directory}` : "") },
    { label: "step", value: progress(config, step, last?.epoch ?? 1), name: "step" },
    {
      label: "time in steps",
      value: last ? `${last.seconds.toFixed(1)} s` : "0 s",
      name: "seconds",
    },
    { label: "batch size", value: String(options.batchSize) },
    { label: "G learns by", value: describeOptimiser(options.generatorOptimiser) },
    { label: "D learns by", value: describeOptimiser(options.discriminatorOptimiser) },
    { label: "seed", value: String(options.seed) },
    { label: "backend", value: `${backend.name}: ${backend.reason}` },
    {
      label: "versions",
      value: Object.entries(config.versions).map((named) => named.join(" ")).join(", "),
    },
  ];
}

function progress({ steps }: RunConfig, step: number, epoch: number): string {
  return `${step} of ${steps}, epoch ${epoch}`;
}

/** An option of the run, with its meaning. */
export interface OptionRow {
  name: string;
  value: string;
  meaning: string;
  /** The preset's value, where the run has another. */
  preset?: string;
}

/** Every option that the run has, except the layers, which are described as networks. */
export function optionRows({ preset, options }: RunConfig): OptionRow[] {
  const { seed } = options;
  const own = Object.hasOwn(PRESETS, preset)
    ? listOptions({ ...PRESETS[preset].options, seed })
    : undefined;
  return listOptions(options).flatMap(({ name, value, meaning }) => {
    if (/\.layers\.\d+\./.test(name)) return [];
    const before = own?.find((option) => option.name === name)?.value;
    const changed = own !== undefined && before !== value;
    if (value === undefined && !changed) return [];
    return [{
      name,
      value: shownOption(value),
      meaning,
      ...(changed ? { preset: shownOption(before) } : {}),
    }];
  });
}
