/**
 * A menu that is out of the way again once something is chosen, at Escape, or when a reader goes on.
 *
 * @module
 */
import { make, makeButton } from "./dom.ts";

/** A menu of what can be done, by its words. */
export function menuOf(
  title: string,
  choices: Record<string, () => void>,
  ...rest: HTMLElement[]
): HTMLElement {
  const summary = make("summary", {}, title);
  const fold = () => {
    menu.open = false;
    summary.focus();
  };
  const buttons = Object.entries(choices).map(([text, choose]) =>
    makeButton(text, () => {
      fold();
      choose();
    })
  );
  const pressed = ({ key }: KeyboardEvent) => key === "Escape" && menu.open && fold();
  const menu = make(
    "details",
    { class: "more", keydown: pressed },
    summary,
    make("div", {}, ...buttons, ...rest),
  );
  document.addEventListener("pointerdown", ({ target }) => {
    if (!menu.contains(target as Node)) menu.open = false;
  });
  return menu;
}
