/** Changes of files are noticed, some at a time, and an open page hears of them. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { changesIn } from "@/site/serve/file_changes.ts";
import { WatchedSite } from "@/site/serve/watched_site.ts";
import { inTempFolder } from "../support/commands.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Names in a folder, and what changes in it. */
async function watching(
  test: (
    write: (...names: string[]) => Promise<void>,
    next: () => Promise<string[] | undefined>,
    read: (name: string) => Promise<string>,
  ) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    folder = await Deno.realPath(folder);
    await Deno.mkdir(join(folder, "deep"));
    await Deno.writeTextFile(join(folder, "there.ts"), "0");
    const stop = new AbortController();
    const changes = changesIn([folder], { quietMs: 50, signal: stop.signal });
    const pending: Promise<IteratorResult<string[], void>>[] = [changes.next()];
    // The first call begins to watch; the system may tell of what was just made.
    await pause(100);
    await Deno.writeTextFile(join(folder, "first.ts"), "0");
    await pending.shift();
    try {
      await test(
        async (...names) => {
          for (const name of names) await Deno.writeTextFile(join(folder, name), "1");
        },
        async () => {
          const { value } = await (pending.shift() ?? changes.next());
          return value?.map((path) => path.slice(folder.length + 1));
        },
        (name) => Deno.readTextFile(join(folder, name)),
      );
    } finally {
      stop.abort();
      await changes.return();
    }
  });
}

Deno.test("what changes in a moment is told at once, in folders below too", () =>
  watching(async (write, next) => {
    await write("a.ts", "b.ts", "deep/c.ts", "a.ts");
    assertEquals(await next(), ["a.ts", "b.ts", "deep/c.ts"]);
  }));

Deno.test("what changes while nobody asks is kept for the next time", () =>
  watching(async (write, next) => {
    await write("a.ts");
    assertEquals(await next(), ["a.ts"]);
    await write("b.ts");
    await pause(150);
    await write("deep/c.ts");
    await pause(150);
    assertEquals(await next(), ["b.ts", "deep/c.ts"]);
  }));

Deno.test("to read a file is no change, nor is what an editor leaves for a moment", () =>
  watching(async (write, next, read) => {
    await Promise.all([write(".a.ts.swp", "a.ts~", "4913", ".writing-0.tmp"), pause(150)]);
    const asked = next();
    await read("there.ts");
    await pause(150);
    await write("a.ts");
    assertEquals(await asked, ["a.ts"]);
  }));

Deno.test("to stop ends the waiting", () =>
  inTempFolder(async (folder) => {
    const stop = new AbortController();
    const changes = changesIn([folder], { signal: stop.signal });
    const waiting = changes.next();
    await pause(50);
    stop.abort();
    assertEquals(await waiting, { done: true, value: undefined });
  }));

Deno.test("a page that is served hears of a change, and no service worker keeps an old one", () =>
  inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "index.html"), "<p>one</p>\n");
    await Deno.writeTextFile(join(folder, "sw.js"), "keeps all");
    await using site = new WatchedSite(folder, 0);
    const page = await (await fetch(site.url)).text();
    assertStringIncludes(page, "<p>one</p>\n<script>");
    assertStringIncludes(page, 'new EventSource("changes")');
    const worker = await (await fetch(`${site.url}sw.js`)).text();
    assertStringIncludes(worker, "registration.unregister()");
    const { body } = await fetch(`${site.url}changes`);
    const events = body!.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await events.read()).value, ": here\n\n");
    site.reload();
    assertEquals((await events.read()).value, "data: changed\n\n");
    await events.cancel();
  }));
