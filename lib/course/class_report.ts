/**
 * `report.html`: how a class did, on one page that opens offline. For the instructor: it shows what
 * hidden checks were answered.
 *
 * @module
 */
import { Eta } from "eta";
import { sampleQuantile } from "@/bench/statistics.ts";
import { barChart } from "@/plot/charts.ts";
import { type Figure } from "@/plot/figure.ts";
import { plotlyScript, scriptJson } from "@/plot/plotly.ts";
import { PLOTLY_CONFIG } from "@/plot/plotly_config.ts";
import { stillHtml } from "@/notebook/figure_html.ts";
import { pictureOf } from "@/notebook/still.ts";
import { type Change } from "./changes.ts";
import { type ClassGrades } from "./grades.ts";
import { type LookAlike } from "./look_alikes.ts";
import { type State, stateOf, STYLE, versionsText } from "./feedback.ts";
import { isGraded } from "./grade.ts";
import { courseOf, discrimination } from "./item_statistics.ts";

/** How many wrong answers are shown for an item. */
const MOST_ANSWERS = 5;
const BIN = 10;
/** How many changes are shown. */
const MOST_CHANGES = 500;

const TEMPLATE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Report: <%= it.assignment %></title>
<style>${STYLE}
  .chart { height: 22rem; } .chart img { max-width: 100%; max-height: 100%; }
  .track { display: flex; background: #e5e5e5; max-width: 20rem; height: .6rem; margin: .3rem 0; }
  .track .full { background: #009E73; } .track .part { background: #F0B63A; } .track .none { background: #D55E00; }
  .counts span { white-space: nowrap; margin-left: .5rem; }
  code { background: #f4f4f4; padding: 0 .3rem; overflow-wrap: anywhere; }
  .pair { margin: .4rem 0; } .pair table { table-layout: fixed; }
  tr > th[colspan] { padding-top: 1rem; border: 0; }
</style>
<h1>Report: <%= it.assignment %></h1>
<p><%= it.facts %><br><small><%= it.versions %></small></p>
<h2>Distribution of totals</h2>
<div class="chart" id="distribution"><%~ it.still %></div>
<h2>Items, the hardest first</h2>
<p><small>By the mean share of an item's points. Students with <span class="right">✓ all</span>, <span class="part">◐ some</span> and
<span class="wrong">✗ none</span> of them, as numbers and as a bar. Discrimination is the correlation of an item's points with
those of all other items: near 0 the item does not tell strong students from weak ones, and below 0 something may be wrong with it.</small></p>
<table>
<tr><th>Item</th><th class="points">Points</th><th class="points">Mean share</th><th class="points">Discrimination</th></tr>
<% for (const item of it.items) { %><tr><td class="message"><%= item.title %> <small><%= item.id %></small>
<div class="track"><% for (const { name, percent } of item.states) { %><div class="<%= name %>" style="width: <%= percent %>%"></div><% } %></div></td>
<td class="points"><%= item.points %></td>
<td class="points"><%= item.percent %><div class="counts"><% if (item.share !== undefined) { %><span class="right">✓ <%= item.full %></span> <span class="part">◐ <%= item.part %></span> <span class="wrong">✗ <%= item.none %></span><% } %></div></td>
<td class="points"><%= item.discrimination %></td></tr>
<% } %></table>
<% if (it.course.length > 1) { %><h2>One assignment after the other</h2>
<table><tr><th>Assignment</th><th class="points">Submissions</th><th class="points">Mean</th><th class="points">First quartile</th><th class="points">Median</th><th class="points">Third quartile</th></tr>
<% for (const one of it.course) { %><tr><td class="message"><%= one.assignment %>
<div class="track"><div class="full" style="width: <%= one.percent %>%"></div></div></td><td class="points"><%= one.students %></td>
<% for (const share of one.shares) { %><td class="points"><%= share %></td><% } %></tr>
<% } %></table><% } %>
<h2>Most frequent wrong answers</h2>
<p><small>All submissions got the same inputs, so that the same mistake gives the same answer. Of a check, what it failed first is shown.</small></p>
<table>
<tr><th>What went wrong</th><th class="points">Students</th></tr>
<% for (const wrong of it.wrong) { %><% if (wrong.first) { %><tr><th colspan="2"><%= wrong.id %></th></tr>
<% } %><tr><td class="message"><%= wrong.message %><%= wrong.hidden ? " (hidden)" : "" %><% if (wrong.got) { %><br>Answer: <code><%= wrong.got %></code><% } %></td>
<td class="points"><%= wrong.count %></td></tr>
<% } %></table>
<% if (it.alike) { %><h2>Look-alikes</h2>
<p><strong>A place to look, and no verdict.</strong> <small>These submissions have more in common than what everybody was given.
Names, numbers and comments do not count in code, so that short functions can be alike because there is one good way to write them;
students may have worked together as they were allowed to, or have used the same book. Read the passages, and ask.</small></p>
<% if (it.alike.length === 0) { %><p>No pair is alike.</p><% } %>
<% for (const pair of it.alike) { %><details class="pair"><summary><%= pair.students[0] %> and <%= pair.students[1] %>: <%= pair.kind %>,
<%= pair.shares[0] %> of the one and <%= pair.shares[1] %> of the other</summary>
<table><tr><th><%= pair.students[0] %></th><th><%= pair.students[1] %></th></tr>
<% for (const passage of pair.passages) { %><tr><td><pre class="answer"><%= passage.left %></pre></td><td><pre class="answer"><%= passage.right %></pre></td></tr>
<% } %></table></details>
<% } %><% } %>
<% if (it.changes.length > 0) { %><h2>Marks that have changed</h2>
<p><small>The latest first<%= it.unseen ? ", without " + it.unseen + " earlier ones, which changes.json has" : "" %>.</small></p>
<table><tr><th>Student</th><th>Item</th><th class="points">Points</th><th class="points">Total</th><th>Why</th><th>When</th></tr>
<% for (const change of it.changes) { %><tr><td class="message"><%= change.student %></td><td class="message"><%= change.item %></td>
<td class="points"><%= change.points %></td><td class="points"><%= change.total %></td><td class="message"><%= change.why %></td><td><%= change.when %></td></tr>
<% } %></table><% } %>
<% if (it.others.length > 0) { %><h2>Not graded</h2>
<table><tr><th>Student</th><th>Why</th></tr>
<% for (const other of it.others) { %><tr><td class="message"><%= other.student %></td><td class="message"><%= other.status %></td></tr>
<% } %></table><% } %>
<script><%~ it.plotly %></script>
<script>
  const { data, layout } = <%~ it.figureJson %>;
  document.getElementById("distribution").textContent = "";
  Plotly.newPlot("distribution", data, layout, <%~ it.configJson %>);
</script>
</html>
`;

/** What a report has besides the grades. */
export interface ReportExtras {
  /** All marks that have changed. */
  changes: Change[];
  /** The grades of earlier assignments, the earliest first. */
  earlier: ClassGrades[];
  /** Pairs that are alike, if that was asked for. */
  alike?: LookAlike[];
}

/** The page of a class. */
export async function classReport(
  grades: ClassGrades,
  { changes = [], earlier = [], alike }: Partial<ReportExtras> = {},
): Promise<string> {
  const { assignment, students: all, items } = grades;
  const students = all.filter(isGraded);
  const totals = students.map(({ total }) => total!).sort((a, b) => a - b);
  const open = students.filter(({ marks }) => marks.some(({ points }) => points === undefined));
  const most = items.reduce((sum, { points }) => sum + points, 0);
  const facts = [
    `${all.length} submissions`,
    ...(students.length < all.length
      ? [`${all.length - students.length} of them not graded and in none of the figures`]
      : []),
    ...(students.length > 0
      ? [
        `mean ${round(totals.reduce((sum, t) => sum + t, 0) / totals.length)}`,
        `median ${round(sampleQuantile(totals, 0.5))} of ${most} points`,
      ]
      : []),
    ...(open.length > 0
      ? [`${open.length} with answers yet to be graded by hand, counted as 0`]
      : []),
  ];
  const figure = distribution(totals, most);
  return new Eta({ autoTrim: false }).renderString(TEMPLATE, {
    assignment,
    facts: facts.join(", ") + ".",
    versions: versionsText(grades),
    items: difficulty(grades).map((item) => ({
      ...item,
      percent: item.share === undefined ? "–" : `${Math.round(100 * item.share)}%`,
      discrimination: discrimination(grades, item.id)?.toFixed(2) ?? "–",
      states: (["full", "part", "none"] as const).map((name) => {
        const all = item.full + item.part + item.none;
        return { name, percent: item.share === undefined ? 0 : 100 * item[name] / all };
      }),
    })),
    course: courseOf([...earlier, grades]).map(({ mean, quartiles, ...one }) => ({
      ...one,
      percent: Math.min(100, 100 * mean),
      shares: [mean, ...quartiles].map((share) => `${Math.round(100 * share)}%`),
    })),
    alike: alike?.map(({ kind, shares, ...pair }) => ({
      ...pair,
      kind: kind === "code" ? "code" : "words",
      shares: shares.map((share) => `${Math.round(100 * Math.min(1, share))}%`),
    })),
    wrong: wrongAnswers(grades),
    changes: changes.toReversed().slice(0, MOST_CHANGES).map(shownChange),
    unseen: Math.max(0, changes.length - MOST_CHANGES),
    others: all.filter((row) => !isGraded(row)),
    figureJson: scriptJson(figure),
    // For mail and previews, which run no scripts.
    still: stillHtml(figure, await pictureOf(figure)),
    configJson: scriptJson(PLOTLY_CONFIG),
    plotly: await plotlyScript(),
  });
}

/**
 * Items with the mean share of their points, the smallest first, and how many students have all,
 * some and none of them. The share is undefined, and the item last, if it is to be graded by hand
 * and nobody has been graded in it.
 */
export function difficulty({ items, students }: ClassGrades) {
  return items.map(({ id, title, points: most, kind }) => {
    const marks = students.filter(isGraded).map((row) => row.marks.find((mark) => mark.id === id)!)
      .filter((mark) => mark.points !== undefined);
    const sum = marks.reduce((sum, { points }) => sum + points!, 0);
    const count = (state: State) =>
      marks.filter(({ points }) => stateOf(points, most) === state).length;
    const known = kind === "check" || marks.some(({ outcome }) => outcome === "by hand");
    return {
      id,
      title,
      points: most,
      share: known && marks.length > 0 && most > 0 ? sum / (marks.length * most) : undefined,
      full: count("full"),
      part: count("part"),
      none: count("none"),
    };
  }).sort((a, b) => (a.share ?? 2) - (b.share ?? 2));
}

/** The most frequent wrong answers of each item, in the items' order. */
export function wrongAnswers({ items, students }: ClassGrades) {
  return items.filter(({ kind }) => kind === "check").flatMap(({ id }) => {
    const counts = new Map<
      string,
      { message: string; got: string; hidden: boolean; count: number }
    >();
    for (const { marks } of students.filter(isGraded)) {
      const { outcome, program, got = "", hidden = false, ...mark } = marks.find((mark) =>
        mark.id === id
      )!;
      if (outcome === "right") continue;
      const message = program?.message ?? mark.message;
      const shown = { message, got: got === message ? "" : got, hidden, count: 0 };
      const key = JSON.stringify([message, got]);
      const known = counts.get(key) ?? shown;
      known.count++;
      counts.set(key, known);
    }
    return [...counts.values()].sort((a, b) => b.count - a.count).slice(0, MOST_ANSWERS)
      .map((wrong, i) => ({ id, first: i === 0, ...wrong }));
  });
}

function shownChange({ before, after, totals, at, ...change }: Change) {
  const arrow = (a: number | null, b: number | null) => `${a ?? "–"} → ${b ?? "–"}`;
  const when = at.slice(0, 16).replace("T", " ");
  return { ...change, points: arrow(before, after), total: arrow(...totals), when };
}

function distribution(totals: number[], most: number): Figure {
  const bins = Math.ceil(most / BIN);
  const counts = new Array<number>(bins).fill(0);
  for (const total of totals) counts[Math.min(bins - 1, Math.floor(total / BIN))]++;
  const labels = counts.map((_, i) =>
    i === bins - 1 ? `${BIN * i} to ${most}` : `${BIN * i} to ${BIN * (i + 1) - 1}`
  );
  const figure = barChart({
    title: "Submissions by total",
    x: { label: "points", values: labels },
    y: { label: "submissions" },
    bars: { submissions: counts },
  });
  figure.layout.showlegend = false;
  return figure;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
