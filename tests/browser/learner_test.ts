/** A learner on the site: predicts, answers, edits, runs again, stops, comes back. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { type Locator } from "playwright-core";
import { NotebookReader } from "./support/notebook_reader.ts";
import { builtSite, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();

async function learning(
  name: string,
  learn: (reader: NotebookReader, visitor: Visitor, url: string) => Promise<void>,
): Promise<void> {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open();
  const reader = await NotebookReader.open(visitor, server.url, name);
  await learn(reader, visitor, server.url);
  assertEquals(visitor.errors, []);
}

/** The form of a question. */
function form({ visitor: { page } }: NotebookReader, id: string): Locator {
  return page.locator("form.ask").filter({ hasText: `${id}` }).first();
}

Deno.test("a number that is predicted is in the cell, beside the truth, and there after a reload", () =>
  learning("02_optimal_discriminator", async (reader, visitor) => {
    const [asks] = await reader.cellsWith('predict("02-1"');
    const [tells] = await reader.cellsWith('reveal("02-1"');
    const question = form(reader, "02-1");
    await question.locator("input").first().fill("0.3");
    await question.getByRole("button", { name: "Predict" }).click();
    await reader.ended();
    assertStringIncludes(await reader.code(asks), 'predict("02-1", 0.3)');
    await reader.run(tells);
    assertMatch(await reader.cell(tells).locator(".outputs").innerText(), /Prediction 02-1: your/);
    await visitor.page.reload();
    await reader.button("Run all").waitFor();
    assertStringIncludes(await reader.code(asks), 'predict("02-1", 0.3)');
    assertEquals(await form(reader, "02-1").locator("input").first().inputValue(), "0.3");
  }));
