/** The twelve notebooks as a book, as they are kept: without outputs. */
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { join } from "node:path";
import { type Notebook, parseNotebook } from "@/notebook/document.ts";
import { QUESTIONS } from "@/learner/exercises/mod.ts";
import { chapterOf, withForms } from "@/site/render/book.ts";
import { sitePages } from "@/site/render/site_pages.ts";
import { ROOT } from "../support/commands.ts";
import { filesBelow } from "../support/source.ts";

const PATHS = (await filesBelow("notebooks")).filter((path) =>
  /^notebooks\/\d\d_.*\.ipynb$/.test(path)
);
const EXECUTED = await Promise.all(
  PATHS.map(async (path): Promise<{ path: string; notebook: Notebook }> => ({
    path,
    notebook: parseNotebook(await Deno.readTextFile(join(ROOT, path)), path),
  })),
);
const { files, weights } = await sitePages(EXECUTED);
const pages = new Map(
  files.filter(({ path }) => path.endsWith(".html"))
    .map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]),
);

Deno.test("each notebook says in its first cell what it teaches, how long it takes and what it needs", () => {
  assertEquals(PATHS.length, 12);
  for (const { path, notebook } of EXECUTED) {
    const { number, title, teaches, minutes, needs } = chapterOf(
      path.slice("notebooks/".length, -6),
      notebook,
    );
    assertEquals(`${number}_`, /\d\d_/.exec(path)![0]);
    assertGreater(title.length, 4);
    assert(teaches.length >= 3 && teaches.length <= 6, `${path}: ${teaches.length}`);
    for (const one of teaches) {
      assertLess(one.length, 200, one);
      assertEquals(/\*\*(Time|Needs)|\n|[;.]$/.test(one), false, one);
    }
    assert(minutes !== undefined && minutes >= 20 && minutes <= 90, path);
    assertEquals(/deno|kernel|undefined|\*\*/.test(needs ?? ""), false, needs);
    assert(number < "02" || /\d\d/.test(needs!), `${path} builds on another`);
  }
});

Deno.test("every id of a page is there once, and every link leads to a page, a heading or a file", () => {
  const there = new Set(files.map(({ path }) => path));
  const idsOf = (page: string) =>
    [...pages.get(page)!.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  for (const [page, html] of pages) {
    const ids = idsOf(page);
    assertEquals(ids.filter((id, i) => ids.indexOf(id) !== i), [], page);
    for (const [, target] of html.matchAll(/<(?:a|link|img)[^>]* (?:href|src)="([^"]*)"/g)) {
      if (/^(https:|data:)/.test(target)) continue;
      const [path, anchor] = target.split("#");
      assert(path === "" || there.has(path), `${page} leads to ${target}`);
      if (anchor) assert(idsOf(path || page).includes(anchor), `${page} leads to ${target}`);
    }
  }
});

Deno.test("every question of every notebook is on its page", () => {
  for (const [page, html] of pages) {
    const all = QUESTIONS[page.slice(0, 2)];
    if (!all) continue;
    const found = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, id]) => id).sort();
    const predictions = found(/&quot;id&quot;:&quot;([^&]*)&quot;/g);
    assertEquals(predictions, Object.keys(all.predictions).sort(), page);
    const exercises = found(/ data-exercises="([^"]*)"/g).join();
    assertEquals(exercises.match(/\d\d-\d+/g)?.sort(), Object.keys(all.exercises).sort(), page);
    const revealed = new Set(found(/ data-prediction="([^"]*)"/g));
    assertEquals(revealed.size, 0, "without outputs nothing is folded");
  }
});

Deno.test("without figures no page has more than 0.9 MB, and its text can be searched", () => {
  for (const [name, { first, whole }] of Object.entries(weights)) {
    assertLess(first, 900_000, name);
    assertEquals(whole, first, name);
  }
  const index = files.find(({ path }) => path === "search.json")!;
  assertLess(index.bytes.length, 600_000);
});

Deno.test("a page asks for a guess in a form, and a notebook for one in the cell", () => {
  assertEquals(
    withForms("Some ask. Replace `undefined` by your guess and run the cell, or read on."),
    "Some ask. Give your guess in the form above the cell, or read on.",
  );
  assertEquals(
    withForms(
      "Which? Write a number between 0 and 1 instead of `undefined`, and run the cell. Think.",
    ),
    "Which? Think.",
  );
});
