/**
 * The page of a run's report, for Eta. `report_page.js` brings it to life.
 *
 * @module
 */

export const TEMPLATE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title><%= it.title %></title>
<style>
  :root { color-scheme: light dark; --text: #1a1a1a; --ground: #fff; --soft: #595959; --box: #f4f4f4;
    --line: #ccc; }
  @media (prefers-color-scheme: dark) {
    :root { --text: #e4e4e4; --ground: #181818; --soft: #a6a6a6; --box: #262626; --line: #444; }
  }
  * { box-sizing: border-box; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 62rem; padding: 0 1rem;
    color: var(--text); background: var(--ground); }
  h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
  h3 { font-size: 1rem; margin: 1.5rem 0 0; }
  p { margin: .3rem 0; } .soft, figcaption { color: var(--soft); font-size: .875rem; }
  table { border-collapse: collapse; width: 100%; }
  td, th { padding: .2rem 1rem .2rem 0; vertical-align: top; text-align: left; overflow-wrap: anywhere; }
  tr { border-bottom: 1px solid var(--line); }
  .facts th { color: var(--soft); font-weight: normal; width: 9rem; }
  .options td { overflow-wrap: break-word; } .options td:first-child { white-space: nowrap; }
  .options td:nth-child(3) { color: var(--soft); }
  code, pre { font: .85rem/1.45 ui-monospace, monospace; }
  pre { background: var(--box); padding: 1rem; overflow-x: auto; }
  figure { margin: 0; max-width: <%~ it.toy ? 54 : 34 %>rem; }
  img { width: 100%; display: block; <%~ it.toy ? "background: #fff;" : "image-rendering: pixelated;" %> }
  @media (prefers-color-scheme: dark) { .panels { filter: invert(.905) hue-rotate(180deg); } }
  .player { display: flex; gap: .5rem; align-items: center; margin: .5rem 0; }
  .player input { flex: 1; min-width: 0; }
  .player button { font: inherit; min-width: 4.5rem; }
  .live { border-left: .25rem solid #0072B2; padding-left: .75rem; }
  .chart { height: 21rem; }
  @media (max-width: 40rem) {
    .options thead { display: none; } .options tr, .options td { display: block; padding-right: 0; white-space: normal; }
    .options td:first-child { white-space: normal; }
    .options td:first-child { padding-top: .5rem; }
    .facts th { width: 6.5rem; }
    .chart { height: 18rem; }
  }
</style>
<h1><%= it.title %></h1>
<% if (it.live) { %><p class="live" id="status" role="status">Training is under way, and this page follows it. What it shows is kept in <%= it.file %>.</p>
<% } %><table class="facts">
<% for (const fact of it.facts) { %><tr><th scope="row"><%= fact.label %></th><td<% if (fact.name) { %> id="fact-<%= fact.name %>"<% } %>><% if (fact.code) { %><code><%= fact.value %></code><% } else { %><%= fact.value %><% } %></td></tr>
<% } %></table>

<h2>Samples</h2>
<figure>
<img id="grid"<% if (it.toy) { %> class="panels"<% } %> alt="<%= it.what %> <%= it.last?.after %>" src="<%= it.last?.src ?? "data:," %>">
<div class="player">
  <button type="button" id="play">Play</button>
  <input type="range" id="when" min="0" max="<%= it.grids.length - 1 %>" value="<%= it.grids.length - 1 %>"
    aria-label="which of the sample grids, first to last">
</div>
<figcaption>Drawn <span id="caption"><%= it.last?.after %></span>, from <%= it.drawnFrom %>, always from the same noise.<%= it.layout %><%= it.chosen %><% if (it.gif) { %>
<a href="samples.gif">As a GIF</a>.<% } %></figcaption>
</figure>

<h2>Quality</h2>
<p class="soft" id="quality-note"><%= it.qualityNote %></p>
<% for (const chart of it.quality) { %><h3><%= chart.title %></h3>
<p class="soft"><%= chart.caption %></p>
<div class="chart" id="<%= chart.id %>"></div>
<% } %>
<h2>Curves</h2>
<% for (const chart of it.curves) { %><h3><%= chart.title %></h3>
<div class="chart" id="<%= chart.id %>"></div>
<% } %>
<h2>Options</h2>
<p class="soft">All of them are in config.json, under these names.</p>
<table class="options">
<thead><tr><th>name</th><th>value</th><th>meaning</th></tr></thead>
<% for (const row of it.options) { %><tr><td><code><%= row.name %></code></td><td><%= row.value %><% if (row.preset) { %> <span class="soft">(preset: <%= row.preset %>)</span><% } %></td><td><%= row.meaning %></td></tr>
<% } %></table>
<h2>Networks</h2>
<pre><%= it.networks %></pre>
<script><%~ it.plotly %></script>
<script type="module">
<%~ it.script %>
show(<%~ it.dataJson %>);
</script>
</html>
`;
