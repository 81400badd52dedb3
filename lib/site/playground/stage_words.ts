/**
 * A stage in words, for those who do not see it.
 *
 * @module
 */
import { type Look } from "@/playground/playground_messages.ts";
import { type LayerName } from "@/playground/settings.ts";

/** Where points lie, in words. */
function spread(rows: Float32Array, dimensions: number): string {
  const parts = Array.from({ length: dimensions }, (_, column) => {
    const values = rows.filter((_, i) => i % dimensions === column);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    return `${mean.toFixed(2)} ± ${Math.sqrt(variance).toFixed(2)}`;
  });
  return parts.join(", ").replaceAll("-", "−");
}

export function stageWords(look: Look, layers: readonly LayerName[]): string {
  if (look.digits) {
    const shares = look.digits.shares?.map((share, digit) =>
      `${digit}: ${Math.round(100 * share)} %`
    );
    const counted = shares ? `Shares, ${shares.join(", ")}. ` : "";
    return `36 generated digits. ${counted}Arrow keys go along the way ` +
      "between the two framed ones.";
  }
  const rows = `Real points: mean and width ${spread(look.real, look.dimensions)}. ` +
    `Generated: ${spread(look.fake, look.dimensions)}.`;
  const slope = look.slopes && look.slopes.d.length > 0
    ? ` At the chosen point D is ${look.slopes.d[0].toFixed(2)}.`
    : "";
  return `${rows}${slope} Shown: ${layers.join(", ")}. ` +
    "Arrow keys move a mark; Enter chooses the point there, or sets one while you draw.";
}
