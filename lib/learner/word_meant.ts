/**
 * Words that a reader chooses from.
 *
 * @module
 */

/**
 * The word that is meant, out of some: `"Stay"` means "stay", `40` means "40", and two strokes are
 * the sign ‖, which no keyboard has. Undefined if none is meant, or more than one.
 */
export function wordMeant(given: unknown, words: readonly string[]): string | undefined {
  if (typeof given !== "string" && typeof given !== "number") return undefined;
  const text = String(given);
  if (words.includes(text)) return text;
  const alike = words.filter((word) => folded(word) === folded(text));
  return alike.length === 1 ? alike[0] : undefined;
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll("||", "‖").replaceAll(/\s/g, "");
}
