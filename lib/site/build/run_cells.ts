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

  take(message: FromCells): void {
    if (message.type === "began") this.run.outputs[message.id] = [];
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

if (import.meta.main) {
  const cells = await new Response(Deno.stdin.readable).json() as CellToRun[];
  const collected = new Collected();
  const session = new Session({
    tell: (message) => collected.take(message),
    load: (specifier) => import(specifier),
    figures: "with pictures",
    // A reader of the page gets it by running the cell.
    keep: () => {},
  });
  await session.run(cells);
  const bytes = new TextEncoder().encode(JSON.stringify(collected.run));
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  // What a cell has left running does not hold the build.
  Deno.exit(0);
}
