/**
 * Fits a figure to the width of its page: which arrangement, lines that end between words, room for the legend.
 *
 * plotly breaks no text and keeps no room: a title, a name of an axis that is longer than the drawing is cut.
 * `fit` goes into pages as its own text, so that it may use nothing that is not in it.
 *
 * @module
 */
import { type Figure } from "@/plot/figure.ts";

/** What is known of a figure only once it is drawn. */
export interface Drawn {
  /** Pixels of the legend's height. */
  legend: number;
  /** Pixels by which names of panels and of lines reach above the drawing. */
  above: number;
}

/** Pixels of a text in a font, as CSS names it: "bold 15px". */
export type Measure = (text: string, font: string) => number;

/** The figure for a page of so many pixels. */
export function fit(figure: Figure, width: number, measure: Measure, drawn: Drawn): Figure {
  // deno-lint-ignore no-explicit-any
  type Settings = Record<string, any>;
  const isObject = (value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const merged = (base: Settings, added: Settings): Settings => {
    const both = { ...base };
    for (const [name, value] of Object.entries(added)) {
      both[name] = isObject(base[name]) && isObject(value)
        ? merged(base[name], value)
        : name === "sliders" || name === "updatemenus"
        ? value.map((own: Settings, i: number) => merged(base[name][i], own))
        : value;
    }
    return both;
  };
  /** A text with its lines no longer than so many pixels; tags are not measured, and not broken. */
  const broken = (text: string, pixels: number, font: string): string =>
    text.split("<br>").map((line) => {
      const words = line.replace(/<[^>]*>/g, (tag) => tag.replace(/ /g, "\uE000")).split(" ");
      const lines = [words[0]];
      for (const word of words.slice(1)) {
        const longer = `${lines[lines.length - 1]} ${word}`;
        if (measure(longer.replace(/<[^>]*>/g, ""), font) <= pixels) {
          lines[lines.length - 1] = longer;
        } else lines.push(word);
      }
      return lines.join("<br>").replace(/\uE000/g, " ");
    }).join("<br>");
  const linesIn = (text: string) => text.split("<br>").length;

  const { narrow, frames } = figure;
  const isNarrow = narrow !== undefined && width < narrow.below;
  const layout = isNarrow ? merged(figure.layout, narrow.layout) : { ...figure.layout } as Settings;
  const data = isNarrow && narrow.data
    ? figure.data.map((trace, i) => merged(trace, narrow.data![i] ?? {}))
    : figure.data;
  const margin: Settings = { l: 60, r: 30, t: 75, b: 50, ...layout.margin };

  const titleWith = (title: Settings): Settings => {
    const text = broken(title.text ?? "", 0.96 * width - 10, "bold 15px");
    // plotly moves a title up by half of what each further line adds.
    return { ...title, text, pad: { ...title.pad, t: 12 + 10 * (linesIn(text) - 1) } };
  };
  layout.title = titleWith(layout.title ?? {});
  const titles = [layout.title];
  const fitted = frames?.map((frame) => {
    if (!frame.layout?.title) return frame;
    const title = titleWith(frame.layout.title as Settings);
    titles.push(title);
    return { ...frame, layout: { ...frame.layout, title } };
  });
  const most = Math.max(...titles.map(({ text }) => text === "" ? 0 : linesIn(text)));
  const head = 14 + 20 * most;
  const top = head + (layout.showlegend === false ? 0 : drawn.legend + 6) + drawn.above + 4;
  const room = { width: width - margin.l - margin.r, height: layout.height - margin.t - margin.b };

  let below = 0;
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key))) {
    const axis = layout[name];
    if (!axis.title?.text) continue;
    const [low, high] = axis.domain ?? [0, 1];
    const pixels = (high - low) * (name[0] === "x" ? room.width : room.height);
    const text = broken(axis.title.text, pixels + 16, "14px");
    layout[name] = { ...axis, title: { ...axis.title, text } };
    if (name[0] === "x" && low < 0.5) below = Math.max(below, 19 * (linesIn(text) - 1));
  }
  const annotations: Settings[] | undefined = layout.annotations;
  layout.annotations = annotations?.map((one) => {
    if (one.name !== "heading") return one;
    const axis: Settings = layout[`xaxis${one.xref.replace(/^x| domain$/g, "")}`] ?? {};
    const [low, high] = axis.domain ?? [0, 1];
    return { ...one, text: broken(one.text, (high - low) * room.width + 20, "13px") };
  });
  const lowered = (controls: Settings[] | undefined) =>
    controls?.map((one) => ({ ...one, pad: { ...one.pad, t: (one.pad?.t ?? 0) + below } }));
  const height = layout.height + top - margin.t + below;
  const legend = { ...layout.legend, yref: "container", y: 1 - head / height, yanchor: "top" };
  return {
    data,
    layout: {
      ...layout,
      width,
      height,
      margin: { ...margin, t: top, b: margin.b + below },
      legend,
      ...(layout.sliders ? { sliders: lowered(layout.sliders) } : {}),
      ...(layout.updatemenus ? { updatemenus: lowered(layout.updatemenus) } : {}),
    },
    ...(fitted ? { frames: fitted } : {}),
  };
}
