/**
 * Draws a figure on a page, in Jupyter and on the pages of the book: fitted to the width that it
 * has (`fit.ts`), in the colour of the page's text, and again when either changes.
 *
 * `DRAW` is the text of these functions for a page, so they may use nothing but each other and what
 * every page has.
 *
 * @module
 */
import { type Figure } from "@/plot/figure.ts";
import { type Drawn, type fit, type MeasureText } from "./fit.ts";

/** What drawing needs from its page. */
export interface FigurePlace {
  /** The element to draw in, once it is on the page. */
  find(): HTMLElement | null;
  fit: typeof fit;
  /** plotly's configuration. */
  config: object;
}

/** A figure that is drawn, or soon will be. */
export interface FigureOnPage {
  /** Resolves when it has been drawn for the first time. */
  drawn: Promise<void>;
  /** Draws another figure in its place, at most once per frame of the screen. */
  update(figure: Figure): void;
}

interface Drawing {
  place: FigurePlace;
  figure: Figure;
  /** The figure that plotly has drawn last. */
  plotted?: Figure;
  element: Plotted;
  width: number;
  drawn: Drawn;
  textWidth: MeasureText;
  /** True while it is being drawn. */
  busy: boolean;
  began(): void;
}

/** An element as plotly leaves it. */
interface Plotted extends HTMLElement {
  layout?: { font: { color: string } };
  _fullLayout?: { sliders?: { active: number; _dragging: boolean }[] };
  on(event: string, heard: () => void): void;
}

interface PlotlyScript {
  newPlot(element: Plotted, data: unknown, layout: unknown, config: object): Promise<unknown>;
  react(element: Plotted, data: unknown, layout: unknown, config: object): Promise<unknown>;
  relayout(element: Plotted, changes: object): Promise<unknown>;
  addFrames(element: Plotted, frames: unknown): Promise<unknown>;
  animate(element: Plotted, frames: string[], options: object): Promise<unknown>;
}

declare const Plotly: PlotlyScript;

/** Draws a figure as soon as its element and plotly.js are there. */
export function drawFigure(figure: Figure, place: FigurePlace): FigureOnPage {
  const { promise, resolve: began } = Promise.withResolvers<void>();
  const start = Date.now();
  let [current, drawing]: [Figure, Drawing | undefined] = [figure, undefined];
  const wait = () => {
    const element = place.find() as Plotted | null;
    if (element && "Plotly" in window) {
      drawing = begin({
        place,
        figure: current,
        element,
        width: 0,
        drawn: { legend: 19, above: 0 },
        textWidth: penOf(document.createElement("canvas")),
        busy: false,
        began,
      });
      return;
    }
    noteWaiting(element, Date.now() - start);
    if (element || Date.now() - start < 60000) setTimeout(wait, 50);
  };
  wait();
  return {
    drawn: promise,
    update(next) {
      current = next;
      if (!drawing) return;
      drawing.figure = next;
      refresh(drawing);
    },
  };
}

function noteWaiting(element: HTMLElement | null, ms: number): void {
  for (const note of element?.querySelectorAll("p") ?? []) note.hidden = true;
  if (!element || element.dataset.waits || ms < 8000) return;
  element.dataset.waits = "told";
  element.append(
    "plotly.js, which draws this figure, came with the first figure of the notebook and is not on " +
      "this page: run the notebook from its top.",
  );
}

function begin(drawing: Drawing): Drawing {
  const { element } = drawing;
  element.textContent = "";
  element.style.minHeight = "0";
  new ResizeObserver((_, own) => {
    if (element.isConnected) refresh(drawing);
    else own.disconnect();
  }).observe(element);
  watchColour(element);
  refresh(drawing, true);
  return drawing;
}

/** Draws what is new: another figure, or another width. */
async function refresh(drawing: Drawing, now = false): Promise<void> {
  const { element } = drawing;
  const isNew = () =>
    element.clientWidth > 0 &&
    (element.clientWidth !== drawing.width || drawing.figure !== drawing.plotted);
  if (drawing.busy) return;
  drawing.busy = true;
  try {
    if (!now) await new Promise(requestAnimationFrame);
    while (isNew()) {
      drawing.width = element.clientWidth;
      await plot(drawing);
      // Twice: what is above may take another place in a figure that has become higher.
      for (let i = 0; i < 2 && !isSettled(drawing); i++) await plot(drawing);
      element.dataset.fitted = String(drawing.width);
      drawing.began();
      await new Promise(requestAnimationFrame);
    }
  } finally {
    drawing.busy = false;
  }
}

/** Draws it for its width; the same figure again with its sliders as they are. */
async function plot(drawing: Drawing): Promise<void> {
  const { element, figure, width, place } = drawing;
  const { data, layout, frames } = place.fit(figure, width, drawing.textWidth, drawing.drawn) as {
    data: unknown;
    // deno-lint-ignore no-explicit-any
    layout: any;
    frames?: unknown;
  };
  layout.font = { ...layout.font, color: getComputedStyle(element).color };
  element.style.height = `${layout.height}px`;
  const first = !element._fullLayout;
  const active = drawing.plotted === figure
    ? element._fullLayout?.sliders?.map((slider) => slider.active)
    : undefined;
  active?.forEach((position, i) => layout.sliders[i].active = position);
  drawing.plotted = figure;
  await (first ? Plotly.newPlot : Plotly.react)(element, data, layout, place.config);
  if (frames) await Plotly.addFrames(element, frames);
  if (active && frames) await goTo(element, active);
  if (first) followSliders(drawing);
}

function goTo(element: Plotted, positions: number[]): Promise<unknown> {
  return Plotly.animate(element, [positions.join("-")], {
    mode: "immediate",
    frame: { duration: 0, redraw: true },
    transition: { duration: 0 },
  });
}

function followSliders({ element, figure }: Drawing): void {
  const sliders = () => element._fullLayout?.sliders ?? [];
  // A slider beside buttons that play is plotly's own: it follows what plays.
  if (!figure.layout.updatemenus) {
    element.on("plotly_sliderchange", () => goTo(element, sliders().map(({ active }) => active)));
  }
  // A slider that is let go while a frame is being drawn stays held for plotly, and would not follow.
  element.on("plotly_buttonclicked", () => {
    for (const slider of sliders()) slider._dragging = false;
  });
}

/** Whether the room above the drawing, known only once it is drawn, is as it was assumed. */
function isSettled(drawing: Drawing): boolean {
  const { element, drawn: before } = drawing;
  const legend = element.querySelector(".legend")?.getBoundingClientRect().height ?? 0;
  const areas = [...element.querySelectorAll(".draglayer .nsewdrag")];
  const top = Math.min(...areas.map((area) => area.getBoundingClientRect().top));
  const names = [...element.querySelectorAll(".annotation-text")];
  const above = Math.max(0, ...names.map((name) => top - name.getBoundingClientRect().top));
  drawing.drawn = { legend, above };
  return Math.abs(legend - before.legend) < 2 && Math.abs(above - before.above) < 2;
}

/** A page changes its theme by an attribute, or because the system does. */
function watchColour(element: Plotted): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const changed = () => {
    if (!element.isConnected) {
      watcher.disconnect();
      dark.removeEventListener("change", changed);
      return;
    }
    const { color } = getComputedStyle(element);
    if (!element.layout || element.layout.font.color === color) return;
    Plotly.relayout(element, { "font.color": color });
  };
  const watcher = new MutationObserver(changed);
  for (const themed of [document.documentElement, document.body]) {
    watcher.observe(themed, { attributes: true });
  }
  dark.addEventListener("change", changed);
}

function penOf(canvas: HTMLCanvasElement): MeasureText {
  const pen = canvas.getContext("2d")!;
  return (text, font) => {
    pen.font = `${font} "Open Sans", verdana, arial, sans-serif`;
    return pen.measureText(text).width;
  };
}

/** An expression that is `drawFigure`. */
export const DRAW = `(() => {
${
  [
    noteWaiting,
    begin,
    refresh,
    plot,
    goTo,
    followSliders,
    isSettled,
    watchColour,
    penOf,
    drawFigure,
  ].join("\n")
}
return drawFigure; })()`;
