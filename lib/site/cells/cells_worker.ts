/**
 * The worker of a page, in which its cells run. The program that starts it is made when the site is
 * built (`lib/site/build/scripts.ts`): it knows the modules that cells may import.
 *
 * @module
 */
import { distance } from "fastest-levenshtein";
import { offerComputing } from "@/host/computing.ts";
import { addPicked, onFetching } from "@/host/picked.ts";
import { type FromCells, type ToCells } from "@/site/cell_messages.ts";
import { computingOf } from "./computes.ts";
import { Session } from "./session.ts";

/** By its name, how a module is loaded. */
export type CellModules = Record<string, () => Promise<Record<string, unknown>>>;

/** A worker's own way to answer its page. */
declare function postMessage(message: unknown, transfer?: Transferable[]): void;

/** Answers the page that has started this worker. */
export function answerPage(modules: CellModules): void {
  const tell = (message: FromCells) => postMessage(message);
  let session: Session | undefined;
  onFetching((name, loaded, total) => tell({ type: "fetching", name, loaded, total }));
  addEventListener("message", (event) => {
    const message = (event as MessageEvent<ToCells>).data;
    if (message.type === "file") return addPicked(message.name, message.bytes);
    if (message.type === "stop") return session?.stop();
    if (message.type === "run") return void session?.run(message.cells);
    offerComputing(computingOf(message.settings, tell));
    session = new Session({
      tell,
      load: (specifier) => load(modules, specifier),
      figures: "plain",
      keep: (name, bytes) =>
        postMessage({ type: "download", name, bytes } satisfies FromCells, [bytes.buffer]),
    });
    tell({ type: "ready" });
  });
}

/** How many names an error lists. */
const MOST_NAMES = 3;

async function load(modules: CellModules, specifier: string): Promise<Record<string, unknown>> {
  if (Object.hasOwn(modules, specifier)) return await modules[specifier]();
  if (/plotly/.test(specifier)) {
    throw new Error(
      `Cannot import "${specifier}": plotly.js draws in the page, where no cell runs. Give a figure to show(…) of "@/notebook/show.ts"`,
    );
  }
  const near = Object.keys(modules).map((name) => ({ name, far: distance(name, specifier) }))
    .sort((a, b) => a.far - b.far).slice(0, MOST_NAMES).map(({ name }) => name);
  throw new Error(
    `Cannot import "${specifier}": cells of a page can import the modules of the library, and @std/assert. The nearest names are ${
      near.join(", ")
    }`,
  );
}
