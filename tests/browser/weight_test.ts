/** What a browser fetches to show a page: little before anything moves, and not much in all. */
import { gzipSync } from "node:zlib";
import { assert, assertEquals } from "@std/assert";
import { builtSite, pagesOf, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();
const pages = await pagesOf(site);

/** Bytes of the first view, before figures are drawn, and of a page that was read to its end. */
const [MOST_FIRST, MOST] = [1_000_000, 3_000_000];

/** What makes figures interactive. */
const LATER = /plotly\.min\.js|\/figures\//;
/** What is sent as it is; hosts compress the rest. */
const PACKED = /\.(png|jpg|woff2|gz)$/;

Deno.test("the first view of a page is under 1 MB, and a page that was read to its end under 3 MB", async (t) => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open();
  const browser = visitor.page.context().browser()!;
  for (const name of pages) {
    await t.step(name, async () => {
      // A visitor of each page: none has anything of another one in a cache.
      await using context = await browser.newContext({
        serviceWorkers: "block",
        viewport: { width: 1200, height: 900 },
      });
      const page = await context.newPage();
      const bytes = new Map<string, Promise<number>>();
      page.on("response", (response) => {
        const url = response.url();
        if (!url.startsWith(server.url) || bytes.has(url)) return;
        const size = response.body().then(
          (body) => PACKED.test(url) ? body.length : gzipSync(body).length,
        );
        // One that comes as the page is closed has no body, and is not asked for below.
        size.catch(() => {});
        bytes.set(url, size);
      });
      const sum = async (of: (url: string) => boolean) => {
        const own = [...bytes].filter(([url]) => of(url)).map(([, size]) => size);
        return (await Promise.all(own)).reduce((all, size) => all + size, 0);
      };
      await page.goto(`${server.url}${name}`, { waitUntil: "networkidle" });
      const first = await sum((url) => !LATER.test(url));
      assert(first < MOST_FIRST, `the first view has ${first} bytes`);
      for (const figure of await page.locator("main figure[data-figure]:visible").all()) {
        await figure.scrollIntoViewIfNeeded();
      }
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      await page.waitForLoadState("networkidle");
      const all = await sum(() => true);
      assert(all < MOST, `the page has ${all} bytes`);
      assertEquals([...bytes.keys()].filter((url) => /cells\.js|\.gz$/.test(url)), []);
    });
  }
});
