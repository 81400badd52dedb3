/** The playground in Chromium: one page, on which everything is touched. */
import { assert, assertEquals, assertGreater, assertMatch, assertNotEquals } from "@std/assert";
import { type Page } from "playwright-core";
import { FIELDS } from "@/site/playground/setting_fields.ts";
import { NotebookReader } from "./support/notebook_reader.ts";
import { builtSite, ServedSite } from "./support/site.ts";
import { Visitor } from "./support/visitor.ts";

const site = await builtSite();

/** What the page knows, by its hook for tests: the model of `playground_page.ts`. */
const STATE = `(() => {
  const { state, looks, slow } = document.querySelector("main").playground;
  return {
    runs: state.value.runs,
    playing: state.value.playing,
    slow: slow.value?.name,
    fakes: looks.value.map((look) => look && Array.from(look.fake)),
    ds: looks.value.map((look) => look?.d && Array.from(look.d.values)),
    moves: looks.value.map((look) => look?.move),
  };
})()`;

interface Shown {
  runs: {
    settings: {
      options: Record<string, unknown>;
      generatorSteps?: number;
      data: { kind: string };
      layers: string[];
    };
    move: number;
    step: number;
    discriminatorUpdates: number;
  }[];
  playing: boolean;
  slow?: string;
  fakes: number[][];
  ds: number[][];
  moves: number[];
}

class Reader {
  constructor(readonly visitor: Visitor) {}

  get page(): Page {
    return this.visitor.page;
  }

  /** What is shown, once the stage shows where the runs are. */
  async shown(): Promise<Shown> {
    let shown: Shown | undefined;
    await this.visitor.until("the stage is up to date", async () => {
      shown = await this.page.evaluate<Shown>(STATE);
      return shown.runs.every(({ move }, run) => shown!.moves[run] === move);
    });
    return shown!;
  }

  /** Presses a button by its id, and waits for the stage. */
  async press(id: string): Promise<Shown> {
    const before = (await this.page.evaluate<Shown>(STATE)).runs.map(({ move }) => move).join();
    await this.page.locator(`#${id}`).click();
    if (/^step|^back/.test(id)) {
      await this.visitor.until(
        `${id} has moved the run`,
        async () =>
          (await this.page.evaluate<Shown>(STATE)).runs.map(({ move }) => move).join() !== before,
      );
    }
    return await this.shown();
  }

  /** Gives a control another value, as a reader does. */
  async set(id: string, value: string): Promise<void> {
    const control = this.page.locator(`#set-${id}`);
    await control.evaluate((element) => {
      const details = (element as Element).closest("details");
      if (details) details.open = true;
    });
    if (await control.evaluate((element) => (element as Element).tagName === "SELECT")) {
      await control.selectOption(value);
    } else {
      await control.fill(value);
      await control.press("Enter");
    }
  }

  /** A digest of the pixels of the first stage. */
  async pixels(): Promise<string> {
    return await this.page.evaluate(`(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.querySelector(".stage canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const digest = await crypto.subtle.digest("SHA-256", data);
      return Array.from(new Uint8Array(digest), (byte) => byte.toString(16)).join("");
    })()`);
  }
}

async function open(visitor: Visitor, url: string): Promise<Reader> {
  await visitor.page.goto(url);
  const reader = new Reader(visitor);
  await visitor.until("the stage is drawn", async () =>
    await visitor.page.evaluate<boolean>(
      `document.querySelector("main").playground?.looks.value[0] !== undefined`,
    ));
  return reader;
}

/** For each field another value than it begins with, and where it must be found. */
const CHANGES: Record<string, [value: string, at: string, expected: unknown]> = {
  noise: ["cube", "latent", "cube"],
  "z-size": ["3", "generator.inputs", 3],
  batch: ["64", "batchSize", 64],
  seed: ["7", "seed", 7],
  "g-depth": ["3", "generator.layers.length", 4],
  "g-width": ["16", "generator.layers.0.width", 16],
  "g-activation": ["tanh", "generator.layers.0.activation", "tanh"],
  "g-optimiser": ["momentum", "generatorOptimiser.kind", "momentum"],
  "g-rate": ["0.002", "generatorOptimiser.learningRate", 0.002],
  "g-momentum": ["0.3", "generatorOptimiser.momentum.final", 0.3],
  "g-loss": ["saturating", "generatorLoss", "saturating"],
  averaging: ["0.9", "averageDecay", 0.9],
  "d-depth": ["1", "discriminator.layers.length", 2],
  "d-width": ["24", "discriminator.layers.0.width", 24],
  "d-activation": ["relu", "discriminator.layers.0.activation", "relu"],
  "d-optimiser": ["momentum", "discriminatorOptimiser.kind", "momentum"],
  "d-rate": ["0.004", "discriminatorOptimiser.learningRate", 0.004],
  "d-momentum": ["0.2", "discriminatorOptimiser.momentum.final", 0.2],
  packing: ["2", "discriminator.inputs", 4],
  "d-loss": ["hinge", "discriminatorLoss", "hinge"],
  updates: ["simultaneous", "updates", "simultaneous"],
  k: ["2", "discriminatorSteps", 2],
  "generator-steps": ["2", "generatorSteps", 2],
  gamma: ["0.5", "gradientPenalty", 0.5],
  penalty: ["unitSlope", "penalty", "unitSlope"],
};

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce((part, name) => (part as Record<string, unknown>)[name], value);
}

Deno.test("everything on the playground's page does what it says", async (t) => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open({ reducedMotion: "reduce" });
  const reader = await open(visitor, `${server.url}playground.html`);
  const { page } = visitor;

  await t.step("a step of D moves D alone, and one of G moves G alone", async () => {
    const before = await reader.shown();
    const afterD = await reader.press("step-d");
    assertEquals(afterD.fakes, before.fakes);
    assertNotEquals(afterD.ds, before.ds);
    const afterG = await reader.press("step-g");
    assertNotEquals(afterG.fakes, afterD.fakes);
    assertEquals(afterG.ds, afterD.ds);
    assertEquals([afterG.runs[0].step, afterG.runs[0].discriminatorUpdates], [1, 1]);
  });

  await t.step("back and forth again is bitwise the same, in the run and in pixels", async () => {
    for (let i = 0; i < 3; i++) await reader.press("step");
    const [first, pixels] = [await reader.shown(), await reader.pixels()];
    await reader.press("back");
    const behind = await reader.press("back");
    assertNotEquals(behind.fakes, first.fakes);
    for (let i = 0; i < 2; i++) await reader.press("step");
    assertEquals(await reader.shown(), first);
    assertEquals(await reader.pixels(), pixels);
  });

  await t.step("slow motion goes through both turns, and lights diagram and formula", async () => {
    const seen: string[] = [];
    for (let i = 0; i < 12; i++) {
      const before = seen.at(-1)?.split(" ")[1];
      await page.locator("#slow").click();
      await visitor.until("the next stage is lit", async () => {
        const { slow } = await page.evaluate<Shown>(STATE);
        const lit = page.locator(`#algorithm .stages .lit[data-stage="${slow}"]`);
        return slow !== before && await lit.count() === 1;
      });
      const lit = await page.locator("#algorithm .formulas p:not([hidden]):has(.lit)").getAttribute(
        "data-player",
      );
      seen.push(`${lit} ${(await page.evaluate<Shown>(STATE)).slow}`);
      assertGreater(await page.locator("#algorithm svg .lit").count(), 0);
    }
    const stages = ["sample", "generate", "judge", "loss", "gradients", "update"];
    assertEquals(seen, ["D", "G"].flatMap((player) => stages.map((stage) => `${player} ${stage}`)));
    assertMatch(await page.locator("#algorithm").innerText(), /The weights move by/);
    await page.locator("#slow").click();
    await visitor.until("the step is taken", async () => (await reader.shown()).slow === undefined);
  });

  await t.step(
    "a fork with nothing changed is bitwise the same run, and differs once it is",
    async () => {
      await page.locator("#fork").click();
      await visitor.until("there are two", async () => (await reader.shown()).runs.length === 2);
      const same = await reader.press("step");
      assertEquals(same.fakes[0], same.fakes[1]);
      assertEquals(same.ds[0], same.ds[1]);
      await reader.set("g-rate", "0.01");
      const other = await reader.press("step");
      assertNotEquals(other.fakes[0], other.fakes[1]);
      assertEquals(
        valueAt(other.runs[0].settings.options, "generatorOptimiser.learningRate"),
        0.001,
      );
      assertEquals(await page.locator(".stage:visible").count(), 2);
      await page.locator("#keep-a").click();
      await visitor.until("there is one", async () => (await reader.shown()).runs.length === 1);
    },
  );

  await t.step("each layer shows in the pixels", async () => {
    for (const box of await page.locator(".layers label:visible input").all()) {
      const id = await box.getAttribute("id");
      if (id === "layer-traces") continue; // Right after a change there is nowhere to have come from.
      if (id === "layer-slopes") {
        await page.locator(".stage canvas").first().click({ position: { x: 200, y: 200 } });
      }
      const before = await reader.pixels();
      await box.click();
      await visitor.until(`${id} is seen`, async () => await reader.pixels() !== before, 20);
      await box.click();
    }
  });

  await t.step("each control changes its setting, and the address follows", async () => {
    assertEquals(Object.keys(CHANGES).toSorted(), FIELDS.map(({ id }) => id).toSorted());
    for (const [id, [value, at, expected]] of Object.entries(CHANGES)) {
      await reader.set(id, value);
      await visitor.until(
        `${id} is ${value}`,
        async () => {
          const { options, generatorSteps } = (await reader.shown()).runs[0].settings;
          return valueAt({ ...options, generatorSteps }, at) === expected;
        },
        20,
      );
    }
    await reader.press("step");
    await visitor.until("the address follows", () => Promise.resolve(/unitSlope/.test(page.url())));
  });

  await t.step(
    "an address that is opened afresh gives the same settings, and the same run",
    async () => {
      await page.locator("#restart").click();
      await visitor.until("it begins anew", async () => (await reader.shown()).runs[0].move === 0);
      for (let i = 0; i < 2; i++) await reader.press("step");
      const here = await reader.shown();
      await using other = await Visitor.open({ reducedMotion: "reduce" });
      const again = await open(other, page.url());
      for (let i = 0; i < 2; i++) await again.press("step");
      const there = await again.shown();
      assertEquals(there.runs[0].settings, here.runs[0].settings);
      assertEquals([there.fakes, there.ds], [here.fakes, here.ds]);
      assertEquals(other.errors, []);
    },
  );

  await t.step("of two changes at once none is lost, and code that is open follows", async () => {
    await page.locator("details.code summary").click();
    const code = page.locator("details.code pre").first();
    const before = await code.textContent();
    await page.evaluate(`(async () => {
      const { playground } = document.querySelector("main");
      const set = (options) => playground.change((settings) =>
        ({ ...settings, options: { ...settings.options, ...options } }));
      await Promise.all([set({ discriminatorSteps: 1 }), set({ gradientPenalty: 0.25 })]);
    })()`);
    const { options } = (await reader.shown()).runs[0].settings;
    assertEquals([options.discriminatorSteps, options.gradientPenalty], [1, 0.25]);
    assertNotEquals(await code.textContent(), before);
    assertMatch((await code.textContent())!, /gradientPenalty: 0\.25/);
  });

  await t.step("numbers are those of a loss that was changed while nothing moves", async () => {
    const line = page.locator('[data-reading="dLoss"] .ideal');
    const { move } = (await reader.shown()).runs[0];
    const before = await line.textContent();
    await reader.set("d-loss", "leastSquares");
    await visitor.until("the line is another one", async () => await line.textContent() !== before);
    assertEquals((await reader.shown()).runs[0].move, move);
  });

  await t.step("charts take the colours of another theme", async () => {
    const chart = () =>
      page.evaluate(`document.querySelector('[data-reading="dLoss"] canvas').toDataURL()`);
    const before = await chart();
    await page.evaluate(`document.documentElement.dataset.theme = "dark"`);
    await visitor.until("it is drawn anew", async () => await chart() !== before, 20);
  });

  await t.step("an address with a value that is refused is told so", async () => {
    await page.goto("about:blank");
    await open(visitor, `${server.url}playground.html#v=1&preset=ring&k=0`);
    assertMatch(await page.locator("#said").innerText(), /discriminatorSteps must be .*, got 0/);
    await page.goto("about:blank");
    await open(visitor, `${server.url}playground.html#v=1&preset=ring&k=many`);
    assertMatch(await page.locator("#said").innerText(), /k must be a number, got many/);
    const kept = (await reader.press("step")).runs;
    await page.evaluate(`location.hash = "#v=1&preset=ring&batch=99999"`);
    await visitor.until(
      "it is refused",
      async () => /batchSize must be .*, got 99999/.test(await page.locator("#said").innerText()),
    );
    assertEquals((await reader.shown()).runs, kept);
    assertMatch(page.url(), /preset=ring&(?!batch=99999)/);
  });

  assertEquals(visitor.errors, []);
});

Deno.test("data drawn by hand are learned, with the pointer and with the keys", async () => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open({ viewport: { width: 1200, height: 900 } });
  const reader = await open(visitor, `${server.url}playground.html`);
  const { page } = visitor;
  await page.getByRole("button", { name: "Draw data on the stage" }).click();
  await page.getByRole("button", { name: "Clear the drawing" }).click();
  const canvas = page.locator(".stage canvas").first();
  const { x, y, width, height } = (await canvas.boundingBox())!;
  await page.mouse.move(x + 0.3 * width, y + 0.4 * height);
  await page.mouse.down();
  for (let i = 1; i <= 20; i++) {
    await page.mouse.move(x + (0.3 + 0.02 * i) * width, y + (0.4 + 0.01 * (i % 5)) * height);
  }
  await page.mouse.up();
  const drawn = async () =>
    (await reader.shown()).runs[0].settings.data as { kind: string; points?: number[][] };
  await visitor.until("the stroke is the data", async () => (await drawn()).kind === "points");
  const count = (await drawn()).points!.length;
  assertGreater(count, 8);
  await canvas.focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "Enter"]) {
    await page.keyboard.press(key);
  }
  await visitor.until(
    "the key set one point more",
    async () => (await drawn()).points!.length === count + 1,
  );
  await page.keyboard.press("Backspace");
  await visitor.until("and took it away", async () => (await drawn()).points!.length === count);
  await page.locator("#play").click();
  await visitor.until(
    "G covers what was drawn",
    async () =>
      Number(
        await page.evaluate(
          `document.querySelector("main").playground.readings.value[0]?.values.coverage.value`,
        ),
      ) > 0.9,
    120,
  );
  await page.locator("#play").click();
  assertEquals(visitor.errors, []);
});

Deno.test("a lesson can be walked through by the keyboard alone", async () => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open({ viewport: { width: 360, height: 780 } });
  const reader = await open(visitor, `${server.url}playground.html`);
  const { page } = visitor;
  const { keyboard } = page;
  const focused = () =>
    page.evaluate<string>("document.activeElement.textContent.trim().slice(0, 60)");
  const tabTo = async (text: RegExp) => {
    for (let i = 0; i < 120 && !text.test(await focused()); i++) await keyboard.press("Tab");
    assertMatch(await focused(), text);
  };
  await tabTo(/^2 · A vanishing gradient/);
  await keyboard.press("Enter");
  await keyboard.press("Tab");
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowDown");
  await tabTo(/^Predict, and begin/);
  await keyboard.press("Enter");
  await visitor.until(
    "the first step is offered",
    async () => /^Train D alone/.test(await focused()),
  );
  await keyboard.press("Enter");
  await visitor.until(
    "the second step is offered",
    async () => /^Fork: B has/.test(await focused()),
  );
  await keyboard.press("Enter");
  await visitor.until(
    "the third step is offered",
    async () => /^Both take 50 steps/.test(await focused()),
  );
  await keyboard.press("Enter");
  await visitor.until("the answer is read", async () => /^You predicted/.test(await focused()));
  assertMatch(await page.locator(".lesson:visible .verdict").innerText(), /So it is\./);
  const { runs } = await reader.shown();
  assertEquals(runs.map(({ settings }) => settings.options.generatorLoss), [
    "saturating",
    "nonSaturating",
  ]);
  assert(runs.every(({ step }) => step === 50));
  assertEquals(visitor.errors, []);
});

Deno.test("a cell of a notebook's page shows a live playground", async () => {
  await using server = new ServedSite(site);
  await using visitor = await Visitor.open();
  const reader = await NotebookReader.open(visitor, server.url, "02_optimal_discriminator");
  await reader.write(
    1,
    `import { playground } from "@/notebook/playground.ts";
import { show } from "@/notebook/show.ts";
await show(playground("v=1&preset=line&seed=5"));`,
  );
  await reader.run(1);
  const frame = visitor.page.frameLocator("iframe.playground-frame");
  await frame.locator("#step").click();
  await visitor.until(
    "it has taken a step",
    async () => /^Step 1:/.test(await frame.locator("#status").textContent() ?? ""),
  );
  assertEquals(await frame.locator("#set-seed").inputValue(), "5");
  assertEquals(visitor.errors, []);
});
