/**
 * A benchmark as it is seen in a terminal: a bar on stderr, and nothing in a file or a pipe.
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
      // Seldom: what is timed should have the machine to itself.
      fps: 1,
    }, Presets.shades_classic);
    this.#bar.start(turns, 0, { text: "" });
  }

  /** What is about to be done; all before it is done. */
  turn(text: string): void {
    this.#bar?.update(this.#turns++, { text });
  }

  stop(): void {
    this.#bar?.stop();
  }
}
