/**
 * `deno task check`: its arguments. What is done with them, `trials.ts`, is loaded when they are
 * known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { ASSIGNMENTS } from "./defaults.ts";
import { createProgram, main } from "./program.ts";

export async function run(args: string[]): Promise<number> {
  const program = createProgram(
    "check",
    "Tries out your work on an assignment: runs its visible checks as they are run when it is graded.",
  )
    .allowExcessArguments(true)
    .argument(
      "[names...]",
      `files, or notebooks of ${ASSIGNMENTS}; all of them if there is no name`,
    )
    .addHelpText(
      "after",
      "\nThe exit code is 0 if every visible check holds, and 1 if one does not. Nothing is written.",
    );
  program.parse(args, { from: "user" });
  const { tryOutWork } = await import("./trials.ts");
  return await tryOutWork(program.args);
}

if (import.meta.main) await main(() => run(Deno.args));
