/**
 * Which runs a sweep has: every combination of presets, values of options, and seeds.
 *
 * @module
 */
import { parseSetting, type Setting } from "@/gan/setting.ts";
import { host } from "@/host/host.ts";

/** Options with the values that they are to have: at any time all of them have the same one. */
export interface SweptOption {
  names: string[];
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
  /** What was chosen of each swept option, as in `recipe`: `name=value`, or `name+name=value`. */
  choices: string[];
  settings: Setting[];
}

/** Longest name of a run: file systems take 255 bytes. */
const LONGEST_NAME = 150;

/**
 * Every combination: the seeds of a recipe stand together.
 *
 * @throws {RangeError} If two runs would have one name.
 */
export function combinations(presets: string[], axes: SweptOption[], seeds: number[]): SweepRun[] {
  const chosen = axes.reduce<{ names: string[]; text: string }[][]>(
    (all, { names, values }) =>
      all.flatMap((before) => values.map((text) => [...before, { names, text }])),
    [[]],
  );
  const runs = presets.flatMap((preset) =>
    chosen.flatMap((axes) => {
      const choices = axes.map(({ names, text }) => `${names.join("+")}=${text}`);
      const settings = axes.flatMap(({ names, text }) => names.map((name) => ({ name, text })));
      const recipe = [preset, ...choices].join(" ");
      return seeds.map((seed) => (
        { name: nameOf(recipe, seed), recipe, preset, seed, choices, settings }
      ));
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

function nameOf(recipe: string, seed: number): string {
  const plain = (text: string) => text.replaceAll(/[^\p{L}\p{N}.=-]+/gu, "_");
  const whole = plain(`${recipe} seed ${seed}`);
  if (new TextEncoder().encode(whole).length <= LONGEST_NAME) return whole;
  const beginning = [...plain(recipe)].slice(0, LONGEST_NAME / 4).join("");
  return `${beginning}_${host.sha256(recipe).slice(0, 12)}_seed_${seed}`;
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
 * An option with its values as they are typed, `name=a,b,c`, or options that change together,
 * `name+name=a,b,c`; undefined if the text is not of that form. A comma within brackets belongs to
 * a value.
 */
export function parseSweptOption(text: string): SweptOption | undefined {
  const setting = parseSetting(text);
  const names = setting?.name.split("+").map((name) => name.trim()) ?? [];
  if (!setting || names.includes("")) return undefined;
  const values = [""];
  let depth = 0;
  for (const letter of setting.text) {
    if ("[{".includes(letter)) depth++;
    if ("]}".includes(letter)) depth--;
    if (letter === "," && depth === 0) values.push("");
    else values[values.length - 1] += letter;
  }
  return { names: [...new Set(names)], values: [...new Set(values.map((value) => value.trim()))] };
}
