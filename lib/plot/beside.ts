/**
 * Charts to be compared, as the panels of one figure: two beside each other, or below each other on
 * a narrow page. They share a legend.
 *
 * @module
 */
import { type Figure, LEGEND, ROW, titleOf, type Trace } from "./figure.ts";
import { columnsOf, type Domain, HEADING, stacked } from "./places.ts";

/** Charts that belong together. */
export interface Beside {
  /** The title above all of them. */
  title: string;
  /** Charts of one pair of axes each; their titles become the names of the panels. */
  panels: Figure[];
  /** Pixels of a panel's drawing. */
  height?: number;
}

/** Parts of a layout that name axes. */
const REFERRING = ["shapes", "annotations", "images"];

/**
 * Pixels between a drawing and the one below, for an axis name and a panel name of one line or two.
 */
const [GAP, NARROW_GAP] = [95, 130];

/** Pixels of a panel's name above its drawing, with some air. */
const HEADING_HEIGHT = 22;

/** The legend above the names of the first panels, which stand this many pixels high. */
function legendAbove(pixels: number, height: number) {
  return { ...LEGEND, y: 1 + pixels / height };
}

/** Whether texts of vertical lines stand above the drawing of a chart. */
function rowsAbove({ annotations = [] }: Settings): boolean {
  return (annotations as Settings[]).some(({ yshift, y }) => y === 1 && yshift !== undefined);
}

/** A page with fewer pixels is too narrow for two panels beside each other. */
const WIDE = 640;

/**
 * Charts as the panels of one figure.
 *
 * @throws {TypeError} If there are none, or one has frames.
 */
export function beside({ title, panels, height = 250 }: Beside): Figure {
  if (panels.length === 0 || panels.some(({ frames }) => frames)) {
    throw new TypeError(
      `Cannot draw "${title}": it needs charts without sliders beside each other, got ${
        panels.length === 0 ? "none" : "one with a slider"
      }`,
    );
  }
  const rows = Math.ceil(panels.length / 2);
  const wide = stacked(Array(rows).fill(height), GAP);
  const narrow = stacked(Array(panels.length).fill(height), NARROW_GAP);
  const columns = columnsOf(Math.min(2, panels.length), 0.15);
  const margin = marginOf(panels);
  const above = HEADING_HEIGHT + (panels.some(({ layout }) => rowsAbove(layout)) ? ROW : 0);
  const renamed = panels.map((panel, i) => panelOf(panel, i === 0 ? "" : String(i + 1)));
  const seen = new Set<unknown>();
  const data = renamed.flatMap(({ data }) => data).map((trace) => inLegendOnce(trace, seen));
  const places = panels.map((_, i): [Domain, Domain] => [columns[i % 2], wide.domains[i >> 1]]);
  const scale = data.findLastIndex((trace) => colorbarOf(trace));
  return {
    data: data.map((trace, i) => withScale(trace, i === scale, places.at(-1)!)),
    layout: {
      title: titleOf(title),
      legend: legendAbove(above, wide.height),
      showlegend: panels.some(({ layout }) => layout.showlegend !== false),
      margin,
      height: wide.height + margin.t + margin.b,
      ...Object.assign({}, ...renamed.map(({ axes }, i) => axesAt(axes, ...places[i]))),
      ...Object.fromEntries(
        REFERRING.map((part) => [part, renamed.flatMap(({ parts }) => parts[part] ?? [])]),
      ),
    },
    narrow: {
      below: WIDE,
      layout: {
        height: narrow.height + margin.t + margin.b,
        legend: legendAbove(above, narrow.height),
        ...Object.assign(
          {},
          ...renamed.map(({ axes }, i) => {
            const domains = axesAt(axes, [0, 1], narrow.domains[i]) as Record<
              string,
              { domain: Domain }
            >;
            return Object.fromEntries(
              Object.entries(domains).map(([name, { domain }]) => [name, { domain }]),
            );
          }),
        ),
      },
      ...(scale < 0 ? {} : {
        data: { [scale]: withScale(data[scale], true, [[0, 1], narrow.domains.at(-1)!], true) },
      }),
    },
  };
}

type Settings = Record<string, unknown>;

/** A chart with its axes named as those of a panel. */
function panelOf({ data, layout }: Figure, axes: string) {
  const named = (reference: unknown) =>
    typeof reference === "string" ? reference.replace(/^([xy])(?= |$)/, `$1${axes}`) : reference;
  const parts: Record<string, Settings[] | undefined> = Object.fromEntries(REFERRING.map((part) => [
    part,
    (layout[part] as Settings[] | undefined)?.map((one) => ({
      ...one,
      xref: named(one.xref),
      yref: named(one.yref),
    })),
  ]));
  const place = { xref: `x${axes} domain`, x: 0, yref: `y${axes} domain`, y: 1 };
  const text = (layout.title as { text: string }).text.replaceAll(/<\/?b>/g, "");
  const heading = { ...HEADING, text, ...place, yshift: 3 + (rowsAbove(layout) ? ROW : 0) };
  parts.annotations = [...parts.annotations ?? [], heading];
  const [x, y] = [layout.xaxis, layout.yaxis] as [Settings, Settings];
  return {
    data: data.map((trace): Trace => ({ ...trace, xaxis: `x${axes}`, yaxis: `y${axes}` })),
    axes: {
      [`xaxis${axes}`]: { ...x, anchor: `y${axes}` },
      [`yaxis${axes}`]: {
        ...y,
        anchor: `x${axes}`,
        ...(y.scaleanchor ? { scaleanchor: `x${axes}` } : {}),
      },
    },
    parts,
  };
}

function axesAt(axes: Settings, x: Domain, y: Domain): Settings {
  return Object.fromEntries(
    Object.entries(axes).map(([name, axis]) => [
      name,
      { ...axis as Settings, domain: name[0] === "x" ? x : y },
    ]),
  );
}

/** Lines of the same name are one line in the legend. */
function inLegendOnce(trace: Trace, seen: Set<unknown>): Trace {
  if (trace.name === undefined || trace.showlegend === false) return trace;
  const first = !seen.has(trace.name);
  seen.add(trace.name);
  return { ...trace, legendgroup: trace.name, showlegend: first };
}

function colorbarOf({ marker }: Trace): Settings | undefined {
  return (marker as { colorbar?: Settings } | undefined)?.colorbar;
}

/** A trace with the scale of its colours beside the last panel, or without it. */
function withScale(trace: Trace, shown: boolean, [x, y]: [Domain, Domain], brief = false): Trace {
  const colorbar = colorbarOf(trace);
  if (!colorbar) return trace;
  const place = { x: x[1] + 0.01, y: (y[0] + y[1]) / 2, len: y[1] - y[0] };
  const texts = brief ? { ticktext: ["0", "", "1/2", "", "1"] } : {};
  return {
    ...trace,
    marker: {
      ...trace.marker as Settings,
      showscale: shown,
      colorbar: { ...colorbar, ...place, ...texts },
    },
  };
}

/** The widest margins that the panels ask for. */
function marginOf(panels: Figure[]): { l: number; r: number; t: number; b: number } {
  const of = (side: string) =>
    Math.max(...panels.map(({ layout }) => (layout.margin as Record<string, number>)[side]));
  return { l: of("l"), r: of("r"), t: 95, b: of("b") };
}
