/** The report of a run as a reader sees it: light, dark, on a telephone, by the keyboard, and live. */
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { PRESETS } from "@/gan/presets.ts";
import { gridPng } from "@/plot/grid.ts";
import { type RunFolder } from "@/run/folder.ts";
import { LivePage } from "@/run/live_page.ts";
import { renderReport } from "@/run/report.ts";
import { startChromium } from "../../support/chromium.ts";
import { inTempFolder } from "../../support/commands.ts";
import { beginRun, eventAt } from "../../support/runs.ts";

/** A page and the errors that it has met. */
async function onPage(
  browser: Browser,
  options: BrowserContextOptions,
  url: string,
  test: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url);
  await page.waitForFunction(
    `[...document.querySelectorAll(".chart")].every((chart) => chart.querySelector(".main-svg"))`,
  );
  await test(page);
  assertEquals(errors, []);
  await context.close();
}

/** A run of three epochs, each with a grid of another grey. */
async function threeEpochs(folder: string): Promise<RunFolder> {
  const run = await beginRun(folder, PRESETS.mlp.options, { preset: "mlp" });
  await run.openQuality(0);
  for (const step of [30, 60, 90]) {
    await run.appendMetrics(eventAt(step));
    await run.writeSampleGrid(step, gridPng(new Float32Array(784).fill(step / 100), 28));
    const figures = { frechet: 900 / step, score: step / 10 };
    const shares = Array.from({ length: 10 }, (_, digit) => digit === 0 ? 0.55 : 0.05);
    await run.appendQuality({ step, epoch: step / 30, samples: 1000, figures, shares });
  }
  return run;
}

/** Brightness of a colour as CSS has it, 0 to 1. */
function brightness(css: string): number {
  const [r, g, b] = css.match(/[\d.]+/g)!.map(Number);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

const slider = (page: Page) => page.locator("#when");
const caption = (page: Page) => page.locator("#caption").textContent();
const picture = (page: Page) => page.locator("#grid").getAttribute("src");

interface Look {
  page: string;
  text: string;
  chart: string;
  wide: number;
  cut: string[];
}

/** Runs in the page: its colours, how much wider than the window it is, and texts of charts that are cut off. */
const LOOK = `({
  page: getComputedStyle(document.body).backgroundColor,
  text: getComputedStyle(document.body).color,
  chart: getComputedStyle(document.querySelector(".chart text")).fill,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  cut: [...document.querySelectorAll(".chart text")].filter((text) => {
    const { left, right } = text.getBoundingClientRect();
    return right > left && (left < 0 || right > document.documentElement.clientWidth);
  }).map((text) => text.textContent),
})`;

async function checkLook(page: Page, scheme: "light" | "dark"): Promise<void> {
  const colours = await page.evaluate<Look>(LOOK);
  const dark = scheme === "dark";
  assertEquals(brightness(colours.page) < 0.5, dark);
  for (const text of [colours.text, colours.chart]) {
    assertGreater(Math.abs(brightness(text) - brightness(colours.page)), 0.5, `${scheme}: ${text}`);
  }
  assertEquals([colours.wide, colours.cut], [0, []], "nothing is cut off at the side");
}

Deno.test("the report in Chromium", async (t) => {
  const browser = await startChromium("--disable-gpu");
  await inTempFolder(async (folder) => {
    using run = await threeEpochs(folder);
    await run.writeReport(await renderReport(run));
    const url = `file://${join(folder, "report.html")}`;
    const offline = { offline: true };

    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1200, 400]) {
        await t.step(
          `${colorScheme}, ${width} px wide: legible, and nothing is cut off`,
          () =>
            onPage(
              browser,
              { ...offline, colorScheme, viewport: { width, height: 900 } },
              url,
              (page) => checkLook(page, colorScheme),
            ),
        );
      }
    }

    await t.step(
      "the charts follow when the system turns dark",
      () =>
        onPage(browser, { ...offline, colorScheme: "light" }, url, async (page) => {
          await page.emulateMedia({ colorScheme: "dark" });
          await page.waitForTimeout(300);
          await checkLook(page, "dark");
        }),
    );

    await t.step(
      "the slider goes through the grids by the arrow keys, Home and End",
      () =>
        onPage(browser, offline, url, async (page) => {
          const last = await picture(page);
          assertEquals(await caption(page), "after step 90, epoch 4");
          await slider(page).focus();
          await page.keyboard.press("ArrowLeft");
          assertEquals(await caption(page), "after step 60, epoch 3");
          assert(await picture(page) !== last);
          await page.keyboard.press("Home");
          assertEquals(await caption(page), "before the first step");
          assertEquals(await slider(page).getAttribute("aria-valuetext"), "before the first step");
          await page.keyboard.press("End");
          assertEquals(await picture(page), last);
          await page.locator("#play").click();
          await page.waitForFunction(`document.querySelector("#play").textContent === "Play"`);
          assertEquals(await picture(page), last);
        }),
    );

    await t.step("without scripts the last grid, the facts and the options are there", async () => {
      const context = await browser.newContext({ ...offline, javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(url);
      assertMatch(await picture(page) ?? "", /^data:image\/png/);
      assertMatch(await page.locator("table.facts").textContent() ?? "", /deno task train/);
      await context.close();
    });
  });

  await t.step(
    "the live page follows the training and keeps what it has when that ends",
    () =>
      inTempFolder(async (folder) => {
        using run = await threeEpochs(folder);
        await using live = LivePage.start(0);
        await live.show(run);
        await onPage(browser, {}, live.url, async (page) => {
          await page.waitForFunction(
            `document.querySelector("#fact-step").textContent.startsWith("90 of 100")`,
          );
          live.event(eventAt(96));
          await run.writeSampleGrid(96, gridPng(new Float32Array(784), 28));
          live.grid(96, gridPng(new Float32Array(784), 28));
          live.quality({ step: 96, epoch: 4, samples: 1000, figures: { score: 9.5, frechet: 7 } });
          await page.waitForFunction(
            `document.querySelector("#fact-step").textContent.startsWith("96 of 100")`,
          );
          await page.waitForFunction(
            `[...document.querySelectorAll(".chart")].every(({ data }) => data[0].x.at(-1) === 96)`,
          );
          assertMatch(await caption(page) ?? "", /^after step 96/);
          await live.close("The training ended at step 100 of 100.");
          const status = page.locator("#status");
          await page.waitForFunction(
            `document.querySelector("#status").textContent.includes("ended at step 100")`,
          );
          await page.waitForTimeout(3500);
          assertMatch(await status.textContent() ?? "", /ended at step 100/, "it stays at that");
          await slider(page).focus();
          await page.keyboard.press("Home");
          assertEquals(await caption(page), "before the first step");
        });
      }),
  );
  await browser.close();
});
