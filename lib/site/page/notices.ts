/**
 * What is said of the book as a whole, at the foot of the window.
 *
 * @module
 */
import { make, makeButton } from "./dom.ts";

/** How long a notice stays that asks for nothing. */
const STAYS_MS = 8000;

let region: HTMLElement | undefined;

/** Says something; with something to do about it, it stays until that is done or it is closed. */
export function notify(text: string, action?: { text: string; do(): void }): void {
  region ??= document.body.appendChild(make("div", { class: "notices", role: "status" }));
  const close = () => {
    const had = notice.contains(document.activeElement);
    notice.remove();
    if (had) document.querySelector("main")?.focus({ preventScroll: true });
  };
  const notice = make(
    "p",
    {},
    `${text} `,
    ...(action ? [makeButton(action.text, () => action.do()), " "] : []),
    makeButton("×", close, { "aria-label": "Close" }),
  );
  for (const old of region.children) {
    if (old.textContent === notice.textContent) old.remove();
  }
  region.append(notice);
  if (!action) setTimeout(close, STAYS_MS);
}
