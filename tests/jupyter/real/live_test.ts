/** Figures that a loop changes: in the workbook's kernel and in JupyterLab's output area, stopped by the reader. */
import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { resolve } from "node:path";
import { liveAreaPage } from "./support/front_ends.ts";
import { JupyterServer, Reader } from "./support/jupyter.ts";
import { TestKernel } from "./support/kernel.ts";

const IMPORTS = `import { liveFigure } from "@/notebook/show.ts";
import { lineChart } from "@/plot/charts.ts";
const chart = (n: number) => lineChart({
  title: \`change \${n}\`,
  x: { label: "x", values: [0, 1] },
  y: { label: "y" },
  lines: { line: [0, n] },
});`;

/** Changes a figure so many times, so many milliseconds apart. */
const loop = (changes: number, ms: number) =>
  `const live = await liveFigure(chart(0));
for (let n = 1; n <= ${changes}; n++) {
  await live.update(chart(n));
  await new Promise((resolve) => setTimeout(resolve, ${ms}));
}`;

const EXERCISE = `import { answer } from "@/learner/answer.ts";
await answer("02-1", 3);`;

Deno.test("a live figure has a picture of its last state before the kernel is idle, and few on the way", async () => {
  await using kernel = await TestKernel.start();
  await kernel.run(IMPORTS);
  const { outputs } = await kernel.run(loop(60, 0));
  const changes = outputs.filter(({ type }) => type === "update_display_data")
    .map(({ content }) => content);
  const pictured = changes.filter(({ data }) => "image/png" in data).length;
  assertEquals(changes.length, 60 + pictured);
  assertGreater(6, pictured, "now and then while it changes, not every time");
  const last = changes.at(-1)!;
  assert("image/png" in last.data, "the last has a picture");
  assertStringIncludes(last.data["text/plain"], '"change 60"');
});

Deno.test("in JupyterLab's output area a live figure changes, stops, and is kept with its picture", async () => {
  await using server = await JupyterServer.start(resolve("notebooks"));
  await using reader = await Reader.open();
  const { page } = reader;
  await page.goto(`${server.url}/tree`); // For the cookie against forged requests.
  await page.goto(`${server.url}/static/robots.txt`);
  await page.setContent(await liveAreaPage());
  await page.evaluate('startKernel("deno")');
  assertEquals(await page.evaluate(`runCell(${JSON.stringify(IMPORTS)})`), "ok");
  await page.evaluate(`void (window.running = runCell(${JSON.stringify(loop(10_000, 200))}))`);
  const title = page.locator(".workbook-figure .gtitle");
  const change = async () => Number(/change (\d+)/.exec(await title.textContent() ?? "")?.[1]);
  await reader.until(
    "the figure has changed",
    async () => await title.count() === 1 && await change() > 8,
  );
  await reader.picture("jupyterlab-live");
  await page.evaluate("kernel.interrupt()");
  assertEquals(await page.evaluate("running"), "error");
  // Where drawing it takes long, it comes after the kernel is idle, and is kept all the same.
  const kept = () =>
    page.evaluate<string | undefined>(`area.model.toJSON()
    .find(({ data }) => data?.["image/png"])?.data["text/plain"]`);
  await reader.until("the figure is kept with its picture", async () => await kept() !== undefined);
  await reader.figuresDrawn();
  assertEquals(await change(), Number(/change (\d+)/.exec((await kept())!)![1]));
  assertEquals(await page.evaluate(`runCell(${JSON.stringify(EXERCISE)})`), "ok");
  await page.getByText("Exercise 02-1 is not right yet").waitFor();
  await page.evaluate("kernel.shutdown()");
  assertEquals(reader.errors, []);
});
