/** The site that the tests read: built once for what is in the project now, and served on the loopback. */
import { join } from "node:path";
import { outputOf } from "@/io/processes.ts";
import { LIST } from "@/site/build/site_folder.ts";
import { addressOf, serveFolder, type ServeOptions } from "@/site/serve/server.ts";
import { ROOT } from "../../support/commands.ts";

/** What a site is made of. */
const SOURCES = ["lib", "notebooks", "data", "deno.json", "deno.lock"];

/**
 * Where the site is; built now, unless one has been built since the last change of its sources. The
 * variable SITE names another one, such as an archive that was unpacked.
 */
export async function builtSite(): Promise<string> {
  const named = Deno.env.get("SITE");
  if (named) return named;
  await Deno.mkdir(join(ROOT, "build"), { recursive: true });
  const folder = join(ROOT, "build", "site");
  // Files of tests run side by side: the first one builds, and the others wait for it.
  using turn = await Deno.open(join(ROOT, "build", ".tested-site.lock"), {
    write: true,
    create: true,
  });
  await turn.lock(true);
  if (await changedAt(join(folder, LIST)) < await lastChange()) {
    const { success, stderr } = await outputOf(Deno.execPath(), {
      args: ["task", "--quiet", "site"],
      cwd: ROOT,
      env: { NO_COLOR: "1", INIT_CWD: ROOT },
    });
    if (!success) throw new Error(`No site to test: ${new TextDecoder().decode(stderr)}`);
  }
  return folder;
}

async function changedAt(file: string): Promise<number> {
  return await Deno.stat(file).then(({ mtime }) => Number(mtime), () => -Infinity);
}

/** When a file of the sources was changed last. */
async function lastChange(): Promise<number> {
  let last = -Infinity;
  const visit = async (path: string) => {
    const { isDirectory, mtime } = await Deno.stat(path);
    if (!isDirectory) last = Math.max(last, Number(mtime));
    else for await (const { name } of Deno.readDir(path)) await visit(join(path, name));
  };
  for (const source of SOURCES) await visit(join(ROOT, source));
  return last;
}

/** The site on a server of its own, until it is disposed of. */
export class ServedSite implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** The address of its front page. */
  readonly url: string;

  constructor(folder: string, options: Omit<ServeOptions, "port"> = {}) {
    this.#server = serveFolder(folder, { ...options, port: 0 });
    this.url = addressOf(this.#server, options.prefix);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** The pages of the site: the front page and a page for each notebook. */
export async function pagesOf(folder: string): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  return names.filter((name) => name.endsWith(".html")).sort();
}
