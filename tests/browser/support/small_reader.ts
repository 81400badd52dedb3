/** A reader of the small book, and the errors that its page meets. */
import { type Locator } from "playwright-core";
import { type SmallBook, type SmallCell } from "./small_book.ts";
import { Visitor, type VisitorOptions } from "./visitor.ts";

const AXES = { x: [-4, 4], y: [0, 1] };

/** What stands on the page unless a test writes another one. */
export const CELLS: Record<string, SmallCell> = {
  first: { code: 'const start = 2;\ntext("started");' },
  number: {
    code: 'await predict("02-1", undefined); // a number between 0 and 1',
    attributes: questions({
      id: "02-1",
      asks: "where the top is",
      kind: "number",
      between: [0, 1],
    }),
  },
  sketch: {
    code: 'await predict("02-2", undefined);',
    attributes: questions({ id: "02-2", asks: "the curve of D*", kind: "sketch", ...AXES }),
  },
  choice: {
    code: 'await predict("02-3", undefined);',
    attributes: questions({
      id: "02-3",
      asks: "how often it crosses",
      kind: "choice",
      choices: ["never", "once"],
    }),
  },
  truth: {
    code: 'reveal("02-1");',
    outputs:
      '<details class="after-prediction" data-prediction="02-1"><summary><strong>Predict first.</strong></summary><p>saved</p></details>',
  },
  print: { code: 'print("a");\nprint("b");', outputs: "<p>saved</p>" },
  slow: { code: 'await pause(400);\ntext("new");', outputs: '<p><a href="#one">old</a></p>' },
  live: { code: "await live(300);" },
  file: { code: 'text("made");\nfile("gan.bin", 1500000);\ntext("after");' },
  check: { code: 'text("checked");', checks: true },
  exercise: {
    code:
      'await answer("02-1", undefined); // nats\nawait answer("02-2", undefined); // (p, q) => …',
    attributes: { "data-exercises": '["02-1","02-2"]' },
  },
};

function questions(question: object): Record<string, string> {
  return { "data-questions": JSON.stringify([question]) };
}

export class SmallReader implements AsyncDisposable {
  constructor(readonly visitor: Visitor) {}

  /** Opens a page; returns when its buttons are there. */
  static async open(url: string, options: VisitorOptions = {}): Promise<SmallReader> {
    const reader = new SmallReader(await Visitor.open(options));
    reader.page.setDefaultTimeout(15_000);
    await reader.page.goto(url);
    await reader.isReady();
    return reader;
  }

  get page() {
    return this.visitor.page;
  }

  async isReady(): Promise<void> {
    await this.page.locator(".cell-bar").first().waitFor({ state: "attached" });
  }

  cell(id: string): Locator {
    return this.page.locator(`[data-cell="${id}"]`);
  }

  /** A button of a cell. */
  button(id: string, name: string): Locator {
    return this.cell(id).locator(".cell-bar").getByText(name, { exact: true });
  }

  bar(name: string): Locator {
    return this.page.locator("#run-bar").getByRole("button", { name });
  }

  /** Runs a cell, and waits until it is as it should be. */
  async run(id: string, state = "done"): Promise<void> {
    await this.button(id, "Run").click();
    await this.is(id, state);
  }

  async is(id: string, state: string): Promise<void> {
    await this.page.locator(`[data-cell="${id}"][data-state="${state}"]`).waitFor({
      state: "attached",
    });
  }

  /** Writes other code into a cell. */
  async write(id: string, code: string): Promise<void> {
    await this.cell(id).locator("pre").click();
    await this.cell(id).locator(".cm-focused").waitFor();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.type(code);
  }

  outputs(id: string): Promise<string> {
    return this.cell(id).locator(".outputs").innerText();
  }

  /** The code of a cell, in the editor or before there is one. */
  code(id: string): Promise<string> {
    // In one go: the editor may come in between.
    return this.cell(id).evaluate((cell) => {
      const lines = [...cell.querySelectorAll(".cm-line")].map(({ textContent }) => textContent);
      return lines.length > 0 ? lines.join("\n") : cell.querySelector("pre code")!.textContent!;
    });
  }

  status(): Promise<string> {
    return this.page.locator("#run-bar .status").innerText();
  }

  async says(text: string | RegExp): Promise<void> {
    await this.page.locator("#run-bar .status").filter({ hasText: text }).waitFor();
  }

  notice(text: string): Locator {
    return this.page.locator(".notices").filter({ hasText: text });
  }

  /** Where the reader is: the label of the element that has the focus, or its name. */
  place(): Promise<string> {
    return this.page.evaluate<string>(
      "document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.visitor[Symbol.asyncDispose]();
  }
}

/** Has a reader open the book, and expects that the page meets no error. */
export async function reading(
  book: SmallBook,
  read: (reader: SmallReader) => Promise<void>,
  options: VisitorOptions = {},
): Promise<string[]> {
  const url = book.serve();
  try {
    await using reader = await SmallReader.open(url, options);
    await read(reader);
    return reader.visitor.errors;
  } finally {
    await book.stop();
  }
}
