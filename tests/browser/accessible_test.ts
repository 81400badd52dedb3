/** Every page by axe-core, and at the width of a telephone. */
import { assertEquals, assertGreater } from "@std/assert";
import { type Page } from "playwright-core";
import { builtSite, pagesOf, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();
const pages = await pagesOf(site);
const AXE = await Deno.readTextFile(new URL(import.meta.resolve("axe-core/axe.min.js")));

/** The widths of a telephone and of a desk. */
const WIDTHS = [360, 1400];
const SCHEMES = ["light", "dark"] as const;

/** What axe-core has against a page as it is shown. */
async function violationsOn(page: Page): Promise<string[]> {
  if (!await page.evaluate<boolean>('"axe" in globalThis')) await page.evaluate(AXE);
  return await page.evaluate<string[]>(
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) =>
        nodes.slice(0, 3).map(({ target, failureSummary }) => id + ": " + target + " " + failureSummary)))`,
  );
}

Deno.test("axe-core finds nothing on any page, light and dark, narrow and wide", async (t) => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open();
  const { page } = visitor;
  for (const name of pages) {
    await t.step(name, async () => {
      await page.goto(`${server.url}${name}`);
      const found: string[] = [];
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ colorScheme });
          const own = await violationsOn(page);
          found.push(...own.map((line) => `${width} px, ${colorScheme}: ${line}`));
        }
      }
      assertEquals(found, []);
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
        size: parseFloat(getComputedStyle(document.querySelector("main p")).fontSize),
      })`);
      assertEquals(wide, 360);
      assertGreater(size, 14.9);
    });
  }
  assertEquals(visitor.errors, []);
});
