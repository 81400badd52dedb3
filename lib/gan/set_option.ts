/**
 * One option in place of another, as `--set name=value` asks for it. The name is checked here, the value by
 * `checkOptions`, with all the others.
 *
 * @module
 */
import { distance } from "fastest-levenshtein";
import { listOptions, valueAt } from "./option_list.ts";
import { OPTIMISERS } from "./optimiser.ts";
import { type GanOptions } from "./options.ts";
import { type Setting } from "./setting.ts";
import { withPacking } from "./toy_gan.ts";

/** What takes an option out. */
const NONE = "none";

/**
 * The options with those settings, one after another. A `packing` widens D's input, unless that is set too.
 *
 * @throws {RangeError} If there is no option of that name; the nearest ones are named.
 */
export function withSettings(options: GanOptions, settings: readonly Setting[]): GanOptions {
  // Every part a copy of its own: presets use one optimiser for both players.
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
  const named = (name: string) => settings.some((setting) => setting.name === name);
  return named("packing") && !named("discriminator.inputs")
    ? withPacking(changed, changed.packing)
    : changed;
}

/** Of an optimiser that is of another kind now, leaves what that kind has no use for. */
function forgetOtherFields(optimiser: Record<string, unknown>): void {
  const kind = String(optimiser.kind);
  if (!Object.hasOwn(OPTIMISERS, kind)) return;
  const fields = Object.keys(OPTIMISERS[kind as keyof typeof OPTIMISERS].fields);
  const known = new Set(fields.map((field) => field.split(/[.?]/)[0]));
  for (const name of Object.keys(optimiser)) {
    if (name !== "kind" && !known.has(name)) delete optimiser[name];
  }
}

/** A number, true, false, a JSON object or list; undefined for none; any other text as it is. */
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

/** The names of all options, and of what they are parts of. */
function settable(options: GanOptions): Set<string> {
  const names = new Set<string>();
  for (const { name } of listOptions(options)) {
    for (let at = name; at !== ""; at = parentOf(at)) {
      // A part of what is not there cannot be set alone.
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
  return `Cannot set ${name}: there is no option of that name.${hint} deno task train --help-options lists all`;
}

/** The names that are most like one; the last part of a name, such as learningRate, counts for the whole. */
function nearest(name: string, names: string[]): string[] {
  const wanted = name.toLowerCase();
  const away = (other: string) => {
    const whole = other.toLowerCase();
    const part = whole.slice(whole.length - wanted.length - 1);
    return Math.min(
      distance(wanted, whole),
      // A letter more than the same typed in full.
      part.startsWith(".") ? distance(wanted, part.slice(1)) + 0.5 : Infinity,
      distance(wanted, whole.slice(whole.lastIndexOf(".") + 1)) + 0.5,
    );
  };
  const least = Math.min(...names.map(away));
  // Half of another name is no help.
  if (least > Math.max(2, wanted.length / 3)) return [];
  return names.filter((other) => away(other) === least).slice(0, 3);
}
