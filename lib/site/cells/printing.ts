/**
 * The console of cells: its words as text, and no more of them than a page can show.
 *
 * @module
 */
import { host } from "@/host/host.ts";

/** What a cell prints to. */
type Stream = "stdout" | "stderr";

/** Beyond this, a page would be busy with nothing but what a loop prints, and could not stop it. */
const MOST_LETTERS = 1_000_000;
const MOST_CALLS = 20_000;

/** Counts what a run of a cell prints. */
export class PrintLimit {
  #left = MOST_LETTERS;
  #calls = MOST_CALLS;

  /** As much of a text as may be shown; where that ends, it is said once. */
  take(text: string): string {
    if (this.#left <= 0 || this.#calls <= 0) return "";
    const shown = text.slice(0, this.#left);
    this.#left -= text.length;
    this.#calls--;
    if (this.#left > 0 && this.#calls > 0) return text;
    return `${shown.replace(/\n$/, "")}\nThe cell has printed ${MOST_LETTERS} letters or ` +
      `${MOST_CALLS} times. What else it prints is not shown.\n`;
  }
}

const STREAMS = {
  debug: "stdout",
  dir: "stdout",
  info: "stdout",
  log: "stdout",
  table: "stdout",
  assert: "stderr",
  error: "stderr",
  trace: "stderr",
  warn: "stderr",
} as const;

type Method = keyof typeof STREAMS;

/**
 * Has what is printed taken.
 *
 * @param take Returns false if it is for the console itself.
 */
export function takeConsole(take: (stream: Stream, text: string) => boolean): void {
  for (const [method, stream] of Object.entries(STREAMS) as [Method, Stream][]) {
    const own = console[method].bind(console) as (...args: unknown[]) => void;
    console[method] = (...args: unknown[]) => {
      const words = wordsOf(method, args);
      if (words !== undefined && !take(stream, `${words}\n`)) own(...args);
    };
  }
}

/** What a method prints; undefined if it has nothing to say. */
function wordsOf(method: Method, args: unknown[]): string | undefined {
  if (method === "assert") {
    const [holds, ...more] = args;
    if (holds) return undefined;
    return more.length === 0 ? "Assertion failed" : `Assertion failed: ${formatted(more)}`;
  }
  // A table of the console is drawn by signs; here a value is as good.
  if (method === "dir" || method === "table") return host.inspect(args[0]);
  return (method === "trace" ? "Trace: " : "") + formatted(args);
}

/** The words of a call of `console.log`: its first one may have places for the others. */
function formatted(args: unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== "string" || rest.length === 0) return args.map(asWord).join(" ");
  const text = first.replaceAll(/%([sdifoOc%])/g, (place, kind) => {
    if (kind === "%") return "%";
    return rest.length === 0 ? place : inPlace(kind, rest.shift());
  });
  return [text, ...rest.map(asWord)].join(" ");
}

function inPlace(kind: string, value: unknown): string {
  switch (kind) {
    case "d":
    case "i":
    case "f": {
      const number = kind === "f" ? parseFloat(String(value)) : Number(value);
      return String(kind === "i" ? Math.trunc(number) : number);
    }
    case "s":
      return asWord(value);
    case "c":
      return ""; // A style, which no text has.
    default:
      return host.inspect(value);
  }
}

function asWord(value: unknown): string {
  return typeof value === "string" ? value : host.inspect(value);
}
