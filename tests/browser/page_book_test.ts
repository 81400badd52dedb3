/** The book around the cells: found, kept, isolated, of a new edition, and by axe-core. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { SAVED_FIGURE, SmallBook } from "./support/small_book.ts";
import { CELLS, reading, SmallReader } from "./support/small_reader.ts";
import { Visitor } from "./support/visitor.ts";

const ALL = { ...CELLS, saved: { code: "1;", outputs: SAVED_FIGURE } };
const book = await SmallBook.make(ALL);
Deno.test.afterAll(() => book[Symbol.asyncDispose]());

const AXE = await Deno.readTextFile(new URL(import.meta.resolve("axe-core/axe.min.js")));

/** Isolated, without its host's help. */
const ISOLATED = "crossOriginIsolated && navigator.serviceWorker.controller !== null";

Deno.test("on a host without headers the page isolates itself, loading itself again once", async () => {
  const url = book.serve({ isolated: false });
  try {
    await using reader = await SmallReader.open(url);
    let loads = 0;
    reader.page.on("load", () => loads++);
    await reader.visitor.until(
      "isolated",
      () => reader.page.evaluate<boolean>(ISOLATED).catch(() => false),
    );
    await reader.page.waitForTimeout(1000);
    assert(loads <= 1, `${loads} more loads`);
    await reader.run("first");
    assertEquals(await reader.page.locator("#run-bar .computes").innerText(), "auto, 4 threads");
    assertEquals(reader.visitor.errors, []);
  } finally {
    await book.stop();
  }
});

Deno.test("a reader who has begun is not interrupted, but asked", async () => {
  const url = book.serve({ isolated: false });
  try {
    await using visitor = await Visitor.open();
    const { page } = visitor;
    // The service worker comes late.
    await page.addInitScript(`const { register } = ServiceWorkerContainer.prototype;
      ServiceWorkerContainer.prototype.register = async function (...args) {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return register.apply(this, args);
      };`);
    await page.goto(url);
    await page.locator(".cell-bar").first().click();
    const again = page.locator(".notices").getByText("Load it again");
    await again.waitFor();
    assertEquals(await page.evaluate("crossOriginIsolated"), false);
    await again.click();
    await visitor.until("isolated", () => page.evaluate<boolean>(ISOLATED).catch(() => false));
    assertEquals(visitor.errors, []);
  } finally {
    await book.stop();
  }
});

Deno.test("a book that was visited is read and run without a network, and a new edition is offered", async () => {
  await using reader = await SmallReader.open(book.serve());
  await reader.notice("it works offline now").waitFor();
  await reader.page.context().setOffline(true);
  await reader.page.reload();
  await reader.isReady();
  assert(await reader.page.evaluate("crossOriginIsolated"));
  await reader.run("first");
  await reader.cell("saved").scrollIntoViewIfNeeded();
  await reader.cell("saved").locator(".main-svg").first().waitFor();
  await reader.cell("first").locator("pre").click();
  await reader.cell("first").locator(".cm-content").waitFor();
  await reader.page.context().setOffline(false);
  const before = await reader.page.evaluate<string[]>("caches.keys()");
  await book.write({ ...ALL, first: { code: 'text("a newer edition");' } });
  await reader.page.reload();
  await reader.notice("A newer edition of the book is ready.").waitFor();
  assertEquals(await reader.code("first"), CELLS.first.code);
  await reader.page.locator(".notices").getByText("Load it").click();
  await reader.visitor.until(
    "the new edition is there",
    async () => (await reader.code("first").catch(() => "")).includes("newer"),
  );
  const after = await reader.page.evaluate<string[]>("caches.keys()");
  assertEquals([after.length, before.includes(after[0])], [1, false]);
  assertEquals(reader.visitor.errors.filter((line) => !/ERR_INTERNET_DISCONNECTED/.test(line)), []);
  await book.write(ALL);
  await book.stop();
});

Deno.test("the book is searched by keyboard alone", async () => {
  const errors = await reading(book, async (reader) => {
    const { page } = reader;
    await page.keyboard.press("/");
    assertEquals(await reader.place(), "Search the book");
    await page.keyboard.type("gradients");
    await page.locator("#found [role=option]").waitFor();
    assertMatch(
      await page.locator("#found").innerText(),
      /^Two\s+Small\s+More words about generators and gradients/,
    );
    await page.keyboard.press("Escape");
    assertEquals(await page.locator("#found").isVisible(), false);
    await page.keyboard.type("generator");
    await page.locator("#found [role=option]").nth(1).waitFor();
    await page.setViewportSize({ width: 360, height: 800 });
    const found = (await page.locator("#found").boundingBox())!;
    assert(found.x >= 0 && found.x + found.width <= 360, "all of what is found is in the window");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assertEquals(await page.locator("#found [aria-selected=true] strong").innerText(), "Two");
    assertEquals(
      await page.locator(".search input").getAttribute("aria-activedescendant"),
      "found-1",
    );
    await page.keyboard.press("Enter");
    await page.waitForURL("**#two");
  });
  assertEquals(errors, []);
});

Deno.test("the contents show what is being read, and the sign of a heading copies its address", async () => {
  const errors = await reading(book, async (reader) => {
    const { page } = reader;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const current = page.locator("nav.contents [aria-current]");
    await reader.visitor.until(
      "the first section is read",
      async () => await current.innerText() === "One",
    );
    await page.locator("#two a.anchor").click();
    await reader.notice("The address of this section has been copied.").waitFor();
    assertEquals(await page.evaluate("navigator.clipboard.readText()"), page.url());
    assert(page.url().endsWith("#two"));
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await reader.visitor.until(
      "the last section is read",
      async () => await current.innerText() === "Two",
    );
  });
  assertEquals(errors, []);
});

Deno.test("axe-core finds nothing in what scripts add, light and dark, narrow and wide", async () => {
  const errors = await reading(book, async (reader) => {
    const { page } = reader;
    await reader.run("print");
    await reader.cell("first").locator("pre").click();
    await reader.cell("first").locator(".cm-content").waitFor();
    await page.keyboard.type(" ");
    await reader.cell("number").getByText("Predict", { exact: true }).click();
    await reader.cell("saved").scrollIntoViewIfNeeded();
    await reader.cell("saved").locator(".main-svg").first().waitFor();
    await page.locator("details.more summary").click();
    await page.evaluate(AXE);
    for (const width of [360, 1400]) {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        assertEquals(
          await page.evaluate(
            `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
            violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
              id + ": " + target + " " + failureSummary)))`,
          ),
          [],
        );
        assertEquals(
          await page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
          true,
        );
        await page.screenshot({
          path: `build/walk/page_${width}_${colorScheme}.png`,
          fullPage: true,
        });
      }
    }
  });
  assertEquals(errors, []);
});
