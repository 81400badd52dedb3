/**
 * Axes to sketch a curve on: drawn with the pointer, set with the arrow keys, or typed as points.
 *
 * @module
 */
import { type Sketch, type SketchPrediction } from "@/learner/questions.ts";
import { make, setText } from "./dom.ts";
import { type GuessField } from "./prediction_form.ts";
import { pointsFrom, pointsText, type Stroke, strokeFrom, thinned } from "./sketch.ts";

const SVG = "http://www.w3.org/2000/svg";
/** The drawing in the units of its own; the page scales it. */
const [WIDTH, HEIGHT] = [400, 220];
const MARGIN = { left: 40, right: 10, top: 10, bottom: 24 };
/** Steps of the arrow keys along an axis. */
const STEPS = 20;

type Point = readonly [x: number, y: number];

/** A field for a sketch. */
export function sketchField(question: SketchPrediction): GuessField<Sketch> {
  const pad = new SketchPad(question);
  const points = make("input", {
    type: "text",
    "aria-label": `Points of the sketch, x and y of each, as in ${exampleOf(question)}`,
    placeholder: exampleOf(question),
    change: () => pad.show(pointsFrom(points.value)),
  });
  pad.changed = (sketch) => points.value = pointsText(sketch);
  return {
    elements: [
      pad.element,
      make("label", { class: "points" }, "Points x, y: ", points),
      make(
        "p",
        { class: "how" },
        "Draw with the pointer from left to right, or type the points. On the axes, arrow keys move " +
          "a mark, Enter sets a point there and Backspace takes the last one away.",
      ),
    ],
    value() {
      const typed = pointsFrom(points.value);
      return typed.length === 0 ? undefined : typed;
    },
    show(guess) {
      const sketch = Array.isArray(guess) ? guess as Sketch : [];
      pad.show(sketch);
      points.value = pointsText(sketch);
    },
  };
}

function exampleOf({ x: [left, right], y: [low, high] }: SketchPrediction): string {
  return pointsText([[left, low], [(left + right) / 2, high], [right, low]]);
}

class SketchPad {
  readonly element: HTMLElement;
  changed: (sketch: Sketch) => void = () => {};
  #sketch: Sketch = [];
  #stroke?: Stroke;
  #mark: Point;
  readonly #svg: SVGElement;
  readonly #line = shape("polyline", { class: "curve", fill: "none" });
  readonly #dots = shape("g", { class: "dots" });
  readonly #cursor = shape("circle", { class: "mark", r: "5", visibility: "hidden" });
  readonly #said = make("span", { class: "said", "aria-live": "polite" });

  constructor(private readonly question: SketchPrediction) {
    const { x, y, asks } = question;
    this.#mark = [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
    this.#svg = shape("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "application",
      tabindex: "0",
      "aria-label": `Axes for a sketch: ${asks}; x from ${x.join(" to ")}, y from ${
        y.join(" to ")
      }`,
    });
    this.#svg.append(...axesOf(question), this.#line, this.#dots, this.#cursor);
    this.element = make("div", { class: "pad" }, this.#svg, this.#said);
    this.#listen();
  }

  show(sketch: Sketch): void {
    this.#sketch = sketch;
    const at = sketch.map((point) => this.#pixels(point));
    this.#line.setAttribute("points", at.map((point) => point.join()).join(" "));
    this.#dots.replaceChildren(
      ...at.map(([cx, cy]) => shape("circle", { cx: `${cx}`, cy: `${cy}`, r: "2.5" })),
    );
  }

  #listen(): void {
    const svg = this.#svg as SVGElement & HTMLElement;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      svg.setPointerCapture(event.pointerId);
      this.#stroke = strokeFrom(this.#sketch, this.question);
      this.#stroke.moveTo(this.#pointOf(event));
    });
    svg.addEventListener("pointermove", (event) => {
      if (!this.#stroke) return;
      this.#stroke.moveTo(this.#pointOf(event));
      this.show(this.#stroke.points());
    });
    const end = () => {
      if (!this.#stroke) return;
      this.#set(thinned(this.#stroke.points(), this.question));
      this.#stroke = undefined;
    };
    svg.addEventListener("pointerup", end);
    svg.addEventListener("pointercancel", end);
    svg.addEventListener("keydown", (event) => this.#key(event));
    svg.addEventListener("focus", () => svg.matches(":focus-visible") && this.#showMark());
    svg.addEventListener("blur", () => this.#cursor.setAttribute("visibility", "hidden"));
  }

  #key(event: KeyboardEvent): void {
    const { x: [left, right], y: [low, high] } = this.question;
    const [dx, dy] = [(right - left) / STEPS, (high - low) / STEPS];
    const [x, y] = this.#mark;
    const clip = (value: number, least: number, most: number) =>
      Number(Math.min(most, Math.max(least, value)).toPrecision(4));
    const moves: Record<string, Point> = {
      ArrowLeft: [x - dx, y],
      ArrowRight: [x + dx, y],
      ArrowUp: [x, y + dy],
      ArrowDown: [x, y - dy],
    };
    if (event.key in moves) {
      const [toX, toY] = moves[event.key];
      this.#mark = [clip(toX, left, right), clip(toY, low, high)];
    } else if (event.key === "Enter" || event.key === " ") {
      const others = this.#sketch.filter(([at]) => at !== x);
      this.#set([...others, this.#mark].toSorted(([a], [b]) => a - b));
    } else if (event.key === "Backspace" || event.key === "Delete") {
      this.#set(this.#sketch.slice(0, -1));
    } else return;
    event.preventDefault();
    this.#showMark();
  }

  #set(sketch: Sketch): void {
    this.show(sketch);
    this.changed(sketch);
  }

  #showMark(): void {
    const [cx, cy] = this.#pixels(this.#mark);
    for (const [name, value] of Object.entries({ cx, cy, visibility: "visible" })) {
      this.#cursor.setAttribute(name, String(value));
    }
    const count = this.#sketch.length;
    setText(this.#said, `${this.#mark.join(", ")}; ${count} ${count === 1 ? "point" : "points"}`);
  }

  #pixels([x, y]: Point): Point {
    const { x: [left, right], y: [low, high] } = this.question;
    return [
      MARGIN.left + (x - left) / (right - left) * (WIDTH - MARGIN.left - MARGIN.right),
      HEIGHT - MARGIN.bottom - (y - low) / (high - low) * (HEIGHT - MARGIN.top - MARGIN.bottom),
    ];
  }

  #pointOf({ clientX, clientY }: PointerEvent): Point {
    const box = this.#svg.getBoundingClientRect();
    const { x: [left, right], y: [low, high] } = this.question;
    const part = (value: number) => Math.min(1, Math.max(0, value));
    const across = (clientX - box.left) / box.width * WIDTH - MARGIN.left;
    const down = (clientY - box.top) / box.height * HEIGHT - MARGIN.top;
    return [
      left + (right - left) * part(across / (WIDTH - MARGIN.left - MARGIN.right)),
      high - (high - low) * part(down / (HEIGHT - MARGIN.top - MARGIN.bottom)),
    ];
  }
}

function axesOf({ x, y }: SketchPrediction): SVGElement[] {
  const [right, bottom] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const frame = {
    class: "frame",
    x: `${MARGIN.left}`,
    y: `${MARGIN.top}`,
    width: `${right - MARGIN.left}`,
    height: `${bottom - MARGIN.top}`,
  };
  const word = (text: number, at: Record<string, number | string>) => {
    const element = shape("text", at);
    element.textContent = String(text).replace("-", "−");
    return element;
  };
  const below = { y: bottom + 16 };
  const beside = { x: MARGIN.left - 6, "text-anchor": "end" };
  return [
    shape("rect", frame),
    word(x[0], { ...below, x: MARGIN.left, "text-anchor": "middle" }),
    word((x[0] + x[1]) / 2, { ...below, x: (MARGIN.left + right) / 2, "text-anchor": "middle" }),
    word(x[1], { ...below, x: right, "text-anchor": "end" }),
    word(y[0], { ...beside, y: bottom }),
    word(y[1], { ...beside, y: MARGIN.top + 10 }),
  ];
}

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
