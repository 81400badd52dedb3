/**
 * `feedback.html`: what a student learns about the grading.
 *
 * @module
 */
import { Eta } from "eta";
import { type Mark } from "./grade.ts";
import { type GradeRow, type GradesHead } from "./grades.ts";
import { latenessText } from "./lateness.ts";

export const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
    color: #1a1a1a; background: #fff; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
  table { border-collapse: collapse; width: 100%; }
  th { text-align: left; border-bottom: 2px solid #ccc; }
  th, td { padding: .35rem 1rem .35rem 0; vertical-align: top; }
  td { border-bottom: 1px solid #e5e5e5; }
  .points { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .mark { white-space: nowrap; font-weight: 600; }
  .right, .full { color: #00704f; } .part { color: #7a5900; } .wrong, .none { color: #b34700; } .open { color: #555; }
  .message { overflow-wrap: anywhere; }
  pre { font: .85rem/1.4 ui-monospace, monospace; margin: .5rem 0; }
  .answer { white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f4f4; padding: .8rem 1rem; }
  small { color: #555; }
  @media print {
    body { margin: 0; max-width: none; padding: 0; font-size: 11pt; }
    tr, .chart { break-inside: avoid; } h1, h2 { break-after: avoid; }
    a { color: inherit; } details::details-content { content-visibility: visible; display: block; }
    * { print-color-adjust: exact; }
  }
`;

/** Which part of an item's points a student has. */
export type State = "full" | "part" | "none" | "open";

/** Signs of the states: not everybody can tell them by colour alone. */
const SIGNS: Record<State, string> = { full: "✓", part: "◐", none: "✗", open: "…" };

/** The state of an item; open where its points are not known. */
export function stateOf(points: number | undefined, most: number): State {
  if (points === undefined) return "open";
  return points >= most ? "full" : points > 0 ? "part" : "none";
}

/** How many characters of a digest tell versions apart. */
const DIGEST_LENGTH = 12;

const TEMPLATE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.assignment %>: <%= it.student %></title>
<style>${STYLE}</style>
<h1><%= it.assignment %>: <%= it.student %></h1>
<% if (it.items.length === 0) { %><p><strong>Nothing was graded</strong>: <%= it.status %>.</p><% } else { %><p><strong><%= it.total %> of <%= it.most %> points</strong><%= it.open ? ", and " + it.open + " points yet to be graded by hand" : "" %>.
<% if (it.late) { %><br><%= it.late %><% } %>
<% if (it.status) { %><br>Status: <%= it.status %>.<% } %></p><% } %>
<% if (it.notes.length > 0) { %><h2>Your notebook</h2>
<p>Not everything in it could be used:</p>
<ul><% for (const note of it.notes) { %><li class="message"><%= note %></li>
<% } %></ul><% } %>
<% if (it.items.length > 0) { %><h2>Checks</h2>
<table>
<tr><th>Check</th><th></th><th class="points">Points</th></tr>
<% for (const item of it.items) { %><tr><td class="message"><%= item.title %> <small><%= item.id %></small>
<% for (const line of item.lines) { %><br><%= line %><% } %>
<% if (item.code) { %><details><summary>Your code</summary><pre class="answer"><%= item.code %></pre></details><% } %>
<% if (item.answer) { %><div class="answer"><%= item.answer %></div><% } %></td>
<td class="mark <%= item.colour %>"><%= item.mark %></td><td class="points"><%= item.points %> / <%= item.most %></td></tr>
<% } %></table><% } %>
<% if (it.hidden) { %><p><small>A hidden check uses other inputs than those in your notebook. What failed it is said in
general only.</small></p><% } %>
<p><small><%= it.graded %></small></p>
</html>
`;

const eta = new Eta({ autoTrim: false });
const page = eta.compile(TEMPLATE);

/** What is said of a mark: what the program found, and what people say. */
function linesOf({ message, hidden, reason, program }: Mark): string[] {
  const found = program ? program.message : message;
  return [
    hidden ? `A hidden check failed: ${found}` : found,
    ...program ? [`The program gave ${program.points}.`, message] : [],
    ...reason ? [`Points by hand: ${reason}`] : [],
  ];
}

/** Which file was graded, when, and by which checks. */
function gradedText(
  grades: GradesHead,
  { submission: { path, digest: own } = {} }: GradeRow,
  at?: Date,
): string {
  return [
    path === undefined
      ? "No file was graded"
      : `Graded: ${path}${own ? `, SHA-256 ${own.slice(0, DIGEST_LENGTH)}…` : ""}`,
    ...at ? [`on ${at.toISOString().slice(0, 16).replace("T", " ")} UTC`] : [],
    versionsText(grades),
  ].join(", ") + ".";
}

/** By which checks a class was graded. */
export function versionsText({ seed, digest, grader }: GradesHead): string {
  return [
    `seed ${seed}`,
    ...digest ? [`checks ${digest.slice(0, DIGEST_LENGTH)}`] : [],
    ...grader === undefined ? [] : [`grader ${grader}`],
  ].join(", ");
}

/** A student's page. Everything that comes from the student is plain text in it. */
export function feedbackPage(grades: GradesHead, row: GradeRow, at?: Date): string {
  const { assignment, items } = grades;
  const shown = row.marks.length === 0 ? [] : items.map(({ id, title, points: most }) => {
    const mark = row.marks.find((mark) => mark.id === id)!;
    const { outcome, points, answer, reason, program } = mark;
    const state = stateOf(points, most);
    return {
      id,
      title,
      most,
      lines: linesOf(mark).filter(Boolean),
      answer,
      code: mark.code,
      points: points ?? "–",
      mark: `${SIGNS[state]} ${
        state === "open" ? "open" : program || reason ? "by hand" : outcome
      }`,
      colour: state,
    };
  });
  return eta.render(page, {
    assignment,
    student: row.student,
    total: row.total ?? 0,
    most: items.reduce((sum, { points }) => sum + points, 0),
    open: row.marks.reduce((sum, { id, points }) => {
      return points === undefined ? sum + items.find((item) => item.id === id)!.points : sum;
    }, 0),
    status: /^graded(, not yet by hand)?$/.test(row.status) ? "" : row.status,
    late: row.submission?.late && row.total !== undefined
      ? latenessText(row.submission.late, row.penalty ?? 0)
      : "",
    notes: row.notes,
    items: shown,
    graded: gradedText(grades, row, at),
    hidden: row.marks.some(({ hidden }) => hidden),
  });
}
