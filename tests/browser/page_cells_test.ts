/** Cells on a page: run, edited, stopped; what they show, and what is asked in them. The worker only plays its part. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseNotebook, sourceOf } from "@/notebook/document.ts";
import { SmallBook } from "./support/small_book.ts";
import { CELLS, reading, type SmallReader } from "./support/small_reader.ts";

const book = await SmallBook.make(CELLS);
Deno.test.afterAll(() => book[Symbol.asyncDispose]());

function test(claim: string, read: (reader: SmallReader) => Promise<void>): void {
  Deno.test(claim, async () => assertEquals(await reading(book, read), []));
}

test("Run runs what has not run above, in order, and says so; a question needs nothing above", async (reader) => {
  await reader.run("choice");
  assertEquals(await reader.page.locator("[data-state]").count(), 1);
  await reader.page.evaluate(`globalThis.said = []; new MutationObserver(() =>
    said.push(document.querySelector("#run-bar .status").textContent))
    .observe(document.querySelector("#run-bar .status"), { childList: true })`);
  await reader.run("print");
  assertEquals(await reader.page.evaluate("said"), [
    "Running 4 cells above first.",
    "Cell 6 is done.",
  ]);
  assertEquals(await reader.page.locator("[data-state=done]").count(), 6);
  assertMatch(await reader.cell("print").locator(".state").innerText(), /^done in \d\.\d s$/);
  assertEquals((await reader.outputs("print")).trim(), "ab");
});

test("a number, a word and an answer are written into their cells, which run", async (reader) => {
  await reader.cell("number").locator("form input").fill("1.5");
  await reader.page.keyboard.press("Enter");
  assertMatch(
    await reader.cell("number").locator(".fault").innerText(),
    /a number between 0 and 1, got 1.5/,
  );
  await reader.cell("number").locator("form input").fill("0.75");
  await reader.page.keyboard.press("Enter");
  await reader.is("number", "done");
  assertStringIncludes(await reader.code("number"), 'predict("02-1", 0.75); // a number');
  assertEquals(await reader.outputs("number"), "0.75 is noted");
  await reader.cell("choice").getByLabel("once").check();
  await reader.cell("choice").getByText("Predict", { exact: true }).click();
  await reader.is("choice", "done");
  assertStringIncludes(await reader.code("choice"), 'predict("02-3", "once");');
  const [number, formula] = await reader.cell("exercise").locator("form.answer input").all();
  await number.fill("(1 + 2");
  await number.press("Enter");
  assertMatch(await reader.cell("exercise").locator(".fault").first().innerText(), /bracket/);
  await number.fill("lazy D");
  await number.press("Enter");
  await reader.is("exercise", "done");
  await formula.fill("(p, q) => p / q");
  await formula.press("Enter");
  await reader.cell("exercise").getByText("Answer 02-2: function").waitFor();
  assertStringIncludes(await reader.code("exercise"), 'answer("02-1", "lazy D"); // nats');
  assertEquals(await number.inputValue(), "lazy D");
});

test("a file that a cell makes is saved by a link below it, and not before it is pressed", async (reader) => {
  const { page } = reader;
  const saved: string[] = [];
  page.on("download", (download) => saved.push(download.suggestedFilename()));
  await reader.run("file");
  const link = reader.cell("file").getByRole("link");
  const words = (await reader.outputs("file")).split(/\n+/);
  assertEquals(words, ["made", "Save gan.bin (1.5 MB)", "after"]);
  await reader.run("file");
  assertEquals([await link.count(), saved], [1, []]);
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assertEquals((await Deno.stat((await download.path())!)).size, 1_500_000);
});

test("a prompt to write into the cell names the form instead, where there is one", async (reader) => {
  await reader.run("number");
  assertEquals(
    await reader.outputs("number"),
    "Prediction 02-1: make it in the form above the cell. Or read on.",
  );
});

test("an edit that was restored says that it has not run; taken back, the cell is as in the book", async (reader) => {
  await reader.write("print", 'print("c");');
  await reader.page.reload();
  await reader.isReady();
  const state = reader.cell("print").locator(".state");
  assertEquals(await state.innerText(), "edited, not run yet");
  await reader.button("print", "As in the book").click();
  assertEquals([await state.innerText(), await reader.status()], [
    "",
    "Cell 6 is as in the book.",
  ]);
});

test("the menu closes when something is chosen, at Escape, and when the reader goes on", async (reader) => {
  const { page } = reader;
  const menu = page.locator("details.more");
  const isOpen = async () => await menu.getAttribute("open") !== null;
  const summary = menu.locator("summary");
  for (
    const leave of [
      () => page.getByText("Reset: forget").click(),
      () => page.keyboard.press("Escape"),
      () => page.mouse.click(300, 500),
    ]
  ) {
    await summary.click();
    assert(await isOpen());
    await leave();
    assert(!await isOpen());
  }
});

test("a cell that waits says for which one", async (reader) => {
  await reader.button("live", "Run").click();
  await reader.is("slow", "running");
  assertEquals(await reader.cell("live").locator(".state").innerText(), "waiting for cell 7");
  await reader.is("live", "running");
});

test("a sketch can be drawn, set with the keys and typed", async (reader) => {
  const { page } = reader;
  const field = reader.cell("sketch").locator(".points input");
  const pad = reader.cell("sketch").locator("svg");
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await pad.boundingBox())!;
  await page.mouse.move(x + width * 0.12, y + height * 0.8);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.5, y + height * 0.1, { steps: 10 });
  await page.mouse.move(x + width * 0.95, y + height * 0.8, { steps: 10 });
  await page.mouse.up();
  const points = (await field.inputValue()).split("; ").map((point) =>
    point.split(", ").map(Number)
  );
  assert(points.length >= 3 && points.length < 20, `${points.length} points`);
  assert(points[0][0] < -3.5 && points.at(-1)![0] > 3.5, String(points));
  await reader.cell("sketch").getByText("Predict", { exact: true }).click();
  await reader.is("sketch", "done");
  assertStringIncludes(
    await reader.code("sketch"),
    `predict("02-2", [[${points[0].join(", ")}], [`,
  );
  // By keys, from an empty pad.
  await reader.button("sketch", "As in the book").click();
  assertEquals(await field.inputValue(), "");
  await pad.focus();
  await page.keyboard.press("Enter");
  for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  assertEquals(await field.inputValue(), "0, 0.5; 4, 0.75");
  assertStringIncludes(
    await reader.cell("sketch").locator(".pad .said").innerText(),
    "4, 0.75; 2 points",
  );
  // Typed, and refused where it cannot be.
  await field.fill("0, 0.5; -1, 0.5");
  await reader.cell("sketch").getByText("Predict", { exact: true }).click();
  assertMatch(await reader.cell("sketch").locator(".fault").innerText(), /from left to right/);
  await field.fill("-4 0.5, 4 0.5");
  await field.press("Enter");
  await reader.cell("sketch").getByText("[[-4,0.5],[4,0.5]] is noted").waitFor();
});

test("what came out stays folded until it is predicted, or until just that cell is run", async (reader) => {
  const fold = reader.cell("truth").locator("details");
  await reader.bar("Run all").click();
  await reader.is("print", "done");
  assertEquals(await fold.getAttribute("open"), null);
  await reader.is("live", "running");
  await reader.bar("Stop").click();
  await reader.is("live", "stopped");
  await reader.run("truth");
  assertEquals(await fold.getAttribute("open"), "");
  await fold.locator("summary").click();
  await reader.cell("number").locator("form input").fill("0.5");
  await reader.page.keyboard.press("Enter");
  await reader.is("number", "done");
  assertMatch(await fold.locator("summary").innerText(), /You have made prediction 02-1/);
});

test("an edit runs, is kept over a reload, and is taken back to the book", async (reader) => {
  const { page } = reader;
  await reader.cell("first").locator("pre").click();
  await reader.cell("first").locator(".cm-content").waitFor();
  await page.keyboard.press("Control+End");
  await page.keyboard.type('\ntext("and changed");');
  await page.keyboard.press("Control+Enter");
  await reader.cell("first").getByText("and changed").last().waitFor();
  await reader.is("first", "done");
  assertEquals((await reader.outputs("first")).split(/\n+/), ["started", "and changed"]);
  await page.keyboard.type(" // more");
  await reader.cell("first").getByText("edited since").waitFor();
  await page.reload();
  await reader.cell("first").locator(".cm-content").waitFor();
  assertMatch(await reader.code("first"), /and changed"\); \/\/ more$/);
  assertEquals(await reader.cell("first").getAttribute("data-state"), null, "what ran is not kept");
  await reader.button("first", "As in the book").click();
  assertEquals(await reader.code("first"), CELLS.first.code);
  assertEquals(await reader.place(), "Run cell 1");
  await page.reload();
  await reader.isReady();
  assertEquals(await reader.code("first"), CELLS.first.code);
});

test("all edits of the page are forgotten when the reader is sure", async (reader) => {
  const { page } = reader;
  await reader.cell("number").locator("form input").fill("0.5");
  await page.keyboard.press("Enter");
  await reader.is("number", "done");
  await page.waitForTimeout(400);
  for (const [answer, code] of [["Cancel", /0\.5/], ["Forget them", /undefined/]] as const) {
    await page.locator("details.more summary").click();
    await page.getByText("Forget my edits").click();
    await page.locator("dialog").getByText("in one cell").waitFor();
    await page.locator("dialog").getByText(answer).click();
    assertMatch(await reader.code("number"), code);
  }
  assertEquals(
    await page.evaluate("Object.keys(localStorage).filter((key) => key.includes('/small/'))"),
    [],
  );
});

test("Escape and Tab leave the editor, Tab alone indents, and Enter opens it", async (reader) => {
  const { page } = reader;
  await reader.cell("first").locator("pre").focus();
  await page.keyboard.press("Enter");
  await reader.cell("first").locator(".cm-focused").waitFor();
  await page.keyboard.press("Tab");
  assertMatch(await reader.code("first"), /^ {2}const start/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await reader.cell("first").locator(".cm-editor:not(.cm-focused)").waitFor();
  // Somewhere behind it, and not at the top of the page.
  assertEquals(
    await page.evaluate(`Boolean(document.querySelector("[data-cell=first] .cm-editor")
      .compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)`),
    true,
  );
});

test("old outputs stay, dimmed, until something new comes, and a reader in them is not thrown out", async (reader) => {
  const { page } = reader;
  await reader.run("print");
  const link = reader.cell("slow").getByText("old", { exact: true });
  await reader.button("slow", "Run").focus();
  await page.keyboard.press("Enter");
  await link.focus();
  await reader.cell("slow").locator(".outputs.old").waitFor();
  assert(await link.isVisible());
  await reader.is("slow", "done");
  assertEquals((await reader.outputs("slow")).trim(), "new");
  assertEquals(await reader.place(), "Output of cell 7");
});

test("a live figure is drawn again in its place, and Stop ends it", async (reader) => {
  const { page } = reader;
  await page.evaluate(`globalThis.shifts = []; new PerformanceObserver((list) =>
    shifts.push(...list.getEntries())).observe({ type: "layout-shift" })`);
  await reader.button("live", "Run").click();
  const title = reader.cell("live").locator(".gtitle");
  await title.filter({ hasText: /Step [1-9]/ }).waitFor();
  const element = await reader.cell("live").locator(".workbook-figure").elementHandle();
  const height = (await element!.boundingBox())!.height;
  const seen = await title.textContent();
  await page.evaluate("shifts.length = 0");
  await reader.visitor.until("another step", async () => await title.textContent() !== seen);
  await page.waitForTimeout(500);
  assertEquals((await element!.boundingBox())!.height, height);
  assertEquals(
    await page.evaluate("shifts.filter(({ hadRecentInput }) => !hadRecentInput).length"),
    0,
  );
  assertEquals(await reader.button("live", "Stop").count(), 1);
  await reader.bar("Stop").click();
  await reader.is("live", "stopped");
  await reader.says("Cell 8 was stopped.");
  assertMatch(await reader.cell("live").locator(".state").innerText(), /^stopped after/);
});

test("the notebook can be taken along, with edits and outputs", async (reader) => {
  const { page } = reader;
  await reader.cell("number").locator("form input").fill("0.5");
  await page.keyboard.press("Enter");
  await reader.is("number", "done");
  await reader.button("live", "Run").click();
  await reader.is("live", "running");
  await reader.bar("Stop").click();
  await reader.is("live", "stopped");
  await page.locator("details.more summary").click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByText("Download as").click(),
  ]);
  assertEquals(download.suggestedFilename(), "small.ipynb");
  const path = (await download.path())!;
  const { cells } = parseNotebook(await Deno.readTextFile(path), path);
  const [, number, , , , print, , live] = cells;
  assertStringIncludes(sourceOf(number), '"02-1", 0.5');
  assertEquals(print.outputs, [{ output_type: "stream", name: "stdout", text: "ab" }]);
  const png = Uint8Array.fromBase64(live.outputs![0].data!["image/png"] as string);
  assertEquals([...png.subarray(1, 4)], [0x50, 0x4e, 0x47]);
  assert(png.length > 5000);
});
