/**
 * `deno task kernel`: its arguments. What is done with them, `kernel_setup.ts`, is loaded when they
 * are known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { Option } from "commander";
import { KERNEL_NAME } from "@/notebook/kernelspec.ts";
import { createProgram, main, path } from "./program.ts";

export interface KernelFlags {
  name: string;
  displayName: string;
  dir?: string;
  plain?: boolean;
  types?: boolean;
  overwrite?: boolean;
  gitFilter?: boolean;
}

function parse(args: string[]): KernelFlags {
  const program = createProgram(
    "kernel",
    "Installs the Deno kernel for Jupyter, for this user. An older one with that name is replaced.",
  )
    .option("--name <name>", "the kernel's name; the notebooks ask for deno", KERNEL_NAME)
    .option("--display-name <text>", "what Jupyter's menus call it", "Deno")
    .option("--dir <dir>", "Jupyter's data folder (default: this user's)", path)
    .option("--types", "check the types of each cell while it runs, and show what is wrong")
    .addOption(
      new Option("--plain", "Deno's own kernel, without our fixes").conflicts("types"),
    )
    .option("--overwrite", "replace a kernel of that name even if it is not Deno's")
    .option("--git-filter", "have git leave out the outputs of notebooks, in this clone")
    .option("--no-git-filter", "take that filter out again");
  program.parse(args, { from: "user" });
  return program.opts<KernelFlags>();
}

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const { setUpKernel } = await import("./kernel_setup.ts");
  return await setUpKernel(flags);
}

if (import.meta.main) await main(() => run(Deno.args));
