/**
 * The library as a browser gets it: bundled with `lib/host/browser.ts`, and served on the loopback.
 */
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "@/io/processes.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";

const PROJECT = new URL("../../../../", import.meta.url);

const TYPES: Record<string, string> = {
  "": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Lets pages and workers share memory. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/**
 * Programs by name, bundled for a browser and served with all that they fetch. Gone when disposed
 * of.
 */
export class BrowserBundle implements AsyncDisposable {
  private constructor(
    private readonly folder: string,
    private readonly server: Deno.HttpServer<Deno.NetAddr>,
  ) {}

  /**
   * @param programs TypeScript by name; `name` becomes `name.js`.
   * @param minified Without what only readers need.
   */
  static async make(
    programs: Record<string, string>,
    { minified = false } = {},
  ): Promise<BrowserBundle> {
    const folder = await makeTempFolder({ prefix: "browser-" });
    try {
      await bundle(folder, programs, minified);
    } catch (error) {
      await removeTempFolder(folder);
      throw error;
    }
    const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
    return new BrowserBundle(folder, Deno.serve(options, (request) => respond(folder, request)));
  }

  /** The address of an empty page; with `?bare` after it, of one that is not isolated. */
  get url(): string {
    return `http://127.0.0.1:${this.server.addr.port}/`;
  }

  /** The text of every file, by name. */
  async texts(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for await (const { name } of Deno.readDir(join(this.folder, "out"))) {
      found[name] = await Deno.readTextFile(join(this.folder, "out", name));
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.shutdown();
    await removeTempFolder(this.folder);
  }
}

async function bundle(
  folder: string,
  programs: Record<string, string>,
  minified: boolean,
): Promise<void> {
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
      `--outdir=${join(folder, "out")}`,
      ...entries,
    ],
  });
  if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr)}`);
}

/** The project's imports, and the line that changes the host. */
async function browserMap(): Promise<{ imports: Record<string, string> }> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", PROJECT)));
  const own = Object.entries<string>(imports).map(([name, target]) => [
    name,
    target.startsWith("./") ? new URL(target, PROJECT).href : target,
  ]);
  const host = (name: string) => new URL(`lib/host/${name}.ts`, PROJECT).href;
  return { imports: { ...Object.fromEntries(own), [host("deno")]: host("browser") } };
}

async function respond(folder: string, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const isolating = search === "?bare" ? {} : ISOLATED;
  const headers = { "content-type": TYPES[extname(pathname)] ?? "", ...isolating };
  if (pathname === "/") return new Response("<!doctype html><title>Bundle</title>", { headers });
  try {
    return new Response(await Deno.readFile(fileOf(folder, pathname)), { headers });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Response(null, { status: 404 });
    throw error;
  }
}

/** A file of the bundle, of the project, or of an npm package. */
function fileOf(folder: string, pathname: string): string | URL {
  const [, top, rest] = pathname.match(/^\/(data|lib|npm)\/(.*)/) ?? [];
  if (top === "npm") return new URL(import.meta.resolve(rest));
  return top ? new URL(`${top}/${rest}`, PROJECT) : join(folder, "out", pathname.slice(1));
}
