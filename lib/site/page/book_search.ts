/**
 * Search over the book. The index comes at the first use.
 *
 * @module
 */
import MiniSearch from "minisearch";
import { SEARCH_INDEX, SEARCH_OPTIONS, type Section } from "../render/search_options.ts";
import { make, setText } from "./dom.ts";
import { bookRoot } from "./page_figures.ts";

/** How many places are shown. */
const MOST = 12;
/** Letters around what was found. */
const AROUND = 60;

type Found = Section & { terms: string[] };

/** The field for searching, with its list. */
export class BookSearch {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #list = make("ul", {
    id: "found",
    role: "listbox",
    "aria-label": "Found",
    hidden: true,
  });
  readonly #said = make("span", { class: "said", role: "status" });
  #index?: Promise<MiniSearch<Section>>;
  /** The place that the arrow keys have come to; -1 for none. */
  #at = -1;

  constructor() {
    this.#input = make("input", {
      type: "search",
      role: "combobox",
      placeholder: matchMedia("(hover: hover)").matches ? "Search  /" : "Search",
      "aria-label": "Search the book",
      "aria-controls": "found",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      autocomplete: "off",
      focus: () => this.#loaded().catch(() => {}),
      input: () => this.#search(),
      keydown: (event: KeyboardEvent) => this.#key(event),
    });
    this.element = make("search", { class: "search" }, this.#input, this.#list, this.#said);
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.#close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
      event.preventDefault();
      this.#input.focus();
    });
  }

  #loaded(): Promise<MiniSearch<Section>> {
    return this.#index ??= loadIndex().catch((error) => {
      this.#index = undefined;
      throw error;
    });
  }

  async #search(): Promise<void> {
    const words = this.#input.value.trim();
    if (words === "") return this.#close();
    let index: MiniSearch<Section>;
    try {
      index = await this.#loaded();
    } catch {
      return setText(this.#said, "The index of the book cannot be loaded.");
    }
    if (words !== this.#input.value.trim()) return;
    const found = index.search(words).slice(0, MOST) as unknown as Found[];
    this.#list.replaceChildren(...found.map((place, i) => optionOf(place, i)));
    this.#list.hidden = found.length === 0;
    this.#input.setAttribute("aria-expanded", String(found.length > 0));
    const count = found.length === 1 ? "1 place" : `${found.length} places`;
    setText(this.#said, found.length === 0 ? "Nothing was found." : count);
    this.#moveTo(-1);
  }

  #key(event: KeyboardEvent): void {
    const count = this.#list.childElementCount;
    if (event.key === "ArrowDown" && count > 0) this.#moveTo((this.#at + 1) % count);
    else if (event.key === "ArrowUp" && count > 0) {
      this.#moveTo(this.#at <= 0 ? count - 1 : this.#at - 1);
    } else if (event.key === "Enter" && count > 0) {
      this.#list.children[Math.max(0, this.#at)].querySelector("a")!.click();
      this.#close();
    } else if (event.key === "Escape") {
      this.#input.value = "";
      this.#close();
    } else return;
    event.preventDefault();
  }

  #moveTo(at: number): void {
    this.#at = at;
    [...this.#list.children].forEach((option, i) =>
      option.setAttribute("aria-selected", String(i === at))
    );
    const option = this.#list.children[at];
    option?.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  #close(): void {
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
    setText(this.#said, "");
    this.#at = -1;
  }
}

async function loadIndex(): Promise<MiniSearch<Section>> {
  const response = await fetch(new URL(SEARCH_INDEX, bookRoot()));
  if (!response.ok) throw new Error(`Cannot load the index: got ${response.status}`);
  return MiniSearch.loadJSON<Section>(await response.text(), SEARCH_OPTIONS);
}

function optionOf({ page, title, heading, anchor, text, terms }: Found, i: number): HTMLElement {
  const href = new URL(page + (anchor ? `#${anchor}` : ""), bookRoot()).href;
  const link = make(
    "a",
    { href, tabindex: "-1" },
    make("strong", {}, heading || title),
    ...(heading && heading !== title ? [make("small", {}, title)] : []),
    make("span", {}, ...excerpt(text, terms)),
  );
  return make("li", { role: "option", id: `found-${i}`, "aria-selected": "false" }, link);
}

/** The text around the first place where a word stands, with the words marked. */
function excerpt(text: string, terms: string[]): (Node | string)[] {
  const words = terms.map((term) => term.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words.length === 0) return [text.slice(0, 2 * AROUND)];
  const pattern = new RegExp(`(?<!\\p{L})(${words.join("|")})(?!\\p{L})`, "iu");
  const first = Math.max(0, text.search(pattern) - AROUND);
  const start = first === 0 ? 0 : text.indexOf(" ", first) + 1;
  const cut = start + 3 * AROUND;
  const space = text.lastIndexOf(" ", cut);
  const end = cut < text.length && space > start + AROUND ? space : cut;
  const part = text.slice(start, end);
  const parts = part.split(new RegExp(pattern, "giu"));
  const marked = parts.map((each, i) => i % 2 === 1 ? make("mark", {}, each) : each);
  return [start > 0 ? "… " : "", ...marked, start + part.length < text.length ? " …" : ""];
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
