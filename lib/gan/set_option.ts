/**
 * Sets one option, as `--set name=value` asks. The name is checked here; `checkOptions` checks the
 * value together with all the others.
 *
 * @module
 */
import { distance } from "fastest-levenshtein";
import { listOptions, valueAt } from "./option_list.ts";
import { OPTIMISERS } from "./optimiser.ts";
import { type GanOptions } from "./options.ts";
import { type Setting } from "./setting.ts";
import { withPacking } from "./toy_gan.ts";

/** The value that takes an option out. */
const NONE = "none";

/**
 * The options with those settings, one after another. A `packing` widens D's input, `clusters` those
 * of both networks, unless these are set too.
 *
 * @throws {RangeError} If there is no option of that name; the nearest ones are named.
 */
export function withSettings(options: GanOptions, settings: readonly Setting[]): GanOptions {
  // Copies every part, since presets use one optimiser for both players.
  const changed = JSON.parse(JSON.stringify(options)) as GanOptions;
  for (const { name, text } of settings) {
    if (!settable(changed).has(name)) throw new RangeError(unknown(changed, name));
    const path = name.split(".");
    const last = path.pop()!;
    let at = changed as unknown as Record<string, unknown>;
    for (const part of path) at = at[part] as Record<string, unknown>;
    const value = valueOf(text);
    if (value === undefined) delete at[last];
    else at[last] = value;
    if (last === "kind" && path.at(-1)?.endsWith("Optimiser")) forgetOtherFields(at);
  }
  widenForClusters(changed, options, settings);
  const named = (name: string) => settings.some((setting) => setting.name === name);
  return named("packing") && !named("discriminator.inputs")
    ? withPacking(changed, changed.packing)
    : changed;
}

/** Gives both networks the inputs for a label of the new clusters in place of the old ones. */
function widenForClusters(
  changed: GanOptions,
  { clusters: before = 0 }: GanOptions,
  settings: readonly Setting[],
): void {
  const { clusters = 0 } = changed;
  if (!Number.isInteger(clusters)) return; // Refused later, together with the other options.
  for (const player of ["generator", "discriminator"] as const) {
    const set = settings.some(({ name }) => name === `${player}.inputs` || name === player);
    if (set) continue;
    const network = changed[player];
    changed[player] = { ...network, inputs: network.inputs + clusters - before };
  }
}

/** Removes from an optimiser whose kind was changed the fields that the new kind does not have. */
function forgetOtherFields(optimiser: Record<string, unknown>): void {
  const kind = String(optimiser.kind);
  if (!Object.hasOwn(OPTIMISERS, kind)) return;
  const fields = Object.keys(OPTIMISERS[kind as keyof typeof OPTIMISERS].fields);
  const known = new Set(fields.map((field) => field.split(/[.?]/)[0]));
  for (const name of Object.keys(optimiser)) {
    if (name !== "kind" && !known.has(name)) delete optimiser[name];
  }
}

/**
 * A number, true, false, or a JSON object or list; undefined for `none`; any other text as it is.
 */
function valueOf(text: string): unknown {
  if (text === NONE) return undefined;
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  if (text === "true" || text === "false") return text === "true";
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The names of all options, and of the records that they are parts of. */
function settable(options: GanOptions): Set<string> {
  const names = new Set<string>();
  for (const { name } of listOptions(options)) {
    for (let at = name; at !== ""; at = parentOf(at)) {
      // A part of a record that is not there cannot be set alone.
      if (isRecordAt(options, parentOf(at))) names.add(at);
    }
  }
  return names;
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}

function isRecordAt(options: GanOptions, path: string): boolean {
  const found = path === "" ? options : valueAt(options, path);
  return typeof found === "object" && found !== null;
}

function unknown(options: GanOptions, name: string): string {
  const near = nearest(name, [...settable(options)]);
  const hint = near.length === 0
    ? ""
    : ` The nearest ${near.length === 1 ? "is" : "are"} ${near.join(" and ")};`;
  return `Cannot set ${name}: there is no option of that name.${hint} deno task train --help-options lists them all`;
}

/**
 * The names that are most like this one; the last part of a name, such as learningRate, may stand
 * for the whole.
 */
function nearest(name: string, names: string[]): string[] {
  const wanted = name.toLowerCase();
  const away = (other: string) => {
    const whole = other.toLowerCase();
    const part = whole.slice(whole.length - wanted.length - 1);
    return Math.min(
      distance(wanted, whole),
      // Half a letter more, so that a name typed in full comes first.
      part.startsWith(".") ? distance(wanted, part.slice(1)) + 0.5 : Infinity,
      distance(wanted, whole.slice(whole.lastIndexOf(".") + 1)) + 0.5,
    );
  };
  const least = Math.min(...names.map(away));
  // A name that differs by more than this is no help.
  if (least > Math.max(2, wanted.length / 3)) return [];
  return names.filter((other) => away(other) === least).slice(0, 3);
}
