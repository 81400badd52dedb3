/** The GAN of two tables: its steps against differences of V, its equilibrium, what damps it. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { normalised, settledAfter } from "@/experiments/simplex.ts";
import { FOUR_OUTCOMES, playTableGame, type TableGame } from "@/experiments/table_game.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { cost, value } from "@/math/value.ts";

const game = FOUR_OUTCOMES;
const { data } = game;
const softmax = (b: number[]) => normalised(b.map(Math.exp));
/** What is left of C + log 4 over the game. */
const left = (changes: Partial<TableGame>) =>
  playTableGame({ ...game, ...changes }).map((q) => cost(data, q) + Math.log(4));
const rises = (costs: number[]) => costs.filter((c, i) => i > 0 && c > costs[i - 1] + 1e-12).length;
/** Central differences of f in each number of `at`. */
const slopes = (f: (at: number[]) => number, at: number[]) =>
  at.map((x, i) => (f(at.with(i, x + 1e-5)) - f(at.with(i, x - 1e-5))) / 2e-5);

Deno.test("D goes up and G goes down the slopes of V, k steps and one", () => {
  const V = (a: number[], b: number[]) => value((i) => a[i], data, softmax(b));
  for (const k of [1, 3]) {
    let [a, b] = [[0, 0, 0, 0], game.start];
    const played = playTableGame({ ...game, k, steps: 4 });
    for (const q of played.slice(1)) {
      for (let j = 0; j < k; j++) {
        const up = slopes((a) => V(a, b), a);
        a = a.map((logit, i) => logit + 0.2 * up[i]);
      }
      const down = slopes((b) => V(a, b), b);
      b = b.map((each, i) => each - 5 * down[i]);
      softmax(b).forEach((each, i) => assertAlmostEquals(each, q[i], 1e-8));
    }
  }
});

Deno.test("at the equilibrium nobody moves, with damping and without curvature as well", () => {
  const changes = [{}, { k: Infinity }, { damping: 0.3 }, { curved: false }];
  for (const change of changes) {
    const last = playTableGame({ ...game, start: data.map(Math.log), ...change }).at(-1)!;
    last.forEach((q, i) => assertAlmostEquals(q, data[i], 1e-9));
  }
});

Deno.test("with D* the cost never rises, and with k = 1 it does as often as G is fast", () => {
  assertEquals(rises(left({ k: Infinity })), 0);
  const [fast, slow, slower] = [5, 0.2, 0.05].map((gRate) => rises(left({ gRate })));
  assert(fast > slow && slow > slower && slower === 0, `${fast}, ${slow}, ${slower}`);
});

Deno.test("the tangent plane never settles, and curvature or damping lets it", () => {
  assertEquals(settledAfter(left({ curved: false, steps: 4000 }), 1e-3), Infinity);
  assert(settledAfter(left({}), 1e-3) < 400);
  assert(settledAfter(left({ curved: false, damping: 0.05, steps: 4000 }), 1e-3) < 4000);
});

Deno.test("no best answer is played where there is none, and absurd rates are named", () => {
  assertThrows(
    () => playTableGame({ ...game, k: Infinity, curved: false }),
    RangeError,
    "finite k",
  );
  assertThrows(
    () => playTableGame({ ...game, curved: false, dRate: 1e308, damping: 1 }),
    DivergedError,
    "D's logit",
  );
});

Deno.test("k is a number of steps, and a large one is D*", () => {
  for (const k of [0, -1, 0.5, NaN, -Infinity, 1001]) {
    assertThrows(() => playTableGame({ ...game, k }), RangeError, "integer from 1 to 1000");
  }
  const [patient, best] = [1000, Infinity].map((k) =>
    playTableGame({ ...game, gRate: 0.2, steps: 10, k }).at(-1)!
  );
  patient.forEach((q, i) => assertAlmostEquals(q, best[i], 1e-5));
});
