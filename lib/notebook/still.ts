/**
 * Still pictures beside the figures that scripts draw, and when they are made.
 *
 * A figure that a loop changes gets its picture outside the loop: once it has been quiet for a
 * moment, before the cell becomes idle, before anything else is shown, and now and then, so that a
 * notebook that is saved meanwhile has one.
 *
 * @module
 */
import { beforeIdle } from "@/host/cell.ts";
import { type Figure } from "@/plot/figure.ts";
import { stillSvg, WIDTH } from "@/plot/still/drawing.ts";
import { type Fonts, loadFonts } from "@/plot/still/font.ts";
import { type Still, stillOf } from "@/plot/still/png.ts";
import { fit } from "./fit.ts";

/**
 * A picture and the figure as drawn in it, or why there is none: the figure is shown all the same.
 */
export type Picture = Still & { fitted: Figure } | { failure: string };

export async function pictureOf(figure: Figure): Promise<Picture> {
  try {
    const own = fitted(figure, await loadFonts());
    return { ...await stillOf(own), fitted: own };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * A figure fitted to the width of still pictures, as the page's script fits it to that of the page.
 */
export function fitted(figure: Figure, fonts: Fonts): Figure {
  const measure = (text: string, font: string) => {
    const [, size] = /([\d.]+)px/.exec(font)!;
    return fonts.width(text, Number(size), font.includes("bold"));
  };
  const whole = { ...figure, layout: { height: 400, ...figure.layout } };
  const width = Number(figure.layout.width ?? WIDTH);
  const first = fit(whole, width, measure, { legend: 19, above: 0 });
  return fit(whole, width, measure, stillSvg(first, fonts));
}

/** Milliseconds without a change after which a figure's picture is made. */
const QUIET_MS = 1500;

/** While a figure goes on changing, making its pictures takes this share of the time. */
const SHARE = 0.01;

/** Figures whose picture is out of date or on its way. */
const waiting = new Set<LatePicture>();

/** The picture of one figure that changes. */
export class LatePicture {
  #figure?: Figure;
  #timer?: ReturnType<typeof setTimeout>;
  #next = 0;
  #drawing: Promise<void> = Promise.resolve();

  /** @param send Shows a figure with its picture, in place of the one before. */
  constructor(private readonly send: (figure: Figure) => Promise<void>) {}

  /** The figure has changed. Resolves when no picture of an older one is on its way. */
  async changed(figure: Figure): Promise<void> {
    this.#figure = figure;
    waiting.add(this);
    beforeIdle()?.add(flushPictures);
    clearTimeout(this.#timer);
    const now = performance.now();
    if (this.#next === 0) this.#next = now + QUIET_MS;
    this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(QUIET_MS, this.#next - now)));
    await this.#drawing;
  }

  /** Draws what has not been drawn, and waits for what is on its way. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    const figure = this.#figure;
    this.#figure = undefined;
    if (figure) this.#drawing = this.#drawing.then(() => this.#draw(figure));
    return this.#drawing;
  }

  async #draw(figure: Figure): Promise<void> {
    const began = performance.now();
    try {
      await this.send(figure);
    } catch {
      /* What cannot be sent now fails with the next change as well, whose caller hears of it. */
    }
    const ended = performance.now();
    this.#next = ended + (ended - began) / SHARE;
    if (!this.#figure) waiting.delete(this);
  }
}

/** Draws every picture that is due. */
export async function flushPictures(): Promise<void> {
  await Promise.all([...waiting].map((late) => late.flush()));
}
