/**
 * The settings of a playground as the end of an address, and back, exactly.
 *
 * It names a preset of the library and what differs from it, one option after another:
 * `v=1&preset=spiral&seed=7&k=5&show=di.da.ge`. It loads no TensorFlow.js, so that a page can read
 * its own address; whether the settings can be played is checked with all of them (`checkSettings`).
 *
 * @module
 */
import { dataText, readData } from "./data_text.ts";
import { networkText, optimiserText, readNetwork, readOptimiser } from "./network_text.ts";
import { type LayerName, type PlaygroundSettings, settingsOf } from "./settings.ts";

/** A change of what a text means is another version. */
const VERSION = "1";
/** What stands for an option that is left out. */
const NONE = "none";

type Options = PlaygroundSettings["options"];

/** How an option is written: its name in an address, its text, and the text's value. */
interface OptionText<T> {
  key: string;
  write(value: T): string;
  read(text: string): T | undefined;
  /** What the text must be: completes "k must be". */
  rule: string;
}

const number = (key: string): OptionText<number> => ({
  key,
  write: String,
  read: (text) => Number.isFinite(Number(text)) && text !== "" ? Number(text) : undefined,
  rule: "a number",
});
const word = <T extends string>(key: string): OptionText<T> => ({
  key,
  write: String,
  read: (text) => text as T,
  rule: "a word",
});
const flag = (key: string): OptionText<boolean> => ({
  key,
  write: (value) => value ? "1" : "0",
  read: (text) => text === "1" ? true : text === "0" ? false : undefined,
  rule: "0 or 1",
});

const NETWORK = { write: networkText, read: readNetwork, rule: "a network" };
const OPTIMISER = { write: optimiserText, read: readOptimiser, rule: "an optimiser" };

/** Every option, so that none can be forgotten. */
const OPTIONS: { [K in keyof Required<Options>]: OptionText<NonNullable<Options[K]>> } = {
  seed: number("seed"),
  generator: { key: "G", ...NETWORK },
  discriminator: { key: "D", ...NETWORK },
  latent: word("z"),
  generatorLoss: word("lossG"),
  discriminatorLoss: word("lossD"),
  generatorOptimiser: { key: "moveG", ...OPTIMISER },
  discriminatorOptimiser: { key: "moveD", ...OPTIMISER },
  discriminatorSteps: number("k"),
  updates: word("updates"),
  batchSize: number("batch"),
  generatorBatchSize: number("batchG"),
  packing: number("pack"),
  classes: number("classes"),
  clusters: number("clusters"),
  gradientPenalty: number("gamma"),
  penalty: word("penalty"),
  averageDecay: number("average"),
  outputBiasFromMeans: flag("bias"),
  reportAccuracy: flag("accuracy"),
  trainRows: number("rows"),
};

const GENERATOR_STEPS = number("kG");

const LAYER_CODES: Readonly<Record<LayerName, string>> = {
  data: "da",
  generated: "ge",
  discriminator: "di",
  best: "be",
  difference: "df",
  pData: "pd",
  pG: "pg",
  grid: "gr",
  pulls: "pu",
  slopes: "sl",
  traces: "tr",
  map: "ma",
};

/** The end of an address that holds these settings. */
export function toAddress(settings: PlaygroundSettings): string {
  const base = settingsOf(settings.preset, { size: "library" }).options;
  const texts = [`v=${VERSION}`, `preset=${settings.preset}`];
  for (const [name, { key, write }] of entries()) {
    const value = settings.options[name];
    if (name !== "seed" && JSON.stringify(value) === JSON.stringify(base[name])) continue;
    texts.push(`${key}=${value === undefined ? NONE : write(value as never)}`);
  }
  if (settings.generatorSteps !== undefined) {
    texts.push(`${GENERATOR_STEPS.key}=${GENERATOR_STEPS.write(settings.generatorSteps)}`);
  }
  texts.push(`data=${dataText(settings.data)}`);
  texts.push(`show=${settings.layers.map((layer) => LAYER_CODES[layer]).join(".")}`);
  return texts.join("&");
}

/**
 * The settings of such an address. A # or ? before it is not heeded, and what it leaves out is as
 * in the preset.
 *
 * @throws {RangeError} If it is not one, or of another version.
 */
export function fromAddress(address: string): PlaygroundSettings {
  const texts = partsOf(address);
  if (texts.get("v") !== VERSION) {
    refuse(`its version must be ${VERSION}`, texts.get("v") ?? "none");
  }
  const preset = texts.get("preset") ?? refuse("it must name a preset", "none");
  const settings = settingsOf(preset, { size: "library" });
  const options = settings.options as Record<string, unknown>;
  for (const [name, { key, read, rule }] of entries()) {
    const text = texts.get(key);
    if (text === undefined) continue;
    if (text === NONE) delete options[name];
    else options[name] = read(text) ?? refuse(`${key} must be ${rule}`, text);
  }
  const ofG = texts.get(GENERATOR_STEPS.key);
  if (ofG !== undefined) {
    settings.generatorSteps = GENERATOR_STEPS.read(ofG) ??
      refuse(`${GENERATOR_STEPS.key} must be a number`, ofG);
  }
  const data = texts.get("data");
  if (data !== undefined) settings.data = readData(data) ?? refuse("data must be known", data);
  const show = texts.get("show");
  if (show !== undefined) settings.layers = show.split(".").filter(Boolean).map(layerOf);
  return settings;
}

function partsOf(address: string): Map<string, string> {
  let text = address.replace(/^[#?]/, "");
  try {
    // Some programs write = and ~ in their own way when an address passes through them.
    text = decodeURIComponent(text);
  } catch {
    refuse("a % must begin a character", text);
  }
  return new Map(
    text.split("&").map((part): [string, string] => {
      const at = part.indexOf("=");
      return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

function layerOf(code: string): LayerName {
  const found = Object.entries(LAYER_CODES).find(([, own]) => own === code)?.[0];
  return found as LayerName | undefined ??
    refuse(`show must list layers, such as ${Object.values(LAYER_CODES).join(".")}`, code);
}

function entries(): [keyof Options, OptionText<unknown>][] {
  return Object.entries(OPTIONS) as [keyof Options, OptionText<unknown>][];
}

function refuse(rule: string, value: string): never {
  throw new RangeError(
    `Cannot read the settings of this address: ${rule}, got ${value}. Copy the whole address, or begin with a preset`,
  );
}
