import {
  assertEquals,
  assertFalse,
  assertLess,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { inKernel, settleMs } from "@/notebook/display.ts";
import { bundleOf, show } from "@/notebook/show.ts";
import { lineChart, sliderChart } from "@/plot/charts.ts";
import { gridPng } from "@/plot/grid.ts";
import { table } from "@/plot/table.ts";

const figure = lineChart({
  title: "A </script> title",
  x: { label: "x, metres", values: [0, 1] },
  y: { label: "y, nats" },
  lines: { "a < b": [0, 2] },
});

Deno.test("a figure is one bundle: plotly's JSON, HTML, and a line that says what it shows", () => {
  const bundle = bundleOf(figure);
  assertEquals(Object.keys(bundle).sort(), [
    "application/vnd.plotly.v1+json",
    "text/html",
    "text/plain",
  ]);
  for (const words of ["A </script> title", "x, metres", "y, nats", "a < b", "0 to 2"]) {
    assertStringIncludes(bundle["text/plain"], words);
  }
  assertFalse(bundle["text/plain"].includes("\n"));
});

Deno.test("nothing in a figure's texts ends its script or its attributes", () => {
  const html = bundleOf(figure)["text/html"] as string;
  assertEquals(html.split("</script>").length, 2);
  assertStringIncludes(html, 'aria-label="Figure &quot;A &lt;/script> title&quot;');
});

Deno.test("two figures on a page have different ids", () => {
  const ids = [1, 2].map(() => /id="([^"]+)"/.exec(bundleOf(figure)["text/html"] as string)![1]);
  assertEquals(new Set(ids).size, 2);
});

Deno.test("a figure names no network: plotly.js comes from the installed package", () => {
  assertFalse(/https?:/.test(bundleOf(figure)["text/html"] as string));
});

/** The figure that an HTML output draws. */
function drawn(html: string): { data: unknown; layout: Record<string, { gridcolor: string }> } {
  const text = /return drawFigure; \}\)\(\)\)\((\{.*\}), \{\n {2}find/s.exec(html)![1];
  return JSON.parse(text);
}

Deno.test("every axis of a figure is fitted to a page's theme, not the first pair alone", () => {
  const axes = { xaxis: {}, yaxis: {}, xaxis2: { title: { text: "a" } }, yaxis12: {} };
  const bundle = bundleOf({ data: [], layout: { ...axes, height: 300 } });
  const { layout } = drawn(bundle["text/html"] as string);
  const json = bundle["application/vnd.plotly.v1+json"] as { layout: typeof layout };
  for (const name of Object.keys(axes)) {
    assertEquals(layout[name].gridcolor, "rgba(128, 128, 128, 0.25)", name);
    assertEquals(json.layout[name].gridcolor, "#ddd", name);
  }
  assertEquals(layout.xaxis2, { ...axes.xaxis2, ...layout.xaxis });
});

Deno.test("how a narrow page has it is for the page alone: programs that draw plotly's type do not know it", () => {
  const bundle = bundleOf(figure);
  assertStringIncludes(bundle["text/html"] as string, '"narrow":{"below":');
  assertFalse("narrow" in (bundle["application/vnd.plotly.v1+json"] as object));
});

Deno.test("long lists of numbers are packed in both of a figure's formats", () => {
  const values = Array.from({ length: 1000 }, (_, i) => i / 7);
  const long = { title: "T", x: { label: "x", values }, y: { label: "y" }, lines: { a: values } };
  const bundle = bundleOf(lineChart(long));
  const json = bundle["application/vnd.plotly.v1+json"] as { data: unknown };
  assertEquals(drawn(bundle["text/html"] as string).data, json.data as unknown);
  assertLess(JSON.stringify(json).length, 13_000);
});

const sliders = sliderChart({
  title: "s",
  x: { label: "x", values: [0, 1] },
  y: { label: "y" },
  sliders: [{ label: "a", values: [1, 2] }, { label: "b", values: [3, 4] }],
  lines: (a, b) => ({ line: [a, b] }),
});

Deno.test("on a page the sliders are combined there; plotly's type, whose renderers drop frames, is left out", () => {
  const bundle = bundleOf(sliders);
  assertEquals((bundle["text/html"] as string).match(/"method":"skip"/g)?.length, 4);
  assertEquals(Object.keys(bundle).sort(), ["text/html", "text/plain"]);
});

Deno.test("a picture is in the HTML, within what its script clears, and in the bundle", () => {
  const png = Uint8Array.of(1, 2, 3);
  const picture = { png, width: 760, height: 400, fitted: { data: [], layout: { width: 760 } } };
  for (const [item, note] of [[figure, false], [sliders, true]] as const) {
    const bundle = bundleOf(item, picture);
    assertEquals(bundle["image/png"], "AQID");
    const inside = /overflow: auto hidden">(.*?)<\/div>/s.exec(bundle["text/html"] as string)![1];
    assertStringIncludes(inside, 'width="760"');
    assertStringIncludes(inside, 'src="data:image/png;base64,AQID"');
    assertStringIncludes(inside, 'alt="Figure &quot;');
    assertEquals(inside.includes("its sliders move where the notebook is trusted"), note);
  }
  const json = bundleOf(figure, picture)["application/vnd.plotly.v1+json"];
  assertEquals(
    (json as { layout: { width: number } }).layout.width,
    760,
    "fitted as the picture is",
  );
});

Deno.test("a figure that has no picture says why, and is shown all the same", () => {
  const bundle = bundleOf(figure, { failure: "no <font>" });
  assertFalse("image/png" in bundle);
  assertStringIncludes(bundle["text/html"] as string, "has no picture: no &lt;font>");
  assertStringIncludes(bundle["text/html"] as string, "Plotly.newPlot");
});

Deno.test("buttons to play have a ground of their own under the pointer; other figures bring no style", () => {
  const play = { updatemenus: [{ buttons: [] }] };
  const html = (layout: object) => bundleOf({ data: [], layout: { ...layout } })["text/html"];
  assertStringIncludes(html(play) as string, ".updatemenu-button:hover");
  assertFalse((html({}) as string).includes("<style>"));
});

Deno.test("tables and text are shown as they read; a PNG by its size", () => {
  const bundle = bundleOf(table({ "a & b": ["<i>"], n: [1 / 3] }));
  assertEquals(bundle["text/plain"], "a & b       n\n<i>    0.3333");
  assertStringIncludes(bundle["text/html"] as string, "a &amp; b");
  assertStringIncludes(bundle["text/html"] as string, "&lt;i>");
  const text = bundleOf("p_g at <0>:\n99 %");
  assertEquals(text["text/plain"], "p_g at <0>:\n99 %");
  assertStringIncludes(text["text/html"] as string, ">p<sub>g</sub> at &lt;0>:\n99 %<");
  const png = gridPng(new Float32Array(4), 2);
  assertStringIncludes(bundleOf(png)["text/plain"], "Picture, 8 × 8 pixels");
});

Deno.test("what cannot be shown is refused", () => {
  // deno-lint-ignore no-explicit-any
  const wrong = (item: any) => () => bundleOf(item);
  assertThrows(wrong({ a: 1 }), TypeError, "Cannot show this");
  assertThrows(wrong(3), TypeError, "got 3");
  assertThrows(wrong(undefined), TypeError, "got undefined");
  assertThrows(wrong(null), TypeError, "got null");
  assertThrows(wrong(new Uint8Array([1, 2])), TypeError, "2 bytes that begin 0102");
});

Deno.test("in a plain Deno program show prints the line and nothing else", async () => {
  assertEquals(inKernel(), false);
  const lines: unknown[] = [];
  const log = console.log;
  console.log = (...args) => lines.push(...args);
  try {
    await show(figure);
  } finally {
    console.log = log;
  }
  assertEquals(lines, [bundleOf(figure)["text/plain"]]);
});

Deno.test("an output waits longer the larger it is: 20 ms for a line, 100 ms for a megabyte", () => {
  assertEquals(settleMs(100) >= 20, true);
  assertEquals(settleMs(1e6) >= 100, true);
  assertEquals(settleMs(1e9) <= 1000, true);
});
