/** The site on other hosts: below a path, without the headers that isolate, and without a network. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { inTempFolder } from "../support/commands.ts";
import { NotebookReader } from "./support/notebook_reader.ts";
import { builtSite, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();
/** A notebook with figures, whose first cells are quick. */
const NAME = "02_optimal_discriminator";

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

/** Waits until all files are kept. */
async function kept({ visitor }: NotebookReader): Promise<void> {
  await visitor.until(
    "the service worker keeps the site",
    () =>
      visitor.page.evaluate<boolean>(
        "navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')",
      ),
  );
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
  await reader.run(2);
  const [computes] = await reader.heard("computes");
  assertMatch(computes.text, /WASM, \d+ threads?/);
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
    await reader.run(2);
    await kept(reader);
  }
  // Nobody listens there any more.
  await visitor.page.reload();
  await reader.button("Run all").waitFor();
  assert(await visitor.page.evaluate("crossOriginIsolated"));
  await reader.run(3);
  assertEquals((await reader.heard("ended")).length > 0, true);
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
    const before = await visitor.page.evaluate<string[]>("caches.keys()");
    const page = join(copy, `${NAME}.html`);
    const text = await Deno.readTextFile(page);
    await Deno.writeTextFile(page, text.replace(/<h1[^>]*>/, "$&New: "));
    const worker = join(copy, "sw.js");
    const { version } = JSON.parse(await Deno.readTextFile(join(copy, "site.json")));
    const program = await Deno.readTextFile(worker);
    assert(program.includes(version), "the service worker knows its version");
    await Deno.writeTextFile(worker, program.replaceAll(version, "fedcba9876543210"));
    await visitor.until("the new page is shown", async () => {
      await visitor.page.reload();
      await visitor.page.waitForTimeout(500);
      return (await visitor.page.locator("h1").first().innerText()).includes("New: ");
    });
    await visitor.until("the old version is removed", async () => {
      const names = await visitor.page.evaluate<string[]>("caches.keys()");
      return names.every((name) => !before.includes(name));
    });
    assertEquals(visitor.errors, []);
  }));
