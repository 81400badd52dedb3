/**
 * Recipes side by side as a table of texts.
 *
 * @module
 */
import { type Table, tableText } from "@/plot/table.ts";
import { betterEnd } from "./figures_of_run.ts";
import { figureNames, type FigureOfRecipe, type RecipeGroup } from "./recipe_groups.ts";

/** A row for each recipe; figures as mean ± standard error, with the rank in brackets. */
export function recipeTable(groups: RecipeGroup[]): Table {
  const names = figureNames(groups.flatMap(({ runs }) => runs));
  return {
    headings: ["recipe", "runs", ...names],
    rows: groups.map(({ recipe, runs, figures }) => [
      recipe,
      String(runs.length),
      ...names.map((name) => figures[name] ? figureText(figures[name]) : "–"),
    ]),
    numeric: [false, true, ...names.map(() => true)],
  };
}

/** The table with a line below it that says how to read it. */
export function recipeText(groups: RecipeGroup[]): string {
  const ranked = groups.some(({ figures }) =>
    Object.values(figures).some(({ rank }) => rank !== undefined)
  );
  const note = [`mean ± standard error${ranked ? " (rank)" : ""}`, betterLine(groups)].filter(
    Boolean,
  ).join("; ");
  return `${tableText(recipeTable(groups))}\n\n${note}`;
}

/** What is better, for each figure that has a better end, in a line. */
export function betterLine(groups: RecipeGroup[]): string {
  const names = figureNames(groups.flatMap(({ runs }) => runs));
  const of = (end: string) => names.filter((name) => betterEnd(name) === end);
  return (["higher", "lower"] as const).filter((end) => of(end).length > 0)
    .map((end) => `${end} is better: ${of(end).join(", ")}`).join("; ");
}

/** `0.123 ± 0.004 (1)`: as many digits as the error has sense for. */
export function figureText({ mean, error, rank }: FigureOfRecipe): string {
  const decimals = decimalsFor(mean, error);
  const parts = [mean.toFixed(decimals).replace("-", "−")];
  if (error !== undefined) parts.push(`± ${error.toFixed(decimals)}`);
  if (rank !== undefined) parts.push(`(${rank})`);
  return parts.join(" ");
}

/** Two digits of the error, or four of a mean that has none. */
function decimalsFor(mean: number, error?: number): number {
  const [scale, digits] = error ? [error, 2] : [Math.abs(mean) || 1, 4];
  return Math.min(6, Math.max(0, digits - 1 - Math.floor(Math.log10(scale))));
}
