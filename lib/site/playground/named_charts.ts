/**
 * Charts that a sentence names: the word is a link that brings the chart into sight.
 *
 * @module
 */

/** How long a chart is marked that a link led to, in ms. */
const MARKED_MS = 2500;

function chartOf(link: HTMLElement): HTMLElement | null {
  // An address of a page has small letters alone.
  return document.querySelector(`.chart[data-reading="${link.dataset.chart}" i]`);
}

/** Links of a section lead to their charts. */
export function followCharts(section: HTMLElement): void {
  section.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("a[data-chart]");
    const chart = link && chartOf(link);
    if (!chart) return;
    event.preventDefault();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    chart.scrollIntoView({ block: "end", behavior: still ? "auto" : "smooth" });
    chart.focus({ preventScroll: true });
    chart.classList.add("marked");
    setTimeout(() => chart.classList.remove("marked"), MARKED_MS);
  });
}

/** The charts that some text names come first among the numbers. */
export function nameCharts(text: Element | undefined): void {
  for (const chart of document.querySelectorAll(".chart.named")) chart.classList.remove("named");
  for (const link of text?.querySelectorAll<HTMLElement>("a[data-chart]") ?? []) {
    chartOf(link)?.classList.add("named");
  }
}
