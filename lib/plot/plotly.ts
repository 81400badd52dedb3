/**
 * plotly.js itself, from the installed npm package: pages carry it, none fetches it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
// Fetches the package; its script is put into pages.
import "plotly.js-basic-dist-min/package.json" with { type: "json" };

/** The script, safe inside `<script>`. It sets `window.Plotly`. */
export async function plotlyScript(): Promise<string> {
  const file = fileURLToPath(import.meta.resolve("plotly.js-basic-dist-min"));
  return (await Deno.readTextFile(file)).replaceAll("</script", "<\\/script");
}

/** How figures behave: as wide as their page, and no button that sends them to plotly's servers. */
export const PLOTLY_CONFIG = {
  responsive: true,
  displaylogo: false,
  showSendToCloud: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
};

/** A value as JSON, safe inside `<script>`: "<" in a string could end it. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
