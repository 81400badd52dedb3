/** What draws a figure stands alone: its text is all that a page has. */
import { assertEquals } from "@std/assert";
import { parse } from "acorn";
import { analyze } from "periscopic";
import { DRAW } from "@/notebook/draw_figure.ts";

Deno.test("what draws a figure uses nothing but what every page has, and plotly", () => {
  const tree = parse(DRAW, { ecmaVersion: "latest", sourceType: "module" });
  const { globals } = analyze(tree as never);
  assertEquals([...globals.keys()].toSorted(), [
    "Date",
    "Math",
    "MutationObserver",
    "Plotly",
    "Promise",
    "ResizeObserver",
    "String",
    "document",
    "getComputedStyle",
    "matchMedia",
    "requestAnimationFrame",
    "setTimeout",
    "undefined",
    "window",
  ]);
});
