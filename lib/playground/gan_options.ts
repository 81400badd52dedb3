/**
 * The options of a playground's GAN, and the check of all its settings.
 *
 * @module
 */
import { TOY_NAMES } from "@/data/toy.ts";
import { checkFields, checkRules, integer, oneOf, type Refuse, shown } from "@/gan/fields.ts";
import { checkOptions, type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { dataNameOf, pointsOf } from "./points_of.ts";
import {
  LAYER_NAMES,
  MOST_OF_A_STEP,
  type PlaygroundData,
  type PlaygroundSettings,
} from "./settings.ts";

/** The GAN that these settings ask for, as `createGan` and `deno task train` take it. */
export function ganOptionsOf({ options, data }: PlaygroundSettings): GanOptions {
  return { ...options, ...data.kind !== "mnist" && { toy: dataNameOf(data) } };
}

/** Points of one distribution: more would make its address too long for a browser. */
const MOST_POINTS = 2000;

/**
 * Checks settings that come from outside: that they can be played.
 *
 * @throws {RangeError} Naming what is wrong, the rule and the value found.
 */
export function checkSettings(settings: PlaygroundSettings): PlaygroundSettings {
  const refuse: Refuse = (rule, value) => {
    throw new RangeError(`Cannot play with these settings: ${rule}, got ${shown(value)}`);
  };
  const fields = ["preset", "options", "generatorSteps?", "data", "layers"];
  checkFields("the settings", settings, fields, refuse);
  findPreset(settings.preset);
  const { data, options, layers, generatorSteps = 1 } = settings;
  checkRules(
    { generatorSteps },
    { generatorSteps: integer(1, MOST_OF_A_STEP.generatorSteps) },
    refuse,
  );
  if (generatorSteps > 1 && options.updates === "simultaneous") {
    refuse("simultaneous updates need generatorSteps of 1", generatorSteps);
  }
  checkData(data, refuse);
  if (!Array.isArray(layers)) refuse("layers must be a list", layers);
  for (const layer of layers) checkRules({ layer }, { layer: oneOf(LAYER_NAMES) }, refuse);
  if (options.classes !== undefined) {
    refuse("a playground has GANs without labels, so classes must be left out", options.classes);
  }
  if (options.clusters !== undefined) {
    refuse("a playground has GANs without labels, so clusters must be left out", options.clusters);
  }
  checkOptions(ganOptionsOf(settings));
  const { batchSize, discriminatorSteps, packing } = options;
  const rules = Object.entries(MOST_OF_A_STEP).map(([name, most]) => [name, integer(1, most)]);
  const numbers = { batchSize, discriminatorSteps, packing };
  checkRules(numbers, Object.fromEntries(rules), refuse);
  const columns = data.kind === "mnist" ? 784 : pointsOf(data).columns;
  const made = options.generator.layers.at(-1)!.width;
  if (made !== columns) {
    refuse(`the generator must make the ${columns} numbers of a row of the data`, made);
  }
  return settings;
}

function checkData(data: PlaygroundData, refuse: Refuse): void {
  if (data?.kind === "toy") {
    checkFields("data", data, ["kind", "name"], refuse);
    checkRules(data, { name: oneOf(TOY_NAMES) }, refuse, " of the data");
  } else if (data?.kind === "gaussians") {
    checkFields("data", data, ["kind", "centres", "sigma"], refuse);
    checkList("centres", data.centres, refuse);
    pointsOf(data);
  } else if (data?.kind === "points") {
    checkFields("data", data, ["kind", "from", "points", "sigma"], refuse);
    checkRules(data, { from: oneOf(["hand", "file"]) }, refuse, " of the data");
    checkList("points", data.points, refuse);
    pointsOf(data);
  } else if (data?.kind === "mnist") {
    checkFields("data", data, ["kind"], refuse);
  } else refuse("the kind of data must be toy, gaussians, points or mnist", data);
}

function checkList(name: string, points: unknown, refuse: Refuse): void {
  if (!Array.isArray(points) || points.some((point) => !Array.isArray(point))) {
    refuse(`${name} must be a list of points, each a list of one or two numbers`, points);
  }
  const { length } = points as unknown[];
  if (length > MOST_POINTS) refuse(`there must be at most ${MOST_POINTS} ${name}`, length);
}
