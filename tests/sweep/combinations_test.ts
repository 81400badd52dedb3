/** Which runs a sweep has. */
import { assertEquals, assertThrows } from "@std/assert";
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
    name: "gradientPenalty",
    values: ["0.1", "1", "10"],
  });
  assertEquals(parseSweptOption('a.b=[1,2],[3,{"c":4,"d":5}]')?.values, [
    "[1,2]",
    '[3,{"c":4,"d":5}]',
  ]);
  assertEquals(parseSweptOption("novalue"), undefined);
});

Deno.test("a sweep has every combination once, the seeds of a recipe side by side", () => {
  const axes = [{ name: "a", values: ["1", "2"] }, { name: "b", values: ["x", "y", "z"] }];
  const runs = combinations(["p", "q"], axes, [1, 2]);
  assertEquals(runs.length, 2 * 2 * 3 * 2);
  assertEquals(new Set(runs.map(({ name }) => name)).size, runs.length);
  assertEquals(runs[1], {
    name: "p_a=1_b=x_seed_2",
    recipe: "p a=1 b=x",
    preset: "p",
    seed: 2,
    settings: [{ name: "a", text: "1" }, { name: "b", text: "x" }],
  });
  assertEquals(runs.at(-1)!.recipe, "q a=2 b=z");
  assertEquals(combinations(["p"], [], [1]).map(({ name }) => name), ["p_seed_1"]);
  const alike = [{ name: "a", values: ["[1]", "{1}"] }];
  assertThrows(() => combinations(["p"], alike, [1]), RangeError, "p_a=_1_seed_1");
});
