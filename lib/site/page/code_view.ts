/**
 * The code of a cell on its page: the coloured text of the book until a reader turns to it, an
 * editor from then on.
 *
 * @module
 */
import { make } from "./dom.ts";
import { type Editor, type EditorOptions } from "./editor.ts";

interface CodeViewOptions extends EditorOptions {
  /** The editor cannot be had, as without a network before the book is kept. */
  withoutEditor(): void;
}

/** The code of one cell. */
export class CodeView {
  readonly #still: HTMLElement;
  #code: string;
  #editor?: Editor;
  #opening?: Promise<Editor | undefined>;

  /** @param source The element with the book's coloured text. */
  constructor(private readonly source: HTMLElement, private readonly options: CodeViewOptions) {
    this.#code = options.code;
    this.#still = source.querySelector("pre") ?? source.appendChild(make("pre"));
    this.#still.tabIndex = 0;
    this.#still.setAttribute("role", "group");
    this.#still.setAttribute("aria-label", `${options.label}. Enter edits it`);
    this.#still.addEventListener("focus", () => loadedEditor().catch(() => {}));
    this.#still.addEventListener("click", (event) => {
      if (getSelection()?.isCollapsed !== false) this.edit(placeOf(event, this.#still));
    });
    this.#still.addEventListener("keydown", (event) => {
      const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
      if (key !== "Enter" || altKey) return;
      event.preventDefault();
      if (ctrlKey || metaKey || shiftKey) options.run();
      else this.edit(0);
    });
  }

  get code(): string {
    return this.#code;
  }

  /** Shows another text; the cursor stays where the reader is. */
  async show(code: string): Promise<void> {
    if (code === this.#code) return;
    this.#code = code;
    // Without its colours until the editor is there.
    if (!this.#editor) this.#still.replaceChildren(make("code", {}, code));
    (await this.#open())?.show(this.#code);
  }

  /** Lets the reader write, at a place of the text. */
  async edit(at?: number): Promise<void> {
    (await this.#open())?.focus(at);
  }

  /** Goes to a line, from 1. */
  async goToLine(line: number): Promise<void> {
    (await this.#open())?.focusLine(line);
  }

  #open(): Promise<Editor | undefined> {
    return this.#opening ??= loadedEditor().then(({ openEditor }) => {
      const changed = (code: string) => {
        if (code === this.#code) return;
        this.#code = code;
        this.options.changed(code);
      };
      const had = document.activeElement === this.#still;
      this.#editor = openEditor(this.source, { ...this.options, code: this.#code, changed });
      this.#still.remove();
      if (had) this.#editor.focus();
      return this.#editor;
    }, () => {
      this.#opening = undefined;
      this.options.withoutEditor();
      return undefined;
    });
  }
}

let editor: Promise<typeof import("./editor.ts")> | undefined;

function loadedEditor(): Promise<typeof import("./editor.ts")> {
  return editor ??= import("./editor.ts").catch((error) => {
    editor = undefined;
    throw error;
  });
}

/** The place in a text that was clicked. */
function placeOf({ clientX, clientY }: MouseEvent, text: HTMLElement): number {
  const at = document.caretPositionFromPoint?.(clientX, clientY);
  const range = document.createRange();
  range.selectNodeContents(text);
  if (!at || !text.contains(at.offsetNode)) return range.toString().length;
  range.setEnd(at.offsetNode, at.offset);
  return range.toString().length;
}
