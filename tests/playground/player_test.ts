import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { withBatchSize, withHidden, withRate } from "@/playground/changed_settings.ts";
import { PlayPace } from "@/playground/play_pace.ts";
import {
  type Asked,
  type Changed,
  type Look,
  type PlaygroundAnswer,
  type PlayState,
  type RunReadings,
  type SlowStage,
} from "@/playground/playground_messages.ts";
import { playgroundWorker } from "@/playground/player.ts";
import { transferable } from "@/playground/transferable.ts";
import { beginRun, smallSettings } from "../support/playground_runs.ts";

/** A page as the worker sees it. */
class Page {
  readonly heard: PlaygroundAnswer[] = [];
  #id = 0;
  #waiting = new Map<number, (answer: PlaygroundAnswer) => void>();
  #ask = playgroundWorker((answer, transfer) => {
    // What is given away is gone, as between a page and its worker.
    this.heard.push(structuredClone(answer, { transfer }));
    if ("id" in answer) this.#waiting.get(answer.id)?.(this.heard.at(-1)!);
  });

  /** The answer to a request. */
  ask(asked: Asked): Promise<PlaygroundAnswer> {
    const id = ++this.#id;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#ask({ id, ...asked });
    });
  }

  /** What a request is answered with. */
  async value<T>(asked: Asked): Promise<T> {
    const answer = await this.ask(asked);
    assert(answer.type === "done", answer.type === "refused" ? answer.message : answer.type);
    return answer.value as T;
  }

  /** The last state that was told. */
  get state(): PlayState {
    const told = this.heard.findLast((answer) => answer.type === "state");
    return (told as { state: PlayState }).state;
  }

  /** Losses of a run, all that were told. */
  steps(run: 0 | 1 = 0) {
    return this.heard.flatMap((answer) =>
      answer.type === "steps" && answer.run === run ? answer.steps : []
    );
  }
}

async function started(settings = smallSettings("line")): Promise<Page> {
  const page = new Page();
  await page.ask({ type: "start", settings });
  return page;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("each request is answered, in order, and steps are those of a run", async () => {
  const settings = smallSettings("line");
  const page = await started(settings);
  await Promise.all([
    page.ask({ type: "step", count: 4 }),
    page.ask({ type: "stepD" }),
    page.ask({ type: "stepG" }),
  ]);
  const run = await beginRun(settings);
  const expected = [run.step(), run.step(), run.step(), run.step(), run.stepD(), run.stepG()];
  assertEquals(page.steps(), expected);
  await page.ask({ type: "back", moves: 3 });
  const [{ move, step, discriminatorUpdates, canGoBack, takenBy }] = page.state.runs;
  assertEquals([move, step, discriminatorUpdates, canGoBack], [3, 3, 3, 3]);
  assertEquals(takenBy, "the engine, 1 thread");
  await page.ask({ type: "step", count: 1 });
  assertEquals(page.steps().at(-1), expected[3]);
  run.dispose();
});

Deno.test("in play it trains by itself, is heard, and stops where it is told to", async () => {
  const page = await started();
  await page.ask({ type: "play" });
  await pause(100);
  const look = await page.value<Look>({ type: "look", request: { layers: ["discriminator"] } });
  assertEquals(look.d!.values.length, 48);
  await page.ask({ type: "pause" });
  const { playing, runs: [{ move }] } = page.state;
  assertEquals([playing, move], [false, page.steps().length]);
  assertGreater(move, 0);
  assertEquals(page.steps().map(({ move }) => move), page.steps().map((_, i) => i + 1));
  await pause(30);
  assertEquals(page.steps().length, move, "nothing moves in a pause");
});

Deno.test("a fork is played beside the first run, and one of them is kept", async () => {
  const settings = smallSettings("line");
  const page = await started(settings);
  await page.ask({ type: "step", count: 3 });
  const forked = await page.value<Changed>({
    type: "fork",
    settings: withRate(settings, "generator", 0.01),
  });
  assertEquals(forked.restarted, false);
  await page.ask({ type: "step", count: 2 });
  assertEquals(page.state.runs.map(({ move }) => move), [5, 5]);
  assertEquals([page.steps(0).length, page.steps(1).length], [5, 2]);
  assertEquals(page.steps(0)[3].dLoss, page.steps(1)[0].dLoss, "the same batches");
  assert(page.steps(0)[4].gLoss !== page.steps(1)[1].gLoss);
  const readings = await page.value<RunReadings>({ type: "readings", run: 1 });
  assertEquals([readings.run, readings.move], [1, 5]);
  await page.ask({ type: "keep", run: 1 });
  assertEquals(page.state.runs.map(({ settings }) => settings.options.generatorOptimiser), [
    { ...settings.options.generatorOptimiser, learningRate: 0.01 },
  ]);
});

Deno.test("a change answers whether the run began anew, and why", async () => {
  const settings = smallSettings("line");
  const page = await started(settings);
  await page.ask({ type: "step", count: 2 });
  const change = (settings: ReturnType<typeof smallSettings>) =>
    page.value<Changed>({ type: "change", settings });
  assertEquals(await change(withBatchSize(settings, 8)), { restarted: false, because: undefined });
  assertEquals(page.state.runs[0].step, 2);
  const wider = await change(withHidden(settings, "generator", { width: 8 }));
  assertEquals(wider.because, "the generator has weights of other shapes");
  assertEquals(page.state.runs[0].step, 0);
});

Deno.test("slow motion answers a stage at a time, then nothing when the step is taken", async () => {
  const page = await started();
  const names: string[] = [];
  for (let stage; (stage = await page.value<SlowStage | undefined>({ type: "slow" }));) {
    names.push(`${stage.player} ${stage.name}`);
    assertEquals(page.state.runs[0].step, 0);
  }
  assertEquals([names.length, names[0], names.at(-1)], [12, "D sample", "G update"]);
  assertEquals(page.state.runs[0].step, 1);
  await page.ask({ type: "slow" });
  await page.ask({ type: "endSlow" });
  assertEquals([page.state.runs[0].step, page.state.runs[0].slow], [2, undefined]);
});

Deno.test("what cannot be done is refused in words, and the next request is heard", async () => {
  const page = new Page();
  const refusal = async (asked: Asked) => {
    const answer = await page.ask(asked);
    assert(answer.type === "refused");
    return answer.message;
  };
  for (const type of ["stepD", "play", "slow"] as const) {
    assertEquals(
      await refusal({ type }),
      "Cannot do this: the playground must be started first",
    );
  }
  const settings = smallSettings("line");
  const message = await refusal({ type: "start", settings: withBatchSize(settings, 0.5) });
  assert(message.includes("batchSize must be an integer of at least 1, got 0.5"), message);
  await page.ask({ type: "start", settings });
  assertEquals(
    await refusal({ type: "readings", run: 1 }),
    "Cannot do this: there must be a second run. Fork first",
  );
  await page.ask({ type: "step", count: 1 });
  assertEquals(page.state.runs[0].step, 1);
});

Deno.test("a training that diverges in play stops, and says why", async () => {
  const page = await started();
  await page.ask({
    type: "change",
    settings: withRate(smallSettings("line"), "discriminator", 1e30),
  });
  await page.ask({ type: "play" });
  for (let i = 0; i < 100 && !page.heard.some(({ type }) => type === "stopped"); i++) {
    await pause(20);
  }
  const stopped = page.heard.find((answer) => answer.type === "stopped");
  assert(stopped?.type === "stopped" && stopped.message.includes("must be finite"));
  await page.ask({ type: "pause" });
  assertEquals(page.state.playing, false);
});

Deno.test("every buffer of an answer is given away once", () => {
  const numbers = new Float32Array(4);
  const answer = { a: numbers, b: { c: [numbers.subarray(1), new Uint8Array(2)], d: "text" } };
  assertEquals(transferable(answer), [numbers.buffer, answer.b.c[1].buffer]);
  assertEquals(transferable(undefined), []);
});

Deno.test("the pace is that of the clock, and what was missed is not made up for", () => {
  let now = 1000;
  const pace = new PlayPace(() => now);
  const stepsIn = (ms: number) => {
    let count = 0;
    for (const end = now + ms; now < end; now++) if (pace.mayStep()) count++;
    return count;
  };
  assertEquals(stepsIn(50), 50, "as fast as it goes");
  pace.stepsPerSecond = 2;
  assertAlmostEquals(stepsIn(5000), 10, 1);
  now += 60_000;
  assertLess(stepsIn(1000), 5);
  pace.stepsPerSecond = 100;
  assertAlmostEquals(stepsIn(1000), 100, 2);
});

Deno.test("steps that yield end when something else is asked for, but not for a look", async () => {
  const page = await started();
  const many = page.ask({ type: "step", count: 1_000_000, yields: true });
  await pause(30);
  const look = page.ask({ type: "look", request: { layers: [] } });
  await pause(30);
  assertGreater(page.steps().length, 0);
  const before = page.steps().length;
  await pause(100);
  assertGreater(page.steps().length, before, "a look waits");
  const d = page.ask({ type: "stepD" });
  assertEquals([(await many).type, (await look).type, (await d).type], ["done", "done", "done"]);
  const taken = page.steps().length;
  assertLess(taken, 1_000_000);
  assertEquals(page.state.runs[0].move, taken, "and nothing is lost");
});
