/** Slopes by differences, and descents along them, on functions whose descent is known. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { descentOn, slopeOf } from "@/experiments/descent.ts";
import { DivergedError } from "@/gan/diverged.ts";

Deno.test("a slope is the derivative", () => {
  for (const at of [-2, 0, 0.3, 5]) assertAlmostEquals(slopeOf(Math.sin, at), Math.cos(at), 1e-9);
  assertAlmostEquals(slopeOf((x) => x * x, 3, 0.5), 6, 1e-12); // exact on parabolas, whatever h
});

Deno.test("descent on a parabola shrinks the distance by 1 - rate at each step", () => {
  const path = descentOn((x) => (x - 1) ** 2 / 2, { start: 3, rate: 0.25, steps: 10 });
  assertEquals(path.length, 11);
  path.forEach((x, n) => assertAlmostEquals(x, 1 + 2 * 0.75 ** n, 1e-8));
});

Deno.test("an absurd rate is named, not drawn", () => {
  const run = () => descentOn((x) => x * x, { start: 1, rate: 1e6, steps: 99 });
  assertThrows(run, DivergedError, "the parameter must be finite");
});
