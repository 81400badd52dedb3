/**
 * The bar above the cells: run all, stop, what computes, files, what becomes of the page's edits,
 * and the line of status.
 *
 * @module
 */
import { type CellSettings } from "../cell_messages.ts";
import { type AddedFile } from "./cell_runner.ts";
import { make, makeButton, setText } from "./dom.ts";
import { menuOf } from "./menu.ts";

/** What the bar asks of its page. */
export interface BarsPage {
  runAll(): void;
  stop(): void;
  /** Ends the worker that does not stop. */
  endWorker(): void;
  reset(): void;
  forgetEdits(): void;
  addFile(file: AddedFile): void;
  download(): void;
  /** The reader wants another backend; returns false if it is to stay. */
  chooseBackend(): Promise<boolean>;
}

/** How long a cell may take to stop before its worker can be ended. */
const STOPS_WITHIN_MS = 3000;

const BACKENDS: Record<CellSettings["backend"], string> = {
  auto: "automatic",
  webgpu: "WebGPU",
  wasm: "WASM",
  cpu: "plain JavaScript",
};

/** The bar of a page. */
export class RunBar {
  readonly #status = make("p", { class: "status", role: "status" });
  readonly #computes = make("span", { class: "computes" });
  readonly #action = make("span", { class: "action" });
  readonly #fetching = make("div", { class: "fetching" });
  readonly #backend: HTMLSelectElement;
  readonly #stop: HTMLButtonElement;
  #stopping?: ReturnType<typeof setTimeout>;
  #running?: string;

  /** @param chosen The backend that the reader has chosen before. */
  constructor(element: HTMLElement, private readonly page: BarsPage, chosen: string) {
    this.#stop = makeButton("Stop", () => this.#pressStop(), { "aria-disabled": "true" });
    const choose = async () => {
      if (await page.chooseBackend()) chosen = this.backend;
      else this.#backend.value = chosen;
    };
    this.#backend = make(
      "select",
      { change: choose },
      ...Object.entries(BACKENDS).map(([value, text]) => make("option", { value }, text)),
    );
    if (Object.hasOwn(BACKENDS, chosen)) this.#backend.value = chosen;
    chosen = this.backend;
    const file = make("input", {
      type: "file",
      multiple: true,
      hidden: true,
      change: () => this.#addFiles(file),
    });
    const more = menuOf(
      "More",
      {
        "Download as .ipynb": () => page.download(),
        "Your files (IDX, .npy) …": () => file.click(),
        "Reset: forget all variables": () => page.reset(),
        "Forget my edits on this page …": () => page.forgetEdits(),
      },
      make("p", {}, "Edits, predictions and answers stay in this browser."),
    );
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "Running the cells");
    element.append(
      makeButton("Run all", () => page.runAll(), { class: "run" }),
      this.#stop,
      make("label", { class: "backend" }, "Compute on ", this.#backend),
      this.#computes,
      more,
      file,
      make("div", { class: "line" }, this.#status, this.#action),
      this.#fetching,
    );
  }

  get backend(): CellSettings["backend"] {
    return this.#backend.value as CellSettings["backend"];
  }

  /** Says something, with something that can be done about it. */
  say(text: string, action?: { text: string; do(): void }): void {
    setText(this.#status, text);
    const had = this.#action.contains(document.activeElement);
    this.#action.replaceChildren(
      ...(action ? [makeButton(action.text, () => action.do())] : []),
    );
    if (had) this.#stop.focus();
  }

  /** Says what computes. */
  computes(text: string): void {
    setText(this.#computes, text);
  }

  /** A cell runs, or nothing does. */
  busy(running: string | undefined): void {
    this.#stop.setAttribute("aria-disabled", String(running === undefined));
    // What was asked to stop has ended.
    if (running !== this.#running) clearTimeout(this.#stopping);
    this.#running = running;
    if (running === undefined) this.#fetching.replaceChildren();
  }

  /** Asks what runs to stop; says so if it does not. */
  stopping(): void {
    clearTimeout(this.#stopping);
    this.say("Stopping after this step.");
    this.#stopping = setTimeout(() => {
      this.say(
        "The cell has not stopped yet. You can end it by force, which loses all variables.",
        {
          text: "End it",
          do: () => this.page.endWorker(),
        },
      );
    }, STOPS_WITHIN_MS);
  }

  /** Shows how much of a file has come. */
  fetching(name: string, loaded: number, total?: number): void {
    const id = `fetching-${name.replaceAll(/\W/g, "-")}`;
    const old = this.#fetching.querySelector(`#${CSS.escape(id)}`);
    if (total !== undefined && loaded >= total) return old?.remove();
    const line = old ?? this.#fetching.appendChild(
      make("label", { id }, `Fetching ${name} `, make("progress")),
    );
    const progress = line.querySelector("progress")!;
    if (total === undefined) return;
    progress.max = total;
    progress.value = loaded;
  }

  #pressStop(): void {
    if (this.#stop.getAttribute("aria-disabled") !== "true") this.page.stop();
  }

  async #addFiles(input: HTMLInputElement): Promise<void> {
    const files = [...input.files ?? []];
    input.value = "";
    for (const file of files) {
      try {
        this.page.addFile({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
      } catch (error) {
        return this.say(`Cannot read ${file.name}: ${(error as Error).message}`);
      }
    }
    const names = files.map(({ name }) => `"${name}"`).join(", ");
    if (names) {
      this.say(
        `Cells can read ${names} by name; ${
          files.length === 1 ? "it stays" : "they stay"
        } in this browser.`,
      );
    }
  }
}
