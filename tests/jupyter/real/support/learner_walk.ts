/**
 * A learner's walk through every notebook in Debian's Jupyter Notebook: predicts and answers, at first wrongly and then
 * rightly, plays what plays, and moves what moves. The shorter notebooks are run twice; of the others the cells run again
 * that have something to say about a guess or an answer.
 *
 * This is also where each notebook of the course is run in a real kernel: no output is missing, and what is drawn, the
 * guesses with it, can be read. Pictures are left in build/walk, to be looked at.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { basename, join, resolve } from "node:path";
import { QUESTIONS } from "@/learner/exercises/mod.ts";
import { codeCells, nameOf, type Output } from "@/notebook/document.ts";
import { missingOutputs } from "@/notebook/execute.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { JupyterServer, Reader } from "./jupyter.ts";
import { dependsOnLearner, lastingOutputs, Learner, mayBeRight, type Shown } from "./learner.ts";
import { illegibleIn } from "./legible.ts";

/** Notebooks before this one take seconds: all their cells are run twice. */
const LONGER = 5;
/** So many frames of an animation are waited for. */
const FRAMES = 4;

/** Registers a test for each of some notebooks. */
export async function walkThrough(isMine: (number: number) => boolean): Promise<void> {
  for (const path of await findNotebooks("notebooks")) {
    const name = nameOf(path);
    const number = parseInt(name);
    if (!isMine(number)) continue;
    const twice = number < LONGER;
    Deno.test(
      `a learner predicts, answers, plays and moves everything in ${name}, and runs ${
        twice ? "all" : "what is answered"
      } twice`,
      () => inJupyterNotebook(path, (reader) => walk(reader, { name, twice })),
    );
  }
}

async function walk(
  reader: Reader,
  { name, twice }: { name: string; twice: boolean },
): Promise<void> {
  const { page } = reader;
  const { predictions, exercises } = QUESTIONS[name.slice(0, 2)];
  const learner = new Learner(reader, { predictions, exercises });
  const wrong = learner.wrongGuesses();
  await learner.typeGuesses(wrong);
  await learner.typeAnswers("mistake");
  await page.evaluate("Jupyter.notebook.execute_all_cells()");
  const cells = await reader.allRun();
  const first = await learner.shown();
  assert(await page.locator(".MathJax").count() > 0, "mathematics");
  assertEquals(missingOutputs(first.notebook, await kernelReport(reader)), []);
  for (const [id, { good }] of learner.verdicts(first)) {
    if (!mayBeRight(predictions[id])) assertEquals(good, false, `prediction ${id}`);
  }
  for (const [id, { mistakes = [] }] of Object.entries(exercises)) {
    assertTold(first, `✗ Exercise ${id} is not right yet: ${mistakes[0].because}`);
  }

  const guesses = await learner.nextGuesses(wrong, first);
  await learner.typeGuesses(guesses);
  await learner.typeAnswers("right");
  await runAgain(reader, first, { ran: cells, twice });
  const second = await learner.shown();
  const verdicts = learner.verdicts(second);
  for (const [id, { good, text }] of verdicts) {
    const wasRight = learner.verdicts(first).get(id)!.good;
    assertEquals(good, !wasRight, `prediction ${id}: ${text}`);
  }
  for (const [id, { right }] of Object.entries(exercises)) {
    assertTold(second, `✓ Exercise ${id} is right: ${right}`);
  }
  const good = [...verdicts.values()].filter(({ good }) => good).length;
  const [asked, set] = [predictions, exercises].map((all) => Object.keys(all).length);
  assertTold(
    second,
    `Predictions: ${asked} of ${asked} made, ${good} of them good.\nExercises: ${set} of ${set} right.`,
  );
  assertEquals(lastingOutputs(second), lastingOutputs(first), "the rest is the same");
  assert(codeCells(second.notebook).some((cell) => !dependsOnLearner(cell)));
  assertEquals(await illegibleIn(second.notebook), []);
  await reader.whole(`${name}-learner`);
  await playAndMove(reader);
}

/** Runs all cells once more, or those that speak of what the learner has typed. */
async function runAgain(
  reader: Reader,
  { notebook }: Shown,
  { ran, twice }: { ran: number; twice: boolean },
): Promise<void> {
  const cells = codeCells(notebook);
  const again = cells.filter((cell) => twice || dependsOnLearner(cell));
  const places = again.map((cell) => notebook.cells.indexOf(cell));
  await reader.page.evaluate(`Jupyter.notebook.execute_cells(${JSON.stringify(places)})`);
  await reader.allRun(ran, again.map((cell) => cells.indexOf(cell)));
}

function assertTold({ texts }: Shown, expected: string): void {
  const [head] = expected.split(":");
  const own = texts.filter((text) =>
    text.startsWith(head.slice(2)) || text.includes(head.slice(2))
  );
  assert(own.some((text) => text.startsWith(expected)), `${expected}\n\nbut:\n${own.join("\n")}`);
}

/** Plays each animation twice, the second time from its last frame, and moves each slider. */
async function playAndMove(reader: Reader): Promise<void> {
  for (const figure of await reader.page.locator(".workbook-figure:has(.slider-group)").all()) {
    const title = await figure.locator(".gtitle").first().textContent();
    const sliders = await figure.locator(".slider-group").count();
    const plays = await figure.locator(".updatemenu-button").count() > 0;
    const play = async (when: string) => {
      const [, ...frames] = await reader.playAnimation(FRAMES, figure);
      const different = new Set(frames.map((frame) => JSON.stringify(frame)));
      assert(
        different.size > 1 && different.size >= frames.length - 2,
        `${title} stands still, played ${when}`,
      );
    };
    if (plays) {
      await play("from its start");
      for (let end = 0; end < 2; end++) await reader.dragSlider(figure);
      await play("again, from its last frame");
    }
    for (let which = 0; which < sliders; which++) {
      const { before, after } = await reader.dragSlider(figure, which);
      assertNotEquals(after.slider, before.slider, `slider ${which + 1} of ${title}`);
      assertNotEquals(
        [after.traces, after.images],
        [before.traces, before.images],
        `slider ${which + 1} of ${title} changes nothing`,
      );
    }
  }
}

/** The kernel's own report of its outputs, as a cell that shows it. */
async function kernelReport({ page }: Reader) {
  const module = new URL("../../../../lib/notebook/outputs_report.ts", import.meta.url).href;
  const code = `await (await import(${JSON.stringify(module)})).reportOutputs();`;
  const outputs = await page.evaluate<Output[]>(`new Promise((resolve) => {
    const outputs = [];
    Jupyter.notebook.kernel.execute(${JSON.stringify(code)}, {
      shell: { reply: () => setTimeout(() => resolve(outputs), 500) },
      iopub: { output: ({ content }) => outputs.push({ output_type: "display_data", ...content }) },
    }, { silent: false, store_history: false });
  })`);
  return { cell_type: "code" as const, id: "report", metadata: {}, source: "", outputs };
}

/** Opens a notebook in Jupyter Notebook; then what a reader does, without an error of the page. */
async function inJupyterNotebook(
  path: string,
  read: (reader: Reader) => Promise<void>,
): Promise<void> {
  await Deno.mkdir("build", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: resolve("build"), prefix: "learner-" });
  try {
    await Deno.copyFile(path, join(folder, basename(path)));
    await using server = await JupyterServer.start(folder);
    await using reader = await Reader.open();
    await reader.openNotebook(server, basename(path));
    await read(reader);
    // plotly rejects the promise of what was paused, for no reason given: that is no error.
    assertEquals(reader.errors.filter((text) => text !== "undefined"), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
