/**
 * `deno task compare`: its arguments. What is done with them, `comparing.ts`, is loaded when they
 * are known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { createProgram, main, path } from "./program.ts";

export interface CompareFlags {
  out: string;
  overwrite?: boolean;
}

export async function run(args: string[]): Promise<number> {
  const program = createProgram("compare", "Puts runs side by side on one page.")
    .allowExcessArguments(true)
    .argument("<runs...>", "run folders of train, and folders of sweeps", path)
    .option("--out <file>", "the page", path, "compare.html")
    .option(
      "--overwrite",
      "replace a file there even if it is not such a page, or was changed since",
    );
  program.parse(args, { from: "user" });
  const { compareAsAsked } = await import("./comparing.ts");
  return await compareAsAsked(program.args, program.opts<CompareFlags>());
}

if (import.meta.main) await main(() => run(Deno.args));
