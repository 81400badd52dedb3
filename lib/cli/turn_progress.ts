/**
 * Shows a benchmark: a bar on stderr in a terminal, and nothing in a file or a pipe.
 *
 * @module
 */
import { Presets, SingleBar } from "cli-progress";

export class TurnProgress {
  #bar?: SingleBar;
  #turns = 0;

  constructor(turns: number, stream: { isTerminal(): boolean } = Deno.stderr) {
    if (!stream.isTerminal()) return;
    this.#bar = new SingleBar({
      format: "{bar} {value}/{total}  {text}",
      barsize: 10,
      hideCursor: true,
      gracefulExit: false,
      linewrap: false,
      // Drawn rarely: what is timed should have the machine to itself.
      fps: 1,
    }, Presets.shades_classic);
    this.#bar.start(turns, 0, { text: "" });
  }

  /** Says what is about to be done; everything before it is done. */
  turn(text: string): void {
    this.#bar?.update(this.#turns++, { text });
  }

  stop(): void {
    this.#bar?.stop();
  }
}
