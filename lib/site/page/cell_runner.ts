/**
 * Runs cells in a worker, one after the other, so that the page stays free.
 *
 * The worker knows the cells that it has run, and their variables. A cell is handed over only when
 * the one before it has ended well: what waits can still be edited, and is given up when a cell
 * fails or is stopped.
 *
 * @module
 */
import {
  type CellError,
  type CellSettings,
  type FromCells,
  type ToCells,
} from "../cell_messages.ts";

/** Where a cell stands. */
export type CellState =
  | { name: "not run" | "waiting" | "running" | "given up" }
  | { name: "done" | "stopped"; seconds: number }
  | { name: "failed"; seconds: number; error: CellError };

/** A file that the reader has added. */
export interface AddedFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What a page does when something has become of its cells. */
export interface RunnersPage {
  settings(): CellSettings;
  /** The code of a cell as it stands, and its place among the code cells, from 1. */
  cell(id: string): { code: string; number: number };
  changed(id: string, state: CellState): void;
  heard(message: Exclude<FromCells, { type: "ready" | "began" | "ended" }>): void;
  /** Everything has come to its end, or a cell begins. */
  busy(running: string | undefined, waiting: number): void;
  /** A worker is gone, and with it what the cells have made. */
  died(why: string): void;
}

/** The part of a worker that is needed. */
export interface CellsWorker {
  postMessage(message: ToCells): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromCells>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** Runs the cells of one page. */
export class CellRunner {
  /** The cells that the worker has run, the last time to their ends or until they were stopped. */
  readonly ran = new Set<string>();
  #worker?: CellsWorker;
  #ready = false;
  #waiting: string[] = [];
  #running?: string;
  #began = 0;
  #files: AddedFile[] = [];

  constructor(
    private readonly makeWorker: () => CellsWorker,
    private readonly page: RunnersPage,
  ) {}

  /** The cell that runs now. */
  get running(): string | undefined {
    return this.#running;
  }

  /** Whether cells wait for their turn. */
  get hasMore(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether there are variables that a new start would forget. */
  get hasRun(): boolean {
    return this.ran.size > 0 || this.#running !== undefined;
  }

  /** Whether a cell waits for its turn, or runs. */
  isUnderWay(id: string): boolean {
    return id === this.#running || this.#waiting.includes(id);
  }

  /** Runs cells, after those that wait already. */
  run(ids: readonly string[]): void {
    const fresh = ids.filter((id) => !this.#waiting.includes(id));
    for (const id of fresh) this.page.changed(id, { name: "waiting" });
    this.#waiting.push(...fresh);
    this.start();
    this.#next();
  }

  /** Starts the worker before it is needed. */
  start(): void {
    if (this.#worker) return;
    const worker = this.#worker = this.makeWorker();
    worker.onmessage = ({ data }) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(
        `The worker that runs the cells has failed: ${
          event.message || "it could not be loaded"
        }. ` +
          `Run a cell to start a new one`,
      );
    };
    worker.postMessage({ type: "start", settings: this.page.settings() });
    for (const file of this.#files) worker.postMessage({ type: "file", ...file });
  }

  /** Ends the cell that runs at its next step, and gives up those that wait. */
  stop(): void {
    this.#giveUp();
    if (this.#running) this.#worker?.postMessage({ type: "stop" });
  }

  /** Ends the worker at once; its variables are gone. */
  reset(): void {
    if (this.#worker) {
      this.#worker.terminate();
      this.#worker.onmessage = null;
      this.#worker.onerror = null;
    }
    this.#worker = undefined;
    this.#ready = false;
    this.#giveUp();
    if (this.#running) {
      const seconds = (performance.now() - this.#began) / 1000;
      this.page.changed(this.#running, { name: "stopped", seconds });
    }
    this.#running = undefined;
    this.ran.clear();
    this.page.busy(undefined, 0);
  }

  /** Gives a file to the cells, also after a new start. */
  addFile(file: AddedFile): void {
    this.#files = [...this.#files.filter(({ name }) => name !== file.name), file];
    this.#worker?.postMessage({ type: "file", ...file });
  }

  #hear(message: FromCells): void {
    switch (message.type) {
      case "ready":
        this.#ready = true;
        return this.#next();
      case "began":
        this.#began = performance.now();
        return this.page.changed(message.id, { name: "running" });
      case "ended":
        return this.#ended(message);
      default:
        return this.page.heard(message);
    }
  }

  #ended({ id, seconds, error, stopped }: FromCells & { type: "ended" }): void {
    if (id !== this.#running) return;
    this.#running = undefined;
    // What has come since the stop is meant to run.
    if (error && !stopped) this.#giveUp();
    // What a stopped cell has made until then is there.
    if (stopped || !error) this.ran.add(id);
    // What it declared in an earlier run may be gone: what needs it runs it again.
    else this.ran.delete(id);
    if (stopped) this.page.changed(id, { name: "stopped", seconds });
    else if (error) this.page.changed(id, { name: "failed", seconds, error });
    else this.page.changed(id, { name: "done", seconds });
    this.#next();
  }

  #next(): void {
    if (this.#ready && this.#running === undefined && this.#waiting.length > 0) {
      const id = this.#running = this.#waiting.shift()!;
      const { code, number } = this.page.cell(id);
      this.#worker!.postMessage({ type: "run", cells: [{ id, number, code }] });
    }
    this.page.busy(this.#running ?? this.#waiting[0], this.#waiting.length);
  }

  #giveUp(): void {
    const given = this.#waiting;
    this.#waiting = [];
    for (const id of given) this.page.changed(id, { name: "given up" });
  }

  #lose(why: string): void {
    this.reset();
    this.page.died(why);
  }
}
