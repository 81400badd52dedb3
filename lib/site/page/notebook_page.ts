/**
 * A notebook as a page: its cells, their worker, the bar, and what the browser keeps.
 *
 * @module
 */
import { type Cell, type Notebook } from "@/notebook/document.ts";
import { type FromCells } from "../cell_messages.ts";
import { CellForms, Folds } from "./cell_forms.ts";
import { type AddedFile, CellRunner, type CellState, type CellsWorker } from "./cell_runner.ts";
import { confirmed, make, makeButton } from "./dom.ts";
import { browsersStore, Edits, keep, kept } from "./edits.ts";
import { aloneCode, cellsFor, saidFirst } from "./needed_cells.ts";
import { PageCell } from "./page_cell.ts";
import { bookRoot, pngOf } from "./page_figures.ts";
import { RunBar } from "./run_bar.ts";
import { type CellTaken, notebookTaken } from "./taken_along.ts";

/** Where the choice of the backend is kept, for all pages. */
const BACKEND = "gan-workbook/backend";

/** Pauses of the reader's that are long enough to keep an edit. */
const KEEP_AFTER_MS = 300;

/** The page of one notebook. */
export class NotebookPage {
  readonly #cells: PageCell[];
  readonly #forms: Map<PageCell, CellForms>;
  readonly #folds: Folds;
  readonly #edits: Edits;
  readonly #runner: CellRunner;
  readonly #bar: RunBar;
  readonly #book: Notebook;
  /** By the display's id, how it is replaced. */
  readonly #displays = new Map<string, (next: FromCells & { type: "update" }) => void>();
  /** In which order cells were run. */
  readonly #counts = new Map<string, number>();
  #keeping = new Map<PageCell, ReturnType<typeof setTimeout>>();
  /** The cell that began last. */
  #begun?: PageCell;
  /** The cell that was asked for last. */
  #asked?: PageCell;

  constructor(private readonly main: HTMLElement) {
    this.#book = JSON.parse(document.querySelector("#ipynb")!.textContent!);
    const sources = new Map(this.#book.cells.map((cell) => [cell.id, sourceText(cell)]));
    this.#edits = new Edits(browsersStore(), main.dataset.notebook!);
    this.#bar = new RunBar(
      main.querySelector<HTMLElement>("#run-bar")!,
      this.#barsPage(),
      kept(BACKEND),
    );
    this.#runner = new CellRunner(startWorker, {
      settings: () => ({ backend: this.#bar.backend, isolated: crossOriginIsolated }),
      cell: (id) => this.#toRun(this.#cell(id)),
      changed: (id, state) => this.#changed(id, state),
      heard: (message) => this.#heard(message),
      busy: (running) => this.#bar.busy(running),
      died: (why) => this.#bar.say(why),
    });
    this.#cells = [...main.querySelectorAll<HTMLElement>("section.cell.code")].map((section) =>
      new PageCell(section, sources.get(section.dataset.cell!) ?? "", {
        run: (cell) => this.#run(cell),
        runOrStop: (cell) => this.#runOrStop(cell),
        edited: (cell) => this.#edited(cell),
        goTo: (number, line) => this.#cells.find((cell) => cell.number === number)?.goToLine(line),
        say: (text) => this.#bar.say(text),
      })
    );
    this.#folds = new Folds(this.#cells);
    this.#forms = new Map(this.#cells.map((cell) => [
      cell,
      new CellForms(cell, () => this.#run(cell)),
    ]));
    for (const cell of this.#cells) this.#restore(cell);
    // What was typed just before the page is left.
    addEventListener("pagehide", () => {
      for (const cell of this.#keeping.keys()) this.#keep(cell);
    });
    main.addEventListener("pointerover", (event) => this.#expect(event));
    main.addEventListener("focusin", (event) => this.#expect(event));
  }

  /** Says something in the line of status. */
  say(text: string): void {
    this.#bar.say(text);
  }

  #barsPage() {
    return {
      runAll: () => this.#runAll(),
      stop: () => this.#stop(),
      endWorker: () => {
        this.#runner.reset();
        this.#bar.say(
          "The cell was ended by force, and all variables are gone. The next run starts from the top.",
        );
      },
      reset: () => {
        this.#runner.reset();
        this.#bar.say("All variables are forgotten. The next run starts from the top.");
      },
      forgetEdits: () => this.#forgetEdits(),
      addFile: (file: AddedFile) => this.#runner.addFile(file),
      download: () => this.#download(),
      chooseBackend: () => this.#chooseBackend(),
    };
  }

  #cell(id: string): PageCell {
    return this.#cells.find((cell) => cell.id === id)!;
  }

  #toRun({ code, number }: PageCell): { code: string; number: number } {
    return { code: aloneCode(code) ?? code, number };
  }

  /** Loading takes a moment: it begins when a reader is about to run something. */
  #expect({ target }: Event): void {
    if (target instanceof Element && target.closest("button.run, .cm-editor, form.ask")) {
      this.#runner.start();
    }
  }

  #run(cell: PageCell): void {
    if (this.#runner.isUnderWay(cell.id)) return;
    const order = aloneCode(cell.code) ? [] : this.#cells.map(({ id }) => id);
    const ids = cellsFor(cell.id, order, this.#runner.ran)
      .filter((id) => !this.#runner.isUnderWay(id));
    this.#asked = cell;
    this.#bar.say(saidFirst(ids.length - 1) || `Running cell ${cell.number}.`);
    this.#runner.run(ids);
  }

  #runOrStop(cell: PageCell): void {
    if (this.#runner.isUnderWay(cell.id)) this.#stop();
    else this.#run(cell);
  }

  #runAll(): void {
    this.#asked = undefined;
    const ids = this.#cells.map(({ id }) => id).filter((id) => !this.#runner.isUnderWay(id));
    this.#bar.say(`Running all ${ids.length} cells.`);
    this.#runner.run(ids);
  }

  #stop(): void {
    const runs = this.#runner.running !== undefined;
    this.#runner.stop();
    if (runs) this.#bar.stopping();
  }

  async #chooseBackend(): Promise<boolean> {
    const question =
      "To compute on something else, the page forgets all variables, and you run the cells again.";
    if (this.#runner.hasRun && !await confirmed(question, "Start again")) return false;
    this.#runner.reset();
    keep(BACKEND, this.#bar.backend);
    return true;
  }

  #changed(id: string, state: CellState): void {
    const cell = this.#cell(id);
    cell.setState(state);
    if (state.name === "running") this.#begin(cell);
    if (["done", "failed", "stopped"].includes(state.name)) {
      this.#folds.open(cell, cell === this.#asked || state.name === "failed");
      this.#saidEnd(cell, state);
    }
  }

  #begin(cell: PageCell): void {
    this.#begun = cell;
    this.#counts.set(cell.id, Math.max(0, ...this.#counts.values()) + 1);
    for (const other of this.#cells) other.waitFor(cell.number);
  }

  #saidEnd({ number }: PageCell, state: CellState): void {
    if (state.name === "failed") this.#bar.say(`Cell ${number} has failed: ${state.error.message}`);
    if (state.name === "stopped") this.#bar.say(`Cell ${number} was stopped.`);
    if (state.name === "done" && !this.#runner.hasMore) this.#bar.say(`Cell ${number} is done.`);
  }

  #heard(message: Exclude<FromCells, { type: "ready" | "began" | "ended" }>): void {
    switch (message.type) {
      case "output": {
        const cell = this.#cell(message.id);
        const replace = cell.outputs.add(message.output);
        this.#forms.get(cell)?.pointToForms();
        const { displayId } = message;
        if (displayId) this.#displays.set(displayId, ({ output }) => replace(output));
        return;
      }
      case "update":
        return this.#displays.get(message.displayId)?.(message);
      case "computes":
        return this.#bar.computes(message.text);
      case "fetching":
        return this.#bar.fetching(message.name, message.loaded, message.total);
      case "download":
        return this.#begun?.outputs.offer(message.name, message.bytes);
    }
  }

  #edited(cell: PageCell): void {
    this.#forms.get(cell)?.follow();
    this.#folds.follow();
    clearTimeout(this.#keeping.get(cell));
    this.#keeping.set(cell, setTimeout(() => this.#keep(cell), KEEP_AFTER_MS));
  }

  #keep(cell: PageCell): void {
    clearTimeout(this.#keeping.get(cell));
    this.#keeping.delete(cell);
    const { id, code, book } = cell;
    if (!this.#edits.keep(id, { code, book })) {
      this.#bar.say(
        "Your browser does not keep your edits. To have them later, download the notebook under More.",
      );
    }
  }

  /** Takes the reader's version of a cell up again, unless it was written for another edition. */
  #restore(cell: PageCell): void {
    const edit = this.#edits.of(cell.id);
    if (!edit) return;
    if (edit.book === cell.book) return cell.setCode(edit.code);
    const note = make(
      "p",
      { class: "note" },
      "You edited this cell in an earlier edition of the book. ",
      makeButton("Take my version", () => {
        note.remove();
        cell.setCode(edit.code);
        cell.goToLine(1);
      }),
      " ",
      makeButton("Forget it", () => {
        note.remove();
        this.#edits.forget(cell.id);
        cell.goToLine(1);
      }),
    );
    cell.note(note);
  }

  async #forgetEdits(): Promise<void> {
    const ids = this.#edits.ids();
    if (ids.length === 0) return this.#bar.say("There are no edits on this page.");
    const what = ids.length === 1 ? "one cell" : `${ids.length} cells`;
    const question = `Forget your edits, predictions and answers in ${what} of this page?`;
    if (!await confirmed(question, "Forget them")) return;
    for (const id of ids) this.#edits.forget(id);
    for (const cell of this.#cells) if (cell.code !== cell.book) cell.setCode(cell.book);
    this.#bar.say("Every cell of this page is as in the book.");
  }

  async #download(): Promise<void> {
    const taken = new Map(this.#cells.map((cell): [string, CellTaken] => [cell.id, {
      code: cell.code,
      outputs: cell.outputs.shown,
      count: this.#counts.get(cell.id),
      ...(cell.state.name === "failed" ? { error: cell.state.error } : {}),
    }]));
    const text = await notebookTaken(this.#book, taken, pngOf);
    const name = `${this.main.dataset.notebook}.ipynb`;
    save(name, new TextEncoder().encode(text));
    this.#bar.say(`${name} is among your browser's downloads.`);
  }
}

function startWorker(): CellsWorker {
  return new Worker(new URL("run/cells.js", bookRoot()), { type: "module" });
}

function sourceText({ source }: Cell): string {
  return Array.isArray(source) ? source.join("") : source;
}

/** Hands a file to the reader. */
function save(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const href = URL.createObjectURL(new Blob([bytes]));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
