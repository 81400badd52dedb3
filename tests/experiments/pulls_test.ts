/** Pulls by autodiff against their formulas. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { columnsOfD, columnsOfG, valueAndPull } from "@/experiments/pulls.ts";
import { GENERATOR_LOSSES } from "@/gan/losses.ts";
import { sigmoid, softplus } from "@/math/stable.ts";
import { tf } from "@/tf.ts";

Deno.test("each loss of G has the value and the pull of its formula, also far out", async () => {
  await useBackend("cpu");
  const formulas: Record<keyof typeof GENERATOR_LOSSES, (a: number) => [number, number]> = {
    saturating: (a) => [-softplus(a), -sigmoid(a)],
    nonSaturating: (a) => [softplus(-a), sigmoid(a) - 1],
    leastSquares: (a) => [(a - 1) ** 2 / 2, a - 1],
    score: (a) => [-a, -1],
  };
  for (const [name, formula] of Object.entries(formulas)) {
    const { loss } = GENERATOR_LOSSES[name as keyof typeof formulas];
    for (const a of [-30, -6, 0, 2, 30]) {
      const found = valueAndPull(loss, a);
      assertAlmostEquals(found.value, formula(a)[0], 1e-4 * Math.max(1, Math.abs(formula(a)[0])));
      assertAlmostEquals(found.pull, formula(a)[1], 1e-6 * Math.max(1, Math.abs(formula(a)[1])));
    }
  }
});

Deno.test("maximising D pulls with D(1 - D), and a constant changes values and no pull", async () => {
  await useBackend("cpu");
  const minusD = (a: tf.Tensor) => tf.neg(tf.mean(tf.sigmoid(a)));
  const columns = columnsOfG({ "-D": minusD, "-D + 100": (a) => tf.add(minusD(a), 100) });
  const row = (name: string) =>
    Object.values(columns).slice(1).map((all) => Number(all[columns["loss of G"].indexOf(name)]));
  const slope = (a: number) => -sigmoid(a) * (1 - sigmoid(a));
  const expected = [-sigmoid(-6), -0.5, slope(-6), slope(0), slope(6)];
  row("-D").forEach((number, i) => assertAlmostEquals(number, expected[i], 1e-6));
  assertEquals(row("-D + 100").slice(2), row("-D").slice(2));
  assertAlmostEquals(row("-D + 100")[0], 100 - sigmoid(-6), 1e-4);
});

Deno.test("a D that cannot tell reads what the list of losses says, and sure and wrong is worst", () => {
  const columns = columnsOfD();
  const at = columns["loss of D"].indexOf("original");
  assertAlmostEquals(columns["cannot tell"][at] as number, Math.LN2, 1e-6);
  assertAlmostEquals(columns["sure and wrong"][at] as number, softplus(6), 1e-5);
  columns["loss of D"].forEach((_, i) => {
    const [right, undecided, wrong] = ["sure and right", "cannot tell", "sure and wrong"]
      .map((name) => columns[name][i] as number);
    assert(undecided < wrong && (right < undecided || columns["loss of D"][i] === "leastSquares"));
  });
});
