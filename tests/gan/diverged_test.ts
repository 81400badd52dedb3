/** What is said of a training that has diverged. */
import { assertEquals, assertThrows } from "@std/assert";
import { checkFinite, checkReport, DivergedError, divergedReport } from "@/gan/diverged.ts";

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

Deno.test("a report that is not finite stops a training, with a text that names no number", () => {
  const report = { dLoss: 1e30, gLoss: -1e30, dReal: 1, dFake: 0, penalty: 0 };
  checkReport(3, report);
  const text =
    "Training diverged at step 3: the losses and every number of both networks must be " +
    "finite, and one is NaN or infinite; a smaller learning rate is the first thing to try";
  for (const wrong of [divergedReport(report), { ...report, penalty: Infinity }]) {
    const error = assertThrows(() => checkReport(3, wrong), DivergedError);
    assertEquals(error.message, text);
  }
});
