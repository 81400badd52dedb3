/**
 * Elements of SVG as text.
 *
 * @module
 */

/** A number with as many digits as can be seen. */
export function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Attributes of an element, each with a space before it; what is undefined is left out. */
export function attributes(values: Record<string, string | number | undefined>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      ` ${name}="${typeof value === "number" ? number(value) : quoted(value!)}"`
    )
    .join("");
}

function quoted(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

export function element(
  name: string,
  values: Record<string, string | number | undefined>,
  content = "",
): string {
  return `<${name}${attributes(values)}${content === "" ? "/>" : `>${content}</${name}>`}`;
}

/** How plotly draws a dash: lengths in pixels for its names, none for a solid line. */
function dashes(dash: unknown, width: number): string | undefined {
  const unit = Math.max(width, 3);
  const lengths: Record<string, number[]> = {
    dot: [1, 1],
    dash: [3, 3],
    longdash: [5, 5],
    dashdot: [3, 1, 1, 1],
    longdashdot: [5, 2, 1, 2],
  };
  const found = lengths[String(dash)];
  if (found) return found.map((length) => number(length * unit)).join(" ");
  return /^\d/.test(String(dash ?? "")) ? String(dash).replaceAll("px", "") : undefined;
}

export interface LineLook {
  color?: string;
  width?: number;
  dash?: string;
}

/** The attributes of a line. */
export function stroke({ color, width = 2, dash }: LineLook, colour = "#444") {
  return {
    stroke: color ?? colour,
    "stroke-width": width,
    "stroke-dasharray": dashes(dash, width),
    fill: "none",
  };
}
