/**
 * The training that a lesson asks for: one request for many steps, with how far it is and a button
 * to stop it. However it is interrupted, a step of a lesson ends where the lesson ends it.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { make, makeButton, setText } from "../page/dom.ts";
import { asksOf, type Lesson } from "./lesson.ts";
import { type PlaygroundModel } from "./model.ts";

/** What would move the runs to elsewhere while a lesson trains. "Pause" is not among it. */
const OTHERS = "#settings, .time button:not(.play), .time select";

export class LessonTraining {
  /** How far a training is; hidden where there is none. */
  readonly element: HTMLElement;
  /** The runs as the lesson left them; "" if it has not begun. */
  #left = "";
  /** Steps of a stopped action that are still to be taken. */
  #rest = 0;
  /** The moves between which the runs are, while they train. */
  #between?: readonly [from: number, to: number];

  constructor(readonly model: PlaygroundModel, readonly lesson: Lesson) {
    const bar = make("progress", { "aria-label": "Steps of the lesson" });
    const text = make("span", {});
    const stop = makeButton("Stop", () => model.act({ type: "pause" }));
    this.element = make("p", { class: "training" }, bar, text, stop);
    this.element.hidden = true;
    effect(() => {
      const { move } = model.state.value.runs[0];
      if (!this.#between) return;
      const [from, to] = this.#between;
      bar.max = to - from;
      bar.value = Math.min(to, Math.max(from, move)) - from;
      setText(text, `${bar.value.toLocaleString("en")} of ${bar.max.toLocaleString("en")} steps`);
    });
  }

  /** Begins the lesson's run at step 0. */
  async begin(): Promise<void> {
    this.#rest = 0;
    await this.model.start(structuredClone(this.lesson.settings));
    this.#left = this.#stand();
  }

  /**
   * Does what a step of the lesson says; goes on with it where it was stopped. If the runs have been
   * moved or changed since, the lesson begins anew and comes to here.
   *
   * @returns Steps that are left, since it was stopped.
   */
  async perform(index: number): Promise<number> {
    if (this.model.state.peek().playing) await this.model.act({ type: "pause" });
    this.#train(true);
    try {
      if (this.#stand() !== this.#left) {
        await this.begin();
        for (let i = 0; i < index; i++) {
          if (!await this.#act(i)) return this.#rest;
        }
      }
      await this.#act(index);
      return this.#rest;
    } finally {
      this.#train(false);
    }
  }

  /** Whether all was done. */
  async #act(index: number): Promise<boolean> {
    const { model } = this;
    const { action } = this.lesson.steps[index];
    const asks = this.#rest > 0
      ? [{ type: "step", count: this.#rest } as const]
      : asksOf(action, model.state.peek().runs[0].settings);
    this.#rest = 0;
    for (const asked of asks) {
      const from = model.state.peek().runs[0].move;
      if (asked.type !== "step") {
        if (!await model.act(asked)) return this.#refused();
        continue;
      }
      if (action.chartsFromHere && asked.count === action.steps) model.chartsFrom.value = from;
      this.#between = [from, from + asked.count];
      const done = await model.act(asked);
      this.#between = undefined;
      if (!done) return this.#refused();
      this.#rest = from + asked.count - model.state.peek().runs[0].move;
      this.#left = this.#stand();
      if (this.#rest !== 0) return false;
    }
    this.#left = this.#stand();
    return true;
  }

  /** The next press begins the lesson anew. */
  #refused(): false {
    this.#left = "";
    this.#rest = 1;
    return false;
  }

  #train(training: boolean): void {
    this.element.hidden = !training;
    for (const other of document.querySelectorAll<HTMLElement>(OTHERS)) other.inert = training;
  }

  /** Where the runs are and by what settings, as a text. */
  #stand(): string {
    return this.model.stand.peek();
  }
}
