/** The site on other hosts: below a path, without the headers that isolate, and without a network. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { host } from "@/host/host.ts";
import { inTempFolder } from "../support/commands.ts";
import { NotebookReader } from "./support/notebook_reader.ts";
import { builtSite, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();
const NAME = "06_gan_in_one_dimension";

/** Waits until the page is isolated and controlled by its service worker. */
async function settled({ visitor }: NotebookReader): Promise<void> {
  await visitor.until(
    "the service worker has isolated the page",
    () =>
      visitor.page.evaluate<boolean>(
        "crossOriginIsolated && navigator.serviceWorker.controller !== null",
      ).catch(() => false), // It is being loaded anew.
  );
}

/** Waits until the browser keeps the book. */
async function kept({ visitor }: NotebookReader): Promise<void> {
  await visitor.page.locator(".notices").getByText("it works offline now").waitFor();
}

Deno.test("below a path and without headers, a service worker isolates the page, and cells run on threads", async () => {
  await using server = new ServedSite(site, { prefix: "/a/book/", isolated: false });
  await using visitor = await Visitor.open();
  const outside: string[] = [];
  visitor.page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !/^(data|blob):/.test(url)) outside.push(url);
  });
  const reader = await NotebookReader.open(visitor, server.url, NAME);
  await settled(reader);
  const [first] = await reader.cellsWith("await useBackend(");
  await reader.run(first);
  const [computes] = await reader.heard("computes");
  assertMatch(computes.text, /\d+ threads/);
  assertEquals(outside, []);
  assertEquals(visitor.errors, []);
});

Deno.test("once it was visited, the whole book can be read and run without a network", async () => {
  await using visitor = await Visitor.open();
  let url: string;
  let reader: NotebookReader;
  {
    await using server = new ServedSite(site);
    url = server.url;
    reader = await NotebookReader.open(visitor, url, NAME);
    await kept(reader);
  }
  // Nobody listens there any more.
  await visitor.page.reload();
  await reader.button("Run all").waitFor();
  assert(await visitor.page.evaluate("crossOriginIsolated"));
  const [first] = await reader.cellsWith("await useBackend(");
  await reader.run(first);
  // A page that was not visited before.
  const other = await NotebookReader.open(visitor, url, "03_global_optimum");
  await other.run(2);
  await visitor.page.goto(`${url}index.html`);
  assertMatch(await visitor.page.title(), /GAN workbook/);
  assertEquals(visitor.errors, []);
});

Deno.test("a new version of the site replaces the old one in a browser that keeps it", () =>
  inTempFolder(async (folder) => {
    const copy = join(folder, "site");
    await cp(site, copy, { recursive: true });
    await using server = new ServedSite(copy);
    await using visitor = await Visitor.open();
    const reader = await NotebookReader.open(visitor, server.url, NAME);
    await kept(reader);
    const before = await visitor.page.evaluate<string[]>(KEPT_PAGES);
    await newEdition(copy);
    await visitor.page.reload();
    assert(!await visitor.page.locator("h1").innerText().then((text) => text.startsWith("New: ")));
    await visitor.page.locator(".notices").getByRole("button", { name: "Load it" }).click();
    await visitor.until("the new edition is shown", async () => {
      const text = await visitor.page.locator("h1").innerText().catch(() => "");
      return text.startsWith("New: ");
    });
    const now = await visitor.page.evaluate<string[]>(KEPT_PAGES);
    assertEquals(now.length, before.length, "one edition is kept");
    assertEquals(now.filter((url) => !before.includes(url)).length, 1, "and only the page is new");
    assertEquals(visitor.errors, []);
  }));

/** The addresses under which pages are kept. */
const KEPT_PAGES = `(async () => {
  const urls = [];
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) urls.push(url);
  }
  return urls.filter((url) => url.includes(".html?"));
})()`;

/** Changes a page of a site, and its service worker as a build does. */
async function newEdition(site: string): Promise<void> {
  const page = join(site, `${NAME}.html`);
  const text = (await Deno.readTextFile(page)).replace(/<h1[^>]*>/, "$&New: ");
  await Deno.writeTextFile(page, text);
  const worker = join(site, "sw.js");
  const [, json, program] = (await Deno.readTextFile(worker)).match(
    /^self\.__BOOK = (.*);\n([^]*)$/,
  )!;
  const edition = JSON.parse(json);
  edition.files[`${NAME}.html`] = host.sha256(text);
  edition.version = "fedcba9876543210";
  await Deno.writeTextFile(worker, `self.__BOOK = ${JSON.stringify(edition)};\n${program}`);
}
