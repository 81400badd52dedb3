/** Which runs a sweep has. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { combinations, parseSeeds, parseSweptOption } from "@/sweep/combinations.ts";

Deno.test("seeds are single ones, ranges with both ends, and lists of these, each once", () => {
  assertEquals(parseSeeds("3"), [3]);
  assertEquals(parseSeeds("1..5"), [1, 2, 3, 4, 5]);
  assertEquals(parseSeeds("1,2, 7..8,2"), [1, 2, 7, 8]);
  for (const wrong of ["", "5..1", "1..", "a", "1.5", "-1", "1..999999999", "1,,2"]) {
    assertEquals(parseSeeds(wrong), undefined, wrong);
  }
});

Deno.test("the values of an option are cut at commas, but not within a list", () => {
  assertEquals(parseSweptOption("gradientPenalty=0.1,1, 10"), {
    names: ["gradientPenalty"],
    values: ["0.1", "1", "10"],
  });
  assertEquals(parseSweptOption("a.b + c=1,2"), { names: ["a.b", "c"], values: ["1", "2"] });
  assertEquals(parseSweptOption('a.b=[1,2],[3,{"c":4,"d":5}]')?.values, [
    "[1,2]",
    '[3,{"c":4,"d":5}]',
  ]);
  for (const wrong of ["novalue", "a+=1", "+a=1"]) {
    assertEquals(parseSweptOption(wrong), undefined, wrong);
  }
});

Deno.test("a sweep has every combination once, the seeds of a recipe side by side", () => {
  const axes = [{ names: ["a"], values: ["1", "2"] }, { names: ["b"], values: ["x", "y", "z"] }];
  const runs = combinations(["p", "q"], axes, [1, 2]);
  assertEquals(runs.length, 2 * 2 * 3 * 2);
  assertEquals(new Set(runs.map(({ name }) => name)).size, runs.length);
  assertEquals(runs[1], {
    name: "p_a=1_b=x_seed_2",
    recipe: "p a=1 b=x",
    preset: "p",
    seed: 2,
    choices: ["a=1", "b=x"],
    settings: [{ name: "a", text: "1" }, { name: "b", text: "x" }],
  });
  assertEquals(runs.at(-1)!.recipe, "q a=2 b=z");
  assertEquals(combinations(["p"], [], [1]).map(({ name }) => name), ["p_seed_1"]);
  const alike = [{ names: ["a"], values: ["[1]", "{1}"] }];
  assertThrows(() => combinations(["p"], alike, [1]), RangeError, "p_a=_1_seed_1");
});

Deno.test("options that change together have the same value in each run", () => {
  const runs = combinations(["p"], [{ names: ["a", "b.c"], values: ["1", "2"] }], [3]);
  assertEquals(runs.map(({ recipe, name }) => [recipe, name]), [
    ["p a+b.c=1", "p_a_b.c=1_seed_3"],
    ["p a+b.c=2", "p_a_b.c=2_seed_3"],
  ]);
  assertEquals(runs[1].settings, [{ name: "a", text: "2" }, { name: "b.c", text: "2" }]);
});

Deno.test("a long recipe has a name that a file can have, and no two have one", () => {
  const names = Array.from({ length: 20 }, (_, i) => `discriminator.layers.${i}.width`);
  const runs = combinations(["p"], [{ names, values: ["64", "65", "é"] }], [1, 2]);
  assertEquals(new Set(runs.map(({ name }) => name)).size, 6);
  for (const { name } of runs) {
    assert(new TextEncoder().encode(`${name}.json.partial`).length < 200, name);
    assertMatch(name, /^p_discriminator.*_seed_[12]$/);
  }
});
