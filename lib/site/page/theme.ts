/**
 * Light or dark: as the system has it, or as the reader wants it.
 *
 * @module
 */
import { make } from "./dom.ts";
import { browsersStore } from "./edits.ts";

/** Where the choice is kept; `early.ts` reads it before the page is seen. */
const KEY = "gan-workbook/theme";

const THEMES = { system: "as the system", light: "light", dark: "dark" };

/** The choice of the theme. */
export function themeChoice(): HTMLElement {
  const { dataset } = document.documentElement;
  const select = make(
    "select",
    {
      change() {
        if (select.value === "system") delete dataset.theme;
        else dataset.theme = select.value;
        keep(select.value);
      },
    },
    ...Object.entries(THEMES).map(([value, text]) => make("option", { value }, text)),
  );
  select.value = dataset.theme ?? "system";
  return make("label", { class: "theme" }, "Theme ", select);
}

function keep(theme: string): void {
  try {
    if (theme === "system") browsersStore()?.removeItem(KEY);
    else browsersStore()?.setItem(KEY, theme);
  } catch {
    // It holds for this page only.
  }
}
