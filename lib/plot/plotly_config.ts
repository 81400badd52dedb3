/**
 * How figures behave on every page.
 *
 * @module
 */

/** How figures behave: as wide as their page, and no button that sends them to plotly's servers. */
export const PLOTLY_CONFIG = {
  responsive: true,
  displaylogo: false,
  showSendToCloud: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
};
