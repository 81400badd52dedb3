/** The book as it is read without scripts: from a server, and from the disk. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, assertEquals, assertGreater } from "@std/assert";
import { type Locator } from "playwright-core";
import { type Notebook, sourceOf } from "@/notebook/document.ts";
import { builtSite, pagesOf, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();
const pages = await pagesOf(site);
const notebooks = pages.filter((page) => /^\d\d_/.test(page));

/** What a page shows and has. */
interface Read {
  notebook: Notebook;
  text: string;
  ids: string[];
  formulas: number;
  coloured: number;
  buttons: number;
  figures: { picture: string; alt: string; width: number; loaded: boolean }[];
}

const READ = `(async () => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  for (const details of all("details")) details.open = true;
  const images = all("main img");
  for (const image of images) image.loading = "eager";
  await Promise.allSettled(images.map((image) => image.decode()));
  return {
    notebook: JSON.parse(document.getElementById("ipynb").textContent),
    text: document.querySelector("main").innerText,
    ids: all("[id]").map(({ id }) => id),
    formulas: all("main .katex").length,
    coloured: all("main .source [class^=tok-]").length,
    buttons: all("button, input, select").length,
    figures: all("figure[data-figure]").map((figure) => figure.querySelector("img")).map((image) => ({
      picture: image?.getAttribute("src"),
      alt: image?.alt,
      width: image?.getBoundingClientRect().width,
      loaded: image?.naturalWidth > 0,
    })),
  };
})()`;

Deno.test("a notebook from the disk, with scripts off, can be read: its text, mathematics, code and pictures", async (t) => {
  await using visitor = await Visitor.open({ javaScriptEnabled: false, offline: true });
  for (const page of notebooks) {
    await t.step(page, async () => {
      await visitor.page.goto(pathToFileURL(join(site, page)).href);
      const read = await visitor.page.evaluate<Read>(READ);
      const { cells } = read.notebook;
      const missing = cells.map(({ id }) => id).filter((id) => !read.ids.includes(id));
      assertEquals(missing, [], "every cell is on the page");
      const formulas = cells.filter(({ cell_type }) => cell_type === "markdown")
        .map((cell) => sourceOf(cell).match(/\$\$[^]+?\$\$|\$[^$\n]+\$/g)?.length ?? 0)
        .reduce((sum, n) => sum + n, 0);
      assertGreater(read.formulas, 0.9 * formulas, "formulas are typeset");
      assertEquals(
        read.text.match(/\$\$|\\frac|\\mathbb/g),
        null,
        "no formula is left as its source",
      );
      for (const cell of cells.filter(({ cell_type }) => cell_type === "code")) {
        const [line] = sourceOf(cell).split("\n");
        assert(read.text.includes(line.trim()), `the page shows ${line}`);
      }
      assertGreater(read.coloured, 50);
      assertEquals(read.buttons, 0, "what needs scripts is not there without them");
      assertGreater(read.figures.length, 1);
      for (const { picture, alt, width, loaded } of read.figures) {
        assert(loaded, `${picture} is a picture`);
        assertGreater(width, 200);
        assertGreater(alt.length, 5);
      }
    });
  }
  assertEquals(visitor.errors, []);
});

Deno.test("without scripts, the front page leads to every notebook, and each to its neighbours", async () => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open({ javaScriptEnabled: false });
  await visitor.page.goto(server.url);
  const visited: string[] = [];
  /** Follows a link, and waits until its page is there. */
  const follow = async (link: Locator) => {
    const to = new URL((await link.getAttribute("href"))!, visitor.page.url()).href;
    await link.click();
    await visitor.page.waitForURL(to);
  };
  await follow(visitor.page.locator(`main a[href*="${notebooks[0]}"]`).first());
  for (;;) {
    visited.push(new URL(visitor.page.url()).pathname.slice(1));
    const next = visitor.page.locator('nav.turn a[rel~="next"]');
    if (await next.count() === 0) break;
    await follow(next);
  }
  assertEquals(visited, notebooks);
  for (const page of notebooks.toReversed().slice(1)) {
    await follow(visitor.page.locator('nav.turn a[rel~="prev"]'));
    assertEquals(new URL(visitor.page.url()).pathname, `/${page}`);
  }
  assertEquals(visitor.errors, []);
});

Deno.test("on paper, no figure is cut, and what is folded away is there", async () => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open({ javaScriptEnabled: false });
  await visitor.page.goto(`${server.url}${notebooks[2]}`);
  const missing = `[...document.querySelectorAll("main img")]
    .filter((image) => !image.checkVisibility()).map(({ alt }) => alt)`;
  assertGreater(
    (await visitor.page.evaluate<string[]>(missing)).length,
    0,
    "on the screen, some are folded",
  );
  await visitor.page.emulateMedia({ media: "print" });
  await visitor.page.setViewportSize({ width: 700, height: 1000 });
  assertEquals(await visitor.page.evaluate<string[]>(missing), []);
  const cut = await visitor.page.evaluate<string[]>(
    `[...document.querySelectorAll("main img, main table, main pre")]
      .filter((element) => element.getBoundingClientRect().right > 701)
      .map((element) => element.outerHTML.slice(0, 80))`,
  );
  assertEquals(cut, []);
});
