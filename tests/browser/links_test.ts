/** Every link of every page leads somewhere. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { posix } from "node:path";
import { filesIn } from "@/site/build/site_folder.ts";
import { fromAddress } from "@/playground/address.ts";
import { builtSite, pagesOf, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();
const pages = await pagesOf(site);

/** Where a page leads, and where one can be led on it. */
interface Linked {
  ids: string[];
  /** As they are written. */
  targets: string[];
}

const LINKED = `({
  ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
  targets: [...document.querySelectorAll("[href], [src], [data-figure]")].flatMap((element) =>
    ["href", "src", "data-figure"].map((name) => element.getAttribute(name)).filter(Boolean)),
})`;

/** What is wrong with a link of a page. */
function deadLink(page: string, target: string, all: Map<string, Linked>, files: Set<string>) {
  if (/^(https:|data:|mailto:)/.test(target)) return false;
  if (/^([a-z]+:|\/)/.test(target)) return true;
  const [path, anchor] = target.replace(/\?embed(?=#|$)/, "").split("#");
  const file = path === ""
    ? page
    : posix.join(posix.dirname(page), decodeURIComponent(path)).replace(/^\.$|\/$/, "index.html");
  if (!files.has(file)) return true;
  if (file === "playground.html" && anchor?.includes("=")) return !isPlayable(anchor);
  return anchor !== undefined && anchor !== "" &&
    !all.get(file)?.ids.includes(decodeURIComponent(anchor));
}

/** Whether the playground can read the settings of an address. */
function isPlayable(address: string): boolean {
  try {
    return fromAddress(address) !== undefined;
  } catch {
    return false;
  }
}

Deno.test("every link, picture, script and figure of every page is in the site, anchors included", async () => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open({ javaScriptEnabled: false });
  const all = new Map<string, Linked>();
  for (const page of pages) {
    await visitor.page.goto(`${server.url}${page}`);
    all.set(page, await visitor.page.evaluate<Linked>(LINKED));
  }
  const files = new Set(await filesIn(site));
  const dead = [...all].flatMap(([page, { targets }]) =>
    targets.filter((target) => deadLink(page, target, all, files))
      .map((target) => `${page}: ${target}`)
  );
  assertEquals(dead, []);
  for (const [page, { ids, targets }] of all) {
    assertGreater(targets.length, 10, page);
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
    assertEquals(twice, [], `${page} has each id once`);
  }
});

Deno.test("links between notebooks lead to pages, and the rule sees a link that leads nowhere", () => {
  const page = { ids: ["here"], targets: [] };
  const all = new Map([["a.html", page], ["b.html", page], ["playground.html", page]]);
  const files = new Set(["a.html", "b.html", "playground.html", "style/a.css"]);
  const dead = (target: string) => deadLink("a.html", target, all, files);
  const played = "playground.html?embed#v=1&preset=line";
  for (
    const target of ["#here", "b.html#here", "./b.html", "style/a.css", "https://a.b/c", played]
  ) {
    assert(!dead(target), target);
  }
  for (
    const target of [
      "#there",
      "b.html#there",
      "/b.html",
      "c.ipynb",
      "http://a.b",
      "//a.b",
      `${played}&k=?`,
    ]
  ) {
    assert(dead(target), target);
  }
});
