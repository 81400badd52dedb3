/**
 * What `deno task train --help-options` prints.
 *
 * @module
 */
import { listOptions, type Option, shownOption } from "@/gan/option_list.ts";
import { findPreset } from "@/gan/presets.ts";
import { DEFAULT_PRESET } from "@/run/default_run.ts";

/** Every option for `--set`; those of all layers are in one line. */
export function optionsHelp(preset = DEFAULT_PRESET): string {
  const options = merged(listOptions({ ...findPreset(preset).options, seed: 1 }));
  const width = Math.max(...options.map(({ name }) => name.length)) + 2;
  const lines = options.map(({ name, value, rule, meaning }) =>
    `  ${name.padEnd(width)}${value}\n      ${rule}: ${meaning}`
  );
  return `Options of the preset ${preset}, for --set name=value (– means left out):

${lines.join("\n")}

N counts the layers from 0: the values are those of the layers in their order. none takes an option out. A
whole network or optimiser is set as JSON: --set 'generator.layers.1={"width":64,"activation":"relu"}'`;
}

/** Options of layers as one, its values in a row. */
function merged(options: Option[]): (Omit<Option, "value"> & { value: string })[] {
  const rows = new Map<string, Option & { values: unknown[] }>();
  for (const option of options) {
    const name = option.name.replace(/\.layers\.\d+\./, ".layers.N.");
    const row = rows.get(name) ?? { ...option, name, values: [] };
    row.values.push(option.value);
    rows.set(name, row);
  }
  return [...rows.values()].map(({ values, ...option }) => ({
    ...option,
    value: values.every((value) => value === undefined) ? "–" : values.map(shownOption).join(", "),
  }));
}
