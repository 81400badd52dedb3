/**
 * What `deno task compare` does with its arguments.
 *
 * @module
 */
import { writeTextAtomically } from "@/io/files.ts";
import { checkOutput, checkOutputFolder, isSealedPage, sealedPage } from "@/io/outputs.ts";
import { comparisonPage } from "@/sweep/comparison_page.ts";
import { readRuns } from "@/sweep/read_runs.ts";
import { groupByRecipe } from "@/sweep/recipe_groups.ts";
import { recipeText } from "@/sweep/recipe_table.ts";
import { type CompareFlags } from "./compare.ts";

/** Makes the page; the exit code. */
export async function compareAsAsked(
  folders: string[],
  { out, overwrite }: CompareFlags,
): Promise<number> {
  const runs = await readRuns(folders);
  await checkOutputFolder(out);
  await checkOutput(out, { inputs: [], ours: isSealedPage, kind: "a comparison", overwrite });
  const title = runs.length === 1 ? "One run" : `${runs.length} runs side by side`;
  const page = await comparisonPage(runs, { title, facts: [`Of ${folders.join(", ")}`] });
  await writeTextAtomically(out, sealedPage(page));
  console.log(recipeText(groupByRecipe(runs)));
  console.log(`\n${out}`);
  return 0;
}
