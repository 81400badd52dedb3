/**
 * Runs cells one after another: they share their variables, what they show is told, and they can be
 * stopped. It is the kernel of a page, and of the build of its pages.
 *
 * @module
 */
import { Interrupted, offerCellHost } from "@/host/cell.ts";
import { host, type Outlet } from "@/host/host.ts";
import { offerOutlet } from "@/host/outlet.ts";
import { isThenable, untilAborted } from "@/jupyter/waiting.ts";
import { interrupted } from "@/jupyter/words.ts";
import { type Output } from "@/notebook/document.ts";
import { type CellError, type CellToRun, type FromCells } from "@/site/cell_messages.ts";
import { cellError, notePlace } from "./cell_error.ts";
import { type CellProgram, cellProgram, type ProgramTools } from "./cell_function.ts";
import { PrintLimit, takeConsole } from "./printing.ts";
import { Shared } from "./shared.ts";

/** What a session needs from where it runs. */
export interface SessionOptions {
  /** Takes what is told of the cells. */
  tell(message: FromCells): void;
  /** The module of that name. */
  load(specifier: string): Promise<Record<string, unknown>>;
  /** How the figures are sent. */
  figures: Outlet["figures"];
  /** Takes a file that is for the reader to keep. */
  keep(name: string, bytes: Uint8Array<ArrayBuffer>): void;
}

/** A run of a cell. */
interface Run {
  cell: CellToRun;
  controller: AbortController;
  timers: Set<Timer>;
  prints: PrintLimit;
}

type Timer = ReturnType<typeof setTimeout>;

/** What waits on our code hears of a stop by itself; what waits for something else is given up. */
const GRACE_MS = 300;

/** How long the next cell waits for what a stopped cell has left. */
const LEFT_MS = 1000;

/** How many frames of an error are kept: the deepest of ours must not hide those of the cell. */
const FRAMES = 100;

/** A loop that awaits plain values never really waits, so it would never hear of a stop. */
const BREATHE_MS = 100;

export class Session {
  readonly #waiting: CellToRun[] = [];
  readonly #shared = new Shared();
  readonly #beforeIdle = new Set<() => Promise<void>>();
  /** By the number of a cell, its text when it was run. */
  readonly #codes = new Map<number, string>();
  /** What a stopped cell was awaiting when it was given up. */
  readonly #left = new Set<PromiseLike<unknown>>();
  /** The cell that runs, or ran last. */
  #current?: Run;
  #working?: Promise<void>;
  #breathed = performance.now();

  constructor(private readonly options: SessionOptions) {
    Error.stackTraceLimit = FRAMES;
    offerOutlet({
      figures: options.figures,
      keep: options.keep,
      // deno-lint-ignore require-await
      broadcast: async (type, content) => this.#broadcast(type, content),
    });
    offerCellHost({ signal: () => this.#signal(), beforeIdle: this.#beforeIdle });
    this.#takeConsole();
    tellLooseErrors();
  }

  /** Runs cells after those that wait already; resolves when none is left. */
  run(cells: CellToRun[]): Promise<void> {
    this.#waiting.push(...cells);
    return this.#working ??= this.#work();
  }

  /** Ends the cell that runs, and forgets those that wait. */
  stop(): void {
    this.#waiting.length = 0;
    if (!this.#working || !this.#current) return;
    this.#current.controller.abort(new Interrupted());
    for (const timer of this.#current.timers) clearTimeout(timer);
  }

  async #work(): Promise<void> {
    for (let cell; (cell = this.#waiting.shift());) await this.#runCell(cell);
    this.#working = undefined;
  }

  async #runCell(cell: CellToRun): Promise<void> {
    if (this.#left.size > 0) await Promise.race([Promise.allSettled(this.#left), pause(LEFT_MS)]);
    this.#left.clear();
    const run: Run = {
      cell,
      controller: new AbortController(),
      timers: new Set(),
      prints: new PrintLimit(),
    };
    this.#current = run;
    this.#codes.set(cell.number, cell.code);
    this.options.tell({ type: "began", id: cell.id });
    const began = performance.now();
    const error = await this.#outcome(run);
    for (const action of [...this.#beforeIdle]) {
      // If it could not show something, that is not the cell's error.
      await action().catch(() => {});
    }
    const seconds = (performance.now() - began) / 1000;
    const { aborted } = run.controller.signal;
    if (error) this.#waiting.length = 0;
    this.options.tell({
      type: "ended",
      id: cell.id,
      seconds,
      ...error ? { error, ...aborted ? { stopped: true as const } : {} } : {},
    });
  }

  /** What a run has thrown, if anything; what its last expression is, is shown. */
  async #outcome(run: Run): Promise<CellError | undefined> {
    const { code, number } = run.cell;
    let program: CellProgram | undefined;
    try {
      program = cellProgram(code, number, this.#shared.hiddenNames);
      this.#shared.willAssign(program.assigned);
      const value = await program.run(this.#tools(run, program));
      this.#shared.settle(program.names);
      if (value !== undefined) await this.#showValue(value);
      return undefined;
    } catch (error) {
      if (program) this.#shared.forgetUnset(program.names);
      if (!run.controller.signal.aborted) return cellError(error, number, this.#codes);
      const { ename, evalue, traceback } = interrupted();
      return { name: ename, message: evalue, stack: traceback.join("\n"), cell: number };
    }
  }

  #tools(run: Run, program: CellProgram): ProgramTools {
    const { number } = run.cell;
    return {
      share: (accessors) => this.#shared.share(accessors),
      import: async (line, names, specifier) => {
        try {
          return this.#exporting(await this.options.load(String(specifier)), {
            specifier,
            names: names.filter((name) => program.usesValue(name)),
          });
        } catch (error) {
          // It runs at the beginning, wherever it is written.
          throw notePlace(error, { cell: number, line, sure: true });
        }
      },
      on: (line, awaited) =>
        isThenable(awaited)
          ? this.#unlessStopped(awaited).catch((error) => {
            throw notePlace(error, { cell: number, line });
          })
          : this.#breathe(awaited),
      each: (line, iterable) =>
        untilAborted(
          iterable,
          this.#signal(),
          (awaited) =>
            this.#unlessStopped(awaited).catch((error) => {
              throw notePlace(error, { cell: number, line });
            }),
        ),
      timers: { setTimeout: this.#tracked(setTimeout), setInterval: this.#tracked(setInterval) },
      hidden: this.#shared.hidden,
    };
  }

  /** Sets timers that a stop clears. */
  #tracked(set: (...args: never[]) => unknown): (...args: unknown[]) => unknown {
    return (...args) => {
      const timer = set(...args as never[]);
      this.#current?.timers.add(timer as Timer);
      return timer;
    };
  }

  /** The module, if it has these names. */
  #exporting(
    module: Record<string, unknown>,
    { specifier, names }: { specifier: unknown; names: string[] },
  ): Record<string, unknown> {
    const missing = names.find((name) => !(name in module));
    if (missing === undefined) return module;
    throw new SyntaxError(
      `Cannot import ${missing}: "${specifier}" has no such name. It has ${
        Object.keys(module).toSorted().join(", ")
      }`,
    );
  }

  #signal(): AbortSignal {
    return (this.#current?.controller ?? new AbortController()).signal;
  }

  /** What is awaited, unless the cell is stopped and it has not ended soon after. */
  #unlessStopped(awaited: PromiseLike<unknown>): Promise<unknown> {
    const signal = this.#signal();
    return new Promise((resolve, reject) => {
      const giveUp = () =>
        setTimeout(() => {
          this.#left.add(awaited);
          reject(signal.reason);
        }, GRACE_MS);
      let timer: Timer | undefined;
      const abort = () => timer = giveUp();
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
      const forget = () => {
        signal.removeEventListener("abort", abort);
        clearTimeout(timer);
      };
      awaited.then(
        (value) => (forget(), signal.aborted ? reject(signal.reason) : resolve(value)),
        (error) => (forget(), reject(error)),
      );
    });
  }

  #breathe<T>(value: T): T | Promise<T> {
    if (performance.now() - this.#breathed < BREATHE_MS) return value;
    const signal = this.#signal();
    return pause(0).then(() => {
      this.#breathed = performance.now();
      signal.throwIfAborted();
      return value;
    });
  }

  #broadcast(type: string, content: Record<string, unknown>): void {
    const { data, metadata, transient } = content as {
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
      transient?: { display_id?: string };
    };
    const displayId = transient?.display_id;
    const output: Output = { output_type: "display_data", data, metadata };
    if (type === "display_data") this.#output(output, displayId);
    else if (type === "update_display_data" && displayId) {
      this.options.tell({ type: "update", displayId, output });
    }
  }

  #output(output: Output, displayId?: string): void {
    if (!this.#current) return;
    const { id } = this.#current.cell;
    this.options.tell({ type: "output", id, output, ...displayId ? { displayId } : {} });
  }

  /** The value of a cell's last expression, as Jupyter shows it. */
  async #showValue(value: unknown): Promise<void> {
    const show = (value as { [JUPYTER]?: () => unknown } | null)?.[JUPYTER];
    const shown = typeof show === "function" ? await show.call(value) : undefined;
    const data = typeof shown === "object" && shown !== null
      ? shown as Record<string, unknown>
      : { "text/plain": host.inspect(value) };
    this.#output({ output_type: "execute_result", data, metadata: {} });
  }

  /** What is printed while a cell runs is an output of the cell. */
  #takeConsole(): void {
    takeConsole((name, text) => {
      if (!this.#current) return false;
      const shown = this.#current.prints.take(text);
      if (shown !== "") this.#output({ output_type: "stream", name, text: shown });
      return true;
    });
  }
}

/** Says what failed and no cell waits for: a promise, a timer. */
function tellLooseErrors(): void {
  const tell = (event: Event, where: string, error: unknown) => {
    event.preventDefault();
    if (error instanceof Interrupted) return;
    const words = error instanceof Error ? `${error.name}: ${error.message}` : host.inspect(error);
    console.error(`${where} has failed: ${words}`);
  };
  addEventListener("unhandledrejection", (event) => {
    tell(event, "A promise that nobody awaits", event.reason);
  });
  addEventListener("error", (event) => {
    tell(event, "Something that a cell has left running", event.error ?? event.message);
  });
}

/** By this method a value says how Jupyter shows it. */
const JUPYTER = Symbol.for("Jupyter.display");

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
