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

/** A value as JSON, safe inside `<script>`: "<" in a string could end it. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
