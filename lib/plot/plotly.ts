/**
 * plotly.js itself, from the installed npm package: pages carry it, and none fetches it.
 *
 * @module
 */
// Fetches the package; its script is put into pages.
import "plotly.js-basic-dist-min/package.json" with { type: "json" };
import { assetText } from "@/host/host.ts";

/** The script, safe inside `<script>`. It sets `window.Plotly`. */
export async function plotlyScript(): Promise<string> {
  const script = await assetText("npm:plotly.js-basic-dist-min/plotly-basic.min.js");
  return script.replaceAll("</script", "<\\/script");
}

/** A value as JSON, safe inside `<script>`: "<" in a string could end it. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
