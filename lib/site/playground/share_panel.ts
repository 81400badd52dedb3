/**
 * What can be taken along: the address of these settings, and the code that does the same.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { toAddress } from "@/playground/address.ts";
import { asCode } from "@/playground/code.ts";
import { make, makeButton, setText } from "../page/dom.ts";
import { type PlaygroundModel } from "./model.ts";

/** Steps of a run that has not been trained yet. */
const SOME_STEPS = 1000;

export function sharePanel(model: PlaygroundModel): HTMLElement {
  const code = make("pre", { tabindex: "0", role: "group", "aria-label": "TypeScript" });
  const command = make("pre", { tabindex: "0", role: "group", "aria-label": "Command" });
  const note = make("p", {});
  const details = make("details", { class: "group code" }, make("summary", {}, "As code"));
  const show = () => {
    // Read in any case, since an effect follows what it has read.
    const { runs } = model.state.value;
    const { settings, step } = runs[model.target.value] ?? runs[0];
    if (!details.open) return;
    const same = asCode(settings, step || SOME_STEPS);
    setText(code, same.typescript);
    setText(command, same.command ?? "");
    command.hidden = same.command === undefined;
    setText(note, same.noCommand ? `No command: ${same.noCommand}.` : "");
  };
  const copyOf = (what: string, text: () => string) =>
    makeButton(`Copy ${what}`, async () => {
      show();
      try {
        await navigator.clipboard.writeText(text());
        model.said.value = `Copied ${what}.`;
      } catch {
        // A page over plain HTTP may not, and a reader may have forbidden it.
        model.said.value = "This browser does not let the page copy: select the text and copy it.";
      }
    });
  details.append(
    make("p", {}, "The same run in a cell of a notebook:"),
    copyOf("the code", () => code.textContent ?? ""),
    code,
    make("p", {}, "Or with the command:"),
    copyOf("the command", () => command.textContent ?? ""),
    command,
    note,
  );
  details.addEventListener("toggle", show);
  effect(show);
  const copyAddress = copyOf("the address", () => addressOf(model));
  return make("div", { class: "share" }, make("div", { class: "buttons" }, copyAddress), details);
}

function addressOf(model: PlaygroundModel): string {
  return `${location.href.split("#")[0]}#${toAddress(model.settings.peek())}`;
}

/**
 * Keeps the address of the page that of the settings, without a place in the history for each.
 *
 * @returns Does so now, where the address names something else.
 */
export function followSettings(model: PlaygroundModel): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = () => {
    const address = `#${toAddress(model.state.peek().runs[0].settings)}`;
    if (location.hash !== address) history.replaceState(history.state, "", address);
  };
  effect(() => {
    void model.state.value;
    // Browsers refuse more than some hundred changes in half a minute.
    timer ??= setTimeout(() => {
      timer = undefined;
      show();
    }, 300);
  });
  return show;
}
