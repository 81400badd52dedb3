/** The notebook that a reader takes along. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { FIGURE_TYPE } from "@/notebook/figure_type.ts";
import { type Output, parseNotebook, sourceOf } from "@/notebook/document.ts";
import { lineChart } from "@/plot/charts.ts";
import { notebookTaken } from "@/site/page/taken_along.ts";
import { pointsFrom, pointsText, strokeFrom, thinned } from "@/site/page/sketch.ts";

const figure = lineChart({
  title: "A line",
  x: { label: "x", values: [0, 1] },
  y: { label: "y" },
  lines: { a: [1, 2] },
});

const cell = (id: string, source: string) => ({
  cell_type: "code" as const,
  id,
  metadata: { tags: ["checks"] },
  source,
  execution_count: null,
  outputs: [],
});

const BOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "deno" } },
  cells: [
    { cell_type: "markdown" as const, id: "words", metadata: {}, source: "# Words" },
    cell("one", "1"),
    cell("two", "2"),
    cell("three", "3"),
  ],
};

Deno.test("it has the reader's code, and outputs that Jupyter knows", async () => {
  const drawn: unknown[] = [];
  const text = await notebookTaken(
    BOOK,
    new Map([
      ["one", {
        code: "show(figure)",
        count: 2,
        outputs: [
          { output_type: "display_data", data: { "text/plain": "A line", [FIGURE_TYPE]: figure } },
          { output_type: "stream", name: "stdout", text: "said\n" },
        ],
      }],
      ["two", {
        code: "fail()",
        count: 3,
        outputs: [],
        error: { name: "RangeError", message: "no", stack: "" },
      }],
      ["three", { code: "3" }],
    ]),
    (figure) => {
      drawn.push(figure);
      return Promise.resolve("UE5H");
    },
  );
  const { cells, metadata } = parseNotebook(text, "taken.ipynb");
  assertEquals([metadata, cells[0]], [BOOK.metadata, BOOK.cells[0]]);
  const [, one, two, three] = cells;
  assertEquals([sourceOf(one), one.execution_count, one.metadata], ["show(figure)", 2, {
    tags: ["checks"],
  }]);
  const [picture, said] = one.outputs!;
  assertEquals(Object.keys(picture.data!), [
    "text/plain",
    "application/vnd.plotly.v1+json",
    "image/png",
  ]);
  assertEquals([picture.data!["image/png"], picture.metadata], ["UE5H", {}]);
  assertEquals(said, { output_type: "stream", name: "stdout", text: "said\n" });
  assertEquals(two.outputs as unknown[], [
    { output_type: "error", ename: "RangeError", evalue: "no", traceback: ["no"] },
  ]);
  assertEquals([three.outputs, three.execution_count], [[], null]);
  // Jupyter's pages are white.
  assertEquals((drawn as { layout: Record<string, unknown> }[])[0].layout.paper_bgcolor, "#fff");
});

Deno.test("the value of a cell has the cell's count, without which Jupyter does not take the notebook", async () => {
  const outputs: Output[] = [
    { output_type: "execute_result", data: { "text/plain": "7" }, metadata: {} },
    { output_type: "display_data", data: { "text/plain": "shown" }, metadata: {} },
  ];
  const taken = new Map([["one", { code: "7", count: 4, outputs }]]);
  const text = await notebookTaken(BOOK, taken, () => Promise.reject(new Error("no figure")));
  const [value, shown] = parseNotebook(text, "taken.ipynb").cells[1].outputs!;
  assertEquals(value.execution_count, 4);
  assert(!("execution_count" in shown));
});

const AXES = { x: [-4, 4], y: [0, 1] } as const;

Deno.test("a curve drawn with the pointer goes from left to right, whichever way it was drawn", () => {
  const stroke = strokeFrom([], AXES);
  for (const point of [[3, 0.2], [0, 0.8], [-3, 0.2], [-2, 0.9]] as const) stroke.moveTo(point);
  const points = stroke.points();
  assert(points.every(([x], i) => i === 0 || x > points[i - 1][0]));
  const at = (x: number) => points.find(([own]) => Math.abs(own - x) < 1e-9)![1];
  // The last stroke over a place counts.
  assertAlmostEquals(at(-2), 0.9);
  assertAlmostEquals(at(0), 0.8);
  assertEquals([points[0][0], points.at(-1)![0]].map((x) => Math.round(x)), [-3, 3]);
});

Deno.test("drawing again over a part leaves the rest of the sketch", () => {
  const stroke = strokeFrom([[-4, 0.5], [4, 0.5]], AXES);
  stroke.moveTo([0, 1]);
  stroke.moveTo([0.08, 1]);
  const points = stroke.points();
  assertEquals(points.filter(([, y]) => y === 1).length, 2);
  assertEquals(points.length, 101);
});

Deno.test("few points are kept of a curve, near it everywhere", () => {
  const curve = Array.from(
    { length: 101 },
    (_, i) => [-4 + i * 0.08, 0.5 + 0.5 * Math.sin(i / 16)] as const,
  );
  const few = thinned(curve, AXES);
  assert(few.length > 5 && few.length < 30, `${few.length} points`);
  const heightAt = (x: number) => {
    const i = Math.max(1, few.findIndex(([own]) => own >= x - 1e-6));
    const [[x0, y0], [x1, y1]] = [few[i - 1], few[i]];
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
  };
  const off = curve.map(([x, y]) => Math.abs(heightAt(x) - y));
  assert(Math.max(...off) < 0.03, `off by ${Math.max(...off)}`);
  // Few digits, for a reader's eyes.
  assert(few.flat().every((value) => String(value).length <= 6), JSON.stringify(few));
});

Deno.test("points can be typed in several ways, and are shown in one", () => {
  const points = [[-4, 0.5], [0, 1], [4, 0.5]] as const;
  for (
    const typed of ["-4, 0.5; 0, 1; 4, 0.5", "[[-4, .5], [0, 1], [4, 0.5]]", "−4 0.5 0 1.0 4 5e-1"]
  ) {
    assertEquals(pointsFrom(typed), points.map((point) => [...point]), typed);
  }
  assertEquals(pointsText(points), "-4, 0.5; 0, 1; 4, 0.5");
  assertEquals(pointsFrom(""), []);
});
