/**
 * Every notebook, run from top to bottom in a browser: what its cells show there is what they show in Deno, to the last
 * digit of every number and every point of every figure.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { join } from "node:path";
import { codeCells, nameOf, sourceOf } from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { executedNotebook } from "@/site/build/executed_notebook.ts";
import { ROOT } from "../../support/commands.ts";
import { comparable, NotebookReader } from "./notebook_reader.ts";
import { builtSite, ServedSite } from "./site.ts";
import { Visitor } from "./visitor.ts";

/** Registers a test for each of some notebooks. */
export async function runInBrowser(isMine: (number: number) => boolean): Promise<void> {
  const site = await builtSite();
  for (const path of await findNotebooks(join(ROOT, "notebooks"))) {
    const name = nameOf(path);
    if (!isMine(parseInt(name))) continue;
    Deno.test(`${name} runs from top to bottom in a browser, and shows what it shows in Deno`, async () => {
      await using server = new ServedSite(site);
      await using visitor = await Visitor.open();
      const reader = await NotebookReader.open(visitor, server.url, name);
      await compare(reader, path);
      assertEquals(visitor.errors, []);
    });
  }
}

async function compare(reader: NotebookReader, path: string): Promise<void> {
  const { page } = reader.visitor;
  assert(await page.evaluate("crossOriginIsolated"), "the page may have threads");
  await reader.runAll();
  const shown = await reader.shown();
  const executed = await executedNotebook(path);
  for (const [i, cell] of codeCells(executed).entries()) {
    assertEquals(
      comparable(shown[cell.id] ?? []),
      comparable(cell.outputs ?? []),
      `cell ${i + 1}: ${sourceOf(cell)}`,
    );
  }
  // What came is on the page as well.
  const numbers = await page.locator("[data-state=done]").count();
  assertEquals(numbers, codeCells(executed).length);
  const figures = Object.values(shown).flat().filter(({ data }) => data?.["image/png"] || data)
    .length;
  assertGreater(figures, 3);
}
