import { assertAlmostEquals, assertEquals } from "@std/assert";
import { termDeviation, valueTerms } from "@/experiments/value_estimates.ts";
import { gaussian, uniform } from "@/math/density.ts";
import { value } from "@/math/value.ts";
import { Random } from "@/random.ts";

const [data, forged] = [gaussian({ mean: 0, sigma: 1 }), gaussian({ mean: 2, sigma: 0.5 })];
const logit = (x: number) => 2 * (1.2 - x);

Deno.test("the terms have the mean V and the deviation that is found by integration", () => {
  const n = 100_000;
  const terms = valueTerms(logit, [data, forged], n, new Random(1));
  const mean = terms.reduce((sum, term) => sum + term, 0) / n;
  const deviation = Math.sqrt(terms.reduce((sum, term) => sum + (term - mean) ** 2, 0) / n);
  const expected = termDeviation(logit, data, forged);
  assertEquals(terms.length, n);
  assertAlmostEquals(mean, value(logit, data, forged), 5 * expected / Math.sqrt(n));
  assertAlmostEquals(deviation, expected, 0.01);
});

Deno.test("a D that says the same everywhere leaves no deviation", () => {
  assertAlmostEquals(termDeviation(() => 1.5, data, forged), 0, 1e-9);
});

Deno.test("a D of two values on uniform notes has the deviation of two coins", () => {
  const notes = uniform({ low: 0, high: 1 });
  const step = (x: number) => x < 0.25 ? 0 : Math.log(3); // D is ½, then ¾
  // log D is log ½ with probability ¼; log(1 − D) is log ½ and log ¼, the same way.
  const gap = (a: number, b: number) => 0.25 * 0.75 * (a - b) ** 2;
  const expected = gap(Math.log(0.5), Math.log(0.75)) + gap(Math.log(0.5), Math.log(0.25));
  assertAlmostEquals(termDeviation(step, notes, notes), Math.sqrt(expected), 1e-4);
});
