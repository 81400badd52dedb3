import { assert, assertEquals, assertThrows } from "@std/assert";
import { distributionOf, nameOfPoints, pointsData, shortName } from "@/data/points.ts";
import { onGrid, readPoints, textOfPoints } from "@/data/points_text.ts";
import { toyData } from "@/data/toy.ts";
import { checkOptions, type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { Random } from "@/random.ts";

const POINTS = [[0.5, -0.25], [1 / 3, 2], [-1e-9, 7e5]];

Deno.test("points come back from their text, on the grid and off it", () => {
  for (const points of [POINTS, onGrid(POINTS), [[0.1], [17]], onGrid([[0.1]])]) {
    const text = textOfPoints({ points, sigma: 0.03 });
    assertEquals(readPoints(text), { points, sigma: 0.03 });
    assert(/^[\w:.,-]*$/.test(text), text);
  }
  assertEquals(textOfPoints({ points: onGrid(POINTS.slice(0, 1)), sigma: 0.03 }).length, 11);
  for (const text of ["", "3:1:AA", "2:x:AAAA", "2:1:AA", "2:1:", "2:1:.1,x", "2:1:A!AA"]) {
    assertEquals(readPoints(text), undefined, text);
  }
});

Deno.test("data by the name of points are the points; other names are the library's", () => {
  const name = nameOfPoints(POINTS, 0.03);
  const [one, other] = [distributionOf(name), pointsData(POINTS, 0.03)];
  assertEquals(one.draw(50, new Random(1)), other.draw(50, new Random(1)));
  assertEquals([one.sha256, shortName(name)], [other.sha256, "3 points, sigma 0.03"]);
  assertEquals(distributionOf("ring"), toyData("ring"));
  assertEquals(shortName("ring"), "ring");
  for (const name of ["swirl", "points:2:0.1", "points:2:0:AAAA"] as const) {
    assertThrows(() => distributionOf(name as "ring"), RangeError, "Cannot");
  }
});

Deno.test("an option names points, and is refused where they are none", () => {
  const { options } = findPreset("spiral");
  const withData = (toy: string) => ({ ...options, toy, seed: 1 }) as GanOptions;
  checkOptions(withData(nameOfPoints(POINTS, 0.03)));
  const message = "toy must be one of spiral, ring, grid, line, segment, segments, or points:";
  for (const toy of ["swirl", "points:2:-1:AAAA"]) {
    assertThrows(() => checkOptions(withData(toy)), RangeError, message);
  }
});

Deno.test("points that cannot be data are refused in words", () => {
  for (
    const [points, sigma, message] of [
      [[], 1, "there must be at least one, got none"],
      [[[1, 2, 3]], 1, "each must have one or two numbers, got 3"],
      [[[1, 2], [1]], 1, "each must have 2 finite numbers, got [1]"],
      [[[NaN]], 1, "each must have 1 finite numbers, got [NaN]"],
      [[[1]], 0, "sigma must be positive and finite, got 0"],
    ] as const
  ) assertThrows(() => pointsData(points, sigma), RangeError, message);
});
