/** What goes wrong on a page is said, with what to do, and the page lives on. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SAVED_FIGURE, SmallBook } from "./support/small_book.ts";
import { reading, SmallReader } from "./support/small_reader.ts";
import { Visitor } from "./support/visitor.ts";

const TROUBLED = {
  bad: {
    code:
      'text("before");\nthrow Object.assign(new RangeError("must be positive, got -1"), { line: 2 });',
  },
  after: { code: 'text("after");' },
  stubborn: { code: "await forever();" },
  fetches: { code: "fetching(1, 4);\nawait pause(300);\nfetching(4, 4);\nprint(files());" },
  saved: { code: "1;", outputs: SAVED_FIGURE },
};

const book = await SmallBook.make(TROUBLED);
Deno.test.afterAll(() => book[Symbol.asyncDispose]());

function test(claim: string, read: (reader: SmallReader) => Promise<void>): void {
  Deno.test(claim, async () => {
    await book.write(TROUBLED);
    assertEquals(await reading(book, read), []);
  });
}

test("an error names its cell and line, and leads there; the cells behind it are given up", async (reader) => {
  await reader.button("after", "Run").click();
  await reader.is("bad", "failed");
  await reader.is("after", "given up");
  await reader.says("Cell 1 has failed: must be positive, got -1");
  const error = reader.cell("bad").locator(".error");
  assertEquals(await error.innerText(), "RangeError in cell 1, line 2: must be positive, got -1");
  assertStringIncludes(await reader.outputs("bad"), "before");
  await error.getByText("cell 1, line 2").click();
  await reader.cell("bad").locator(".cm-focused").waitFor();
  await reader.page.keyboard.type("// here: ");
  assertMatch(await reader.code("bad"), /^text\("before"\);\n\/\/ here: throw/);
});

test("a cell that does not stop can be ended with its worker, and cells run again after that", async (reader) => {
  const { page } = reader;
  await reader.write("bad", 'text("fine");');
  await reader.button("stubborn", "Run").click();
  await reader.is("stubborn", "running");
  await reader.button("stubborn", "Stop").click();
  await reader.says("The cell has not stopped yet");
  await reader.bar("End it").focus();
  await page.keyboard.press("Enter");
  await reader.says("The cell was ended by force");
  await reader.is("stubborn", "stopped");
  assertEquals(await reader.place(), "BUTTON");
  await reader.run("after");
  assertEquals(await reader.outputs("after"), "after");
});

test("a cell that has stopped is not said to run on while the next one does", async (reader) => {
  await reader.write("bad", "await pause(500);");
  await reader.write("after", "await pause(4500);");
  await reader.write("stubborn", "1;");
  await reader.button("bad", "Run").click();
  await reader.is("bad", "running");
  await reader.bar("Stop").click();
  await reader.button("after", "Run").click();
  await reader.is("after", "running");
  await reader.page.waitForTimeout(3500);
  assertEquals(await reader.bar("End it").count(), 0);
  await reader.is("after", "done");
});

test("another backend begins anew, once the reader is sure", async (reader) => {
  const { page } = reader;
  const select = page.locator(".backend select");
  await select.selectOption("wasm");
  await reader.button("bad", "Run").click();
  await reader.is("bad", "failed");
  assertEquals(await page.locator("#run-bar .computes").innerText(), "wasm, 4 threads");
  await reader.write("bad", 'text("fine");');
  await reader.run("bad");
  await select.selectOption("webgpu");
  await page.locator("dialog").getByText("Cancel").click();
  await reader.visitor.until(
    "the choice is as before",
    async () => await select.inputValue() === "wasm",
    5,
  );
  await select.selectOption("webgpu");
  await page.locator("dialog").getByText("Start again").click();
  await reader.run("after");
  assertEquals(await page.locator("#run-bar .computes").innerText(), "webgpu, 4 threads");
  await page.reload();
  await reader.isReady();
  assertEquals(await select.inputValue(), "webgpu", "the choice is kept");
  await page.evaluate('localStorage.setItem("gan-workbook/backend", "constructor")');
  await page.reload();
  await reader.isReady();
  assertEquals(await select.inputValue(), "auto", "what is no backend is not chosen");
});

test("how far a file has come is seen, and the reader's own files are given to the cells", async (reader) => {
  const { page } = reader;
  for (const id of ["bad", "stubborn"]) {
    await reader.write(id, "1;");
  }
  await page.locator("details.more summary").click();
  await page.locator("#run-bar input[type=file]").setInputFiles({
    name: "digits.npy",
    mimeType: "",
    buffer: Buffer.alloc(8),
  });
  await reader.says('Cells can read "digits.npy"');
  await reader.button("fetches", "Run").click();
  const progress = page.locator("#run-bar progress");
  await progress.waitFor();
  assertEquals(
    await progress.evaluate((bar) => (bar as unknown as { position: number }).position),
    0.25,
  );
  await reader.is("fetches", "done");
  assertEquals(await progress.count(), 0);
  assertEquals((await reader.outputs("fetches")).trim(), "digits.npy");
});

test("an edit of a cell that the book has changed since is offered, and not mixed in", async (reader) => {
  const { page } = reader;
  await reader.write("after", 'text("mine");');
  await page.waitForTimeout(400);
  await book.write({ ...TROUBLED, after: { code: 'text("newer");' } });
  await page.evaluate("navigator.serviceWorker.getRegistration().then((own) => own?.unregister())");
  await page.reload();
  await page.reload();
  await reader.cell("after").getByText("in an earlier edition of the book").waitFor();
  assertEquals(await reader.code("after"), 'text("newer");');
  await reader.cell("after").getByText("Take my version").click();
  await reader.cell("after").locator(".cm-content").getByText("mine").waitFor();
});

test("a saved figure comes to life, and follows the theme; its picture stays for print", async (reader) => {
  const { page } = reader;
  const figure = reader.cell("saved").locator("figure");
  await figure.locator(".main-svg").first().waitFor();
  assertEquals(await figure.locator("img").isVisible(), false);
  const colour = () =>
    figure.locator(".gtitle").evaluate((title) =>
      (globalThis as never as Window & { getComputedStyle(e: unknown): { fill: string } })
        .getComputedStyle(title).fill
    );
  const light = await colour();
  await page.getByLabel("Theme").selectOption("dark");
  await reader.visitor.until("the figure's text is light", async () => await colour() !== light);
  await page.emulateMedia({ media: "print" });
  assert(await figure.locator("img").isVisible());
  assertEquals(await figure.locator(".main-svg").first().isVisible(), false);
  await page.emulateMedia({ media: "screen" });
  await page.reload();
  assertEquals(await page.evaluate("document.documentElement.dataset.theme"), "dark");
});

for (const [what, pattern] of [["plotly", "**/plotly.min.js"], ["its file", "**/figure.json"]]) {
  Deno.test(`without ${what}, a figure stays a picture`, async () => {
    await book.write(TROUBLED);
    await reading(book, async (reader) => {
      const { page } = reader;
      await page.context().route(pattern, (route) => route.abort());
      await page.reload();
      await reader.isReady();
      await page.waitForTimeout(500);
      assert(await reader.cell("saved").locator("img").isVisible());
    }, { serviceWorkers: "block" });
  });
}

Deno.test("without the editor, that is said, cells run, and the next try may have it", async () => {
  await book.write({ ...TROUBLED, bad: { code: 'text("fine");' } });
  const errors = await reading(book, async (reader) => {
    await reader.page.context().route("**/editor-*.js", (route) => route.abort());
    await reader.cell("after").locator("pre").click();
    await reader.says("The editor cannot be loaded");
    await reader.run("bad");
    await reader.page.context().unroute("**/editor-*.js");
    await reader.cell("after").locator("pre").click();
    await reader.cell("after").locator(".cm-focused").waitFor();
  }, { serviceWorkers: "block" });
  assertEquals(errors.filter((error) => !error.includes("ERR_FAILED")), []);
  await book.write(TROUBLED);
});

Deno.test("a worker that cannot be loaded is said", async () => {
  await reading(book, async (reader) => {
    await reader.page.context().route("**/cells.js", (route) => route.abort());
    await reader.button("after", "Run").click();
    await reader.says(
      /The worker that runs the cells has failed: it could not be loaded. Run a cell/,
    );
    assertEquals(await reader.button("after", "Run").count(), 1);
  }, { serviceWorkers: "block" });
});

Deno.test("without a service worker and without headers, the page says that cells have one thread", async () => {
  const url = book.serve({ isolated: false });
  try {
    await using reader = await SmallReader.open(url, { serviceWorkers: "block" });
    await reader.says("cells compute on one thread");
  } finally {
    await book.stop();
  }
});

Deno.test("a page that was opened as a file says how its cells can run", async () => {
  await using visitor = await Visitor.open();
  await visitor.page.goto(pathToFileURL(join(book.folder, "page.html")).href);
  assertMatch(
    await visitor.page.locator(".from-file").innerText(),
    /opened as a file. To run its cells, serve its folder: README.txt/,
  );
  assertEquals(await visitor.page.locator("pre").count(), Object.keys(TROUBLED).length);
});
