/** Each lesson of the playground is run as its buttons run it, and what its text says is so. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  type Asked,
  type Look,
  type PlaygroundAnswer,
  type RunReadings,
  type StepNumbers,
  type Which,
} from "@/playground/playground_messages.ts";
import { type PlaygroundSettings } from "@/playground/settings.ts";
import { playgroundWorker } from "@/playground/player.ts";
import { asksOf, type Lesson } from "@/site/playground/lesson.ts";
import { LESSONS } from "@/site/playground/lessons.ts";
import { longestPull } from "@/site/playground/stage.ts";

/** A lesson that is being walked through. */
class Walk {
  #next = 1;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ask = playgroundWorker((answer) => this.#hear(answer));
  readonly steps: StepNumbers[][] = [[], []];
  #settings: PlaygroundSettings;
  #at = 0;

  private constructor(readonly lesson: Lesson) {
    this.#settings = lesson.settings;
  }

  static async begin(id: string): Promise<Walk> {
    const walk = new Walk(LESSONS.find((lesson) => lesson.id === id)!);
    await walk.ask({ type: "start", settings: walk.lesson.settings });
    return walk;
  }

  /** Presses the button of the next step; its text is now on the page. */
  async press(): Promise<string> {
    const { action, text } = this.lesson.steps[this.#at++];
    for (const asked of asksOf(action, this.#settings)) {
      if (asked.type === "change") this.#settings = asked.settings;
      await this.ask(asked);
    }
    return text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.lesson.steps.length;
  }

  ask(asked: Asked): Promise<unknown> {
    const id = this.#next++;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#ask({ id, ...asked });
    return waiting.promise;
  }

  #hear(answer: PlaygroundAnswer): void {
    if (answer.type === "done") this.#waiting.get(answer.id)!.resolve(answer.value);
    else if (answer.type === "refused") {
      this.#waiting.get(answer.id)!.reject(new Error(answer.message));
    } else if (answer.type === "steps") this.steps[answer.run].push(...answer.steps);
  }

  /** A number of the charts. */
  async reading(name: keyof RunReadings["values"], run: Which = 0): Promise<number> {
    const { values } = await this.ask({ type: "readings", run }) as RunReadings;
    return values[name].value ?? NaN;
  }

  async look(layers: PlaygroundSettings["layers"], run: Which = 0): Promise<Look> {
    return await this.ask({ type: "look", request: { run, layers, side: 120 } }) as Look;
  }

  /** Mean and width of what G makes, coordinate by coordinate. */
  async made(run: Which = 0): Promise<{ mean: number[]; width: number[] }> {
    const { fake, dimensions } = await this.look(["generated"], run);
    const columns = Array.from(
      { length: dimensions },
      (_, column) => Array.from(fake.filter((_, i) => i % dimensions === column)),
    );
    const mean = columns.map(meanOf);
    return {
      mean,
      width: columns.map((values, i) => Math.sqrt(meanOf(values.map((x) => (x - mean[i]) ** 2)))),
    };
  }

  /** Mean distance of D from D*, where D* is known. */
  async fromBest(run: Which = 0): Promise<number> {
    const { difference } = await this.look(["difference"], run);
    return meanOf(Array.from(difference!.values.filter(Number.isFinite), Math.abs));
  }

  /** Mean and width of D's loss over the last steps. */
  lossOfD(run: Which = 0, count = 100): { mean: number; width: number } {
    const losses = this.steps[run].slice(-count).map(({ dLoss }) => dLoss!);
    const mean = meanOf(losses);
    return { mean, width: Math.sqrt(meanOf(losses.map((loss) => (loss - mean) ** 2))) };
  }
}

function meanOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const LOG_2 = Math.log(2);

/** Runs a lesson; every step has to be walked, so that none goes unchecked. */
function lessonTest(id: string, walkThrough: (walk: Walk) => Promise<void>): void {
  Deno.test(`lesson ${id}: what it says is what happens`, async () => {
    const walk = await Walk.begin(id);
    await walkThrough(walk);
    assert(walk.isAtEnd, "every step was pressed");
  });
}

lessonTest("equilibrium", async (walk) => {
  await walk.press();
  assertLess(Math.max(...(await walk.made()).width), 0.2, "one heap");
  assertLess(await walk.reading("dLoss"), 0.2, "D tells them apart with ease");
  await walk.press();
  assertGreater(await walk.reading("coverage"), 0.99, "all eight clouds");
  assertAlmostEquals(walk.lossOfD().mean, LOG_2, 0.03);
  assertAlmostEquals(await walk.reading("gLoss"), LOG_2, 0.1);
});

lessonTest("vanishing-gradient", async (walk) => {
  await walk.press();
  assertLess(await walk.reading("dLoss"), 0.01, "D is almost never wrong");
  await walk.press();
  assertAlmostEquals((await walk.made(0)).mean[0], 0, 0.1, "A has hardly moved");
  assertAlmostEquals((await walk.made(1)).mean[0], 3, 0.5, "B has gone to the data");
  const longest = async (run: Which) => longestPull([await walk.look(["pulls"], run)])!;
  assertGreater(await longest(1), 50 * await longest(0), "A's arrows are too short to be seen");
});

lessonTest("collapse", async (walk) => {
  const heaps: number[][] = [];
  for (let i = 0; i < 3; i++) {
    await walk.press();
    heaps.push((await walk.made()).mean);
    assertLess(await walk.reading("coverage"), 0.26, "two clouds or fewer");
    if (i === 0) assertEquals(await walk.reading("coverage"), 0.125, "an eighth");
  }
  for (const [a, b] of [[0, 1], [1, 2]]) {
    assertGreater(Math.hypot(...heaps[a].map((x, i) => x - heaps[b][i])), 0.8, "elsewhere");
  }
  assertAlmostEquals(await walk.reading("dLoss"), LOG_2, 0.03);
  assertAlmostEquals(await walk.reading("gLoss"), LOG_2, 0.03);
});

lessonTest("rate-ratio", async (walk) => {
  const peaks: number[] = [];
  for (let i = 0; i < 3; i++) {
    await walk.press();
    const [a, b] = [await walk.made(0), await walk.made(1)];
    assertAlmostEquals(a.mean[0], 3, 0.15, "A is where the data are");
    assertAlmostEquals(a.width[0], 0.5, 0.15);
    assertLess(b.width[0], 0.25, "B is narrow");
    peaks.push(b.mean[0]);
  }
  assertGreater(Math.abs(peaks[0] - 3), 0.5, "and not where the data are");
  assertGreater(Math.abs(peaks[0] - peaks[1]), 0.5, "moved");
  assertGreater(Math.abs(peaks[1] - peaks[2]), 0.5, "and again");
});

lessonTest("k", async (walk) => {
  await walk.press();
  assertGreater(await walk.fromBest(0), 3 * await walk.fromBest(1));
});

lessonTest("r1", async (walk) => {
  await walk.press();
  assertGreater((await walk.made(0)).mean[0], 3.8, "A has run past");
  assertAlmostEquals((await walk.made(1)).mean[0], 2.4, 0.2, "B is on its way");
  await walk.press();
  assertLess((await walk.made(0)).mean[0], 2.6, "A is too far to the left");
  const atRest = (await walk.made(1)).mean[0];
  assertAlmostEquals(atRest, 3, 0.06, "B is there");
  assertLess(await walk.reading("steepness", 1), 0.02, "its D is flat");
  await walk.press();
  assertGreater((await walk.made(0)).mean[0], 3.1, "A is on the right again");
  assertAlmostEquals((await walk.made(1)).mean[0], atRest, 0.03, "B has not moved");
});

lessonTest("batch-of-2", async (walk) => {
  await walk.press();
  const begun = await walk.made();
  assertAlmostEquals(begun.mean[0], 3, 0.15, "over the middle");
  assertLess(begun.width[0], 0.45, "too narrow");
  await walk.press();
  assertGreater(walk.lossOfD(1).width, 3 * walk.lossOfD(0).width, "ragged");
  const swayed = [[], []] as number[][];
  for (const run of [0, 1] as const) swayed[run].push((await walk.made(run)).mean[0]);
  await walk.press();
  for (const run of [0, 1] as const) swayed[run].push((await walk.made(run)).mean[0]);
  const [a, b] = swayed.map((means) => Math.max(...means.map((mean) => Math.abs(mean - 3))));
  assertGreater(b, 2 * a, "B has wandered farther");
  assertLess(b, 1, "and has not run away");
});

lessonTest("weak-d", async (walk) => {
  await walk.press();
  assertAlmostEquals(walk.lossOfD().mean, LOG_2, 0.02);
  assertAlmostEquals(await walk.reading("gLoss"), LOG_2, 0.03);
  assertLess(await walk.reading("coverage"), 0.3);
  await walk.press();
  assertGreater(await walk.fromBest(), 0.4, "D* tells them apart at once");
});

Deno.test("each lesson predicts first, and its right answer is one of its choices", () => {
  assertEquals(LESSONS.length, 8);
  for (const { choices, right, steps } of LESSONS) {
    assert(choices[right] !== undefined);
    assertGreater(choices.length, 2);
    assertGreater(steps.length, 0);
  }
});
