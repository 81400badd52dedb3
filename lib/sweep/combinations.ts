/**
 * Which runs a sweep has: every combination of presets, values of options, and seeds.
 *
 * @module
 */
import { parseSetting, type Setting } from "@/gan/setting.ts";

/** An option with the values that it is to have. */
export interface SweptOption {
  name: string;
  values: string[];
}

/** One run of a sweep. */
export interface SweepRun {
  /** A name for people and files. */
  name: string;
  /** What runs that differ in nothing but their seeds have in common. */
  recipe: string;
  preset: string;
  seed: number;
  settings: Setting[];
}

/**
 * Every combination: the seeds of a recipe stand together.
 *
 * @throws {RangeError} If two runs would have one name.
 */
export function combinations(presets: string[], axes: SweptOption[], seeds: number[]): SweepRun[] {
  const choices = axes.reduce<Setting[][]>(
    (all, { name, values }) =>
      all.flatMap((before) => values.map((text) => [...before, { name, text }])),
    [[]],
  );
  const runs = presets.flatMap((preset) =>
    choices.flatMap((settings) => {
      const recipe = [preset, ...settings.map(({ name, text }) => `${name}=${text}`)].join(" ");
      return seeds.map((seed) => {
        const name = `${recipe} seed ${seed}`.replaceAll(/[^\p{L}\p{N}.=-]+/gu, "_");
        return { name, recipe, preset, seed, settings };
      });
    })
  );
  const names = new Set<string>();
  const twice = runs.find(({ name }) => names.size === names.add(name).size);
  if (twice) {
    throw new RangeError(
      `Cannot sweep: each run must have a file name of its own, and two are called ${twice.name}; sweep these values one after another, into two folders`,
    );
  }
  return runs;
}

/** Most seeds of one sweep; it is a guard against a slip of the finger. */
const MOST_SEEDS = 10_000;

/** Seeds as they are typed: `3`, `1,2,5`, `1..5`; undefined if the text is not of that form. */
export function parseSeeds(text: string): number[] | undefined {
  const seeds: number[] = [];
  for (const part of text.split(",")) {
    const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(part.trim()) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from <= to && to - from < MOST_SEEDS)) return undefined;
    for (let seed = from; seed <= to; seed++) seeds.push(seed);
  }
  return [...new Set(seeds)];
}

/**
 * An option with its values as they are typed, `name=a,b,c`; undefined if the text is not of that
 * form. A comma within brackets belongs to a value.
 */
export function parseSweptOption(text: string): SweptOption | undefined {
  const setting = parseSetting(text);
  if (!setting) return undefined;
  const values = [""];
  let depth = 0;
  for (const letter of setting.text) {
    if ("[{".includes(letter)) depth++;
    if ("]}".includes(letter)) depth--;
    if (letter === "," && depth === 0) values.push("");
    else values[values.length - 1] += letter;
  }
  return { name: setting.name, values: [...new Set(values.map((value) => value.trim()))] };
}
