/** Figures that a loop changes: in the workbook's kernel and in JupyterLab's output area, stopped by the reader. */
import { assert, assertEquals, assertGreater } from "@std/assert";
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

const loop = (ms: number) =>
  `const live = await liveFigure(chart(0));
for (let n = 1;; n++) {
  await live.update(chart(n));
  await new Promise((resolve) => setTimeout(resolve, ${ms}));
}`;

Deno.test("a live figure that the reader stops has a picture of its last state before the kernel is idle", async () => {
  await using kernel = await TestKernel.start();
  await kernel.run(IMPORTS);
  const running = kernel.run(loop(0));
  await new Promise((resolve) => setTimeout(resolve, 4000));
  await kernel.interrupt();
  const { outputs, reply } = await running;
  assertEquals(reply.status, "error");
  const changes = outputs.filter(({ type }) => type === "update_display_data")
    .map(({ content }) => content);
  assertGreater(changes.length, 5);
  const [last, before] = [changes.at(-1)!, changes.at(-2)!];
  assert("image/png" in last.data, "the last has a picture");
  assertEquals(last.data["text/plain"], before.data["text/plain"], "of the state before");
  const pictured = changes.filter(({ data }) => "image/png" in data).length;
  assertGreater(changes.length / 4, pictured, "now and then while it changes, not every time");
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
  await page.evaluate(`void (window.running = runCell(${JSON.stringify(loop(200))}))`);
  const title = page.locator(".workbook-figure .gtitle");
  const change = async () => Number(/change (\d+)/.exec(await title.textContent() ?? "")?.[1]);
  await reader.until(
    "the figure has changed",
    async () => await title.count() === 1 && await change() > 8,
  );
  await reader.picture("jupyterlab-live");
  await page.evaluate("kernel.interrupt()");
  assertEquals(await page.evaluate("running"), "error");
  await reader.figuresDrawn();
  const outputs = await page.evaluate<{ data?: Record<string, string> }[]>("lastOutputs");
  const figure = outputs.find(({ data }) => data?.["image/png"])?.data;
  assert(figure, "an output with a picture");
  const kept = Number(/change (\d+)/.exec(figure["text/plain"])![1]);
  assertEquals(await change(), kept, "what is drawn is what is kept");
  assertEquals(await page.evaluate('runCell("1 + 1")'), "ok");
  await page.evaluate("kernel.shutdown()");
  assertEquals(reader.errors, []);
});
