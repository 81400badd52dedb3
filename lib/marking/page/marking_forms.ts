/**
 * The parts of the page: the list of answers, the answer, the scheme with its form, and all items
 * of a submission. They show what the server says, as text, apart from `html`, which it has made
 * harmless.
 *
 * @module
 */
// The server strips types alone: `import type` leaves nothing for the browser to load.
import type { HandVerdict, Line, Sight } from "../marking_desk.ts";

/** What the server says of an item. */
export interface PageItem {
  id: string;
  title: string;
  points: number;
  kind: "check" | "written";
  question?: string;
  model?: string;
  criteria?: { html: string; points: number }[];
}

/** An item of a submission, with what the server adds for the page. */
export interface PageSight extends Sight {
  /** The answer with its formulas, made harmless. */
  html?: string;
  /** The numbers of open answers that say the same as this one, itself included. */
  same?: number[];
}

type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** An element; a function among its attributes is called at that event. */
export function built<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (typeof value === "string") made.setAttribute(name, value);
    else made.toggleAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A text of which the server has made HTML. */
export function rendered(html: string): HTMLDivElement {
  const made = built("div", {
    class: "text",
    tabindex: "0",
    role: "group",
    "aria-label": "Text",
  });
  made.innerHTML = html;
  return made;
}

const SIGNS = { open: "○", marked: "✓", "in dispute": "⚡" };

/** The list, in groups of similar answers. */
export function listNodes(
  lines: Line[],
  current: number | undefined,
  choose: (number: number) => void,
): Node[] {
  const sizes = new Map<number, number>();
  for (const { group } of lines) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  let last = -1;
  return lines.flatMap((line) => {
    const { number, name, group, same, state, points, start } = line;
    const size = sizes.get(group)!;
    const begins = group !== last && (size > 1 || (sizes.get(last) ?? 0) > 1);
    last = group;
    const label = `${SIGNS[state]} ${name ?? number}${points === undefined ? "" : ` · ${points}`}`;
    const button = built(
      "button",
      {
        type: "button",
        "aria-current": String(number === current),
        title: state,
        click: () => choose(number),
      },
      label,
      built("small", {}, ` ${same > 1 ? `×${same} ` : ""}${start}`),
    );
    const heading = size > 1 ? `${size} alike` : "Others";
    return begins ? [built("h2", {}, heading), button] : [button];
  });
}

/** The answer, with what the marker should know about it. */
export function answerNodes(item: PageItem, sight: PageSight, asWritten: boolean): Node[] {
  const { number, name, note, answer = "", html = "", earlier, program, message, got } = sight;
  const heading = built("h1", {}, `${item.title} · ${name ?? `submission ${number}`}`);
  const parts: Node[] = [heading];
  if (note) parts.push(built("p", { class: "note" }, note));
  for (const { grader, points, comment } of earlier.slice(-1)) {
    const said = points === null ? "nothing" : `${points} points`;
    parts.push(built(
      "p",
      { class: "note" },
      `An earlier answer had ${said} from ${grader}${
        comment ? `: ${comment}` : ""
      }. This is another answer.`,
    ));
  }
  if (item.kind === "check") {
    parts.push(
      built("p", {}, `The program gave ${program} of ${item.points} points. ${message}`),
    );
    if (got) parts.push(built("pre", { class: "written" }, got));
    if (sight.code) parts.push(codeNode(sight.code));
    return parts;
  }
  const body = asWritten ? built("pre", { class: "written" }, answer) : rendered(html);
  body.id = "text";
  parts.push(body);
  if (item.question) {
    parts.push(
      built("details", {}, built("summary", {}, "The question"), rendered(item.question)),
    );
  }
  return parts;
}

/** What was decided, the newest first. */
export function historyNodes({ history }: PageSight): Node[] {
  if (history.length === 0) return [];
  const lines = history.toReversed().map(({ at, grader, points, comment, reason }) =>
    built(
      "li",
      {},
      `${points === null ? "taken back" : points} · ${grader}${
        at ? ` · ${at.slice(0, 16).replace("T", " ")} UTC` : ""
      }`,
      reason ? ` · reason: ${reason}` : "",
      comment ? ` · ${comment}` : "",
    )
  );
  return [built("h2", {}, "History"), built("ul", { class: "history" }, ...lines)];
}

function codeNode(code: string): HTMLElement {
  return built(
    "details",
    {},
    built("summary", {}, "The code"),
    built("pre", { class: "written" }, code),
  );
}

type Keep = (verdict: HandVerdict) => Promise<string>;

/** A row for each item of a submission, to give other points with a reason. */
export function submissionTable(items: PageItem[], sights: PageSight[], keep: Keep): Node[] {
  return [
    built("h2", {}, `Submission ${sights[0].name ?? sights[0].number}`),
    built(
      "p",
      {},
      "What you give here replaces what the program gave, and stays through every run. It may be part of the points, or more than the item has.",
    ),
    built("table", {}, ...sights.map((sight, i) => submissionRow(items[i], sight, keep))),
    built("form", { method: "dialog" }, built("button", {}, "Close")),
  ];
}

function submissionRow(
  { id, title, points: most }: PageItem,
  sight: PageSight,
  keep: Keep,
): HTMLElement {
  const { item, number, answer, message, got = "", history, program } = sight;
  const given = sight.points === undefined ? "" : String(sight.points);
  const points = built("input", {
    type: "number",
    min: "0",
    step: "any",
    value: given,
    "aria-label": `points for ${id}`,
  });
  const reason = built("textarea", {
    rows: "2",
    placeholder: "reason",
    "aria-label": `reason for ${id}`,
  });
  reason.value = sight.reason;
  const said = built("span", { class: "said", role: "status" });
  const send = async (value: number | null) => {
    const seen = history.map(({ id }) => id);
    const comment = history.findLast(({ points }) => points !== null)?.comment ?? "";
    const verdict = { item, numbers: [number], points: value, comment, reason: reason.value, seen };
    said.textContent = await keep(verdict);
  };
  const give = () => {
    if (points.value === "") said.textContent = "Write the points first.";
    else send(points.valueAsNumber);
  };
  const what = built("td", {}, built("strong", {}, title), ` ${id}`, built("br"));
  what.append(answer === undefined ? `${message} ${got}` : answer.slice(0, 300));
  if (sight.code) what.append(codeNode(sight.code));
  what.append(...historyNodes(sight).slice(1));
  return built(
    "tr",
    {},
    what,
    built(
      "td",
      {},
      `${given || "open"} of ${most}`,
      program === undefined ? "" : ` (program: ${program})`,
    ),
    built(
      "td",
      {},
      ...[points, reason],
      built("button", { type: "button", click: give }, "Give"),
      " ",
      built("button", { type: "button", click: () => send(null) }, "Take back"),
      said,
    ),
  );
}
