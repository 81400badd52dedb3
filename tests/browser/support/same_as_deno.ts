/**
 * Every notebook, run from top to bottom in a browser: its cells show there what they show in Deno. Texts and tables are
 * the same. So are the numbers of figures, but for the last bits of what JavaScript's own functions compute: Math.exp,
 * Math.log and others differ between versions of V8, and a browser has another one than Deno.
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

/** Of a number, or of 1: what nobody sees in a figure, and much more than last bits. */
const NEGLIGIBLE = 1e-10;

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
    const differences = differencesIn(
      comparable(cell.outputs ?? []),
      comparable(shown[cell.id] ?? []),
    );
    assertEquals(differences.slice(0, 5), [], `cell ${i + 1}: ${sourceOf(cell)}`);
  }
  // What came is on the page as well.
  const numbers = await page.locator("[data-state=done]").count();
  assertEquals(numbers, codeCells(executed).length);
  const figures = Object.values(shown).flat().filter(({ data }) => data?.["image/png"] || data)
    .length;
  assertGreater(figures, 3);
}

/** Where the browser shows something else than Deno, and what. */
export function differencesIn(deno: unknown, browser: unknown, path = ""): string[] {
  if (Object.is(deno, browser)) return [];
  if (typeof deno === "number" && typeof browser === "number") {
    if (Math.abs(deno - browser) <= NEGLIGIBLE * Math.max(1, Math.abs(deno))) return [];
  }
  if (isObject(deno) && isObject(browser)) {
    const names = new Set([...Object.keys(deno), ...Object.keys(browser)]);
    return [...names].flatMap((name) =>
      differencesIn(deno[name], browser[name], path === "" ? name : `${path}.${name}`)
    );
  }
  const short = (value: unknown) => String(value).slice(0, 200);
  return [`${path}: ${short(deno)} in Deno, ${short(browser)} in the browser`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
