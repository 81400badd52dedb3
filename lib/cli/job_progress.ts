/**
 * Shows how far many jobs are: a bar in a terminal, an occasional line elsewhere.
 *
 * @module
 */
import { Presets, SingleBar } from "cli-progress";
import { type Executor, type JobStanding } from "@/jobs/executor.ts";
import { duration } from "./progress.ts";

/** The shortest time between two plain lines. */
const LINE_EVERY_MS = 10_000;
/** How often the executor is asked how it stands. */
const ASK_EVERY_MS = 2000;
/** The rate is that of this time, in ms. */
const RATE_WINDOW_MS = 60_000;

export class JobProgress {
  /** Who does them, if there is more to tell of that. */
  executor?: Executor;
  #bar?: SingleBar;
  #lastLine = -Infinity;
  #lastAsked = -Infinity;
  #standing?: JobStanding;
  /** When so many were done. */
  readonly #history: { done: number; at: number }[] = [];

  /** @param what The things that are counted, in the plural. */
  constructor(
    private readonly what: string,
    private readonly stream: { isTerminal(): boolean } = Deno.stderr,
  ) {}

  /** @param done May have a fraction, for what is under way. */
  show(done: number, of: number): void {
    const now = performance.now();
    this.#history.push({ done, at: now });
    while (this.#history.length > 2 && now - this.#history[0].at > RATE_WINDOW_MS) {
      this.#history.shift();
    }
    this.#ask(now);
    const text = this.#text(done, of);
    if (this.stream.isTerminal()) {
      if (!this.#bar) {
        this.#bar = new SingleBar({
          format: `{bar} {value}/{total} ${this.what}{text}`,
          barsize: 20,
          hideCursor: true,
          gracefulExit: false,
          linewrap: false,
        }, Presets.shades_classic);
        this.#bar.start(of, Math.floor(done), { text });
      }
      this.#bar.update(Math.floor(done), { text });
    } else if (now - this.#lastLine > LINE_EVERY_MS || done === of) {
      this.#lastLine = now;
      console.error(`${Math.floor(done)}/${of} ${this.what}${text}`);
    }
  }

  /** Time and rate, then who is at it and what went wrong. */
  #text(done: number, of: number): string {
    const [first] = this.#history;
    const rate = (done - first.done) / Math.max(1e-9, (performance.now() - first.at) / 1000);
    const parts: string[] = [];
    if (rate > 0 && done < of) parts.push(`${duration((of - done) / rate)} left`);
    if (rate > 0) parts.push(rateText(rate));
    if (this.#standing) {
      const { workers, failures, lost } = this.#standing;
      parts.push(workers === 1 ? "1 worker" : `${workers} workers`);
      if (failures > 0) parts.push(`${failures} tried again`);
      if (lost > 0) parts.push(`${lost} lost and given to another`);
    }
    return parts.length === 0 ? "" : `  ${parts.join(", ")}`;
  }

  #ask(now: number): void {
    if (!this.executor || now - this.#lastAsked < ASK_EVERY_MS) return;
    this.#lastAsked = now;
    this.executor.standing().then((standing) => this.#standing = standing, () => {});
  }

  /** A line of its own, above the bar. */
  say(line: string): void {
    this.stop();
    console.error(line);
  }

  /** Ends the bar; what is printed next begins on a line of its own. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

/** Things per second, or per minute or hour where they take longer. */
function rateText(perSecond: number): string {
  const [, unit, factor] = [[1, "s", 1], [1 / 60, "min", 60], [0, "h", 3600]].find(([least]) =>
    perSecond >= Number(least)
  ) as [number, string, number];
  const rate = perSecond * factor;
  return `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/${unit}`;
}
