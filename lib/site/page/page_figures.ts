/**
 * Figures on a page of the book: still pictures until they come near the window, and drawn by
 * plotly from then on. A picture stays where a figure or plotly cannot be had, and for print.
 *
 * @module
 */
import { drawFigure, type FigureOnPage } from "@/notebook/draw_figure.ts";
import { FITTED_CONFIG, onAnyGround } from "@/notebook/figure_look.ts";
import { fit } from "@/notebook/fit.ts";
import { type Figure } from "@/plot/figure.ts";
import { make } from "./dom.ts";

/** Pixels around the window in which figures are drawn. */
const NEAR = "800px 0px";
/**
 * A figure that is drawn may change its height: those that a reader scrolls past on the way to a
 * section are left alone.
 */
const PASSING_MS = 150;

interface PlotlyOfPage {
  purge(element: Element): void;
  toImage(figure: object, options: object): Promise<string>;
}

/** The folder that all addresses of the book begin at. */
export function bookRoot(): URL {
  return new URL(document.documentElement.dataset.root ?? "./", location.href);
}

let plotly: Promise<PlotlyOfPage> | undefined;

/** plotly.js, loaded once. */
function loadedPlotly(): Promise<PlotlyOfPage> {
  return plotly ??= new Promise((resolve, reject) => {
    const script = make("script", {
      src: new URL("run/plotly.min.js", bookRoot()).href,
      load: () => resolve((window as unknown as { Plotly: PlotlyOfPage }).Plotly),
      error: () => {
        plotly = undefined;
        script.remove();
        reject(new Error("Cannot load plotly.js, which draws the figures"));
      },
    });
    document.head.append(script);
  });
}

/** A figure in an element, which can be redrawn and taken away. */
export class PageFigure {
  /** Resolves when it is drawn. */
  readonly drawn: Promise<void>;
  readonly #place = make("div", { class: "workbook-figure" });
  #figure: Figure;
  #on?: FigureOnPage;

  /** @param label What it shows, in words. */
  constructor(readonly element: HTMLElement, figure: Figure, label: string) {
    this.#figure = figure;
    this.element.ariaLabel = label;
    this.#place.style.minHeight = `${figure.layout.height ?? 400}px`;
    element.append(this.#place);
    this.drawn = this.#draw();
  }

  /** Draws another figure in its place. */
  update(figure: Figure, label: string): void {
    this.#figure = figure;
    this.element.ariaLabel = label;
    this.#on?.update(onAnyGround(figure));
  }

  /** Gives back what drawing has taken. */
  async remove(): Promise<void> {
    this.#place.remove();
    if (this.#on) (await loadedPlotly()).purge(this.#place);
  }

  async #draw(): Promise<void> {
    await loadedPlotly();
    this.#on = drawFigure(onAnyGround(this.#figure), {
      find: () => this.#place,
      fit,
      config: FITTED_CONFIG,
    });
    await this.#on.drawn;
    this.element.classList.add("drawn");
  }
}

/** Draws the saved figures of a page as they come near the window, and stay there. */
export function wakeSavedFigures(): void {
  const soon = new Map<Element, ReturnType<typeof setTimeout>>();
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      clearTimeout(soon.get(target));
      if (!isIntersecting) continue;
      const begin = () => {
        near.unobserve(target);
        // Where it cannot be had, its picture stays.
        wake(target as HTMLElement).catch(() => {});
      };
      soon.set(target, setTimeout(begin, PASSING_MS));
    }
  }, { rootMargin: NEAR });
  for (const figure of document.querySelectorAll<HTMLElement>("figure[data-figure]")) {
    near.observe(figure);
  }
}

async function wake(element: HTMLElement): Promise<void> {
  const [response] = await Promise.all([
    fetch(new URL(element.dataset.figure!, bookRoot())),
    loadedPlotly(),
  ]);
  if (!response.ok) return;
  const figure = await response.json();
  if (!element.isConnected) return;
  await new PageFigure(element, figure, element.querySelector("img")?.alt ?? "").drawn;
}

/** A figure as a picture, for a notebook that is taken along: PNG in base64. */
export async function pngOf(figure: object, height = 400): Promise<string> {
  const { toImage } = await loadedPlotly();
  const url = await toImage(figure, { format: "png", width: 800, height, scale: 1.5 });
  return url.slice(url.indexOf(",") + 1);
}
