/**
 * Measures the site as a reader meets it, in a Chromium on this machine: how soon something moves,
 * how much memory a notebook takes, and how long a training step is beside Deno's. Build the site
 * first, and leave the machine alone meanwhile:
 *
 *   deno task site
 *   deno run -A tools/site_speed.ts
 *
 * Deno runs without V8's flags here, as the site's notebooks do; both have the same threads.
 *
 * @module
 */
import { join } from "node:path";
import { PROJECT } from "@/cli/place.ts";
import { outputOf } from "@/io/processes.ts";
import { median } from "@/bench/statistics.ts";
import { NotebookReader } from "../tests/browser/support/notebook_reader.ts";
import { ServedSite } from "../tests/browser/support/site.ts";
import { Visitor } from "../tests/browser/support/visitor.ts";

const ROUNDS = 3;
/** Steps before the clock starts, and steps that are timed. */
const [WARM, TIMED] = [20, 100];

/** A program that trains and shows, or prints, the milliseconds of a step. */
const stepProgram = (tell: string) =>
  `import { useBackend } from "@/backend.ts";
import { loadImages } from "@/data/mnist.ts";
import { imageRows } from "@/data/training_data.ts";
import { createGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { train } from "@/gan/train.ts";
const { engine } = await useBackend("wasm");
const gan = createGan({ ...findPreset("mlp").options, seed: 1 }, imageRows(await loadImages()));
for await (const _ of train(gan, { steps: ${WARM}, logEvery: ${WARM} }, engine));
const began = performance.now();
for await (const _ of train(gan, { steps: ${WARM + TIMED}, logEvery: ${TIMED} }, engine));
${tell}(((performance.now() - began) / ${TIMED}).toFixed(3) + " ms");
`;

async function stepInDeno(): Promise<number> {
  const file = await Deno.makeTempFile({ dir: join(PROJECT, "build"), suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, stepProgram("console.log"));
    const config = `--config=${join(PROJECT, "deno.json")}`;
    const { stdout } = await outputOf(Deno.execPath(), {
      args: ["run", "-A", "--no-check", config, file],
    });
    return parseFloat(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(file);
  }
}

async function stepInPage(url: string): Promise<number> {
  await using visitor = await Visitor.open();
  const reader = await NotebookReader.open(visitor, url, "08_mnist_gan");
  await reader.write(1, `import { show } from "@/notebook/show.ts";\n${stepProgram("await show")}`);
  await reader.run(1);
  const shown = (await reader.shown())[await reader.cell(1).getAttribute("data-cell") ?? ""];
  return parseFloat(String(shown[0].data!["text/plain"]));
}

/** Seconds from the opening of 02 until its first figure in sight answers to the pointer. */
async function firstFigure(url: string): Promise<number> {
  await using visitor = await Visitor.open();
  const { page } = visitor;
  const open = async (name: string) => {
    await page.goto(`${url}${name}.html`);
    const figure = page.locator("main figure[data-figure]:visible").first();
    await figure.scrollIntoViewIfNeeded();
    await figure.locator(".main-svg .nsewdrag").first().waitFor({ state: "attached" });
  };
  // The browser has plotly already, as after a first page.
  await open("03_global_optimum");
  const began = performance.now();
  await open("02_optimal_discriminator");
  return (performance.now() - began) / 1000;
}

/** How soon the training of 08 moves a curve after the click, and what memory it takes. */
async function training08(url: string): Promise<void> {
  await using visitor = await Visitor.open();
  let reader = await NotebookReader.open(visitor, url, "08_mnist_gan");
  await reader.run(1); // The browser keeps the digits.
  reader = await NotebookReader.open(visitor, url, "08_mnist_gan");
  const [training] = await reader.cellsWith("trainByTurns(contenders");
  const began = performance.now();
  await reader.cell(training).locator("button.run").click();
  await visitor.until("a curve moves", async () => (await reader.heard("update")).length >= 2);
  const seconds = (performance.now() - began) / 1000;
  console.log(`08, click to the first curve that moves: ${seconds.toFixed(1)} s`);
}

/** Trainings one after another in one session, so that memory that is not given back is seen. */
const TRAININGS = 6;

/** What memory 08 takes after each training; nobody listens to its worker, which takes memory as well. */
async function memoryOf08(url: string): Promise<void> {
  await using visitor = await Visitor.open();
  const { page } = visitor;
  await page.goto(`${url}08_mnist_gan.html`);
  const cell = page.locator("section.cell.code").filter({ hasText: "trainByTurns(contenders" });
  const sizes: number[] = [];
  for (let training = 0; training < TRAININGS; training++) {
    await cell.locator("button.run").click();
    await page.locator('.cell[data-state="waiting"], .cell[data-state="running"]').first()
      .waitFor();
    await visitor.until(
      "the training has ended",
      async () =>
        await page.locator('.cell[data-state="waiting"], .cell[data-state="running"]').count() ===
          0,
      900,
    );
    sizes.push(await memoryOf(visitor));
  }
  console.log(`08, after each of ${TRAININGS} trainings: ${sizes.join(", ")} MB`);
}

/** MB that the page and its workers take. */
async function memoryOf({ page }: Visitor): Promise<number> {
  const bytes = await page.evaluate<number>(
    "performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)",
  );
  return Math.round(bytes / 1e6);
}

await using server = new ServedSite(join(PROJECT, "build", "site"));
const opening: number[] = [];
for (let round = 0; round < ROUNDS; round++) opening.push(await firstFigure(server.url));
console.log(`02, opened to the first figure that reacts: ${median(opening).toFixed(2)} s`);

await training08(server.url);
await memoryOf08(server.url);

const [inPage, inDeno]: number[][] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  inPage.push(await stepInPage(server.url));
  inDeno.push(await stepInDeno());
}
const [page, deno] = [median(inPage), median(inDeno)];
console.log(
  `mlp, a step: ${page.toFixed(2)} ms in the page, ${deno.toFixed(2)} ms in Deno, ` +
    `${(page / deno).toFixed(2)} times that`,
);
