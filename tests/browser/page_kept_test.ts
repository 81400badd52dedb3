/** What a browser keeps of the book, where there is little room, odd addresses, or a host that is being updated. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { SmallBook } from "./support/small_book.ts";
import { CELLS, SmallReader } from "./support/small_reader.ts";
import { Visitor } from "./support/visitor.ts";

const book = await SmallBook.make(CELLS);
const CONTROLLED = "crossOriginIsolated && navigator.serviceWorker.controller !== null";

/** Has somebody open the book in a browser with so many bytes of room. */
async function visiting(
  visit: (reader: SmallReader, url: string) => Promise<void>,
  { room }: { room?: number } = {},
): Promise<string[]> {
  await book.write(CELLS);
  const url = book.serve();
  try {
    await using visitor = await Visitor.open();
    const { page } = visitor;
    page.setDefaultTimeout(15_000);
    if (room !== undefined) {
      const browser = await page.context().newCDPSession(page);
      const { origin } = new URL(url);
      await browser.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: room });
    }
    await page.goto(url);
    const reader = new SmallReader(visitor);
    await visitor.until(
      "the service worker is there",
      () => page.evaluate<boolean>(CONTROLLED).catch(() => false),
    );
    await visit(reader, url);
    return visitor.errors;
  } finally {
    await book.stop();
  }
}

/** The files of the book that the browser keeps. */
const KEPT = `(async () => {
  let count = 0;
  for (const name of await caches.keys()) count += (await (await caches.open(name)).keys()).length;
  return count;
})()`;

Deno.test("where there is no room to keep the book, it is read and run from its host", async () => {
  const errors = await visiting(async (reader) => {
    await reader.page.reload();
    await reader.isReady();
    await reader.run("first");
    assertEquals(await reader.page.evaluate("navigator.serviceWorker.controller !== null"), true);
    await reader.page.waitForTimeout(500);
    assertEquals(await reader.notice("it works offline now").count(), 0);
  }, { room: 2000 });
  assertEquals(errors, []);
});

Deno.test("an address that is no text is the host's to answer", () =>
  visiting(async (reader) => {
    assertEquals(await reader.page.evaluate("fetch('%ff.html').then(({ status }) => status)"), 404);
  }).then(() => {}));

Deno.test("the book is not said to be kept while a file of its host is of another edition", async () => {
  await visiting(async (reader, url) => {
    await reader.notice("it works offline now").waitFor();
    const count = await reader.page.evaluate<number>(KEPT);
    // Another edition's file, and a browser that has kept nothing yet.
    await Deno.writeTextFile(join(book.folder, "search.json"), "{}");
    await reader.page.evaluate(
      "caches.keys().then((all) => Promise.all(all.map((one) => caches.delete(one))))",
    );
    await reader.page.goto(url);
    await reader.visitor.until(
      "all others are kept",
      async () => await reader.page.evaluate<number>(KEPT) >= count - 1,
    );
    await reader.page.waitForTimeout(500);
    assertEquals(await reader.notice("it works offline now").count(), 0);
  });
});

Deno.test("a page is told when a newer edition was loaded in another tab", async () => {
  const errors = await visiting(async (reader, url) => {
    await reader.notice("it works offline now").waitFor();
    const other = await reader.page.context().newPage();
    await other.goto(url);
    await book.write({ ...CELLS, first: { code: 'text("new");' } });
    await other.reload();
    await other.locator(".notices").getByRole("button", { name: "Load it" }).click();
    await reader.notice("A newer edition of the book was loaded in another tab").waitFor();
  });
  assertEquals(errors, []);
});
