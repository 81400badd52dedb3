/** Stops at random moments of cells as notebooks have them. */
import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { Random } from "@/random.ts";
import { TestKernel, textOf } from "./support/kernel.ts";

const STOPS = 200;
const STOPPED_MS = 3000;
const LONGEST_MS = 250;

const SETUP = `
import { useBackend } from "@/backend.ts";
import { toyData } from "@/data/toy.ts";
import { createGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { train } from "@/gan/train.ts";
import { liveFigure, show } from "@/notebook/show.ts";
import { lineChart } from "@/plot/charts.ts";
await useBackend("wasm");
const gan = createGan({ ...findPreset("ring").options, seed: 1 }, toyData("ring"));
const chart = (y: number) => lineChart({
  title: "Loss",
  x: { label: "step", values: [0, 1] },
  y: { label: "nats" },
  lines: { loss: [0, y] },
});`;

const TRAINING = "for await (const event of train(gan, { steps: 1e9, logEvery: 3 }))";

const CELLS = [
  `${TRAINING} globalThis.last = event.step;`,
  `const live = await liveFigure(chart(0)); ${TRAINING} await live.update(chart(event.dLoss));`,
  `while (true) await show("a line");`,
  `${TRAINING} console.log(event.step);`,
  `await new Promise((resolve) => setTimeout(resolve, 20_000));`,
  `${TRAINING} await show(chart(event.gLoss));`,
];

/** One stop of these takes more than a second: few of them. */
const CALCULATION = "while (true) Math.sqrt(2);";

Deno.test(`${STOPS} stops at random moments: idle within three seconds, and the next cell runs`, async () => {
  await using kernel = await TestKernel.start();
  const setup = await kernel.run(SETUP);
  assertEquals(setup.reply.status, "ok", textOf(setup));
  const random = new Random(7);
  for (let i = 0; i < STOPS; i++) {
    const code = i % 25 === 24 ? CALCULATION : CELLS[random.integer(CELLS.length)];
    const running = kernel.run(code);
    await new Promise((resolve) => setTimeout(resolve, LONGEST_MS * random.uniform()));
    const stopped = performance.now();
    await kernel.interrupt();
    const answer = await running;
    assertLess(performance.now() - stopped, STOPPED_MS, `stop ${i}: ${code}`);
    assertEquals(answer.outputs.at(-1)?.type, "error", `stop ${i}: ${code}`);
    assertStringIncludes(answer.outputs.at(-1)!.content.traceback[0], "Interrupted: ");
    assertEquals(textOf(await kernel.run(`${i} + 1`)), String(i + 1));
  }
});

Deno.test("after a stop in the middle of a gradient the next gradient is right", async () => {
  await using kernel = await TestKernel.start();
  const setup = await kernel.run(
    `import { useBackend } from "@/backend.ts"; import { tf } from "@/tf.ts"; await useBackend("wasm");
    const slope = () => tf.tidy(() => tf.grad((x) => tf.square(x))(tf.scalar(3)).dataSync()[0]);`,
  );
  assertEquals(setup.reply.status, "ok", textOf(setup));
  const running = kernel.run("while (true) slope();");
  await new Promise((resolve) => setTimeout(resolve, LONGEST_MS));
  await kernel.interrupt();
  assertStringIncludes(
    textOf(await running),
    "Interrupted: the cell was stopped. What it had done",
  );
  assertEquals(textOf(await kernel.run("slope()")), "6");
  assertEquals(textOf(await kernel.run("tf.engine().state.scopeStack.length")), "0");
});
