/**
 * The reference of the library, from the documentation of its public names.
 *
 *   deno task doc           builds it as HTML, in build/doc
 *   deno task doc --lint    says which public names lack documentation, an explicit type, or a type that they use
 *
 * The entry points are those of `exports` in deno.json, without `./tf`, which is TensorFlow.js.
 *
 * @module
 */
import { join } from "node:path";
import { PROJECT } from "@/cli/place.ts";
import { createProgram, main } from "@/cli/program.ts";
import { outputOf } from "@/io/processes.ts";

/** Types of TensorFlow.js that public names use; its own site documents them. */
const OF_TENSORFLOW = ["Tensor", "Tensor1D", "Tensor2D", "Tensor4D", "Scalar"];

/** The entry points that have a reference: file names from the project's folder. */
export async function entryPoints(): Promise<string[]> {
  const { exports } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  return Object.entries(exports as Record<string, string>)
    .filter(([name]) => name !== "./tf").map(([, path]) => path);
}

/**
 * What `deno doc --lint` said, without its remarks on types that a package documents.
 *
 * @param text All that it printed.
 * @returns One item of several lines for each fault.
 */
export function faultsIn(text: string): string[] {
  const known = new RegExp(`references private type '(${OF_TENSORFLOW.join("|")})'`);
  return text.split(/^(?=error)/m)
    .filter((item) => /^error\[/.test(item) && !known.test(item.split("\n")[0]))
    .map((item) => item.trim());
}

async function denoDoc(args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await outputOf(Deno.execPath(), {
    args: ["doc", ...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  });
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, text: out + error };
}

async function lint(): Promise<number> {
  const { text } = await denoDoc(["--lint", ...await entryPoints()]);
  const faults = faultsIn(text);
  // A crash of deno doc must not pass for a library without faults.
  if (!text.includes("error[") && /error/i.test(text)) faults.push(text);
  for (const fault of faults) console.log(`${fault}\n`);
  console.log(`${faults.length} faults in the documentation of the public names.`);
  return faults.length === 0 ? 0 : 1;
}

async function build(): Promise<number> {
  const out = join(PROJECT, "build", "doc");
  await Deno.mkdir(out, { recursive: true });
  const { code, text } = await denoDoc([
    "--html",
    `--output=${out}`,
    "--name=GAN workbook",
    ...await entryPoints(),
  ]);
  if (code !== 0) {
    console.error(text);
    return 1;
  }
  console.log(join(out, "index.html"));
  return 0;
}

export function run(args: string[]): Promise<number> {
  const program = createProgram("doc", "Builds the reference of the library as HTML, in build/doc.")
    .option("--lint", "build nothing; say what documentation is missing");
  program.parse(args, { from: "user" });
  return program.opts<{ lint?: boolean }>().lint ? lint() : build();
}

if (import.meta.main) await main(() => run(Deno.args));
