/** Options by name: `--set` of the command line, and the list that it is taken from. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { listOptions, valueAt } from "@/gan/option_list.ts";
import { checkOptions, type GanOptions } from "@/gan/options.ts";
import { PRESETS } from "@/gan/presets.ts";
import { withSettings } from "@/gan/set_option.ts";
import { parseSetting, type Setting } from "@/gan/setting.ts";

const optionsOf = (preset: string): GanOptions => ({ ...PRESETS[preset].options, seed: 1 });
const set = (options: GanOptions, ...texts: string[]) =>
  withSettings(options, texts.map((text) => parseSetting(text)!));

/** The paths of all values that are no objects. */
function leaves(value: unknown, path: string[] = []): string[] {
  if (typeof value !== "object" || value === null) return [path.join(".")];
  return Object.entries(value).flatMap(([name, part]) => leaves(part, [...path, name]));
}

for (const preset of Object.keys(PRESETS)) {
  Deno.test(`${preset}: every option is listed once, with a rule and a meaning`, () => {
    const options = optionsOf(preset);
    const listed = listOptions(options);
    const names = listed.map(({ name }) => name);
    assertEquals(new Set(names).size, names.length);
    assertEquals(leaves(options).filter((name) => !names.includes(name)), []);
    for (const { name, rule, meaning, value } of listed) {
      assert(rule?.length > 3 && meaning?.length > 3, name);
      assertEquals(value, valueAt(options, name), name);
    }
  });

  Deno.test(`${preset}: every option can be set to what it is, and to no nonsense`, () => {
    const options = optionsOf(preset);
    for (const { name, value } of listOptions(options)) {
      if (value !== undefined) {
        const text = typeof value === "string" ? value : JSON.stringify(value);
        assertEquals(set(options, `${name}=${text}`), JSON.parse(JSON.stringify(options)), name);
      }
      assertThrows(
        () => checkOptions(set(options, `${name}=nonsense`)),
        RangeError,
        undefined,
        name,
      );
    }
  });
}

Deno.test("an option that is set changes alone, though presets share parts", () => {
  const options = optionsOf("mlp");
  const name = "generatorOptimiser.learningRate";
  const changed = set(options, `${name}=1e-3`);
  assertEquals(changed.generatorOptimiser.learningRate, 1e-3);
  assertEquals(changed.discriminatorOptimiser, options.discriminatorOptimiser);
  const layer = set(options, "generator.layers.0.batchNorm.momentum=0.5");
  assertEquals(layer.generator.layers[0].batchNorm?.momentum, 0.5);
  assertEquals(layer.generator.layers[1], options.generator.layers[1]);
  assertEquals(options, optionsOf("mlp"), "the preset stays");
});

Deno.test("values: numbers in each notation, none, lists and objects", () => {
  const options = optionsOf("tiny");
  for (const text of [".5", "0.5", "5e-1", "+.5"]) {
    assertEquals(set(options, `averageDecay=${text}`).averageDecay, 0.5, text);
  }
  assertEquals("trainRows" in set(options, "trainRows=none"), false);
  assertEquals(set(options, "outputBiasFromMeans=true").outputBiasFromMeans, true);
  const layer = { width: 8, activation: "tanh" as const };
  const changed = set(options, `generator.layers.0=${JSON.stringify(layer)}`);
  assertEquals(changed.generator.layers[0], layer);
  const kind = set(
    options,
    'generatorOptimiser={"kind":"momentum","learningRate":1,"decay":1,"floor":0,"momentum":{"initial":0,"final":0.5,"from":1,"to":2}}',
    "generatorOptimiser.momentum.final=.9",
  );
  checkOptions(kind);
  assertEquals(valueAt(kind, "generatorOptimiser.momentum.final"), 0.9);
});

Deno.test("what an activation does not look at cannot be set, and can once the activation does", () => {
  const options = optionsOf("tiny");
  assertThrows(() => set(options, "generator.layers.0.slope=0.3"), RangeError, "Cannot set");
  const both = ["generator.layers.0.activation=leakyRelu", "generator.layers.0.slope=0.3"];
  assertEquals(set(options, ...both).generator.layers[0].slope, 0.3);
});

Deno.test("a packing that is set widens D, unless D's inputs are set too", () => {
  const options = optionsOf("ring");
  assertEquals(set(options, "packing=3").discriminator.inputs, 6);
  const both = set(options, "packing=3", "discriminator.inputs=5");
  assertThrows(() => checkOptions(both), RangeError, "must take the 6 numbers");
});

const WRONG: [setting: string, nearest: RegExp][] = [
  ["generatorOptimizer.learningRate=1", /nearest is generatorOptimiser\.learningRate;/],
  [
    "learningrate=1",
    /nearest are generatorOptimiser\.learningRate and discriminatorOptimiser\.learningRate;/,
  ],
  ["batchsize=1", /nearest is batchSize;/],
  ["generator.layers.7.width=1", /nearest are generator\.layers\.\d\.width/],
  ["generator.layers.1.batchNorm.momentum=1", /nearest/],
  ["xyzzyxyzzyxyzzy=1", /no option of that name\. deno task train --help-options/],
  ["__proto__.polluted=1", /no option of that name/],
  ["constructor=1", /no option of that name/],
];

Deno.test("a name that there is not is refused with the nearest ones", () => {
  for (const [text, nearest] of WRONG) {
    const error = assertThrows(() => set(optionsOf("tiny"), text), RangeError, "Cannot set ");
    assertMatch(error.message, nearest);
  }
  assertEquals(({} as { polluted?: unknown }).polluted, undefined);
});

Deno.test("what is no name=value is none", () => {
  for (const text of ["", "batchSize", "=3", " =3"]) assertEquals(parseSetting(text), undefined);
  assertEquals<Setting | undefined>(parseSetting(" a.b = c=d "), { name: "a.b", text: "c=d" });
});

Deno.test("an optimiser may become one of another kind: what it lacks is asked for, the rest is forgotten", () => {
  const options = optionsOf("mlp");
  const kind = "generatorOptimiser.kind=momentum";
  assertThrows(
    () => checkOptions(set(options, kind)),
    RangeError,
    "generatorOptimiser must have floor, got nothing",
  );
  const whole = set(
    options,
    kind,
    "generatorOptimiser.floor=0",
    'generatorOptimiser.momentum={"initial":0.5,"final":0.7,"from":1,"to":9}',
  );
  checkOptions(whole);
  assertEquals(whole.discriminatorOptimiser.kind, "adam");
  assertThrows(
    () => checkOptions(set(options, "generatorOptimiser=rmsprop")),
    RangeError,
    'generatorOptimiser must be an object, got "rmsprop"',
  );
});
