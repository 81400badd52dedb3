/**
 * The library as a browser gets it: bundled with `lib/host/browser.ts`, and served on the loopback.
 */
import { extname, join } from "node:path";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { bundleForBrowser } from "@/site/build/bundler.ts";

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
      await bundleForBrowser(programs, join(folder, "out"), { minified });
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
