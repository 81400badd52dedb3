/** Figures that a loop changes: in the workbook's kernel and in JupyterLab's output area, stopped by the reader. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { TestKernel } from "./support/kernel.ts";

const IMPORTS = `import { liveFigure } from "@/notebook/show.ts";
import { lineChart } from "@/plot/charts.ts";
const chart = (n: number) => lineChart({
  title: \`change \${n}\`,
  x: { label: "x", values: [0, 1] },
  y: { label: "y" },
  lines: { line: [0, n] },
});`;

const LOOP = `const live = await liveFigure(chart(0));
for (let n = 1;; n++) await live.update(chart(n));`;

Deno.test("a live figure that the reader stops has a picture of its last state before the kernel is idle", async () => {
  await using kernel = await TestKernel.start();
  await kernel.run(IMPORTS);
  const running = kernel.run(LOOP);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  await kernel.interrupt();
  const { outputs, reply } = await running;
  assertEquals(reply.status, "error");
  const changes = outputs.filter(({ type }) => type === "update_display_data")
    .map(({ content }) => content);
  assertGreater(changes.length, 40);
  const [last, before] = [changes.at(-1)!, changes.at(-2)!];
  assert("image/png" in last.data, "the last has a picture");
  assertEquals(last.data["text/plain"], before.data["text/plain"], "of the state before");
  const pictured = changes.filter(({ data }) => "image/png" in data).length;
  assert(pictured >= 2 && pictured <= 4, `now and then while it changes, got ${pictured}`);
});
