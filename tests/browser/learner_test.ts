/** A learner on the site: predicts, answers, edits, runs again, stops, comes back, takes the notebook along. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { type Locator } from "playwright-core";
import { codeCells, parseNotebook, sourceOf } from "@/notebook/document.ts";
import { NotebookReader } from "./support/notebook_reader.ts";
import { builtSite, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();

/** A learner on a page of a notebook, who meets no error. */
async function learning(
  name: string,
  learn: (reader: NotebookReader, visitor: Visitor) => Promise<void>,
): Promise<void> {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open();
  const reader = await NotebookReader.open(visitor, server.url, name);
  await learn(reader, visitor);
  assertEquals(visitor.errors, []);
}

/** The form that asks for a prediction or an answer. */
function form({ visitor: { page } }: NotebookReader, asks: string): Locator {
  return page.locator("form.ask").filter({ hasText: asks });
}

const outputs = (reader: NotebookReader, cell: number) =>
  reader.cell(cell).locator(".outputs").innerText();

Deno.test("a number that is predicted is in the cell, is compared with the truth, and is there after a reload", () =>
  learning("02_optimal_discriminator", async (reader, visitor) => {
    const [asks] = await reader.cellsWith('predict("02-1"');
    const [tells] = await reader.cellsWith('reveal("02-1"');
    const question = form(reader, "Prediction 02-1:");
    await question.locator("input").fill("0.3");
    await question.getByRole("button", { name: "Predict" }).click();
    await reader.ended();
    assertStringIncludes(await reader.code(asks), 'predict("02-1", 0.3)');
    await reader.run(tells);
    assertMatch(await outputs(reader, tells), /Prediction 02-1: you/);
    // The guess is drawn on the figure, beside the truth.
    const names = reader.cell(tells).locator(
      ".workbook-figure .legendtext, .workbook-figure .annotation-text",
    );
    await names.filter({ hasText: /guess|predict/i }).first().waitFor({ state: "attached" });
    await visitor.page.reload();
    await reader.button("Run all").waitFor();
    assertStringIncludes(await reader.code(asks), 'predict("02-1", 0.3)');
    assertEquals(await form(reader, "Prediction 02-1:").locator("input").inputValue(), "0.3");
  }));

Deno.test("a usual mistake is named, the right answer is right, and the score counts both questions", () =>
  learning("02_optimal_discriminator", async (reader) => {
    const [asks] = await reader.cellsWith('answer("02-1"');
    const question = form(reader, "Answer 02-1");
    const answered = async (text: string) => {
      await question.locator("input").fill(text);
      await question.getByRole("button", { name: "Check" }).click();
      await reader.ended();
      return await outputs(reader, asks);
    };
    assertStringIncludes(
      await answered("0.2"),
      "✗ Exercise 02-1 is not right yet: that is p_data + p_g",
    );
    assertStringIncludes(await answered("0.18"), "✓ Exercise 02-1 is right");
    const [score] = await reader.cellsWith('showScore("02")');
    await reader.run(score);
    assertMatch(await outputs(reader, score), /Exercises: 1 of 3 right/);
  }));

Deno.test("a cell that is edited runs with the edit, runs again with const in it, and goes back to the book", () =>
  learning("02_optimal_discriminator", async (reader, visitor) => {
    const [cell] = await reader.cellsWith('title: "f(y) of some pairs (a, b)"');
    const book = sourceOf(codeCells(await reader.book())[cell - 1]);
    const legend = () =>
      reader.cell(cell).locator(".workbook-figure .legendtext").allTextContents();
    await reader.run(cell);
    const before = await legend();
    assert(before.includes("a = 0.3, b = 0.1"), before.join());
    await reader.write(cell, book.replace("[0.3, 0.1]", "[0.4, 0.1]"));
    await reader.run(cell);
    assert((await legend()).includes("a = 0.4, b = 0.1"));
    await visitor.page.reload();
    await reader.button("Run all").waitFor();
    assertStringIncludes(await reader.code(cell), "[0.4, 0.1]");
    await reader.cell(cell).getByRole("button", { name: "As in the book" }).click();
    assertStringIncludes(await reader.code(cell), "[0.3, 0.1]");
  }));

Deno.test("an error names its cell and line, what waits is not run, and the next run goes on", () =>
  learning("02_optimal_discriminator", async (reader, visitor) => {
    const [cell] = await reader.cellsWith('title: "f(y) of some pairs (a, b)"');
    const book = sourceOf(codeCells(await reader.book())[cell - 1]);
    await reader.write(cell, book.replace("const pairs", "nobody.knows();\nconst pairs"));
    await reader.button("Run all").click();
    const error = reader.cell(cell).locator(".error");
    await error.waitFor();
    const line = book.split("\n").findIndex((text) => text.startsWith("const pairs")) + 1;
    assertMatch(
      await error.innerText(),
      new RegExp(`ReferenceError in cell ${cell}, line ${line}: nobody is not defined`),
    );
    await visitor.until(
      "nothing waits",
      async () =>
        await visitor.page.locator('[data-state="waiting"], [data-state="running"]').count() === 0,
    );
    assertEquals(await reader.cell(cell + 1).getAttribute("data-state"), "given up");
    await visitor.page.evaluate("heard.length = 0");
    await reader.cell(cell).getByRole("button", { name: "As in the book" }).click();
    await reader.run(cell);
    assertEquals(await error.count(), 0);
  }));

Deno.test("a training stops after its step while the page stays free, and what was made is still there", () =>
  learning("00_gan_in_thirty_lines", async (reader, visitor) => {
    const [cell] = await reader.cellsWith("const trained = await trainGan(arc)");
    const title = reader.cell(cell).locator(".workbook-figure .gtitle");
    await reader.cell(cell).locator("button.run").click();
    await visitor.until("the figure moves", async () => (await reader.heard("update")).length > 1);
    // The page scrolls and answers while a cell runs.
    const began = Date.now();
    await visitor.page.evaluate("new Promise((resolve) => requestAnimationFrame(resolve))");
    assert(Date.now() - began < 2000, "the page draws while the worker trains");
    await reader.button("Stop").click();
    await visitor.until(
      "the training has stopped",
      async () => await reader.cell(cell).getAttribute("data-state") === "stopped",
      10,
    );
    const seen = await title.textContent();
    assertMatch(seen!, /^After [\d,]+ updates$/);
    assertNotEquals(seen, "After 1,500 updates");
    const [data] = await reader.cellsWith("500 real points");
    await reader.run(data);
    assertEquals(await reader.cell(data).getAttribute("data-state"), "done");
    // Another cell sees what was made before the training.
    await reader.write(data, "await show(String(arc(0.5)));");
    await reader.run(data);
    assertMatch(await outputs(reader, data), /0\.\d+|e-/);
  }));

Deno.test("the notebook that is taken along has the edits and the outputs, as Jupyter knows them", () =>
  learning("02_optimal_discriminator", async (reader, visitor) => {
    const [cell] = await reader.cellsWith('title: "f(y) of some pairs (a, b)"');
    await reader.write(1, '// Mine\nimport { predict, reveal } from "@/learner/predict.ts";');
    await reader.run(cell);
    const download = visitor.page.waitForEvent("download");
    await visitor.page.locator("#run-bar summary").click();
    await reader.button("Download as .ipynb").click();
    const path = await (await download).path();
    assertEquals((await download).suggestedFilename(), "02_optimal_discriminator.ipynb");
    const taken = codeCells(parseNotebook(await Deno.readTextFile(path), path));
    assertMatch(sourceOf(taken[0]), /^\/\/ Mine/);
    const figure = taken[cell - 1].outputs!.at(-1)!.data!;
    assertEquals(Object.keys(figure).sort(), [
      "application/vnd.plotly.v1+json",
      "image/png",
      "text/plain",
    ]);
    assertEquals(taken[cell].outputs, []);
  }));
