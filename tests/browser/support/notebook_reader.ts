/** A visitor of one notebook of the site: runs cells, and sees what the worker and the page show. */
import { type Locator } from "playwright-core";
import { FIGURE_TYPE } from "@/notebook/display.ts";
import { codeCells, type Notebook, type Output } from "@/notebook/document.ts";
import { type CellError, type FromCells } from "@/site/cell_messages.ts";
import { type Visitor } from "./visitor.ts";

/**
 * Keeps what workers tell the page, before the page has any script of its own: as text, since
 * plotly changes the figures that it draws.
 */
const LISTEN = `(() => {
  globalThis.heard = [];
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) =>
        heard.push([
          data.type,
          JSON.stringify(data, (_, value) => ArrayBuffer.isView(value) ? value.length : value),
        ]));
    }
  };
})()`;

/** What a cell has shown, in the order in which it came. */
export type Shown = Record<string, Output[]>;

export class NotebookReader {
  private constructor(readonly visitor: Visitor, readonly name: string) {}

  /** Opens a notebook of a site; returns when its buttons are there. */
  static async open(visitor: Visitor, url: string, name: string): Promise<NotebookReader> {
    await visitor.page.addInitScript(LISTEN);
    await visitor.page.goto(`${url}${name}.html`);
    const reader = new NotebookReader(visitor, name);
    await reader.button("Run all").waitFor();
    return reader;
  }

  /** A button of the bar. */
  button(name: string): Locator {
    return this.visitor.page.locator("#run-bar").getByRole("button", { name, exact: true });
  }

  /** A code cell, by its number or its id. */
  cell(which: number | string): Locator {
    const [name, value] = typeof which === "number" ? ["number", which] : ["cell", which];
    return this.visitor.page.locator(`section.cell[data-${name}="${value}"]`);
  }

  /** The numbers of the code cells whose text has this. */
  async cellsWith(text: string): Promise<number[]> {
    const book = await this.book();
    return codeCells(book).flatMap(({ source }, i) =>
      [source].flat().join("").includes(text) ? [i + 1] : []
    );
  }

  /** The notebook that the page has with it. */
  async book(): Promise<Notebook> {
    return JSON.parse(await this.visitor.page.locator("#ipynb").textContent() ?? "");
  }

  /** Runs all cells to their ends. */
  async runAll(seconds = 600): Promise<void> {
    await this.button("Run all").click();
    await this.ended(seconds);
  }

  /** Runs a cell, and what it needs, to its end. */
  async run(which: number | string, seconds = 120): Promise<void> {
    await this.cell(which).locator("button.run").click();
    await this.ended(seconds);
  }

  /**
   * Waits until nothing runs or waits any more, and what cells have shown is drawn.
   *
   * @throws {Error} If a cell has failed, with what it says.
   */
  async ended(seconds = 120): Promise<void> {
    await this.visitor.until("every cell has ended", async () => {
      const busy = await this.visitor.page.locator(
        '.cell[data-state="running"], .cell[data-state="waiting"], ' +
          "figure.live:not(.drawn):has(.workbook-figure)",
      ).count();
      // Asked afterwards: the cell that ended last may have failed.
      const [failed] = await this.failures();
      if (failed) throw new Error(`A cell has failed: ${failed.stack || failed.message}`);
      const { errors } = this.visitor;
      if (errors.length > 0) throw new Error(`The page has met an error: ${errors[0]}`);
      return busy === 0;
    }, seconds);
  }

  /** What cells have thrown. */
  async failures(): Promise<CellError[]> {
    const heard = await this.heard("ended");
    return heard.flatMap(({ error, stopped }) => stopped ? [] : error ?? []);
  }

  /** What the worker has said of one kind, in its order. */
  async heard<Kind extends FromCells["type"]>(
    kind: Kind,
  ): Promise<Extract<FromCells, { type: Kind }>[]> {
    const all = await this.visitor.page.evaluate<string[]>(
      `heard.filter(([kind]) => kind === "${kind}").map(([, text]) => text)`,
    );
    return all.map((text) => JSON.parse(text));
  }

  /** What the cells have shown since they were run last. */
  async shown(): Promise<Shown> {
    const all = (await this.visitor.page.evaluate<string[]>("heard.map(([, text]) => text)"))
      .map((text): FromCells => JSON.parse(text));
    const shown: Shown = {};
    const named = new Map<string, Output>();
    for (const message of all) {
      if (message.type === "began") shown[message.id] = [];
      else if (message.type === "update") {
        const output = named.get(message.displayId);
        if (output) output.data = message.output.data;
      } else if (message.type === "output") {
        const { id, output, displayId } = message;
        const last = shown[id].at(-1);
        if (output.output_type === "stream" && last?.output_type === "stream") {
          last.text = `${last.text}${output.text}`;
        } else shown[id].push(output);
        if (displayId) named.set(displayId, output);
      }
    }
    return shown;
  }

  /** Writes other code into a cell, as a reader does: by the keyboard. */
  async write(which: number | string, code: string): Promise<void> {
    const { keyboard } = this.visitor.page;
    const source = this.cell(which).locator(".source");
    await source.click();
    await source.locator(".cm-content").waitFor();
    await keyboard.press("Control+a");
    await keyboard.insertText(code);
  }

  /** The code of a cell as the editor shows it. */
  async code(which: number | string): Promise<string> {
    return await this.cell(which).locator(".cm-content, .source code").first().innerText();
  }
}

/** What is compared of outputs: all but the pictures of figures. Lists of numbers are lists of numbers. */
export function comparable(outputs: Output[]): unknown[] {
  return outputs.map(({ output_type, data = {}, text = "", name }) => {
    const { [FIGURE_TYPE]: figure, "image/png": png, ...rest } = data;
    const picture = figure === undefined ? { png } : { figure: unpacked(figure) };
    return { output_type, ...rest, name, text: [text].flat().join(""), ...picture };
  });
}

/** A figure as JSON has it, with its lists of numbers as they were before they were packed. */
function unpacked(figure: unknown): unknown {
  return JSON.parse(JSON.stringify(figure), (_, value) => {
    if (typeof value?.bdata !== "string") return value;
    const { buffer } = Uint8Array.fromBase64(value.bdata);
    return Array.from(value.dtype === "f4" ? new Float32Array(buffer) : new Float64Array(buffer));
  });
}
