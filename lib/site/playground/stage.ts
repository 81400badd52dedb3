/**
 * A stage: the canvas of one run, and what pointer and keys do on it. It draws when a look has come,
 * when its size or the theme changes, and never waits for the training.
 *
 * @module
 */
import { computed, effect, signal } from "@preact/signals-core";
import { type Look, type Which } from "@/playground/playground_messages.ts";
import { make, setText } from "../page/dom.ts";
import { type DrawnPoints } from "./drawn_points.ts";
import { type StageFrame } from "./frame.ts";
import { drawDots, longestOf } from "./marks.ts";
import { type PlaygroundModel } from "./model.ts";
import { whereRunIs } from "./run_words.ts";
import { digitAt, drawDigits } from "./stage_digits.ts";
import { drawLine } from "./stage_line.ts";
import { drawPlane } from "./stage_plane.ts";
import { stageWords } from "./stage_words.ts";

/** How long the net of z is on its way. */
const CARRY_MS = 1500;

/** Steps of an arrow key across the stage. */
const STEPS = 25;

export class PlaygroundStage {
  readonly element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #words = make("p", { class: "unseen", id: "" });
  #frame?: StageFrame;
  /** Where the keys are, in the numbers of the sample space; undefined until a key is pressed. */
  readonly #mark = signal<number[] | undefined>(undefined);
  #dragging = false;
  /** How far the net of z is on its way, when it has just been switched on. */
  readonly #carried = signal(1);

  constructor(
    private readonly model: PlaygroundModel,
    private readonly drawn: DrawnPoints,
    private readonly run: Which,
  ) {
    this.#words.id = `stage-words-${run}`;
    this.#canvas = make("canvas", {
      tabindex: "0",
      role: "application",
      "aria-describedby": this.#words.id,
    });
    const title = make("figcaption", { class: "stage-title" });
    this.element = make("figure", { class: "stage" }, title, this.#canvas, this.#words);
    effect(() => {
      const { runs } = model.state.value;
      const there = run < runs.length;
      this.element.hidden = !there;
      if (there) setText(title, whereRunIs(runs[run], run, runs.length));
    });
    const hasNet = computed(() => model.layers.value.includes("grid"));
    effect(() => {
      if (hasNet.value) this.#carry();
    });
    effect(() => this.draw());
    this.#listen();
  }

  /** Draws what is known now. */
  draw(): void {
    const { model, drawn } = this;
    const look = model.looks.value[this.run];
    const { active, points } = drawn;
    const marks = active.value ? points.value : undefined;
    const mark = this.#mark.value;
    const layers = model.layers.value;
    if (!look || this.#canvas.clientWidth === 0) return;
    this.#frame = look.digits
      ? drawDigits(this.#canvas, look, model.between.value)
      : look.dimensions === 1
      ? drawLine(this.#canvas, look, layers, longestPull(model.looks.value))
      : drawPlane(this.#canvas, look, layers, {
        carried: this.#carried.value,
        longest: longestPull(model.looks.value),
      });
    if (marks) this.#drawDrawn(marks, look);
    if (mark && document.activeElement === this.#canvas) this.#drawMark(mark);
    const label = `Stage ${"AB"[this.run]}`;
    this.#canvas.setAttribute("aria-label", look.digits ? `${label}: digits` : label);
    if (!model.state.peek().playing) setText(this.#words, stageWords(look, layers));
  }

  /** Carries the net of z to where G puts it; at once where motion is not wanted. */
  #carry(): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const began = performance.now();
    const move = (now: number) => {
      const t = Math.min(1, Math.max(0, (now - began) / CARRY_MS));
      this.#carried.value = t * t * (3 - 2 * t);
      if (t < 1) requestAnimationFrame(move);
    };
    requestAnimationFrame(move);
  }

  /** What is drawn by hand, while it is. */
  #drawDrawn(points: number[][], look: Look): void {
    const frame = this.#frame!;
    const rows = points.flatMap(([x, y]) => [x, look.dimensions === 1 ? 0.02 : y]);
    drawDots(frame, rows, frame.palette);
    const { context, palette, text, left, top } = frame;
    context.fillStyle = palette.ink;
    context.font = `${text}px system-ui, sans-serif`;
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(
      `Drawing: ${points.length} ${points.length === 1 ? "point" : "points"}`,
      left + 6,
      top + 6,
    );
  }

  #drawMark([x, y = 0.02]: number[]): void {
    const { context, palette } = this.#frame!;
    const [left, top] = [this.#frame!.x(x), this.#frame!.y(y)];
    context.strokeStyle = palette.ink;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(left, top, 6, 0, 2 * Math.PI);
    context.moveTo(left - 10, top);
    context.lineTo(left + 10, top);
    context.moveTo(left, top - 10);
    context.lineTo(left, top + 10);
    context.stroke();
  }

  #listen(): void {
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.#frame) return;
      canvas.setPointerCapture(event.pointerId);
      this.#dragging = true;
      this.#touch(event, true);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.#dragging) this.#touch(event, false);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        if (this.#dragging && this.drawn.active.peek()) this.drawn.use();
        this.#dragging = false;
      });
    }
    canvas.addEventListener("keydown", (event) => {
      if (this.#key(event)) event.preventDefault();
    });
    canvas.addEventListener("blur", () => {
      this.#mark.value = undefined;
    });
    effect(() => {
      const drawing = this.drawn.active.value;
      canvas.classList.toggle("drawing", drawing);
      // On a narrow page the button is far from where it is to be drawn.
      if (drawing && this.run === 0) canvas.scrollIntoView({ block: "nearest" });
    });
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  #touch(event: PointerEvent, first: boolean): void {
    const box = this.#canvas.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const look = this.model.looks.peek()[this.run];
    if (look?.digits) return this.#touchDigits(left, top, box.width, first);
    const point = this.#frame!.at(left, top);
    if (this.drawn.active.peek()) this.drawn.add(point, look!.range);
    else if (look?.dimensions === 2) this.model.chosen.value = point;
  }

  /** A digit becomes the end of the way; dragging anywhere goes along it. */
  #touchDigits(left: number, top: number, width: number, first: boolean): void {
    const digit = first ? digitAt(this.#canvas, left, top) : undefined;
    const { between } = this.model;
    if (digit !== undefined && digit !== between.peek().to) {
      between.value = { from: between.peek().to, to: digit, t: 1 };
    } else between.value = { ...between.peek(), t: Math.min(1, Math.max(0, left / width)) };
  }

  #key({ key }: KeyboardEvent): boolean {
    const look = this.model.looks.peek()[this.run];
    if (!look) return false;
    const arrow = ARROWS[key];
    if (look.digits) {
      if (!arrow) return false;
      const { between } = this.model;
      const t = between.peek().t + 0.05 * arrow[0];
      between.value = { ...between.peek(), t: Math.min(1, Math.max(0, t)) };
      return true;
    }
    const [low, high] = look.range;
    const middle = Array.from({ length: look.dimensions }, () => (low + high) / 2);
    const at = this.#mark.peek() ?? this.model.chosen.peek() ?? middle;
    if (arrow) {
      this.#mark.value = at.map((x, i) =>
        Math.min(high, Math.max(low, x + arrow[i] * (high - low) / STEPS))
      );
      return true;
    }
    if (key === "Enter" || key === " ") {
      if (this.drawn.active.peek()) {
        this.drawn.add(at, look.range);
        this.drawn.use();
      } else if (look.dimensions === 2) this.model.chosen.value = at;
      return true;
    }
    if (key !== "Backspace" || !this.drawn.active.peek()) return false;
    this.drawn.removeLast();
    this.drawn.use();
    return true;
  }
}

const ARROWS: Record<string, readonly [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The longest pull in all runs, so that arrows of two runs can be compared. */
export function longestPull(looks: (Look | undefined)[]): number | undefined {
  const all = looks.flatMap((look) => look?.pulls ? longestOf(look.pulls, look.dimensions) : []);
  return all.length > 0 ? Math.max(...all) : undefined;
}
