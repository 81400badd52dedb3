/**
 * `report.html`: the settings, samples and curves of a run, in one file that opens offline.
 *
 * @module
 */
import { Eta } from "eta";
import { loadQualityReference, type Quality, qualityKind, sampleCount } from "@/eval/quality.ts";
import { describe } from "@/gan/spec.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { isFile } from "@/io/files.ts";
import { packed } from "@/plot/figure.ts";
import { plotlyScript, scriptJson } from "@/plot/plotly.ts";
import { PLOTLY_CONFIG } from "@/plot/plotly_config.ts";
import { type RunConfig, type RunFolder } from "./folder.ts";
import { curves, qualityCharts, type ReportChart } from "./report_figures.ts";
import { factsOf, optionRows } from "./report_tables.ts";
import { TEMPLATE } from "./report_template.ts";
import { spread } from "./spread.ts";

/**
 * Most grids of the slider: all of them for forty epochs, every third or fourth for two hundred. A
 * grid of digits takes 75 kB of the page, so these are 4.5 MB.
 */
const MOST_GRIDS = 60;

export interface ReportOptions {
  /** Whether the page follows the training, by the events of `LivePage`. */
  live?: boolean;
}

/** The report of a run as it stands. */
export async function renderReport(
  run: RunFolder,
  { live = false }: ReportOptions = {},
): Promise<string> {
  const config = await run.readConfig();
  const events = await run.readMetrics();
  const quality = await run.readQuality();
  const { options } = config;
  const { grids, chosen } = await gridsOf(run, events);
  const charts = {
    quality: live || quality.length > 0
      ? withIds("quality", await qualityCharts(config, quality))
      : [],
    curves: withIds("curve", curves(options, events)),
  };
  const lastEvent = events.at(-1);
  const last = grids.at(-1);
  const step = Math.max(lastEvent?.step ?? 0, last?.step ?? 0);
  const what = options.toy === undefined ? "Generated images" : "The four panels";
  return new Eta({ autoTrim: false }).renderString(TEMPLATE, {
    title: `GAN training: preset ${config.preset}, seed ${options.seed}`,
    live,
    file: run.reportFile,
    facts: factsOf(config, step, lastEvent),
    options: optionRows(config),
    toy: options.toy !== undefined,
    what,
    last,
    grids,
    chosen,
    // A live page has no files beside it.
    gif: !live && await isFile(run.gifFile),
    layout: options.classes === undefined ? "" : " One class a row, one noise a column.",
    drawnFrom: options.averageDecay > 0
      ? "the running average of the generator's weights"
      : "the generator",
    qualityNote: await qualityNote(config, quality, live),
    ...charts,
    dataJson: scriptJson({
      live,
      what,
      steps: config.steps,
      // The last one is in the page already.
      grids: grids.map((grid) => grid === last ? { ...grid, src: undefined } : grid),
      charts: [
        ...charts.quality.map((chart) => drawn(chart, "quality", live)),
        ...charts.curves.map((chart) => drawn(chart, "events", live)),
      ],
      config: PLOTLY_CONFIG,
    }),
    networks: [
      describe("generator", options.generator),
      describe("discriminator", options.discriminator),
    ].join("\n\n"),
    script: await pageScript(),
    plotly: await plotlyScript(),
  });
}

interface Grid {
  step: number;
  /** When it was drawn. */
  after: string;
  src: string;
}

/** The grids of the slider, and what to say when they are not all of them. */
async function gridsOf(
  run: RunFolder,
  events: TrainEvent[],
): Promise<{ grids: Grid[]; chosen: string }> {
  const all = await run.sampleGrids();
  const grids = await Promise.all(
    spread(all, MOST_GRIDS).map(async ({ step, file }) => ({
      step,
      after: afterStep(step, events.find((event) => event.step === step)?.epoch),
      src: pngUrl(await Deno.readFile(file)),
    })),
  );
  const chosen = grids.length < all.length
    ? ` ${grids.length} of ${all.length} grids, evenly spread; samples/ has all of them.`
    : "";
  return { grids, chosen };
}

/** When a grid was drawn. */
export function afterStep(step: number, epoch?: number): string {
  if (step === 0) return "before the first step";
  return `after step ${step}${epoch === undefined ? "" : `, epoch ${epoch}`}`;
}

export function pngUrl(png: Uint8Array): string {
  return `data:image/png;base64,${png.toBase64()}`;
}

type Placed = ReportChart & { id: string };

function withIds(name: string, charts: ReportChart[]): Placed[] {
  return charts.map((chart, i) => ({ ...chart, id: `${name}-${i}` }));
}

/** A chart for the page's script; lines that will grow are lists of numbers. */
function drawn({ id, columns, figure }: Placed, source: "events" | "quality", live: boolean) {
  return { id, columns, source, figure: live ? figure : packed(figure) };
}

/** What the figures are of, or why there are none. */
async function qualityNote(
  { options, data }: RunConfig,
  quality: Quality[],
  live: boolean,
): Promise<string> {
  const kind = qualityKind(options, data);
  if (kind.kind === "none") return `Not measured: ${kind.reason}.`;
  if (quality.length === 0 && !live) return "Not measured yet, or not asked for.";
  const samples = sampleCount(kind.kind).toLocaleString("en-US");
  const left = quality.length < (quality.at(-1)?.epoch ?? 0)
    ? " (epochs are left out where they passed faster than they could be measured)"
    : "";
  const after = `${samples} samples after each epoch${left}, always from the same noise`;
  if (kind.kind === "points") return `${after}. A dotted line is the value of real points.`;
  const { real } = await loadQualityReference();
  return `${after}, judged by the digit classifier. The figures can be compared with each other, but not with those of an evaluation, which takes more samples. Dotted: ${
    real.samples.toLocaleString("en-US")
  } real images.`;
}

let script: Promise<string> | undefined;

/** What runs in the page. */
function pageScript(): Promise<string> {
  return script ??= Deno.readTextFile(new URL("./report_page.js", import.meta.url));
}
