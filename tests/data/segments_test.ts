import { assert, assertAlmostEquals } from "@std/assert";
import { bandPoints, SEGMENT, SEGMENTS } from "@/data/segments.ts";
import { Random } from "@/random.ts";

Deno.test("points of a band are uniform along it and Gaussian across it", () => {
  for (const bands of [SEGMENT, SEGMENTS]) {
    const count = 20_000;
    const points = bandPoints(bands, count, new Random(4));
    const { segments, sigma } = bands;
    const found = segments.map(() => ({ count: 0, along: 0, square: 0 }));
    for (let i = 0; i < count; i++) {
      const places = segments.map(([[x0, y0], [x1, y1]]) => {
        const [dx, dy, x, y] = [x1 - x0, y1 - y0, points[2 * i] - x0, points[2 * i + 1] - y0];
        const length = Math.hypot(dx, dy);
        return {
          along: (x * dx + y * dy) / length ** 2,
          across: (y * dx - x * dy) / length,
        };
      });
      const nearest = places.reduce(
        (best, { across }, one) => Math.abs(across) < Math.abs(places[best].across) ? one : best,
        0,
      );
      const { along, across } = places[nearest];
      assert(along > -1e-6 && along < 1 + 1e-6, `${along}`);
      found[nearest].count++;
      found[nearest].along += along;
      found[nearest].square += across * across;
    }
    for (const { count: own, along, square } of found) {
      // Five standard errors each.
      assertAlmostEquals(own / count, 1 / segments.length, 0.018);
      assertAlmostEquals(along / own, 0.5, 5 * Math.sqrt(1 / 12 / own));
      assertAlmostEquals(Math.sqrt(square / own), sigma, 5 * sigma / Math.sqrt(2 * own));
    }
  }
});
