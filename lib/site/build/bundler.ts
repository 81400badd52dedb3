/**
 * Programs as a browser gets them: bundled by `deno bundle`, with `lib/host/browser.ts` in place of
 * the host in Deno.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "@/io/processes.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";

const PROJECT = new URL("../../../", import.meta.url);

export interface BundleSettings {
  /** Without what only readers need. */
  minified?: boolean;
}

/**
 * Bundles programs, with what they share in chunks of its own.
 *
 * @param programs TypeScript by name; `name` becomes `name.js`.
 * @param out The folder that the files are written to.
 * @throws {Error} What `deno bundle` says, if it fails.
 */
export async function bundleForBrowser(
  programs: Record<string, string>,
  out: string,
  { minified = false }: BundleSettings = {},
): Promise<void> {
  const folder = await makeTempFolder({ prefix: "bundle-" });
  try {
    const map = join(folder, "import_map.json");
    await Deno.writeTextFile(map, JSON.stringify(await browserMap()));
    const entries: string[] = [];
    for (const [name, text] of Object.entries(programs)) {
      entries.push(join(folder, `${name}.ts`));
      await Deno.writeTextFile(entries.at(-1)!, text);
    }
    const { success, stderr } = await outputOf(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        `--config=${fileURLToPath(new URL("deno.json", PROJECT))}`,
        `--import-map=${map}`,
        "--platform=browser",
        "--code-splitting",
        ...minified ? ["--minify"] : [],
        `--outdir=${out}`,
        ...entries,
      ],
      env: { NO_COLOR: "1" },
    });
    if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr)}`);
  } finally {
    await removeTempFolder(folder);
  }
}

/** The project's imports, and what is replaced: the host, and what no browser has. */
async function browserMap(): Promise<{ imports: Record<string, string> }> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", PROJECT)));
  const own = Object.entries<string>(imports).map(([name, target]) => [
    name,
    target.startsWith("./") ? new URL(target, PROJECT).href : target,
  ]);
  const file = (name: string) => new URL(`lib/${name}.ts`, PROJECT).href;
  const replaced = {
    [file("host/deno")]: file("host/browser"),
    "node:util": file("site/cells/node_util"),
  };
  return { imports: { ...Object.fromEntries(own), ...replaced } };
}
