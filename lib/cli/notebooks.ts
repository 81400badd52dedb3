/**
 * `deno task notebooks`: its arguments. What is done with them, `notebook_runs.ts`, is loaded when
 * they are known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { createProgram, integerArgument, main, path } from "./program.ts";

/** What was typed; `names` are the notebooks. */
export interface NotebookFlags {
  names: string[];
  check?: boolean;
  strip?: boolean;
  repeat: number;
  timeout: number;
  out?: string;
  overwrite?: boolean;
}

function parse(args: string[]): NotebookFlags {
  const program = createProgram(
    "notebooks",
    "Runs notebooks in a real Deno kernel through Jupyter, each from a clean kernel.",
  )
    .allowExcessArguments(true)
    .argument("[names...]", "which: files, numbers (2) or names (02_optimal_discriminator)")
    .option("--check", "run them and write nothing")
    .option("--strip", "run nothing; remove outputs and editors' metadata from the files")
    .option("--repeat <n>", "run each of them n times", integerArgument(1), 1)
    .option("--timeout <seconds>", "limit for one cell", integerArgument(1), 120)
    .option(
      "--out <dir>",
      "folder of the executed copies and HTML pages (default: the project's build/notebooks)",
      path,
    )
    .option(
      "--overwrite",
      "replace files there even if they are not executed copies or pages, or were changed since",
    )
    .addHelpText(
      "after",
      "\nWithout names, all of notebooks/ is run. The notebooks themselves are kept without outputs.",
    );
  program.parse(args, { from: "user" });
  const flags = program.opts<Omit<NotebookFlags, "names">>();
  if (flags.check && flags.strip) program.error("error: --check and --strip exclude each other");
  return { ...flags, names: program.args };
}

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const { runNotebooks } = await import("./notebook_runs.ts");
  return await runNotebooks(flags);
}

if (import.meta.main) await main(() => run(Deno.args));
