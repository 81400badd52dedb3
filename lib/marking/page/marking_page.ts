/**
 * The page on which answers are marked: an answer at a time, everything by keys.
 *
 * @module
 */
// The server strips types alone: `import type` leaves nothing for the browser to load.
import type { HandVerdict, Line } from "../marking_desk.ts";
import {
  answerNodes,
  built,
  historyNodes,
  listNodes,
  type PageItem,
  type PageSight,
  rendered,
  submissionTable,
} from "./marking_forms.ts";

interface PageClass {
  assignment: string;
  grader: string;
  blind: boolean;
  items: PageItem[];
}

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

async function read<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(await response.text());
  return await response.json();
}

/** Sends a decision; what is wrong with it, or nothing. */
async function sent(verdict: HandVerdict): Promise<string> {
  try {
    const headers = { "content-type": "application/json" };
    const response = await fetch("decide", {
      method: "POST",
      headers,
      body: JSON.stringify(verdict),
    });
    return response.ok ? "" : `Not kept: ${await response.text()}`;
  } catch {
    return "Not kept: the program that serves this page has ended. Start it again.";
  }
}

/** Within a button nothing else has the focus. */
function criterionText(html: string): HTMLElement {
  const made = rendered(html);
  for (const name of ["tabindex", "role", "aria-label"]) made.removeAttribute(name);
  return made;
}

class Page {
  #class!: PageClass;
  #item!: PageItem;
  #lines: Line[] = [];
  #sight?: PageSight;
  #asWritten = false;
  #points = built("input", { type: "number", min: "0", step: "any", id: "points" });
  #comment = built("textarea", { rows: "4", id: "comment" });
  #reason = built("textarea", { rows: "2", id: "reason" });
  #said = built("p", { class: "said", role: "status", id: "said" });
  #met = new Set<number>();

  async start(): Promise<void> {
    this.#class = await read<PageClass>("class");
    const { assignment, grader, items, blind } = this.#class;
    byId("title").textContent = `${assignment} · ${grader}${blind ? " (blind)" : ""}`;
    const select = byId<HTMLSelectElement>("item");
    for (const kind of ["written", "check"]) {
      for (const { id, title } of items.filter((item) => item.kind === kind)) {
        select.append(built("option", { value: id }, `${title} (${id})`));
      }
    }
    select.addEventListener("change", () => this.#open(select.value));
    byId("shown").addEventListener("change", () => this.#list());
    byId("find").addEventListener("input", () => this.#list());
    byId("keys-button").addEventListener(
      "click",
      () => byId<HTMLDialogElement>("keys").showModal(),
    );
    byId("submission").addEventListener("close", () => this.#again());
    document.addEventListener("keydown", (event) => this.#key(event));
    await this.#open(select.value);
  }

  async #open(id: string): Promise<void> {
    this.#item = this.#class.items.find((item) => item.id === id)!;
    this.#sight = undefined;
    await this.#readLines();
    const first = this.#lines.find(({ state }) => state !== "marked") ?? this.#lines[0];
    if (first) await this.#choose(first.number);
    else byId("answer").replaceChildren(built("p", {}, "Nobody has an answer here."));
  }

  async #readLines(): Promise<void> {
    this.#lines = await read<Line[]>(`lines?item=${encodeURIComponent(this.#item.id)}`);
    this.#list();
  }

  /** The lines that the filters let through. */
  #shown(): Line[] {
    const which = byId<HTMLSelectElement>("shown").value;
    const wanted = byId<HTMLInputElement>("find").value.trim().toLowerCase();
    return this.#lines.filter(({ state, number, name = "" }) =>
      (which === "all" || state === which) &&
      (wanted === "" || String(number) === wanted || name.toLowerCase().includes(wanted))
    );
  }

  #list(): void {
    const list = byId("list");
    list.replaceChildren(...listNodes(this.#shown(), this.#sight?.number, (n) => this.#choose(n)));
    list.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
    const count = (state: string) => this.#lines.filter((line) => line.state === state).length;
    const disputed = count("in dispute");
    byId("progress").textContent = `${count("marked")} of ${this.#lines.length} marked${
      disputed > 0 ? `, ${disputed} in dispute` : ""
    }`;
  }

  async #choose(number: number): Promise<void> {
    const at = `item=${encodeURIComponent(this.#item.id)}&number=${number}`;
    this.#sight = await read<PageSight>(`sight?${at}`);
    this.#met.clear();
    this.#show();
    this.#list();
    byId("answer").focus();
    byId("answer").scrollTop = 0;
  }

  async #again(): Promise<void> {
    await read("class");
    await this.#readLines();
    if (this.#sight) await this.#choose(this.#sight.number);
  }

  #show(): void {
    const sight = this.#sight!;
    const { points, isDisputed, history, reason } = sight;
    byId("answer").replaceChildren(...answerNodes(this.#item, sight, this.#asWritten));
    this.#points.value = points === undefined || sight.outcome !== "by hand" && reason === ""
      ? ""
      : String(points);
    this.#comment.value = history.findLast(({ points }) => points !== null)?.comment ?? "";
    this.#reason.value = reason;
    this.#said.textContent = "";
    const disputed = isDisputed
      ? [built("p", { class: "dispute" }, "In dispute. What you keep now settles it.")]
      : [];
    const { model, criteria = [], points: most } = this.#item;
    byId("desk").replaceChildren(
      ...disputed,
      ...criteria.length > 0 ? [built("h2", {}, "Criteria"), this.#criteria(criteria)] : [],
      this.#form(most),
      ...historyNodes(sight),
      ...model ? [built("h2", {}, "Model answer"), rendered(model)] : [],
    );
  }

  #criteria(criteria: { html: string; points: number }[]): HTMLElement {
    return built(
      "ol",
      { class: "criteria" },
      ...criteria.map(({ html, points }, i) =>
        built(
          "li",
          {},
          built(
            "button",
            { type: "button", "aria-pressed": "false", click: () => this.#meet(i) },
            built("kbd", {}, String(i + 1)),
            criterionText(html),
            built("b", {}, String(points)),
          ),
        )
      ),
    );
  }

  /** Marks a criterion as met, or no longer; the points are the sum of those that are. */
  #meet(index: number): void {
    const { criteria = [] } = this.#item;
    if (index >= criteria.length) return;
    if (!this.#met.delete(index)) this.#met.add(index);
    const buttons = byId("desk").querySelectorAll(".criteria button");
    buttons[index].setAttribute("aria-pressed", String(this.#met.has(index)));
    const sum = [...this.#met].reduce((sum, i) => sum + criteria[i].points, 0);
    this.#points.value = String(sum);
  }

  #form(most: number): HTMLElement {
    const same = this.#sight!.same?.length ?? 1;
    const keep = built("button", { type: "submit" }, "Keep (Enter)");
    const all = same > 1
      ? [
        built("button", {
          type: "button",
          click: () => this.#keep(true),
        }, `Keep for all ${same} that say the same (a)`),
      ]
      : [];
    return built(
      "form",
      {
        submit: (event) => {
          event.preventDefault();
          this.#keep();
        },
      },
      built("label", { for: "points" }, `Points of ${most}`),
      this.#points,
      built("label", { for: "comment" }, "Comment for the student"),
      this.#comment,
      built("label", { for: "reason" }, "Reason, if the points are not the usual ones"),
      this.#reason,
      built("p", {}, keep, " ", ...all),
      this.#said,
    );
  }

  async #keep(all = false): Promise<void> {
    const sight = this.#sight!;
    if (this.#points.value === "" || Number.isNaN(this.#points.valueAsNumber)) {
      this.#said.textContent = "Write the points first.";
      this.#points.focus();
      return;
    }
    await this.#send({
      item: sight.item,
      numbers: all && sight.same ? sight.same : [sight.number],
      points: this.#points.valueAsNumber,
      comment: this.#comment.value,
      reason: this.#reason.value,
      seen: sight.history.map(({ id }) => id),
    });
  }

  async #takeBack(): Promise<void> {
    const { item, number } = this.#sight!;
    const nothing = { points: null, comment: "", reason: "", seen: [] };
    await this.#send({ item, numbers: [number], ...nothing });
  }

  async #send(verdict: HandVerdict): Promise<void> {
    const wrong = await sent(verdict);
    if (wrong) {
      this.#said.textContent = wrong;
      return;
    }
    const current = this.#sight!.number;
    await this.#readLines();
    const next = verdict.points === null ? current : this.#next(current, true) ?? current;
    await this.#choose(next);
    this.#said.textContent = verdict.points === null ? "Taken back." : "";
  }

  /** The next answer in the list, or the next that is not marked. */
  #next(from: number, isOpen: boolean, step = 1): number | undefined {
    const shown = isOpen ? this.#lines : this.#shown();
    const at = shown.findIndex(({ number }) => number === from);
    if (!isOpen) return shown[at + step]?.number;
    const after = [...shown.slice(at + 1), ...shown.slice(0, at)];
    return after.find(({ state }) => state !== "marked")?.number;
  }

  async #openSubmission(): Promise<void> {
    const dialog = byId<HTMLDialogElement>("submission");
    const { number } = this.#sight!;
    const fill = async () => {
      const sights = await read<PageSight[]>(`submission?number=${number}`);
      dialog.replaceChildren(...submissionTable(this.#class.items, sights, async (verdict) => {
        const wrong = await sent(verdict);
        if (wrong === "") await fill();
        return wrong;
      }));
    };
    await fill();
    dialog.showModal();
  }

  #key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (document.querySelector("dialog[open]")) return;
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    if (event.key === "Escape" && isTyping) return byId("answer").focus();
    if (event.key === "Enter" && event.ctrlKey && target === this.#comment) {
      event.preventDefault();
      this.#keep();
    }
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey || !this.#sight) return;
    const { number } = this.#sight;
    const go = (to: number | undefined) => to !== undefined && this.#choose(to);
    const keys: Record<string, () => unknown> = {
      j: () => go(this.#next(number, false)),
      k: () => go(this.#next(number, false, -1)),
      n: () => go(this.#next(number, true)),
      p: () => (this.#points.focus(), this.#points.select()),
      c: () => this.#comment.focus(),
      a: () => this.#keep(true),
      u: () => this.#takeBack(),
      o: () => this.#openSubmission(),
      r: () => this.#again(),
      v: () => (this.#asWritten = !this.#asWritten, this.#show()),
      "?": () => byId<HTMLDialogElement>("keys").showModal(),
      ...target.tagName === "BUTTON" ? {} : { Enter: () => this.#keep() },
    };
    const done = /^[1-9]$/.test(event.key)
      ? () => this.#meet(Number(event.key) - 1)
      : keys[event.key];
    if (!done) return;
    event.preventDefault();
    done();
  }
}

await new Page().start();
