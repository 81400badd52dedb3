/** What is said of a training that has diverged. */
import { assertThrows } from "@std/assert";
import { checkFinite, DivergedError } from "@/gan/diverged.ts";

Deno.test("NaN and either infinity stop a training, and finite numbers however large do not", () => {
  checkFinite(3, { x: Number.MAX_VALUE, y: -0, z: Number.MIN_VALUE });
  for (const bad of [NaN, Infinity, -Infinity]) {
    assertThrows(
      () => checkFinite(3, { x: 1, "the mean of p_g": bad }),
      DivergedError,
      `Training diverged at step 3: the mean of p_g must be finite, got ${bad}; a smaller`,
    );
  }
});
