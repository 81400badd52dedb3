/**
 * The settings of a playground as code that does the same in a notebook, and as a command.
 *
 * @module
 */
import { findPreset } from "@/gan/presets.ts";
import { dataNameOf } from "./points_of.ts";
import { type PlaygroundData, type PlaygroundSettings } from "./settings.ts";

/** Settings as code. */
export interface SettingsAsCode {
  /** TypeScript for a cell of a notebook. */
  typescript: string;
  /** The line for a terminal, where the command can do it. */
  command?: string;
  /** Why there is no such line: a clause. */
  noCommand?: string;
}

/** The code that trains as these settings say, for so many steps. */
export function asCode(settings: PlaygroundSettings, steps: number): SettingsAsCode {
  return { typescript: typescriptOf(settings, steps), ...commandOf(settings, steps) };
}

function typescriptOf(settings: PlaygroundSettings, steps: number): string {
  const { preset, options, data, generatorSteps = 1 } = settings;
  const { toy: _, ...base } = findPreset(preset).options;
  const changes = changesOf(base, options);
  const left = changes.filter(([, value]) => value === undefined).map(([name]) => name);
  const set = changes.filter(([, value]) => value !== undefined);
  const { names, expression } = dataCode(data);
  return [
    `import { useBackend } from "@/backend.ts";`,
    `import { ${names} } from "@/data/mod.ts";`,
    `import { createGan, disposeGan, drawSamples, findPreset } from "@/gan/mod.ts";`,
    `import { samplingGenerator, train } from "@/gan/mod.ts";`,
    ...generatorSteps > 1 ? [`import { generatorStep } from "@/gan/steps.ts";`] : [],
    `import { Random } from "@/random.ts";`,
    ...generatorSteps > 1 ? [`import { tf } from "@/tf.ts";`] : [],
    "",
    `const { engine } = await useBackend("wasm");`,
    `const options = {`,
    `  ...findPreset(${JSON.stringify(preset)}).options,`,
    ...set.map(([name, value]) => `  ${name}: ${literal(value)},`),
    ...left.map((name) => `  ${name}: undefined,`),
    `  toy: ${data.kind === "mnist" ? "undefined" : JSON.stringify(dataNameOf(data))},`,
    `};`,
    `const gan = createGan(options, ${expression});`,
    ...loopOf(steps, generatorSteps),
    `const samples = await drawSamples(samplingGenerator(gan), options, 1000, new Random(1));`,
    `disposeGan(gan);`,
    "",
  ].join("\n");
}

/** The lines that train. */
function loopOf(steps: number, generatorSteps: number): string[] {
  const tell = `console.log(step, dLoss, gLoss);`;
  if (generatorSteps === 1) {
    return [
      `for await (const { step, dLoss, gLoss } of train(gan, { steps: ${steps}, logEvery: 100 }, engine)) {`,
      `  ${tell}`,
      `}`,
    ];
  }
  return [
    `for (let i = 1; i <= ${steps}; i++) {`,
    `  const one = { steps: gan.step + 1, logEvery: 1 };`,
    `  for await (const { step, dLoss, gLoss } of train(gan, one, engine)) if (i % 100 === 0) ${tell}`,
    `  // Further updates of G, on fresh noise.`,
    `  for (let j = 1; j < ${generatorSteps}; j++) tf.dispose({ ...generatorStep(gan) });`,
    `}`,
  ];
}

/** How a notebook makes the data: what it takes from the library, and what it says. */
function dataCode({ kind }: PlaygroundData): { names: string; expression: string } {
  return kind === "mnist"
    ? { names: "imageRows, loadImages", expression: "imageRows(await loadImages())" }
    : { names: "distributionOf", expression: "distributionOf(options.toy)" };
}

/** The top-level options that differ from the preset's; undefined is one that is left out. */
function changesOf(base: object, options: object): [string, unknown][] {
  const [before, after] = [base, options] as Record<string, unknown>[];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => [name, after[name]]);
}

/** A value as it is written in TypeScript: a layer a line, no quotation marks around names. */
function literal(value: unknown): string {
  return JSON.stringify(value)
    .replace(/"([A-Za-z]\w*)":/g, "$1: ")
    .replace(/,(?=\S)/g, ", ")
    .replace(/(?<=layers: \[|\}, )(?=\{width)/g, "\n      ")
    .replace(/ (?=\n)/g, "")
    .replace(/\{(?=\S)/g, "{ ")
    .replace(/(?<=\S)\}/g, " }");
}

/**
 * What differs, each at the smallest part that can be set: `generator.layers.0.width` and not the
 * whole network, where the two have the same parts.
 */
function partsOf(before: unknown, after: unknown, name = ""): [string, unknown][] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const keys = (value: unknown) =>
    typeof value === "object" && value !== null ? Object.keys(value).join() : undefined;
  if (name !== "" && (keys(before) === undefined || keys(before) !== keys(after))) {
    return [[name, after]];
  }
  const [old, now] = [before, after] as Record<string, unknown>[];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((key) =>
    partsOf(old[key], now[key], name === "" ? key : `${name}.${key}`)
  );
}

function commandOf(
  { preset, options, data, generatorSteps = 1 }: PlaygroundSettings,
  steps: number,
): Pick<SettingsAsCode, "command" | "noCommand"> {
  if (generatorSteps > 1) {
    return { noCommand: "a step of the command has one update of G, as in Algorithm 1" };
  }
  const { toy, ...base } = findPreset(preset).options;
  if (data.kind === "mnist" && toy !== undefined) {
    return { noCommand: `the preset ${preset} is one for toy data` };
  }
  const { seed, ...own } = options;
  const settings = partsOf(base, own);
  if (data.kind !== "mnist" && dataNameOf(data) !== toy) settings.push(["toy", dataNameOf(data)]);
  const flags = [`--preset ${preset}`, `--seed ${seed}`, `--steps ${steps}`, "--backend wasm"];
  const sets = settings.map(([name, value]) => `--set ${settingText(name, value)}`);
  return { command: ["deno task train", ...flags, ...sets].join(" ") };
}

/** One setting for a shell. */
function settingText(name: string, value: unknown): string {
  if (value === undefined) return `${name}=none`;
  return typeof value === "object" ? `'${name}=${JSON.stringify(value)}'` : `${name}=${value}`;
}
