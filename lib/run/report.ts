/**
 * `report.html`: the curves and the sample grids of a run, in one file that opens offline.
 *
 * @module
 */
import { Eta } from "eta";
import { describe } from "@/gan/spec.ts";
import { type TrainEvent } from "@/gan/train.ts";
import { lineChart } from "@/plot/charts.ts";
import { type Figure, packed } from "@/plot/figure.ts";
import { historyOf } from "@/plot/history.ts";
import { PLOTLY_CONFIG, plotlyScript, scriptJson } from "@/plot/plotly.ts";
import { type RunFolder } from "./folder.ts";

/** Grids shown between the first and the last, at most. */
const MAX_GRIDS = 12;

const TEMPLATE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.title %></title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem;
    color: #1a1a1a; background: #fff; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
  table { border-collapse: collapse; } td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
  td:first-child { color: #555; white-space: nowrap; }
  pre { background: #f4f4f4; padding: 1rem; overflow-x: auto; font-size: .85rem; }
  .grids { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1rem; }
  figure { margin: 0; } figcaption { color: #555; font-size: .85rem; }
  img { width: 100%; <%~ it.toy ? "" : "image-rendering: pixelated;" %> }
  .last { max-width: <%~ it.toy ? 54 : 34 %>rem; }
  .chart { height: 22rem; }
</style>
<h1><%= it.title %></h1>
<table>
<% for (const [name, value] of it.facts) { %><tr><td><%= name %></td><td><%= value %></td></tr>
<% } %></table>

<h2>Samples</h2>
<% if (it.last) { %><figure class="last"><img alt="<%= it.what %> after step <%= it.last.step %>" src="<%= it.last.src %>">
<figcaption>After step <%= it.last.step %>, drawn from <%= it.drawnFrom %>. Every picture of this run shows the same noise.<%= it.layout %></figcaption></figure><% } %>
<h2>Curves</h2>
<% it.figures.forEach((_, i) => { %><div class="chart" id="chart-<%= i %>"></div>
<% }) %>
<h2>On the way</h2>
<div class="grids">
<% for (const grid of it.grids) { %><figure><img alt="<%= it.what %> after step <%= grid.step %>" src="<%= grid.src %>"><figcaption>step <%= grid.step %></figcaption></figure>
<% } %></div>
<h2>Networks</h2>
<pre><%= it.networks %></pre>
<script><%~ it.plotly %></script>
<script>
  const figures = <%~ it.figuresJson %>;
  figures.forEach(({ data, layout }, i) =>
    Plotly.newPlot("chart-" + i, data, layout, <%~ it.configJson %>));
</script>
</html>
`;

/** The report of a run as it stands. */
export async function renderReport(run: RunFolder): Promise<string> {
  const config = await run.readConfig();
  const events = await run.readMetrics();
  const { options } = config;
  const grids = await Promise.all(
    spread(await run.sampleGrids(), MAX_GRIDS).map(async ({ step, file }) => ({
      step,
      src: `data:image/png;base64,${(await Deno.readFile(file)).toBase64()}`,
    })),
  );
  const figures = curves(events);
  const last = events.at(-1);
  const step = Math.max(last?.step ?? 0, grids.at(-1)?.step ?? 0);
  const facts: [string, string][] = [
    ...(config.doubts ?? []).map((doubt): [string, string] => ["warning", doubt]),
    ["seed", String(options.seed)],
    ["data", config.data.source],
    ["step", `${step} of ${config.steps}, epoch ${last?.epoch ?? 1}`],
    ["time in steps", last ? `${last.seconds.toFixed(1)} s` : "0 s"],
    ["backend", `${config.backend.name}: ${config.backend.reason}`],
    ...Object.entries(config.versions),
  ];
  return new Eta({ autoTrim: false }).renderString(TEMPLATE, {
    title: `GAN training: preset ${config.preset}`,
    facts,
    toy: options.toy !== undefined,
    what: options.toy === undefined ? "Generated images" : "The four panels",
    last: grids.at(-1),
    grids,
    layout: options.classes === undefined ? "" : " One class a row, one noise a column.",
    drawnFrom: options.averageDecay > 0
      ? "the running average of the generator's weights"
      : "the generator",
    figures,
    figuresJson: scriptJson(figures.map(packed)),
    configJson: scriptJson(PLOTLY_CONFIG),
    networks: [
      describe("generator", options.generator),
      describe("discriminator", options.discriminator),
    ].join("\n\n"),
    plotly: await plotlyScript(),
  });
}

function curves(events: TrainEvent[]): Figure[] {
  const x = { label: "step", values: events.map((event) => event.step) };
  const column = (name: keyof TrainEvent) => events.map((event) => event[name]!);
  const figures = [
    lineChart({
      title: "Losses",
      x,
      y: { label: "nats" },
      lines: { "D, mean of its two halves": column("dLoss"), G: column("gLoss") },
      references: { "log 2: both, non-saturating, at p_g = p_data": Math.LN2 },
    }),
    lineChart({
      title: "What D says",
      x,
      y: { label: "mean of D", range: [0, 1] },
      lines: { "on real samples": column("dReal"), "on generated samples": column("dFake") },
      references: { "1/2: cannot tell": 0.5 },
    }),
  ];
  const { dAccuracy, gAccuracy } = historyOf(events);
  if (dAccuracy && gAccuracy) {
    figures.push(lineChart({
      title: "Accuracies",
      x,
      y: { label: "share", range: [0, 1] },
      lines: {
        "D: real and generated told apart": dAccuracy,
        "G: generated taken for real": gAccuracy,
      },
      references: { "1/2": 0.5 },
    }));
  }
  if (events.some((event) => event.penalty !== undefined)) {
    figures.push(lineChart({
      title: "Gradient penalty, γ/2 · E‖∇a(x)‖²",
      x,
      y: { label: "nats" },
      lines: { penalty: column("penalty") },
    }));
  }
  return figures;
}

/** At most `count` of the items, evenly spread, with the first and the last. */
function spread<T>(items: T[], count: number): T[] {
  if (items.length <= count) return items;
  return Array.from(
    { length: count },
    (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))],
  );
}
