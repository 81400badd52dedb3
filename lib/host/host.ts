/**
 * What the library asks of the program that it runs in: files, threads, hashing, timers, the
 * environment.
 *
 * Everything from the mathematics to the plots asks here, and says neither `Deno` nor `node:`
 * itself (`tests/layers_test.ts` reads the code for both). So the whole of it runs wherever there
 * is a `Host`: `deno.ts` is the one for Deno, `browser.ts` the one for pages and their workers.
 * What needs a computer with a user (commands, Jupyter, grading, locks, signals) is below these
 * layers and uses Deno directly.
 *
 * Which host there is, is decided when a program is put together and not while it runs: this file
 * takes `./deno.ts`, and a bundle for a browser replaces it with `browser.ts` by one line of an
 * import map,
 *
 *     "./lib/host/deno.ts": "./lib/host/browser.ts"
 *
 * So no bundle carries the code of another host, nothing is asked at run time, and the type checker
 * holds both hosts to one interface. `docs/library.md` has the commands, and
 * `tests/jupyter/real/browser_test.ts` gives them: it trains in Chromium to the same bits as here.
 *
 * @module
 */
import { host } from "./deno.ts";

export { host };

/**
 * The name of a file that comes with the library: its path in the project, or in an npm package.
 */
export type Asset = `data/${string}` | `lib/${string}` | `npm:${string}`;

/** What the library asks of the program that it runs in. */
export interface Host {
  /** The processor's architecture as Deno names it; undefined if it is not known. */
  readonly architecture?: string;
  /** The class of error that says that a file is not there. */
  readonly NotFound: new (message: string) => Error;
  /** The files of the user. */
  readonly files: UserFiles;
  /** Jupyter's kernel, in a cell of a notebook. */
  readonly jupyter?: Outlet;
  /** Where TensorFlow.js fetches its WebAssembly from; undefined if it finds that by itself. */
  readonly tensorflowFolder?: string;

  /**
   * The bytes of a file that comes with the library.
   *
   * @throws {Error} A `NotFound` if it is not there.
   */
  asset(name: Asset): Promise<Uint8Array<ArrayBuffer>>;
  /** The same at once, while the whole thread waits; workers may do this, a page may not. */
  assetNow(name: Asset): Uint8Array<ArrayBuffer>;
  /** Where that file is, for a message: a path or an address. */
  placeOf(name: Asset): string;

  /** A variable of the environment; undefined also where it may not be read. */
  environment(name: string): string | undefined;
  /** Prepares what the drivers of a GPU read from the environment when they are loaded. */
  prepareGraphics(): void;

  /** Whether threads may be started here: false where memory cannot be shared. */
  readonly threads: boolean;
  /**
   * Starts a thread, `lib/wasm/worker.ts`, and hands it what it is to do. The program does not wait
   * for it, and hears nothing if it fails.
   *
   * @throws {Error} If no thread may be started.
   */
  startThread(data: unknown): StartedThread;
  /** In a thread: what it was handed. */
  threadData<T>(): Promise<T>;

  /** SHA-256 of these bytes and texts (in UTF-8), one after another, in hexadecimal digits. */
  sha256(...parts: (Uint8Array | string)[]): string;
  /**
   * Unpacks a gzip file.
   *
   * @throws {GzipError} If it is cut off or damaged, or unpacks to more than `mostBytes`.
   */
  gunzip(packed: Uint8Array, mostBytes: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * What the first bytes of a gzip file unpack to, as far as it goes.
   *
   * @throws {GzipError} If they are damaged.
   */
  gunzipStart(beginning: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;

  /** Lets others in: what waits already, signals, news. Costs microseconds. */
  nextTurn(): Promise<void>;
  /** Waits, on a timer that no cell of a notebook can clear. */
  pause(ms: number): Promise<void>;

  /** A value as a reader knows it, in the style of `Deno.inspect`. */
  inspect(value: unknown, options?: InspectOptions): string;
}

/** Folders and files that a user names. */
export interface UserFiles {
  /** How the user brings a file here, where that is not plain; for errors. */
  readonly advice?: string;
  isFile(path: string): Promise<boolean>;
  isFolder(path: string): Promise<boolean>;
  /** The names in a folder, sorted. */
  list(folder: string): Promise<string[]>;
  /** In bytes. */
  size(path: string): Promise<number>;
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes a file; where it is then. */
  write(path: string, bytes: Uint8Array): Promise<string>;
  /** The path of a name in a folder. */
  join(folder: string, name: string): string;
}

/** Takes the messages of a kernel to the page of a notebook. */
export interface Outlet {
  broadcast(
    type: string,
    content: Record<string, unknown>,
  ): Promise<void>;
  /**
   * Set by an outlet that draws figures itself: it is sent each as it is and not as HTML, with its
   * picture if it asks for one.
   */
  readonly figures?: "plain" | "with pictures";
  /** Takes a file that is for the reader to keep, where that is no file of a folder. */
  keep?(name: string, bytes: Uint8Array<ArrayBuffer>): void;
}

/** A thread that was started. */
export interface StartedThread {
  terminate(): unknown;
}

/** What is written of a value. */
export interface InspectOptions {
  /** How deep objects within objects are written. */
  depth?: number;
  /** The longest string, and the longest list. */
  strAbbreviateSize?: number;
  iterableLimit?: number;
  /** In as few lines as possible. */
  compact?: boolean;
}

/** The text of a file that comes with the library. */
export async function assetText(name: Asset): Promise<string> {
  return new TextDecoder().decode(await host.asset(name));
}
