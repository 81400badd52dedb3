/** What is sent of a folder, and what is not. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { outputOf } from "@/io/processes.ts";
import { addressOf, serveFolder, type ServeOptions } from "@/site/serve/server.ts";

const FILES = {
  "index.html": "<!doctype html><title>The book</title>",
  "02.html": "<!doctype html><title>02</title>",
  "page one.html": "spaces",
  "run/cells.js": "postMessage(1);",
  "run/kernels.wasm": "\0asm",
  "run/data/images.gz": "\x1f\x8bpacked",
  "search.json": "{}",
  ".lock": "",
};

/** Serves a small folder beside a secret that a link of the folder leads to. */
async function serving(
  options: ServeOptions,
  test: (url: string, folder: string) => Promise<void>,
): Promise<void> {
  const above = await Deno.makeTempDir({ prefix: "server-" });
  const folder = join(above, "site");
  await Deno.writeTextFile(join(above, "secret.txt"), "secret");
  for (const [path, text] of Object.entries(FILES)) {
    await Deno.mkdir(join(folder, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
  await Deno.mkdir(join(above, "site-other"));
  await Deno.writeTextFile(join(above, "site-other", "secret.txt"), "secret");
  await Deno.symlink(join(above, "secret.txt"), join(folder, "out.txt"));
  await Deno.symlink(join(above, "site-other"), join(folder, "other"));
  await Deno.symlink(join(folder, "02.html"), join(folder, "inside.html"));
  const server = serveFolder(folder, { port: 0, ...options });
  try {
    await test(addressOf(server, options.prefix), folder);
  } finally {
    await server.shutdown();
    await Deno.remove(above, { recursive: true });
  }
}

/** What a request brings. */
async function got(url: string, init?: RequestInit) {
  const response = await fetch(url, { redirect: "manual", ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

Deno.test("files come with their types, and the headers that isolate a page", () =>
  serving({}, async (url) => {
    const types: Record<string, string> = {
      "": "text/html; charset=utf-8",
      "02.html": "text/html; charset=utf-8",
      "page%20one.html": "text/html; charset=utf-8",
      "run/cells.js": "text/javascript; charset=utf-8",
      "run/kernels.wasm": "application/wasm",
      "run/data/images.gz": "application/gzip",
      "search.json": "application/json",
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, headers, text } = await got(url + path);
      assertEquals([path, status, headers.get("content-type")], [path, 200, type]);
      assertEquals(headers.get("content-encoding"), null);
      assertEquals(text, FILES[decodeURIComponent(path || "index.html") as keyof typeof FILES]);
      assertEquals(headers.get("cross-origin-opener-policy"), "same-origin");
      assertEquals(headers.get("cross-origin-embedder-policy"), "require-corp");
      assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
    }
  }));

Deno.test("without isolation the same files come without these headers", () =>
  serving({ isolated: false }, async (url) => {
    const { status, headers } = await got(url);
    assertEquals(status, 200);
    assertEquals([...headers.keys()].filter((name) => name.startsWith("cross-origin")), []);
  }));

Deno.test("what is not in the folder is a page that leads to the contents", () =>
  serving({}, async (url) => {
    const long = "a".repeat(5000);
    for (const path of ["nothing.html", "run/nothing.js", "02.html/x", "%", "%00", ".lock", long]) {
      const { status, headers, text } = await got(url + path);
      assertEquals([path, status], [path, 404]);
      assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
      assertStringIncludes(text, '<a href="/">contents</a>');
    }
  }));

Deno.test("nothing outside the folder can be had, and a link within it can", () =>
  serving({}, async (url) => {
    const outside = [
      "out.txt",
      "other/secret.txt",
      "..%2fsecret.txt",
      "run/..%2f..%2fsecret.txt",
      "..%5csecret.txt",
      "%2e%2e%2fsite-other%2fsecret.txt",
    ];
    for (const path of outside) {
      const { status, text } = await got(url + path);
      assertEquals([path, status], [path, 404]);
      assert(text !== "secret");
    }
    assertEquals((await got(`${url}inside.html`)).text, FILES["02.html"]);
    // As it is typed by a program that does not tidy paths up.
    const { hostname, port } = new URL(url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const request = `GET /../secret.txt HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    assertMatch(await new Response(connection.readable).text(), /^HTTP\/1\.1 40[04] /);
  }));

Deno.test("only GET and HEAD are answered, and HEAD says how long a file is", () =>
  serving({}, async (url) => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const { status, headers } = await got(url, { method });
      assertEquals([method, status, headers.get("allow")], [method, 405, "GET, HEAD"]);
    }
    const head = await got(`${url}02.html`, { method: "HEAD" });
    assertEquals(head.text, "");
    assertEquals(head.headers.get("content-length"), String(FILES["02.html"].length));
  }));

Deno.test("an unchanged file is not sent again, and a changed one is", () =>
  serving({}, async (url, folder) => {
    const etag = (await got(`${url}02.html`)).headers.get("etag")!;
    const again = () => got(`${url}02.html`, { headers: { "if-none-match": etag } });
    assertEquals((await again()).status, 304);
    await Deno.writeTextFile(join(folder, "02.html"), "other");
    assertEquals(await again().then(({ status, text }) => [status, text]), [200, "other"]);
  }));

Deno.test("below a prefix, the site is there and nowhere else", () =>
  serving({ prefix: "/a/book/" }, async (url) => {
    const { origin } = new URL(url);
    assertEquals((await got(`${url}02.html`)).text, FILES["02.html"]);
    assertEquals((await got(url)).text, FILES["index.html"]);
    assertEquals((await got(`${origin}/02.html`)).status, 404);
    assertStringIncludes((await got(origin)).text, 'href="/a/book/"');
    const { status, headers } = await got(`${origin}/a/book`);
    assertEquals([status, headers.get("location")], [308, "/a/book/"]);
    assertEquals((await got(`${url}run`)).headers.get("location"), "/a/book/run/");
  }));

Deno.test("pages get an ending, and what is no file is answered by its owner", () =>
  serving({
    ending: "<script>1</script>",
    own: (path) => path === "changes" ? new Response("changed") : undefined,
  }, async (url) => {
    const { text, headers } = await got(`${url}02.html`);
    assertEquals(text, `${FILES["02.html"]}<script>1</script>`);
    assertEquals(headers.get("content-length"), String(text.length));
    assertEquals((await got(`${url}search.json`)).text, "{}");
    assertEquals((await got(`${url}changes`)).text, "changed");
  }));

Deno.test("a port that is taken is said, and where none is asked for the next one is tried", () =>
  serving({}, async (url, folder) => {
    const taken = Number(new URL(url).port);
    let message = "";
    try {
      serveFolder(folder, { port: taken });
    } catch (error) {
      message = (error as Error).message;
    }
    assertStringIncludes(message, `port ${taken} of 127.0.0.1: another program has it`);
    const [one, other] = [serveFolder(folder), serveFolder(folder)];
    assert(one.addr.port >= 8000 && other.addr.port > one.addr.port);
    await Promise.all([one.shutdown(), other.shutdown()]);
  }));

Deno.test("a copy of it is a program that serves its own folder, and may read no other", async () => {
  await serving({}, async (_, folder) => {
    const program = join(folder, "serve.ts");
    await Deno.copyFile(new URL("../../lib/site/serve/server.ts", import.meta.url), program);
    const args = ["run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-read=.", "serve.ts"];
    const child = new Deno.Command(Deno.execPath(), {
      args: [...args, "0"],
      cwd: folder,
      stdout: "piped",
    }).spawn();
    try {
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const { value = "" } = await reader.read();
      await reader.cancel();
      const [url] = value.match(/http:\S+/)!;
      assertEquals((await got(url)).text, FILES["index.html"]);
      assertEquals((await got(`${url}inside.html`)).text, FILES["02.html"]);
      assertEquals((await got(`${url}out.txt`)).status, 404);
    } finally {
      child.kill();
      await child.status;
    }
    const wrong = await outputOf(Deno.execPath(), { args: [...args, "x"], cwd: folder });
    assertEquals(wrong.code, 2);
    assertStringIncludes(new TextDecoder().decode(wrong.stderr), "a port, got x");
  });
});
