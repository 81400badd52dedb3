/** What the playground reads of a reader's files, and how it writes numbers. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { onGrid } from "@/data/points_text.ts";
import { tickText } from "@/site/playground/frame.ts";
import { numberText } from "@/site/playground/number_text.ts";
import { pointsOfCsv } from "@/site/playground/own_points.ts";

Deno.test("points of a file that the stage has no room for keep their shape", () => {
  for (const size of [20, 0.01]) {
    const { points, sigma, scale } = pointsOfCsv(`x,y\n${-size},0\n${size},${size / 2}\n0,0\n`);
    assertAlmostEquals(scale, size / 4, 1e-12);
    const kept = onGrid(points);
    assertEquals(kept, [[-4, 0], [4, 2], [0, 0]]);
    assertEquals(sigma, 0.16, "a fiftieth of the extent that is shown");
  }
  const fits = pointsOfCsv("1\n2\n3.5\n");
  assertEquals([fits.points, fits.scale], [[[1], [2], [3.5]], 1]);
});

Deno.test("a line that is no point is quoted as it stands in the file", () => {
  assertThrows(
    () => pointsOfCsv("x;y\n\n1,5;2,5\n2,5;3,5\n"),
    RangeError,
    'with a point before decimals, got "1,5;2,5" in line 3',
  );
});

Deno.test("numbers have true minus signs, and what rounding leaves is 0", () => {
  assertEquals([1e-16, -3e-12, 0].map(numberText), ["0", "0", "0"]);
  assertEquals([-0.25, 1.8e-5, -2e-7].map(numberText), ["−0.250", "1.8e−5", "−2.0e−7"]);
  assertEquals([-0.0514, -2e-4, 3].map(tickText), ["−0.0514", "−2e−4", "3"]);
});
