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
  type RunReadings,
  type Which,
} from "@/playground/playground_messages.ts";
import { type PlaygroundModel } from "./model.ts";
import { dimensionsOf } from "./shapes.ts";

/** Of the time in play, pictures take at most this share from the training. */
const SHARE = 0.35;
/** Milliseconds between two readings in play. */
const READ_MS = 700;

/** On the line, fields are curves, and a cell is some pixels wide. */
const CELLS_OF_LINE = 240;

export class LookLoop {
  #due = true;
  /** Whether a frame has been asked for. */
  #asked = false;
  #busy = false;
  #notBefore = 0;
  #readAt = -Infinity;
  /** Where the runs stood when numbers were read. */
  #read = "";

  constructor(private readonly model: PlaygroundModel) {
    effect(() => {
      model.changes.value;
      model.layers.value;
      model.chosen.value;
      model.between.value;
      this.wake();
    });
  }

  /** Something may look different. */
  wake(): void {
    this.#due = true;
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      void this.#frame();
    });
  }

  async #frame(): Promise<void> {
    if (this.#busy || !this.#due) return;
    if (performance.now() < this.#notBefore) return this.wake();
    this.#due = false;
    this.#busy = true;
    const began = performance.now();
    try {
      await this.#look();
      await this.#readNumbers();
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
          layers: model.layers.peek(),
          ...(dimensionsOf(settings.data) === 1 ? { side: CELLS_OF_LINE } : {}),
          ...(model.chosen.peek() ? { chosen: model.chosen.peek() } : {}),
          ...(settings.data.kind === "mnist"
            ? { between: model.between.peek(), shares: this.#isReadingDue() }
            : {}),
        },
      };
      looks.push(withShares(await model.get(asked) as Look, model.looks.peek()[run]));
    }
    model.looks.value = looks;
  }

  /** Numbers are read where a run has moved, or plays by other settings, since. */
  async #readNumbers(): Promise<void> {
    const { model } = this;
    const { runs } = model.state.peek();
    if (!this.#isReadingDue()) return;
    const stand = model.stand.peek();
    const all: RunReadings[] = [];
    for (const run of runs.keys()) {
      all.push(await model.get({ type: "readings", run: run as Which }) as RunReadings);
    }
    this.#read = stand;
    this.#readAt = performance.now();
    for (const [run, readings] of all.entries()) this.#note(run, readings);
    model.readings.value = all;
  }

  #isReadingDue(): boolean {
    const { playing } = this.model.state.peek();
    if (this.model.stand.peek() === this.#read) return false;
    return !playing || performance.now() >= this.#readAt + READ_MS;
  }

  #note(run: number, { move, values }: RunReadings): void {
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

/** Digits are counted less often than they are drawn: until then the last shares hold. */
function withShares(look: Look, before: Look | undefined): Look {
  const { digits } = look;
  if (!digits || digits.shares.length > 0) return look;
  return { ...look, digits: { ...digits, shares: before?.digits?.shares ?? [] } };
}
