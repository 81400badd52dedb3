/**
 * Where panels are in a figure: side by side on a wide page, below each other on a narrow one.
 *
 * Domains are parts of the drawing, its lower left corner 0, as plotly has them.
 *
 * @module
 */

export type Domain = [low: number, high: number];

/**
 * The look of a panel's name, above its upper left corner. The page breaks a name that is too long.
 */
export const HEADING = {
  name: "heading",
  xanchor: "left",
  yanchor: "bottom",
  align: "left",
  showarrow: false,
  font: { size: 13 },
};

/**
 * Panels below each other, with their heights and gap in pixels: domains from the top, and the
 * total.
 */
export function stacked(heights: number[], gap: number): { domains: Domain[]; height: number } {
  const height = heights.reduce((sum, each) => sum + each, 0) + gap * (heights.length - 1);
  let top = height;
  const domains = heights.map((own): Domain => {
    const domain: Domain = [Math.max(0, (top - own) / height), top / height];
    top -= own + gap;
    return domain;
  });
  return { domains, height };
}

/** Columns of equal width, with a gap given as a part of the drawing. */
export function columnsOf(count: number, gap: number): Domain[] {
  const width = (1 - gap * (count - 1)) / count;
  return Array.from({ length: count }, (_, i): Domain => {
    const left = i * (width + gap);
    return [left, Math.min(1, left + width)];
  });
}
