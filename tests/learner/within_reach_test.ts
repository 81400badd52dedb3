/** What the open experiments of notebooks 02 and 03 say is possible is possible, and no more. */
import { assert, assertGreater, assertLess } from "@std/assert";
import { gaussian, laplace, mixture, uniform } from "@/math/density.ts";
import { jsDivergence } from "@/math/divergences.ts";
import { polyline } from "@/math/polyline.ts";
import { cost, value } from "@/math/value.ts";
import { Random } from "@/random.ts";

const normal = (mean: number, sigma: number) => gaussian({ mean, sigma });

Deno.test("02: four points lose less than 0.01 nats, and none of 100 random D gets above C(G)", () => {
  const [data, generated] = [normal(0, 1), normal(0.5, 0.5)];
  const lost = (points: number[][]) =>
    cost(data, generated) - value(polyline(points), data, generated);
  assertLess(lost([[-1.4, 4.3], [0.1, -0.6], [1, -0.9], [2.7, 3.1]]), 0.01);
  const random = new Random(1);
  for (let i = 0; i < 100; i++) {
    const heights = random.normals(4);
    const points = [-2, 0, 1, 3].map((x, k) => [x, 3 * heights[k]]);
    assertGreater(lost(points), 0);
  }
});

Deno.test("03: two Gaussians come below 0.03 nats, one does not come near", () => {
  const target = mixture({
    components: [uniform({ low: -3, high: -1 }), laplace({ mean: 2, scale: 0.5 })],
  });
  const two = mixture({ components: [normal(-1.98, 0.54), normal(2.04, 0.59)] });
  assertLess(jsDivergence(target, two), 0.03);
  for (const mean of [-2, -1, 0, 1, 2]) {
    for (const sigma of [0.5, 1, 2, 4]) {
      assert(jsDivergence(target, normal(mean, sigma)) > 0.15, `${mean}, ${sigma}`);
    }
  }
});
