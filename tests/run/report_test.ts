/** The report of a run as a page: what is in it, and how large it gets. */
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { decode } from "fast-png";
import { PRESETS } from "@/gan/presets.ts";
import { gridPng } from "@/plot/grid.ts";
import { Random } from "@/random.ts";
import { renderReport } from "@/run/report.ts";
import { beginRun, eventAt } from "../support/runs.ts";
import { inTempFolder } from "../support/commands.ts";

const withoutScripts = (page: string) => page.replaceAll(/<script[^>]*>.*?<\/script>/gs, "");
const gridsOf = (page: string) => page.match(/"data:image\/png;base64,[^"]+"/g) ?? [];

Deno.test("a report has the command, the rates, the batch, every option with its meaning", () =>
  inTempFolder(async (folder) => {
    const { options } = PRESETS.mlp;
    const changed = { ...options, batchSize: 64 };
    using run = await beginRun(folder, changed, {
      preset: "mlp",
      commands: ["deno task train --batch-size 64", "deno task train --resume"],
      doubts: ["these are <few> steps"],
    });
    const page = withoutScripts(await renderReport(run));
    for (
      const text of [
        "<code>deno task train --batch-size 64</code>",
        "resumed by",
        "these are &lt;few&gt; steps",
        "Adam, learning rate 0.0016, divided by 1.00016 at each step, beta1 0, beta2 0.999",
        "<code>batchSize</code></td><td>64 <span",
        "(preset: 128)",
        "real rows in an update of D",
        "<code>generatorOptimiser.learningRate</code>",
        "<code>gradientPenalty</code>",
        "Not measured yet",
        "64 → 128",
      ]
    ) assertStringIncludes(page, text);
    assertEquals(page.match(/(src|href)="(?!data:)[^"]*"/g), null, "it fetches nothing");
  }));

Deno.test("a run of two hundred epochs has sixty grids in its report, with the first and the last", () =>
  inTempFolder(async (folder) => {
    using run = await beginRun(folder, PRESETS.mlp.options, { steps: 2000 });
    const noise = new Random(1);
    const png = gridPng(noise.uniforms(64 * 784), 28);
    const last = gridPng(noise.uniforms(784), 28);
    for (let epoch = 1; epoch <= 200; epoch++) {
      await run.appendMetrics(eventAt(10 * epoch));
      await run.writeSampleGrid(10 * epoch, epoch === 200 ? last : png);
    }
    const page = await renderReport(run);
    const grids = gridsOf(page);
    assertEquals(grids.length, 60);
    // Noise, which does not shrink: digits take half of it.
    assertLess(page.length, 10e6);
    const shown = Uint8Array.fromBase64(grids[0]!.slice(23, -1));
    assertEquals(decode(shown).width, decode(last).width, "the last one is in the page itself");
    assertStringIncludes(page, "60 of 201 grids, evenly spread");
    assertStringIncludes(page, '"after":"before the first step"');
  }));

Deno.test("charts are what such a run tells, before anything is known and after", () =>
  inTempFolder(async (folder) => {
    using run = await beginRun(folder, PRESETS.conditional.options);
    await run.openQuality(0);
    const titles = async (live: boolean) =>
      [...(await renderReport(run, { live })).matchAll(/<h3>(.*?)<\/h3>/g)].map(([, title]) =>
        title
      );
    const curves = ["Losses", "What D says", "Gradient penalty, γ/2 · E‖∇a(x)‖²"];
    const quality = [
      "Fréchet distance",
      "Classifier score",
      "Is the digit that was asked for",
      "What the samples are taken for",
    ];
    assertEquals(await titles(false), curves);
    assertEquals(await titles(true), [...quality, ...curves]);
    await run.appendMetrics(eventAt(30));
    const figures = { frechet: 9, score: 8, obedience: 0.9 };
    await run.appendQuality({
      step: 30,
      epoch: 1,
      samples: 1000,
      figures,
      shares: Array(10).fill(0.1),
    });
    assertEquals(await titles(false), [...quality, ...curves]);
  }));

Deno.test("the report of a run of an earlier version, without commands, is a report", () =>
  inTempFolder(async (folder) => {
    using run = await beginRun(folder, PRESETS.ring.options, { commands: undefined });
    const page = withoutScripts(await renderReport(run));
    assert(!page.includes(">command<"));
    assertStringIncludes(page, "Accuracies");
  }));
