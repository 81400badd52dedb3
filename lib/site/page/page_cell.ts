/**
 * A code cell on its page: its code, its buttons, where it stands, and its outputs.
 *
 * @module
 */
import { CellOutputs, outputsElement } from "./cell_outputs.ts";
import { type CellState } from "./cell_runner.ts";
import { CodeView } from "./code_view.ts";
import { make, makeButton, setText } from "./dom.ts";
import { errorElement } from "./output_view.ts";

/** What a cell asks of its page. */
export interface CellsPage {
  /** Run it, or stop it if it is under way. */
  runOrStop(cell: PageCell): void;
  run(cell: PageCell): void;
  /** The code is another one, by the reader or by a form. */
  edited(cell: PageCell): void;
  /** Goes to a line of another cell. */
  goTo(cell: number, line: number): void;
  /** Says something in the line of status. */
  say(text: string): void;
}

/** How long a button says that it has copied. */
const COPIED_MS = 2000;

/** One code cell. */
export class PageCell {
  readonly id: string;
  /** Its place among the code cells, from 1. */
  readonly number: number;
  readonly outputs: CellOutputs;
  readonly #view: CodeView;
  readonly #runButton: HTMLButtonElement;
  readonly #bookButton: HTMLButtonElement;
  readonly #copyButton: HTMLButtonElement;
  readonly #stateText = make("span", { class: "state" });
  #ticking?: ReturnType<typeof setInterval>;
  #state: CellState = { name: "not run" };
  /** The code that ran last. */
  #codeRun?: string;

  /** @param book Its code in the book. */
  constructor(
    readonly section: HTMLElement,
    readonly book: string,
    private readonly page: CellsPage,
  ) {
    this.id = section.dataset.cell!;
    this.number = Number(section.dataset.number);
    const source = section.querySelector<HTMLElement>(".source")!;
    this.#view = new CodeView(source, {
      code: book,
      label: `Code of cell ${this.number}`,
      changed: () => this.#changed(),
      run: () => page.run(this),
      withoutEditor: () =>
        page.say(
          "The editor cannot be loaded, so code cannot be edited now. Cells run as they are.",
        ),
    });
    const label = (what: string) => ({ "aria-label": `${what} cell ${this.number}` });
    this.#runButton = makeButton("Run", () => page.runOrStop(this), {
      class: "run",
      ...label("Run"),
      title: "Shift, Ctrl or Cmd with Enter runs the cell, too",
    });
    this.#bookButton = makeButton("As in the book", () => this.#takeBack(), {
      hidden: true,
      title: "Takes your edit back",
    });
    this.#copyButton = makeButton("Copy", () => this.#copy(), label("Copy the code of"));
    const bar = make(
      "div",
      { class: "cell-bar" },
      this.#runButton,
      make("span", { class: "number" }, `In [${this.number}]`),
      this.#stateText,
      make("span", { class: "space" }),
      this.#bookButton,
      this.#copyButton,
    );
    source.before(bar);
    section.classList.add("live");
    this.outputs = new CellOutputs(outputsElement(section), `Output of cell ${this.number}`);
  }

  get code(): string {
    return this.#view.code;
  }

  get state(): CellState {
    return this.#state;
  }

  /** Writes other code into the cell. */
  setCode(code: string): void {
    this.#view.show(code);
    this.#changed();
  }

  /** Goes to a line of it, from 1. */
  goToLine(line: number): void {
    this.section.querySelector<HTMLDetailsElement>("details.checks")?.setAttribute("open", "");
    this.#view.goToLine(line);
  }

  /** Shows where it stands. */
  setState(state: CellState): void {
    this.#state = state;
    clearInterval(this.#ticking);
    if (state.name === "running") {
      this.#codeRun = this.code;
      this.outputs.begin();
      const start = Date.now();
      this.#ticking = setInterval(() => this.#showState(Date.now() - start), 1000);
    }
    if (state.name === "failed") {
      this.outputs.end(errorElement(state.error, (cell, line) => this.page.goTo(cell, line)));
    } else if (state.name === "done" || state.name === "stopped") this.outputs.end();
    const under = state.name === "running" || state.name === "waiting";
    setText(this.#runButton, under ? "Stop" : "Run");
    this.#runButton.setAttribute("aria-label", `${under ? "Stop" : "Run"} cell ${this.number}`);
    this.section.dataset.state = state.name;
    this.#showState();
  }

  /** Says which cell it waits for, if it waits. */
  waitFor(number: number): void {
    if (this.#state.name === "waiting") setText(this.#stateText, `waiting for cell ${number}`);
  }

  /** Says something beside the cell. */
  note(element: HTMLElement): void {
    this.section.querySelector(".cell-bar")!.after(element);
  }

  #showState(ms = 0): void {
    const words = stateInWords(this.#state, ms);
    if (this.#codeRun === undefined && this.code !== this.book) {
      return setText(this.#stateText, words || "edited, not run yet");
    }
    const edited = this.#codeRun !== undefined && this.#codeRun !== this.code;
    setText(this.#stateText, words + (edited ? ", edited since" : ""));
  }

  #takeBack(): void {
    this.setCode(this.book);
    this.page.say(`Cell ${this.number} is as in the book.`);
  }

  #changed(): void {
    if (document.activeElement === this.#bookButton) this.#runButton.focus();
    this.#bookButton.hidden = this.code === this.book;
    this.section.classList.toggle("edited", this.code !== this.book);
    if (this.#state.name !== "running") this.#showState();
    this.page.edited(this);
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.code);
      this.page.say(`The code of cell ${this.number} is copied.`);
      this.#copyButton.textContent = "Copied";
      setTimeout(() => this.#copyButton.textContent = "Copy", COPIED_MS);
    } catch {
      this.page.say(
        "Your browser does not let this page copy. Select the code and copy it yourself.",
      );
    }
  }
}

/** Where a cell stands, in words. */
function stateInWords(state: CellState, ms: number): string {
  switch (state.name) {
    case "not run":
      return "";
    case "waiting":
      return "waiting";
    case "running":
      return `running, ${Math.round(ms / 1000)} s`;
    case "given up":
      return "not run";
    case "done":
      return `done in ${secondsInWords(state.seconds)}`;
    case "stopped":
      return `stopped after ${secondsInWords(state.seconds)}`;
    case "failed":
      return "failed";
  }
}

function secondsInWords(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
