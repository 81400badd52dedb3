/**
 * Asks the worker for what is drawn: pictures at most once a frame and never two at a time, numbers
 * less often, since some of them take as long as many steps.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import {
  type Asked,
  type Look,
  type ReadingName,
  type Readings,
  type Which,
} from "@/playground/protocol.ts";
import { type PlaygroundModel } from "./model.ts";

/** Of the time in play, pictures take at most this share from the training. */
const SHARE = 0.35;
/** Milliseconds between two readings in play. */
const READ_MS = 700;

export class LookLoop {
  #due = true;
  #busy = false;
  #notBefore = 0;
  #readAt = -Infinity;
  #readMoves = "";

  constructor(private readonly model: PlaygroundModel) {
    effect(() => {
      model.changes.value;
      model.chosen.value;
      model.between.value;
      this.wake();
    });
  }

  /** Something may look different. */
  wake(): void {
    this.#due = true;
    requestAnimationFrame(() => this.#frame());
  }

  async #frame(): Promise<void> {
    if (this.#busy || !this.#due) return;
    if (performance.now() < this.#notBefore) {
      requestAnimationFrame(() => this.#frame());
      return;
    }
    this.#due = false;
    this.#busy = true;
    const began = performance.now();
    try {
      await this.#look();
      await this.#read();
    } catch {
      // The worker has just begun anew: the next change asks again.
    }
    const took = performance.now() - began;
    const { playing } = this.model.state.peek();
    this.#notBefore = playing ? performance.now() + took * (1 - SHARE) / SHARE : 0;
    this.#busy = false;
    if (this.#due || playing) this.wake();
  }

  async #look(): Promise<void> {
    const { model } = this;
    const { runs } = model.state.peek();
    const looks: Look[] = [];
    for (const [run, { settings }] of runs.entries()) {
      const asked: Asked = {
        type: "look",
        request: {
          run: run as Which,
          layers: settings.layers,
          ...(model.chosen.peek() ? { chosen: model.chosen.peek() } : {}),
          ...(settings.data.kind === "mnist" ? { between: model.between.peek() } : {}),
        },
      };
      looks.push(await model.get(asked) as Look);
    }
    model.looks.value = looks;
  }

  /** Numbers are read where the players have moved since. */
  async #read(): Promise<void> {
    const { model } = this;
    const { playing, runs } = model.state.peek();
    const moves = runs.map(({ move }) => move).join();
    const now = performance.now();
    if (moves === this.#readMoves || playing && now < this.#readAt + READ_MS) return;
    const all: Readings[] = [];
    for (const run of runs.keys()) {
      all.push(await model.get({ type: "readings", run: run as Which }) as Readings);
    }
    this.#readMoves = moves;
    this.#readAt = performance.now();
    for (const [run, readings] of all.entries()) this.#note(run, readings);
    model.readings.value = all;
  }

  #note(run: number, { move, values }: Readings): void {
    const list = this.model.moments[run];
    while (list.length > 0 && list.at(-1)!.move >= move) list.pop();
    list.push({
      move,
      values: Object.fromEntries(
        Object.keys(values).map((name) => [name, values[name as ReadingName].value]),
      ),
    });
  }
}
