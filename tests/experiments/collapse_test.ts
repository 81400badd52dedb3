/** The recipes of notebook 07: what each changes, and nothing else. */
import { assertEquals } from "@std/assert";
import { GAMMA, spiralOptions } from "@/experiments/collapse.ts";

Deno.test("the remedies change momentum and penalty of the collapsing recipe, and nothing else", () => {
  const collapsing = spiralOptions("collapsing");
  const calm = (adam: object) => ({ ...adam, beta1: 0.5 });
  const calmed = {
    ...collapsing,
    generatorOptimiser: calm(collapsing.generatorOptimiser),
    discriminatorOptimiser: calm(collapsing.discriminatorOptimiser),
  };
  assertEquals<unknown>(spiralOptions("calmer"), calmed);
  assertEquals(spiralOptions("penalised"), {
    ...collapsing,
    gradientPenalty: GAMMA,
  });
  assertEquals<unknown>(spiralOptions("remedied"), {
    ...calmed,
    gradientPenalty: GAMMA,
  });
});
