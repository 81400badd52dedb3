import { assert, assertEquals, assertThrows } from "@std/assert";
import { beside } from "@/plot/beside.ts";
import { lineChart } from "@/plot/charts.ts";
import { film } from "@/plot/film.ts";

const at = (height: number) =>
  beside({
    title: `height ${height}`,
    panels: [1, height].map((y) =>
      lineChart({
        title: "panel",
        x: { label: "x", values: [0, 1], range: [0, 1] },
        y: { label: "y", range: [0, 9] },
        lines: { a: [0, y] },
      })
    ),
  });

Deno.test("a film opens at its first figure, and a frame brings only what changes", () => {
  const { data, frames, layout } = film({
    label: "height",
    positions: [2, 5],
    figures: [2, 5].map(at),
  });
  assertEquals(data, at(2).data);
  assertEquals(frames?.map(({ name, traces }) => [name, traces]), [["0", [1]], ["1", [1]]]);
  assertEquals(frames![1].data, [{ y: [0, 5] }]);
  assertEquals(Object.keys(frames![1].layout!), ["title"]);
  const [{ active, steps }] = layout.sliders as { active: number; steps: { label: string }[] }[];
  assertEquals([active, steps.map(({ label }) => label)], [0, ["2", "5"]]);
});

Deno.test("a film has room for its slider below the panels, wide and narrow", () => {
  const { layout, narrow } = film({ label: "h", positions: [2], figures: [at(2)] });
  const plain = at(2);
  assert((layout.height as number) > (plain.layout.height as number));
  assert((narrow!.layout.height as number) > (plain.narrow!.layout.height as number));
});

Deno.test("no figure, another number of positions, or of traces, is no film", () => {
  const play = (positions: number[], figures: ReturnType<typeof at>[]) => () =>
    film({ label: "h", positions, figures });
  assertThrows(play([], []), TypeError, "got 0 for 0 positions, with no traces");
  assertThrows(play([1, 2], [at(2)]), TypeError, "got 1 for 2 positions");
  const other = { ...at(3), data: at(3).data.slice(1) };
  assertThrows(play([1, 2], [at(2), other]), TypeError, "with 2 and 1 traces");
});
