/**
 * Figures in one line of text, for readers who cannot see them and for programs without a page.
 *
 * @module
 */
import { type Figure, type Trace } from "./figure.ts";
import { numberAlone, plainText } from "./typeset.ts";

interface AxisLayout {
  title?: { text?: string };
  /** Another axis with the same numbers. */
  matches?: string;
  /** False for the axes of a picture. */
  visible?: boolean;
}

/** What is drawn on one pair of axes. */
interface Pair {
  names: string;
  inLegend: string[];
  /** Named but not in the legend: mentioned only if there is nothing else to mention. */
  others: string[];
  pictures: string[];
}

/**
 * One line that says what a figure shows: its title, then for each pair of axes their names and the
 * lines with their extent, then the sliders.
 */
export function describeFigure({ data, layout }: Figure): string {
  const axis = (name: string): string => {
    const { title, matches } = (layout[`${name[0]}axis${name.slice(1)}`] ?? {}) as AxisLayout;
    return plainText(title?.text ?? "") || (matches === undefined ? name[0] : axis(matches));
  };
  const isVisible = (name: string) =>
    (layout[`xaxis${name.slice(1)}`] as AxisLayout | undefined)?.visible !== false;
  const pairs = new Map<string, Pair>();
  const at = (x: unknown = "x", y: unknown = "y"): Pair => {
    const key = `${x} ${y}`;
    const names = `${axis(String(y))} over ${axis(String(x))}`;
    const pair = pairs.get(key) ?? { names, inLegend: [], others: [], pictures: [] };
    pairs.set(key, pair);
    return pair;
  };
  data.forEach((trace, i) => {
    const place = at(trace.xaxis, trace.yaxis);
    if (trace.name === undefined) return;
    const hidden = trace.showlegend === false;
    const band = trace.fill === "tonexty";
    const values = valuesOf(trace, data[i - 1]);
    // A trace of no numbers is there for its name in the legend.
    const about = values.some((value) => value !== null) ? ` (${extent(values)})` : "";
    const text = `${plainText(String(trace.name))}${band && hidden ? ", band" : ""}${about}`;
    (hidden && !band ? place.others : place.inLegend).push(text);
  });
  for (const { name, xref, yref } of (layout.images ?? []) as Record<string, string>[]) {
    at(xref, yref).pictures.push(isVisible(xref) ? `${name} as colours` : `picture "${name}"`);
  }
  const drawn = [...pairs].map(([key, { names, inLegend, others, pictures }]) => {
    const shown = [...(inLegend.length > 0 ? inLegend : others), ...pictures].join(", ");
    return isVisible(key.split(" ")[0]) ? `${names}; ${shown}` : shown;
  });
  const sliders = ((layout.sliders ?? []) as {
    currentvalue: { prefix: string };
    steps: { label: string }[];
  }[]).map(({ currentvalue, steps }) =>
    `; slider ${plainText(currentvalue.prefix)}${steps[0].label} to ${steps.at(-1)!.label}`
  );
  const title = plainText(
    ((layout.title as { text?: string })?.text ?? "untitled").replace("<br>", ": "),
  );
  // A diagram has no numbers, and says what it shows.
  if (typeof layout.meta === "string") return `Figure "${title}": ${layout.meta}`;
  return `Figure "${title}": ${drawn.join(" / ")}${sliders.join("")}`;
}

/** The heights of a trace; for a band, those of both edges. */
function valuesOf({ y, fill }: Trace, before?: Trace): number[] {
  const heights = (values: unknown) => Array.from((values ?? []) as number[]);
  return fill === "tonexty" ? [...heights(before?.y), ...heights(y)] : heights(y);
}

function extent(values: number[]): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return "nothing";
  // Not Math.min(...finite): a long line would overflow the stack.
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  return low === high ? numberAlone(low, 3) : `${numberAlone(low, 3)} to ${numberAlone(high, 3)}`;
}
