/**
 * The form of the settings: fields that show what a run has, and change it while it runs.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { make, setText } from "../page/dom.ts";
import { FIELD_GROUPS, type FieldGroup, type FieldKind, FIELDS } from "./setting_fields.ts";
import { type PlaygroundModel } from "./model.ts";
import { tickText, typedNumber } from "./number_text.ts";

/** The groups of fields, each folded away but the first. */
export function settingsForm(model: PlaygroundModel): HTMLElement[] {
  return Object.entries(FIELD_GROUPS).map(([group, title]) => {
    const fields = FIELDS.filter((field) => field.group === group as FieldGroup);
    return make(
      "details",
      { class: `group ${group}`, open: group === "game" },
      make("summary", {}, title),
      make("div", { class: "fields" }, ...fields.map((field) => fieldElement(model, field))),
    );
  });
}

/** A field with its label, what it has, and what was wrong with what was typed last. */
export function fieldElement(model: PlaygroundModel, field: FieldKind): HTMLElement {
  const id = `set-${field.id}`;
  const control = field.choices ? make("select", { id }) : make("input", {
    id,
    // A field for numbers alone would leave out what it does not know, such as a comma.
    type: "text",
    autocomplete: "off",
    class: "number",
    "aria-describedby": `${id}-fault`,
    inputmode: field.whole ? "numeric" : "decimal",
  });
  const fault = make("p", { class: "fault", id: `${id}-fault` });
  const change = async () => {
    const problem = field.choices ? undefined : faultOf(field, control.value);
    setText(fault, problem ? `${problem[0].toUpperCase()}${problem.slice(1)}` : "");
    if (problem !== undefined) model.said.value = `${field.label}: ${problem}`;
    else {
      const value = field.choices ? control.value : String(typedNumber(control.value));
      if (value !== String(field.get(model.settings.peek()))) {
        await model.change((settings) => field.set(settings, value));
      }
    }
    // What was refused is as it was.
    showValue(control, field, model.settings.peek());
  };
  control.addEventListener("change", change);
  const label = make("label", { for: id }, field.label);
  const element = make("div", { class: "field" }, label, control, ...field.choices ? [] : [fault]);
  effect(() => {
    const settings = model.settings.value;
    element.hidden = field.get(settings) === undefined;
    showValue(control, field, settings);
  });
  return element;
}

function showValue(
  control: HTMLInputElement | HTMLSelectElement,
  field: FieldKind,
  settings: PlaygroundModel["settings"]["value"],
): void {
  if (control instanceof HTMLSelectElement) {
    const choices = field.choices!(settings);
    const shown = [...control.options].map(({ value }) => value).join();
    if (shown !== Object.keys(choices).join()) {
      control.replaceChildren(
        ...Object.entries(choices).map(([value, text]) => make("option", { value }, text)),
      );
    }
  }
  const value = String(field.get(settings) ?? "");
  if (control.value !== value) control.value = value;
}

/** Why what was typed into a field for a number cannot be taken: a sentence; undefined if it can. */
export function faultOf(
  { least, most, whole }: Pick<FieldKind, "least" | "most" | "whole">,
  text: string,
): string | undefined {
  const typed = typedNumber(text);
  if (typeof typed === "number" && typed >= least! && typed <= most!) {
    if (!whole || Number.isInteger(typed)) return undefined;
  }
  const rule = `it must be ${whole ? "a whole number" : "a number"} from ${tickText(least!)} to ${
    tickText(most!)
  }`;
  return `${rule}, ${typeof typed === "string" ? typed : `got ${text}`}.`;
}
