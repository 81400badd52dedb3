/**
 * What is said of a number of the charts: its value, what it should read, and what it means, of one
 * run or of two side by side.
 *
 * @module
 */
import { type ReadingName, type ReadingValue } from "@/playground/playground_messages.ts";
import { numberText } from "./number_text.ts";

/** Norms say something at any size. In the others three digits are all that a reader can use. */
const NORMS: readonly ReadingName[] = ["dGradient", "gGradient", "steepness"];

/** Such as "0.693 ± 0.004"; a dash where it is not known. */
export function valueText(name: ReadingName, { value, error = 0 }: ReadingValue): string {
  const isNorm = NORMS.includes(name);
  const written = (value: number) =>
    numberText(isNorm || Math.abs(value) >= 1 ? value : Number(value.toFixed(3)));
  if (value === undefined) return "–";
  return written(error) === "0" ? written(value) : `${written(value)} ± ${written(error)}`;
}

/** Where the numbers stand at equilibrium, or why there is no number. */
export function idealsText(values: readonly ReadingValue[]): string {
  return ofEach(values.map(({ value, ideal, idealText, because }) => {
    if (value === undefined && because) return because[0].toUpperCase() + because.slice(1);
    if (ideal === undefined) return "No fixed value at equilibrium";
    return `At equilibrium ${(idealText ?? numberText(ideal)).replace(/^-/, "−")}`;
  }));
}

/** What the numbers mean, and how they are computed. */
export function meaningsText(values: readonly ReadingValue[]): string {
  return ofEach(values.map(({ meaning, how }) => how ? `${meaning} Here: ${how}.` : meaning));
}

/** A text that is true of all runs, or one for each where they differ and there is something to say. */
export function ofEach(texts: readonly string[]): string {
  if (texts.every((text) => text === texts[0])) return texts[0] ?? "";
  return texts.flatMap((text, i) => text === "" ? [] : `${"AB"[i]}: ${text}`).join(" · ");
}
