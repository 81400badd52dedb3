/**
 * Elements of a page, made in one line.
 *
 * @module
 */

/** A text, a switch, or what is done at an event. */
type Attribute = string | boolean | ((event: never) => void);

/**
 * An element with attributes and children. A function is done at the event of that name; `false`
 * leaves an attribute out.
 */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Attribute> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value as EventListener);
    else if (typeof value === "string") element.setAttribute(name, value);
    else element.toggleAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A button with a text. */
export function makeButton(
  text: string,
  pressed: () => void,
  attributes: Record<string, Attribute> = {},
): HTMLButtonElement {
  return make("button", { type: "button", click: pressed, ...attributes }, text);
}

/** Sets a text if it is another one: a screen reader repeats what is set again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Asks before something that cannot be undone. */
export async function confirmed(question: string, yes: string): Promise<boolean> {
  const dialog = make(
    "dialog",
    { class: "ask", "aria-label": question },
    make(
      "form",
      { method: "dialog" },
      make("p", {}, question),
      make("button", { value: "yes" }, yes),
      make("button", { value: "no", autofocus: true }, "Cancel"),
    ),
  );
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  dialog.remove();
  if (before instanceof HTMLElement) before.focus();
  return dialog.returnValue === "yes";
}
