/**
 * Fits a figure to the width of its page: its arrangement, lines that end between words, room for
 * the legend.
 *
 * plotly breaks no text and reserves no room: a title or an axis name that is longer than the
 * drawing is cut. `FIT` is the text of these functions for a page, so they may use nothing but each
 * other.
 *
 * @module
 */
import { type Figure, type Frame } from "@/plot/figure.ts";

/** What is known of a figure only once it is drawn. */
export interface Drawn {
  /** Pixels of the legend's height. */
  legend: number;
  /** Pixels by which names of panels and of lines reach above the drawing. */
  above: number;
}

/** Pixels of a text in a font, as CSS names it: "bold 15px". */
export type MeasureText = (text: string, font: string) => number;

// deno-lint-ignore no-explicit-any
type Settings = Record<string, any>;

/** The figure for a page that is `width` pixels wide. */
export function fit(figure: Figure, width: number, measure: MeasureText, drawn: Drawn): Figure {
  const { layout, data, saved } = arranged(figure, width);
  const { margin } = layout;
  const titles = titled(layout.title ?? {}, figure.frames, width, measure);
  const top = titles.height + (layout.showlegend === false ? 0 : drawn.legend + 6) + drawn.above +
    4;
  const below = fitNames(layout, width, measure);
  // Where every pixel counts, what is not in the drawing begins at the edge of the page.
  const slim = width < 480;
  const room = width - margin.l - margin.r;
  const edge = slim ? { x: (12 - margin.l) / room } : {};
  const lowered = (controls: Settings[], own: Settings) =>
    controls.map((one) => ({ ...one, ...own, pad: { ...one.pad, t: (one.pad?.t ?? 0) + below } }));
  if (layout.updatemenus) layout.updatemenus = lowered(layout.updatemenus, edge);
  if (layout.sliders) {
    layout.sliders = lowered(layout.sliders, slim ? { ...edge, len: (width - 24) / room } : {});
  }
  const height = layout.height + top - margin.t + below - saved;
  // Beside the line that the legend shows of it.
  const named = (name: string) => broken(name, width - 65, "12px", measure);
  return {
    data: slim
      ? data.map((one) => one.name ? { ...one, name: named(String(one.name)) } : one)
      : data,
    layout: {
      ...layout,
      title: titles.title,
      width,
      height,
      margin: { ...margin, t: top, b: margin.b + below },
      legend: {
        ...layout.legend,
        yref: "container",
        y: 1 - titles.height / height,
        yanchor: "top",
      },
    },
    ...(titles.frames ? { frames: titles.frames } : {}),
  };
}

/** The arrangement for a width, and the pixels of height that it does not need. */
function arranged({ layout, data, narrow }: Figure, width: number) {
  const standard = { l: 60, r: 30, t: 75, b: 50 };
  const isNarrow = narrow !== undefined && width < narrow.below;
  const own = isNarrow ? merged(layout, narrow.layout) : layout as Settings;
  const margin = { ...standard, ...own.margin };
  // Pictures that keep their proportions leave no gaps.
  const room = { width: width - margin.l - margin.r, height: own.height - margin.t - margin.b };
  const less = isNarrow && narrow.width ? Math.min(1, room.width / narrow.width) : 1;
  return {
    layout: { ...own, margin },
    data: isNarrow && narrow.data
      ? data.map((trace, i) => merged(trace, narrow.data![i] ?? {}))
      : data,
    saved: Math.round((1 - less) * room.height),
  } as { layout: Settings; data: Figure["data"]; saved: number };
}

/**
 * Settings with others added, at every depth; of the lists, only those of controls are added to.
 */
function merged(base: Settings, added: Settings): Settings {
  const isObject = (value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const both = { ...base };
  for (const [name, value] of Object.entries(added)) {
    if (isObject(base[name]) && isObject(value)) both[name] = merged(base[name], value);
    else if (name === "sliders" || name === "updatemenus") {
      both[name] = value.map((own: Settings, i: number) => merged(base[name][i], own));
    } else both[name] = value;
  }
  return both;
}

/** The title in lines, in every frame as well, and the pixels of the most lines. */
function titled(own: Settings, frames: Frame[] | undefined, width: number, measure: MeasureText) {
  const fitted = (title: Settings) => {
    const text = broken(title.text ?? "", 0.96 * width - 10, "bold 15px", measure);
    // plotly moves a title of several lines up by half a line.
    return { ...title, text, pad: { ...title.pad, t: text.includes("<br>") ? 22 : 12 } };
  };
  const title = fitted(own);
  const all = frames?.map((frame) =>
    frame.layout?.title
      ? { ...frame, layout: { ...frame.layout, title: fitted(frame.layout.title) } }
      : frame
  );
  const texts = [title, ...(all ?? []).map(({ layout }) => layout?.title as Settings | undefined)]
    .map((each) => each?.text ?? "");
  const lines = Math.max(...texts.map((text) => text === "" ? 0 : text.split("<br>").length));
  return { title, frames: all, height: 14 + 20 * lines };
}

/**
 * Breaks the names of axes and panels in a layout; the pixels that they need below the drawing in
 * addition.
 */
function fitNames(layout: Settings, width: number, measure: MeasureText): number {
  const { l, r, t, b } = layout.margin;
  const room = { x: width - l - r, y: layout.height - t - b };
  const part = ({ domain: [low, high] = [0, 1] }: { domain?: number[] }) => high - low;
  let below = 0;
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key))) {
    const axis = layout[name];
    if (!axis.title?.text) continue;
    const pixels = part(axis) * room[name[0] as "x" | "y"];
    const text = broken(axis.title.text, pixels + 16, "14px", measure);
    layout[name] = { ...axis, title: { ...axis.title, text } };
    const lowest = name[0] === "x" && (axis.domain?.[0] ?? 0) < 0.5;
    if (lowest) below = Math.max(below, 19 * (text.split("<br>").length - 1));
  }
  layout.annotations = layout.annotations?.map((one: Settings) => {
    if (one.name !== "heading") return one;
    const axis = layout[`xaxis${one.xref.replace(/^x| domain$/g, "")}`] ?? {};
    return { ...one, text: broken(one.text, part(axis) * room.x, "13px", measure) };
  });
  return below;
}

/** A text with lines no longer than `pixels`; tags are neither measured nor broken. */
function broken(text: string, pixels: number, font: string, measure: MeasureText): string {
  return text.split("<br>").map((line) => {
    const words = line.replace(/<[^>]*>/g, (tag) => tag.replace(/ /g, "\uE000")).split(" ");
    const lines = [words[0]];
    for (const word of words.slice(1)) {
      const longer = `${lines[lines.length - 1]} ${word}`;
      if (measure(longer.replace(/<[^>]*>/g, ""), font) <= pixels) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines.join("<br>").replace(/\uE000/g, " ");
  }).join("<br>");
}

/** An expression that is `fit`. */
export const FIT = `(() => {
${[arranged, merged, titled, fitNames, broken, fit].join("\n")}
return fit; })()`;
