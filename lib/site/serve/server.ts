/**
 * Serves the folder of a built site on this computer alone.
 *
 * It sends the headers that isolate a page from others, so that its threads may share memory.
 * Nothing outside the folder can be had, neither by .. nor through a link. The site has a copy of
 * this file, `serve.ts`, as a program of its own, so it imports nothing:
 *
 * ```sh
 * deno run --allow-net=127.0.0.1 --allow-read=. serve.ts [port]
 * ```
 *
 * @module
 */

const HOST = "127.0.0.1";
/** The port where none is asked for; what a reader has typed is kept by the browser for one port. */
const PORT = 8000;
/** So many ports are tried where none is asked for. */
const PORTS = 50;

/** Pages and workers may share memory, and nothing else may open them. */
const ISOLATING = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/** By the end of a file's name; packed files are unpacked by the page, not by the browser. */
const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  gz: "application/gzip",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  jpg: "image/jpeg",
  ipynb: "application/json",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  map: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  ts: "text/plain; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  woff2: "font/woff2",
  zip: "application/zip",
};

export interface ServeOptions {
  /** 0 for a free one; if left out, 8000 or the next one that is free. */
  port?: number;
  /** The path below which the site is, with a slash at both ends; / if left out. */
  prefix?: string;
  /** Whether to send the headers that isolate a page; if left out, they are sent. */
  isolated?: boolean;
  /** Answers what is no file of the site, by the path below the prefix. */
  own?: (path: string) => Response | undefined;
  /** Added to the end of each page. */
  ending?: string;
}

/**
 * Serves a folder until the server that is returned is shut down.
 *
 * @throws {Error} If the port cannot be had.
 */
export function serveFolder(
  folder: string,
  { port, ...options }: ServeOptions = {},
): Deno.HttpServer<Deno.NetAddr> {
  const tried = port === undefined ? Array.from({ length: PORTS }, (_, i) => PORT + i) : [port];
  for (const port of tried) {
    try {
      return Deno.serve(
        { hostname: HOST, port, onListen() {}, onError: () => told(500, "It cannot be read.") },
        (request) => answer(folder, request, options),
      );
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) {
        throw new Error(`Cannot serve on port ${port} of ${HOST}: ${(error as Error).message}`);
      }
    }
  }
  const [which, them] = tried.length === 1
    ? [`port ${tried[0]}`, "it"]
    : [`the ports ${tried[0]} to ${tried.at(-1)}`, "them"];
  throw new Error(
    `Cannot serve on ${which} of ${HOST}: another program has ${them}. Choose another port`,
  );
}

/** The address at which a browser finds what a server serves. */
export function addressOf({ addr }: Deno.HttpServer<Deno.NetAddr>, prefix = "/"): string {
  return `http://${addr.hostname}:${addr.port}${prefix}`;
}

async function answer(
  folder: string,
  request: Request,
  { prefix = "/", isolated = true, own, ending = "" }: ServeOptions,
): Promise<Response> {
  const headers: Record<string, string> = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    ...isolated ? ISOLATING : {},
  };
  if (request.method !== "GET" && request.method !== "HEAD") {
    return told(405, "This site can only be read.", { ...headers, allow: "GET, HEAD" });
  }
  const { pathname } = new URL(request.url);
  if (`${pathname}/` === prefix) return movedTo(prefix, headers);
  if (!pathname.startsWith(prefix)) return notFound(prefix, headers);
  const path = pathname.slice(prefix.length);
  const special = own?.(path);
  if (special) return special;
  const found = await find(folder, path);
  if (found === undefined) return notFound(prefix, headers);
  if (found === "folder") return movedTo(`${pathname}/`, headers);
  return await sent(found, request, headers, ending);
}

/** A file of the folder, as the system names it, or "folder" where a slash is missing. */
async function find(folder: string, path: string): Promise<string | undefined> {
  try {
    const names = decodeURIComponent(path === "" || path.endsWith("/") ? `${path}index.html` : path)
      .split("/");
    if (names.some((name) => name.startsWith(".") || /[\\\0:]/.test(name) || name === "")) return;
    const root = await Deno.realPath(folder);
    const file = await Deno.realPath([root, ...names].join("/"));
    if (!file.startsWith(root) || !/^[\\/]/.test(file.slice(root.length))) return;
    const { isFile, isDirectory } = await Deno.stat(file);
    return isFile ? file : isDirectory ? "folder" : undefined;
  } catch (error) {
    // A name that is no text, one below a file, or a link out of what may be read, is no file either.
    if (error instanceof URIError || error instanceof Deno.errors.NotFound) return;
    if (error instanceof Deno.errors.NotADirectory) return;
    if (error instanceof Deno.errors.NotCapable) return;
    if (/^(ENAMETOOLONG|ELOOP)$/.test((error as { code?: string }).code ?? "")) return;
    throw error;
  }
}

async function sent(
  path: string,
  request: Request,
  headers: Record<string, string>,
  ending: string,
): Promise<Response> {
  const type = TYPES[path.match(/\.(\w+)$/)?.[1] ?? ""] ?? "application/octet-stream";
  const more = type.startsWith("text/html") ? new TextEncoder().encode(ending) : undefined;
  const { size, mtime } = await Deno.stat(path);
  const etag = `"${size.toString(36)}-${mtime?.getTime().toString(36)}"`;
  const all = { ...headers, "content-type": type, etag };
  if (request.headers.get("if-none-match")?.split(/,\s*/).includes(etag)) {
    return new Response(null, { status: 304, headers: all });
  }
  const length = { "content-length": String(size + (more?.length ?? 0)) };
  if (request.method === "HEAD") return new Response(null, { headers: { ...all, ...length } });
  const file = await Deno.readFile(path);
  return new Response(new Blob(more ? [file, more] : [file]), { headers: { ...all, ...length } });
}

function movedTo(location: string, headers: Record<string, string>): Response {
  return new Response(null, { status: 308, headers: { ...headers, location } });
}

function notFound(home: string, headers: Record<string, string>): Response {
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Not found</title>
<h1>There is no such page</h1>
<p>The book begins with its <a href="${home}">contents</a>.</p>
</html>
`;
  return new Response(page, {
    status: 404,
    headers: { ...headers, "content-type": TYPES.html },
  });
}

function told(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, { status, headers: { ...headers, "content-type": TYPES.txt } });
}

/** What the program in a site does: it serves the folder in which it is. */
function main(args: string[]): void {
  const port = args[0] === undefined ? undefined : Number(args[0]);
  if (args.length > 1 || port !== undefined && !(Number.isInteger(port) && port < 65_536)) {
    console.error(`error: the only argument is a port, got ${args.join(" ")}`);
    Deno.exit(2);
  }
  try {
    const server = serveFolder(import.meta.dirname!, { port });
    console.log(`The workbook is at ${addressOf(server)} (Ctrl-C ends it)`);
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    Deno.exit(1);
  }
}

if (import.meta.main) main(Deno.args);
