/**
 * The program that runs the cells of one notebook, which come as JSON on stdin, and says on stdout
 * what they have shown. Started by `executed_notebook.ts`.
 *
 * @module
 */
import { type Output } from "@/notebook/document.ts";
import { Session } from "@/site/cells/session.ts";
import { type CellError, type CellToRun, type FromCells } from "@/site/cell_messages.ts";

/** What a run has come to. */
export interface CellsRun {
  /** By the ids of the cells, what each has shown. */
  outputs: Record<string, Output[]>;
  /** Why the last of them did not end well, if it did not. */
  error?: CellError;
}

/** Puts outputs together as a notebook keeps them. */
class Collected {
  readonly run: CellsRun = { outputs: {} };
  readonly #named = new Map<string, Output>();
  /** The cell that began last. */
  last?: string;

  take(message: FromCells): void {
    if (message.type === "began") this.run.outputs[this.last = message.id] = [];
    else if (message.type === "output") this.#add(message.id, message.output, message.displayId);
    else if (message.type === "update") this.#replace(message.displayId, message.output);
    else if (message.type === "ended" && message.error) this.run.error = message.error;
  }

  #add(id: string, output: Output, displayId?: string): void {
    const outputs = this.run.outputs[id];
    const before = outputs.at(-1);
    if (output.output_type === "stream" && before?.name === output.name && before?.text) {
      before.text = String(before.text) + output.text;
      return;
    }
    outputs.push(output);
    if (displayId) this.#named.set(displayId, output);
  }

  /** A picture's size stays unless another comes. */
  #replace(displayId: string, { data, metadata }: Output): void {
    const output = this.#named.get(displayId);
    if (output) Object.assign(output, { data, metadata: { ...output.metadata, ...metadata } });
  }
}

async function main(): Promise<void> {
  const cells = await new Response(Deno.stdin.readable).json() as CellToRun[];
  const collected = new Collected();
  const session = new Session({
    tell: (message) => collected.take(message),
    load: (specifier) => import(specifier),
    figures: "with pictures",
    // A reader of the page gets it by running the cell.
    keep: () => {},
  });
  const exit = Deno.exit;
  Deno.exit = () => {
    throw new Error("Cannot end Deno: a cell would end its notebook");
  };
  const end = () => {
    // A line of its own: cells may have written to stdout as well.
    const bytes = new TextEncoder().encode(`\n${JSON.stringify(collected.run)}`);
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    // What a cell has left running does not hold the build.
    exit(0);
  };
  // Deno has nothing left to do, and a cell is still waiting.
  addEventListener("beforeunload", () => {
    const message = "the cell waits for something that never comes";
    const cell = cells.find(({ id }) => id === collected.last)?.number;
    collected.run.error = { name: "Error", message, cell, stack: `Error: ${message}` };
    end();
  });
  await session.run(cells);
  end();
}

// Not awaited, since Deno would end without a word of the cell that waits.
if (import.meta.main) main();
