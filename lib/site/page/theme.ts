/**
 * Light or dark: as the system has it, or as the reader wants it.
 *
 * @module
 */
import { make } from "./dom.ts";
import { keep } from "./edits.ts";

/** Where the choice is kept; `early.ts` reads it before the page is seen. */
const KEY = "gan-workbook/theme";

const THEMES = { system: "System", light: "Light", dark: "Dark" };

/** The choice of the theme. */
export function themeChoice(): HTMLElement {
  const { dataset } = document.documentElement;
  const select = make(
    "select",
    {
      change() {
        if (select.value === "system") delete dataset.theme;
        else dataset.theme = select.value;
        keep(KEY, select.value === "system" ? "" : select.value);
      },
    },
    ...Object.entries(THEMES).map(([value, text]) => make("option", { value }, text)),
  );
  select.value = dataset.theme ?? "system";
  return make("label", { class: "theme" }, make("span", {}, "Theme "), select);
}
