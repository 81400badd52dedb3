/**
 * `deno task site`: its arguments. What is done with them, `site_runs.ts`, is loaded when they are
 * known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";
import { createProgram, integerArgument, main, path } from "./program.ts";

/** What was typed; `names` are the notebooks that are run. */
export interface SiteFlags {
  names: string[];
  serve?: boolean;
  port?: number;
  out?: string;
  zip?: string | true;
  repository?: string;
  overwrite?: boolean;
}

function parse(args: string[]): SiteFlags {
  const program = createProgram(
    "site",
    "Builds the workbook as a site: pages whose cells run in the reader's browser.",
  )
    .allowExcessArguments(true)
    .argument(
      "[names...]",
      "notebooks to run, by number (2) or name (02_optimal_discriminator); the pages of the others show no outputs",
    )
    .option(
      "--serve",
      "show the site on this computer, and build it again when the project changes",
    )
    .option(
      "--port <n>",
      "the port of --serve (default: 8000 or the next one that is free)",
      integerArgument(0, 65535),
    )
    .option("--out <dir>", "folder of the site (default: the project's build/site)", path)
    .option(
      "--zip [file.zip]",
      "also pack it into one archive to hand out (default: gan-workbook.zip beside the site)",
      archive,
    )
    .option(
      "--repository <url>",
      "where links to the project's other files lead (such as https://…/blob/main/)",
      address,
    )
    .option("--overwrite", "replace a site, or an archive, that was changed since it was made")
    .addHelpText("after", "\nWithout names, all notebooks are run; what has not changed is kept.");
  program.parse(args, { from: "user" });
  const flags = program.opts<Omit<SiteFlags, "names">>();
  if (flags.port !== undefined && !flags.serve) {
    program.error("error: --port is the port of --serve: add --serve, or leave --port out");
  }
  if (flags.zip !== undefined && flags.serve) {
    program.error("error: --zip and --serve exclude each other");
  }
  return { ...flags, names: program.args };
}

/** An argument that is an address of a folder. */
function address(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text.replace(/\/?$/, "/");
  throw new InvalidArgumentError("It must begin with https:// or http://.");
}

/** An argument that is a path of an archive, and not the name of a notebook. */
function archive(text: string): string {
  if (text.endsWith(".zip")) return text;
  throw new InvalidArgumentError("It must end in .zip; notebooks are named before --zip.");
}

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const { runSite } = await import("./site_runs.ts");
  return await runSite(flags);
}

if (import.meta.main) await main(() => run(Deno.args));
