/**
 * Shows long work in stages: a bar for each in a terminal, a line for each elsewhere.
 *
 * @module
 */
import { Presets, SingleBar } from "cli-progress";
import { duration } from "./progress.ts";

/** Columns of a stage's name. */
const WIDTH = 28;

export class Stages {
  #bar?: SingleBar;
  #name?: string;
  #began = 0;

  constructor(readonly stream: { isTerminal(): boolean } = Deno.stderr) {}

  /**
   * How much of this stage is done, from 0 to 1. The first report of another ends the one before.
   */
  report(name: string, share: number): void {
    if (name !== this.#name) this.#begin(name);
    this.#bar?.update(Math.round(100 * share));
  }

  #begin(name: string): void {
    this.stop();
    this.#name = name;
    this.#began = performance.now();
    if (!this.stream.isTerminal()) return;
    this.#bar = new SingleBar({
      format: `${name.padEnd(WIDTH)} {bar} {percentage} %`,
      barsize: 20,
      hideCursor: true,
      // Signals are the command's own business.
      gracefulExit: false,
      linewrap: false,
      clearOnComplete: true,
    }, Presets.shades_classic);
    this.#bar.start(100, 0);
  }

  /** Ends the stage; what is printed next begins on a line of its own. */
  stop(): void {
    if (this.#name === undefined) return;
    this.#bar?.stop();
    this.#bar = undefined;
    const seconds = (performance.now() - this.#began) / 1000;
    console.error(`${this.#name.padEnd(WIDTH)} ${duration(seconds)}`);
    this.#name = undefined;
  }
}
