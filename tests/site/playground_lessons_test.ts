/** Each lesson of the playground is run as its buttons run it, and what its text says is so. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
} from "@std/assert";
import {
  type Asked,
  type Look,
  type PlaygroundAnswer,
  type RunReadings,
  type RunState,
  type StepNumbers,
  type Which,
} from "@/playground/playground_messages.ts";
import { type PlaygroundSettings } from "@/playground/settings.ts";
import { playgroundWorker } from "@/playground/player.ts";
import { valuesRange } from "@/site/playground/chart.ts";
import { asksOf, type Lesson } from "@/site/playground/lesson.ts";
import { LESSONS } from "@/site/playground/lessons.ts";
import { longestPull } from "@/site/playground/stage.ts";

/** A lesson that is being walked through. */
class Walk {
  #next = 1;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ask = playgroundWorker((answer) => this.#hear(answer));
  readonly steps: StepNumbers[][] = [[], []];
  runs: RunState[] = [];
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

  /** Layers that are drawn now. */
  get layers(): PlaygroundSettings["layers"] {
    return this.#settings.layers;
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
    } else if (answer.type === "state") this.runs = answer.state.runs;
    else if (answer.type === "steps") this.steps[answer.run].push(...answer.steps);
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

  /** What the field of D says at a point. */
  async dAt(point: ArrayLike<number>, run: Which = 0): Promise<number> {
    const { d, range: [low, high], side } = await this.look(["discriminator"], run);
    return d!.values[cellOf(point, low, high, side)];
  }

  /** The mean of the field of D at rows of the plane. */
  async meanD(rows: Float32Array): Promise<number> {
    const { d, range: [low, high], side } = await this.look(["discriminator"]);
    const cells = Array.from(
      { length: rows.length / 2 },
      (_, i) => cellOf(rows.subarray(2 * i, 2 * i + 2), low, high, side),
    );
    return meanOf(cells.map((cell) => d!.values[cell]));
  }

  /** The share of cells in which D is near ½: where the data are dense, and elsewhere. */
  async nearHalf(): Promise<{ among: number; elsewhere: number }> {
    const { d, pData } = await this.look(["discriminator", "pData"]);
    const dense = 0.1 * Math.max(...pData!.values);
    const share = (isIn: (density: number) => boolean) =>
      meanOf(
        Array.from(d!.values).filter((_, i) => isIn(pData!.values[i]))
          .map((value) => Math.abs(value - 0.5) < 0.15 ? 1 : 0),
      );
    return {
      among: share((density) => density > dense),
      elsewhere: share((density) => density <= dense),
    };
  }

  /** The total variation between p_data and p_g on the line: 0 the same, 1 apart. */
  async apart(run: Which): Promise<number> {
    const { pData, pG, range: [low, high] } = await this.look(["pData", "pG"], run);
    const differences = Array.from(pData!.values, (p, i) => Math.abs(p - pG!.values[i]));
    return meanOf(differences) * (high - low) / 2;
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

/** The cell of a field that a point lies in. */
function cellOf(point: ArrayLike<number>, low: number, high: number, side: number): number {
  const places = Array.from(point, (x) => {
    return Math.min(side - 1, Math.max(0, Math.floor((x - low) / (high - low) * side)));
  });
  return places.reduceRight((cell, place) => cell * side + place, 0);
}

/** The points that G makes, one by one. */
function rowsOf({ fake, dimensions }: Look): number[][] {
  return Array.from(
    { length: fake.length / dimensions },
    (_, i) => Array.from(fake.subarray(i * dimensions, (i + 1) * dimensions)),
  );
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
  const begun = await walk.reading("jsd");
  const { real, fake } = await walk.look(["data", "generated"]);
  assertGreater(await walk.meanD(real), 0.8, "blue at the real points");
  assertLess(await walk.meanD(fake), 0.2, "orange at the heap");
  await walk.press();
  assertGreater(await walk.reading("coverage"), 0.99, "all eight clouds");
  const { among, elsewhere } = await walk.nearHalf();
  assertGreater(among, 0.9, "pale among the points");
  assertLess(elsewhere, 0.5, "any colour elsewhere");
  assert(Math.abs(await walk.dAt([0, 0]) - 0.5) > 0.25, "as in the middle of the circle");
  assertAlmostEquals(walk.lossOfD().mean, LOG_2, 0.03);
  assertAlmostEquals(await walk.reading("gLoss"), LOG_2, 0.1);
  assertLess(await walk.reading("jsd"), begun / 5, "the divergence has fallen");
  assertGreater(await walk.reading("jsd"), 0.03, "but not to 0");
  assertLess(await walk.reading("precision"), 0.95, "some diamonds lie between the clouds");
});

lessonTest("vanishing-gradient", async (walk) => {
  await walk.press();
  assertLess(await walk.reading("dLoss"), 0.01, "D is almost never wrong");
  assertGreater(await walk.dAt([3]), 0.98, "1 over the data");
  assertLess(await walk.dAt([0]), 0.02, "0 over G");
  assert(!walk.layers.includes("pulls"), "no arrows on a scale of their own");
  await walk.press();
  assert(walk.layers.includes("pulls"));
  const pulls = async (run: Which) => (await walk.look(["pulls"], run)).pulls!;
  const longest = async (run: Which) => longestPull([await walk.look(["pulls"], run)])!;
  // The longest is 0.12 of the picture, at most 170 pixels; one of less than a pixel is not drawn.
  assertGreater(await longest(1), 300 * await longest(0), "A's arrows are too short to be seen");
  assert((await pulls(1)).by.every((by) => by > 0), "B's point to the data");
  assertGreater(
    await walk.reading("gGradient", 1),
    200 * await walk.reading("gGradient", 0),
    "hundreds of times",
  );
  assertEquals((await walk.made(0)).mean, (await walk.made(1)).mean, "the same G");
  await walk.press();
  assert(!walk.layers.includes("pulls"), "they would be of another moment");
  assertAlmostEquals((await walk.made(0)).mean[0], 0, 0.05, "A is where it was");
  assertAlmostEquals((await walk.made(1)).mean[0], 3, 0.3, "B lies over the data");
});

lessonTest("collapse", async (walk) => {
  const places = [
    { text: /upper left/, is: ([x, y]: number[]) => x < -0.3 && y > 0.3 },
    { text: /to the right/, is: ([x, y]: number[]) => x > 0.7 && Math.abs(y) < 0.6 },
    { text: /at the bottom/, is: ([x, y]: number[]) => y < -0.7 && Math.abs(x) < 0.6 },
  ];
  for (const [i, { text }] of places.entries()) {
    assertMatch(await walk.press(), text);
    const points = rowsOf(await walk.look(["generated"]));
    for (const [k, place] of places.entries()) {
      const share = points.filter(place.is).length / points.length;
      if (k === i) assertGreater(share, 0.6, `most lie there in step ${i + 1}`);
      else assertLess(share, 0.1, `hardly any at place ${k + 1} in step ${i + 1}`);
    }
    assertEquals(await walk.reading("coverage"), 0.125, "an eighth");
    assert(!walk.layers.includes("pulls"), "arrows would hide the diamonds");
  }
  assertAlmostEquals(await walk.reading("dLoss"), LOG_2, 0.03);
  assertAlmostEquals(await walk.reading("gLoss"), LOG_2, 0.03);
  const { d } = await walk.look(["discriminator"]);
  assert(d!.values.every((value) => Math.abs(value - 0.5) < 0.12), "pale");
});

lessonTest("rate-ratio", async (walk) => {
  const peaks: number[] = [];
  for (let i = 0; i < 3; i++) {
    await walk.press();
    const [a, b] = [await walk.made(0), await walk.made(1)];
    assertAlmostEquals(a.mean[0], 3, 0.15, "A is where the data are");
    assertAlmostEquals(a.width[0], 0.5, 0.1);
    assertLess(await walk.apart(0), 0.3, "A covers what the data cover");
    assertGreater(await walk.apart(1), 0.7, "B does not");
    assertLess(b.width[0], 0.15, "B is narrow");
    peaks.push(b.mean[0]);
  }
  assertAlmostEquals(peaks[0], 3.8, 0.2, "at the right edge");
  assertAlmostEquals(peaks[1], 2.6, 0.2, "left of the middle");
  assertAlmostEquals(peaks[2], 2.1, 0.2, "at the left edge");
  assertGreater(await walk.reading("jsd", 1), 5 * await walk.reading("jsd", 0), "many times");
});

lessonTest("k", async (walk) => {
  await walk.press();
  const { difference: ofA, d } = await walk.look(["difference"], 0);
  const { difference: ofB } = await walk.look(["difference"], 1);
  const wide = ({ values }: { values: Float32Array }) =>
    values.filter((value) => Math.abs(value) > 0.15).length / values.filter(Number.isFinite).length;
  assertGreater(wide(ofA!), 0.6, "wide in A");
  assertLess(wide(ofB!), 0.03, "thin in B");
  assert(d!.values.every((value) => Math.abs(value - 0.5) < 0.12), "A's D is nearly flat");
  assertLess((await walk.made(0)).width[0], 0.3, "A's G is narrower than the data");
  assertAlmostEquals((await walk.made(1)).width[0], 0.5, 0.06, "B's is as wide");
  assertEquals(walk.runs.map(({ step }) => step), [300, 300]);
  assertEquals(walk.runs.map(({ discriminatorUpdates }) => discriminatorUpdates), [300, 6000]);
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
  const { d } = await walk.look(["discriminator"], 1);
  assert(d!.values.every((value) => Math.abs(value - 0.5) < 0.05), "at ½");
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
  // As the chart draws them, from the fork on.
  assert(walk.lesson.steps[1].action.chartsFromHere);
  const drawn = walk.steps.map((steps) =>
    steps.slice(-100).map(({ move, dLoss }): [number, number] => [move, dLoss!])
  );
  const [low, high] = valuesRange(drawn, [LOG_2]);
  assertLess(walk.lossOfD(0).width, 0.08 * (high - low), "A's line is nearly flat");
  assertGreater(walk.lossOfD(1).width, 0.15 * (high - low), "B's is ragged");
  for (const [text, side] of [[/to the left/, -1], [/to the right/, 1]] as const) {
    assertMatch(await walk.press(), text);
    const [a, b] = [(await walk.made(0)).mean[0], (await walk.made(1)).mean[0]];
    assertAlmostEquals(a, 3, 0.1, "A is over the middle");
    assertGreater(side * (b - 3), 0.25, "B is on that side");
    assertLess(Math.abs(b - 3), 1, "and has not run away");
  }
});

lessonTest("weak-d", async (walk) => {
  await walk.press();
  assertAlmostEquals(walk.lossOfD().mean, LOG_2, 0.02);
  assertAlmostEquals(await walk.reading("gLoss"), LOG_2, 0.03);
  assertEquals(await walk.reading("coverage"), 0.125, "one of the eight");
  assertLess(Math.max(...(await walk.made()).width), 0.25, "a heap");
  const { d } = await walk.look(["discriminator"]);
  assert(d!.values.every((value) => Math.abs(value - 0.5) < 0.1), "pale everywhere");
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
