/**
 * Runs side by side on one page that opens offline: a table of recipes, curves of all seeds, and
 * sample grids.
 *
 * @module
 */
import { Eta } from "eta";
import { plotlyScript, scriptJson } from "@/plot/plotly.ts";
import { PLOTLY_CONFIG } from "@/plot/plotly_config.ts";
import { recipeCharts } from "./recipe_charts.ts";
import { type ComparedRun, figureNames, groupByRecipe } from "./recipe_groups.ts";
import { betterLine, figureText } from "./recipe_table.ts";

/** Grids of a recipe: a grid of digits takes 75 kB of the page. */
const MOST_GRIDS = 6;

const TEMPLATE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title><%= it.title %></title>
<style>
  :root { color-scheme: light dark; --text: #1a1a1a; --ground: #fff; --soft: #595959; --line: #ccc; --best: #e3f2ea; }
  @media (prefers-color-scheme: dark) {
    :root { --text: #e4e4e4; --ground: #181818; --soft: #a6a6a6; --line: #444; --best: #1f3a2c; }
  }
  * { box-sizing: border-box; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 72rem; padding: 0 1rem;
    color: var(--text); background: var(--ground); }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin: 1.5rem 0 0; }
  p { margin: .3rem 0; } .soft, figcaption { color: var(--soft); font-size: .875rem; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; }
  td, th { padding: .25rem 1rem .25rem 0; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
  td:first-child, th:first-child { text-align: left; }
  tr { border-bottom: 1px solid var(--line); }
  td.best { background: var(--best); } td small { color: var(--soft); }
  .chart { height: 21rem; }
  .grids { display: grid; grid-template-columns: repeat(auto-fill, minmax(<%= it.toy ? 20 : 11 %>rem, 1fr)); gap: .75rem; }
  figure { margin: 0; } img { width: 100%; display: block; <%~ it.toy ? "background: #fff;" : "image-rendering: pixelated;" %> }
</style>
<h1><%= it.title %></h1>
<% for (const fact of it.facts) { %><p class="soft"><%= fact %></p>
<% } %>
<h2>Recipes</h2>
<p class="soft">Mean over the seeds ± standard error of the mean, with the rank in brackets. What begins with epoch is measured after the last epoch, on fewer samples than an evaluation takes. <%= it.better %></p>
<div class="wide"><table>
<tr><th>recipe</th><th>runs</th><% for (const name of it.names) { %><th><%= name %></th><% } %></tr>
<% for (const group of it.groups) { %><tr><td><%= group.recipe %></td><td><%= group.runs %></td><% for (const cell of group.cells) { %><td<%~ cell.best ? ' class="best"' : "" %>><%= cell.text %></td><% } %></tr>
<% } %></table></div>
<h2>Curves</h2>
<p class="soft">A thick line is the mean of a recipe's seeds, a thin one a seed; the band is what they span.</p>
<% for (const chart of it.charts) { %><h3><%= chart.title %></h3>
<div class="chart" id="<%= chart.id %>"></div>
<% } %>
<h2>Samples</h2>
<% for (const group of it.groups) { %><h3><%= group.recipe %></h3>
<% if (group.left > 0) { %><p class="soft">The first <%= group.grids.length %> of <%= group.grids.length + group.left %> seeds.</p><% } %>
<div class="grids"><% for (const grid of group.grids) { %><figure><img alt="Samples of <%= grid.caption %>" src="<%= grid.src %>"><figcaption><%= grid.caption %></figcaption></figure>
<% } %></div>
<% } %>
<h2>Runs</h2>
<div class="wide"><table>
<tr><th>run</th><th>steps</th><% for (const name of it.names) { %><th><%= name %></th><% } %><th>seconds</th><th>made by</th></tr>
<% for (const run of it.runs) { %><tr><td><%= run.name %><% if (run.diverged) { %><br><small><%= run.diverged %></small><% } %></td><td><%= run.step %></td><% for (const text of run.cells) { %><td><%= text %></td><% } %><td><%= run.seconds %></td><td><%= run.by %></td></tr>
<% } %></table></div>
<script><%~ it.plotly %></script>
<script type="module">
<%~ it.script %>
drawCharts(<%~ it.chartsJson %>, <%~ it.configJson %>);
</script>
</html>
`;

/** The page. */
export async function comparisonPage(
  runs: ComparedRun[],
  { title, facts }: { title: string; facts: string[] },
): Promise<string> {
  const groups = groupByRecipe(runs);
  const names = figureNames(runs);
  const charts = recipeCharts(groups);
  return new Eta({ autoTrim: false }).renderString(TEMPLATE, {
    title,
    facts,
    names,
    better: sentence(betterLine(groups)),
    toy: runs.some(({ options }) => options.toy !== undefined),
    groups: groups.map(({ recipe, runs, figures }) => {
      const drawn = runs.filter(({ grid }) => grid !== undefined);
      return {
        recipe,
        runs: runs.length,
        cells: names.map((name) => ({
          text: figures[name] ? figureText(figures[name]) : "–",
          best: figures[name]?.rank === 1,
        })),
        grids: drawn.slice(0, MOST_GRIDS).map(({ seed, step, grid }) => ({
          caption: `seed ${seed}, step ${step}`,
          src: `data:image/png;base64,${grid}`,
        })),
        left: Math.max(0, drawn.length - MOST_GRIDS),
      };
    }),
    charts,
    runs: runs.map(({ name, step, figures, diverged, made }) => ({
      name,
      step,
      diverged,
      cells: names.map((name) =>
        figures[name] === undefined ? "–" : figureText({ mean: figures[name], runs: 1 })
      ),
      seconds: made?.seconds?.toFixed(0) ?? "–",
      by: [made?.host, made?.backend].filter(Boolean).join(", ") || "–",
    })),
    chartsJson: scriptJson(charts.map(({ id, figure }) => ({ id, figure }))),
    configJson: scriptJson(PLOTLY_CONFIG),
    script: await Deno.readTextFile(new URL("../run/report_page.js", import.meta.url)),
    plotly: await plotlyScript(),
  });
}

function sentence(text: string): string {
  return text === "" ? "" : `${text[0].toUpperCase()}${text.slice(1)}.`;
}
