/**
 * The outputs of a cell: those that came with the book until the cell is run, its own from then on.
 *
 * @module
 */
import { type Output } from "@/notebook/document.ts";
import { make } from "./dom.ts";
import { type OutputView, printed, savingLink, viewOf } from "./output_view.ts";

/** The outputs of one cell. */
export class CellOutputs {
  /** What the cell has shown when it was run here; undefined if it was not. */
  shown?: Output[];
  readonly #room: HTMLElement;
  readonly #views: OutputView[] = [];
  readonly #files: Pick<OutputView, "element" | "remove">[] = [];
  /** Whether what is on the page is from before this run. */
  #old = false;

  /** @param element The element that the page has for outputs. */
  constructor(readonly element: HTMLElement, label: string) {
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", label);
    element.tabIndex = -1;
    this.#room = element.querySelector<HTMLElement>(":scope > details.after-prediction") ?? element;
  }

  /** What folds the outputs until something is predicted, if the book has that here. */
  get fold(): HTMLDetailsElement | undefined {
    return this.#room instanceof HTMLDetailsElement ? this.#room : undefined;
  }

  /** The cell begins: what is there stays, dimmed, until something else comes. */
  begin(): void {
    this.shown = [];
    this.#old = true;
    this.element.classList.add("old");
  }

  /** Shows another output; returns how it can be replaced. */
  add(output: Output): (next: Output) => void {
    this.#clearOld();
    const shown = this.shown ??= [];
    const last = shown.at(-1);
    const text = printed(output);
    if (text !== undefined && last?.output_type === "stream" && last.name === output.name) {
      last.text = printed(last) + text;
      this.#views.at(-1)!.element.append(text);
      return () => {};
    }
    const place = shown.push(text === undefined ? output : { ...output, text }) - 1;
    this.#show(viewOf(output));
    return (next) => {
      if (this.shown !== shown) return; // The cell has been run again.
      shown[place] = { ...next, output_type: output.output_type };
      if (!this.#views[place].update(next)) this.#replace(place, viewOf(next));
    };
  }

  /** Offers a file to save, until the cell is run again. */
  offer(name: string, bytes: Uint8Array<ArrayBuffer>): void {
    this.#clearOld();
    const link = savingLink(name, bytes);
    this.#files.push(link);
    this.#room.append(link.element);
  }

  /** The cell has ended; an error stands below all else. */
  async end(error?: HTMLElement): Promise<void> {
    this.#clearOld();
    if (error) this.#room.append(error);
    const late = new Promise((resolve) => setTimeout(resolve, 2000));
    await Promise.race([Promise.all(this.#views.map(({ drawn }) => drawn)), late]);
    this.element.style.minHeight = "";
  }

  #show(view: OutputView): void {
    this.#views.push(view);
    this.#room.append(view.element);
  }

  #replace(place: number, view: OutputView): void {
    const [before] = this.#views.splice(place, 1, view);
    this.#keepingFocus(() => {
      before.element.replaceWith(view.element);
      before.remove();
    });
  }

  /** Takes the outputs of the run before away; the room stays until the new ones have theirs. */
  #clearOld(): void {
    if (!this.#old) return;
    this.#old = false;
    this.element.style.minHeight = `${this.element.offsetHeight}px`;
    this.element.classList.remove("old");
    this.#keepingFocus(() => {
      for (const view of [...this.#views.splice(0), ...this.#files.splice(0)]) view.remove();
      for (const child of [...this.#room.children]) {
        if (child.tagName !== "SUMMARY") child.remove();
      }
    });
  }

  /** A reader who was in what is taken away is at the outputs then, and not at the page's top. */
  #keepingFocus(change: () => void): void {
    const inside = this.element.contains(document.activeElement);
    change();
    if (inside && !this.element.contains(document.activeElement)) {
      this.element.focus({ preventScroll: true });
    }
  }
}

/** The element for the outputs of a cell, made where the book has none. */
export function outputsElement(section: HTMLElement): HTMLElement {
  return section.querySelector<HTMLElement>(":scope > .outputs") ??
    section.appendChild(make("div", { class: "outputs" }));
}
