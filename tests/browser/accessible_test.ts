/** Every page by axe-core, and at the width of a telephone. */
import { assertEquals, assertGreater } from "@std/assert";
import { type Page } from "playwright-core";
import { builtSite, pagesOf, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();
const pages = await pagesOf(site);
const AXE = await Deno.readTextFile(new URL(import.meta.resolve("axe-core/axe.min.js")));

/** Colours are the same at every width: contrast, which takes half the time, is looked at once in each theme. */
const [CONTRAST, LINKS] = ["color-contrast", "link-in-text-block"];

/**
 * What a width changes is the same on the pages of all notebooks, but for what must be scrolled: one of
 * them and the two pages of another kind are looked at as on a telephone by all rules.
 */
const KINDS = ["index.html", "playground.html", pages.find((name) => /^\d/.test(name))];
const whereNarrow = (name: string) =>
  KINDS.includes(name)
    ? { rules: { [CONTRAST]: { enabled: false }, [LINKS]: { enabled: false } } }
    : { runOnly: ["scrollable-region-focusable"] };

/**
 * What axe-core has against a page as it is shown. The many boxes of a formula are hidden from it:
 * they have the colour of the text, and screen readers are given its MathML.
 */
async function violationsOn(page: Page, which: object = {}): Promise<string[]> {
  if (!await page.evaluate<boolean>('"axe" in globalThis')) await page.evaluate(AXE);
  const options = { resultTypes: ["violations"], ...which };
  return await page.evaluate<string[]>(
    `axe.run({ exclude: [".katex-html"] }, ${JSON.stringify(options)}).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) =>
        nodes.slice(0, 3).map(({ target, failureSummary }) => id + ": " + target + " " + failureSummary)))`,
  );
}

/** Goes through the page, so that its figures are drawn. */
async function readThrough(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  for (const figure of await page.locator("main figure[data-figure]:visible").all()) {
    await figure.scrollIntoViewIfNeeded();
    await figure.locator(".main-svg").first().waitFor({ state: "attached" });
  }
}

Deno.test("axe-core finds nothing on any page, light and dark, narrow and wide, figures drawn", async (t) => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open();
  const { page } = visitor;
  for (const name of pages) {
    await t.step(name, async () => {
      await page.emulateMedia({ colorScheme: "light" });
      await page.goto(`${server.url}${name}`);
      await readThrough(visitor);
      const found: Record<string, string[]> = {};
      await page.setViewportSize({ width: 360, height: 900 });
      found.narrow = await violationsOn(page, whereNarrow(name));
      // They are a third of the page, which axe-core would go through for nothing.
      await page.evaluate(
        'document.querySelectorAll(".katex-html").forEach((box) => box.remove())',
      );
      await page.setViewportSize({ width: 1400, height: 900 });
      found.wide = await violationsOn(page);
      await page.emulateMedia({ colorScheme: "dark" });
      found.dark = await violationsOn(page, { runOnly: [CONTRAST] });
      assertEquals(found, { narrow: [], wide: [], dark: [] });
    });
  }
  assertEquals(visitor.errors, []);
});

Deno.test("the test sees what it should: a picture without words, and pale text", async () => {
  await using visitor = await Visitor.open();
  await visitor.page.setContent(`<!doctype html><html lang="en"><title>a</title><main><h1>b</h1>
    <img src="data:,"><p style="color: #ccc; background: #fff">pale</p></main></html>`);
  const found = await violationsOn(visitor.page);
  assertEquals(found.map((line) => line.split(":")[0]).sort(), ["color-contrast", "image-alt"]);
});

Deno.test("no page is wider than a telephone, and its text is large enough", async (t) => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open({
    viewport: { width: 360, height: 800 },
    hasTouch: true,
  });
  for (const name of pages) {
    await t.step(name, async () => {
      await visitor.page.goto(`${server.url}${name}`);
      const { wide, size } = await visitor.page.evaluate<{ wide: number; size: number }>(`({
        wide: document.documentElement.scrollWidth,
        size: parseFloat(getComputedStyle(document.querySelector("main .markdown p, main:is(.front, .playground) p")).fontSize),
      })`);
      assertEquals(wide, 360);
      assertGreater(size, 14.9);
    });
  }
  assertEquals(visitor.errors, []);
});
