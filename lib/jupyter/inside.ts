/**
 * The part of our kernel that runs inside Deno's kernel, on the thread of the cells: it passes on
 * that the reader has stopped a cell, and says when all outputs of a cell have gone.
 *
 * It talks with the part outside over a socket, in lines of JSON.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Interrupted, nextTurn, offerCellHost } from "@/host/cell.ts";
import {
  CELL_TOOLS,
  type CellTools,
  FLUSHED,
  type Flushed,
  GREETINGS,
  type ToInside,
} from "./protocol.ts";
import { isThenable, unlessAborted, untilAborted } from "./waiting.ts";
import { type Watch } from "./watch.ts";

/** What is kept of a cell while it runs, and of what it has left running. */
interface Running {
  controller: AbortController;
  /** Where its last statement began. */
  line?: number;
  /**
   * Timers that it has set; those of a cell that was stopped are cleared, so that its loops end.
   */
  timers: Set<ReturnType<typeof setTimeout>>;
}

/** As it is before a cell can change it. */
const { broadcast } = Deno.jupyter;

/** V8's garbage collection, which the outside part has asked Deno for; cells must not see it. */
const { gc: collect } = globalThis as { gc?: () => void };
Reflect.deleteProperty(globalThis, "gc");

/** What our code has asked to be done before a cell is reported as ended. */
const beforeIdle = new Set<() => Promise<void>>();

const context = new AsyncLocalStorage<Running>();
let current = newCell();
let connection: Deno.TcpConn | undefined;

/**
 * Begins to listen to the part outside; a second time after a V8 interrupt, which may have ended
 * the first.
 */
export async function start(port: number, token: string): Promise<void> {
  connection?.close();
  current = newCell();
  const own = connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await own.write(new TextEncoder().encode(GREETINGS.listen + token));
  listen(own);
  if (CELL_TOOLS in globalThis) return await finishCell();
  offerCellHost({ signal: signalOfCell, beforeIdle });
  Object.defineProperty(globalThis, CELL_TOOLS, { value: cellTools() });
  trackTimers();
  tellLooseErrors();
  const watcher = new Worker(new URL("watch.ts", import.meta.url), { type: "module" });
  watcher.postMessage({ port, greeting: GREETINGS.watch + token } satisfies Watch);
}

function newCell(): Running {
  return { controller: new AbortController(), timers: new Set() };
}

/**
 * Reads line by line, without streams in between: each stage of one would cost a turn of a busy
 * thread.
 */
async function listen(own: Deno.TcpConn): Promise<void> {
  const bytes = new Uint8Array(4096);
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let read; (read = await own.read(bytes)) !== null;) {
      const lines = (text + decoder.decode(bytes.subarray(0, read))).split("\n");
      text = lines.pop()!;
      for (const line of lines) answer(JSON.parse(line) as ToInside);
    }
  } catch { /* The connection is closed. */ }
  // Nobody is left to talk to, unless another connection has taken its place.
  if (own === connection) Deno.exit(0);
}

async function answer(message: ToInside): Promise<void> {
  if ("interrupt" in message) {
    const { controller, timers } = current;
    controller.abort(new Interrupted());
    for (const timer of timers) clearTimeout(timer);
    return;
  }
  if ("collect" in message) return collect?.();
  await finishCell();
  const flushed: Flushed = { flush: message.flush, line: current.line };
  if (message.ended) current = newCell();
  // It follows the outputs on their way.
  await broadcast(FLUSHED, { ...flushed });
}

async function finishCell(): Promise<void> {
  for (const action of [...beforeIdle]) {
    try {
      await action();
    } catch { /* If it could not show something, that is not the cell's error. */ }
  }
}

/** What the text of a cell is made to call. */
function cellTools(): CellTools {
  return {
    at: (line) => {
      current.line = line;
      context.enterWith(current);
    },
    on: (awaited) =>
      isThenable(awaited) ? unlessAborted(awaited, signalOfCell()) : breathe(awaited),
    each: (iterable) => untilAborted(iterable, signalOfCell()),
  };
}

/**
 * A loop that awaits plain values never really waits, so it would never hear that it is to stop.
 */
let breathed = performance.now();

const BREATHE_MS = 100;

function breathe<T>(value: T): T | Promise<T> {
  if (performance.now() - breathed < BREATHE_MS) return value;
  return nextTurn().then(() => {
    breathed = performance.now();
    return value;
  });
}

/** The signal of the cell that has called, or of the running one if a callback belongs to none. */
function signalOfCell(): AbortSignal {
  return (context.getStore() ?? current).controller.signal;
}

/**
 * Reports failures that no cell waits for, in a promise or a timer; Deno's kernel drops them
 * silently.
 */
function tellLooseErrors(): void {
  const tell = (event: Event, where: string, error: unknown) => {
    event.preventDefault();
    if (!(error instanceof Interrupted)) console.error(`${where} has failed:`, error);
  };
  addEventListener("unhandledrejection", (event) => {
    tell(event, "A promise that nobody awaits", event.reason);
  });
  addEventListener("error", (event) => {
    tell(event, "Something that a cell has left running", event.error ?? event.message);
  });
}

/** Remembers the timers of each cell. */
function trackTimers(): void {
  for (const name of ["setTimeout", "setInterval"] as const) {
    const set = globalThis[name] as unknown as (
      ...args: unknown[]
    ) => ReturnType<typeof setTimeout>;
    const tracked = (...args: unknown[]) => {
      const timer = set(...args);
      context.getStore()?.timers.add(timer);
      return timer;
    };
    Object.assign(globalThis, { [name]: tracked });
  }
}
