/** The answers of notebooks 09 and 11 that are worked out by hand, beside the library. */
import { assertAlmostEquals } from "@std/assert";
import { IMAGE_SIDE, PIXELS } from "@/data/mnist.ts";
import { classifierScore } from "@/eval/classifier_score.ts";
import { structuralSimilarity } from "@/eval/diversity.ts";
import { QUESTIONS } from "@/learner/exercises/mod.ts";

Deno.test("the score of a sure and of an unsure sample is that of the library", () => {
  const score = classifierScore({ data: Float32Array.of(1, 0, 0.5, 0.5), columns: 2 });
  assertAlmostEquals(QUESTIONS["09"].exercises["09-2"].expected as number, score, 1e-7);
});

Deno.test("half the contrast costs a window of the library as much as two pixels by hand", () => {
  // Columns of 0 and 1 in turn: under the window's weights about half of the pixels are bright.
  const stripes = Float32Array.from({ length: PIXELS }, (_, i) => i % IMAGE_SIDE % 2);
  const found = structuralSimilarity(stripes, stripes.map((value) => value / 2));
  assertAlmostEquals(QUESTIONS["09"].exercises["09-3"].expected as number, found, 2e-3);
});
