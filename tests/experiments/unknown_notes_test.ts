import { assert } from "@std/assert";
import { UNKNOWN_NOTES } from "@/experiments/unknown_notes.ts";
import { gaussian } from "@/math/density.ts";
import { cost, optimalLogit, value } from "@/math/value.ts";

Deno.test("the unknown notes can be found: by small steps V falls all the way to -log 4", () => {
  const at = ([mean, sigma]: number[]) => cost(UNKNOWN_NOTES, gaussian({ mean, sigma }));
  let best = [0, 1];
  for (let moved = true; moved;) {
    moved = false;
    for (const [dx, dy] of [[0.1, 0], [-0.1, 0], [0, 0.1], [0, -0.1]]) {
      const tried = [best[0] + dx, best[1] + dy];
      if (tried[1] < 0.1 || at(tried) >= at(best) - 1e-12) continue;
      [best, moved] = [tried, true];
    }
  }
  assert(at(best) < -Math.log(4) + 1e-3, `${best}`);
});

Deno.test("against a D that stands still a forger is better off beside the notes", () => {
  const fixed = optimalLogit(UNKNOWN_NOTES, gaussian({ mean: 0, sigma: 1 }));
  const v = (mean: number, sigma: number) => value(fixed, UNKNOWN_NOTES, gaussian({ mean, sigma }));
  assert(v(2.6, 0.1) < v(1.7, 0.6));
});
