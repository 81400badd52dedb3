/**
 * `deno task kernel`: makes this Deno a kernel of Jupyter.
 *
 * @module
 */
import { KERNEL_NAME, userDataFolder, writeKernelSpec } from "@/notebook/kernelspec.ts";
import { RequestError } from "@/run/request_error.ts";
import { createProgram, main, path } from "./program.ts";

interface Flags {
  name: string;
  displayName: string;
  dir: string;
}

function parse(args: string[]): Flags {
  const program = createProgram(
    "kernel",
    "Installs the Deno kernel for Jupyter, for this user. An older one of that name is replaced.",
  )
    .option("--name <name>", "the kernel's name; the notebooks ask for deno", KERNEL_NAME)
    .option("--display-name <text>", "what Jupyter's menus call it", "Deno")
    .option("--dir <dir>", "folder of Jupyter's data", path, userDataFolder());
  program.parse(args, { from: "user" });
  return program.opts<Flags>();
}

async function run(args: string[]): Promise<number> {
  const { name, displayName, dir } = parse(args);
  try {
    const folder = await writeKernelSpec(dir, name, displayName);
    console.error(`kernel  ${name}: Deno ${Deno.version.deno}, ${Deno.execPath()}`);
    console.error(`folder  ${folder}`);
    console.error("Open a notebook with: jupyter notebook notebooks/, or in VS Code");
    return 0;
  } catch (error) {
    throw error instanceof RangeError ? new RequestError(error.message) : error;
  }
}

if (import.meta.main) await main(() => run(Deno.args));
