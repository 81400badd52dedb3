/**
 * The form of the settings: fields that show what a run has, and change it while it runs.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { make } from "../page/dom.ts";
import { FIELD_GROUPS, type FieldGroup, type FieldKind, FIELDS } from "./setting_fields.ts";
import { type PlaygroundModel } from "./model.ts";

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

function fieldElement(model: PlaygroundModel, field: FieldKind): HTMLElement {
  const id = `set-${field.id}`;
  const control = field.choices ? make("select", { id }) : make("input", {
    id,
    type: "number",
    step: field.whole ? "1" : "any",
    min: String(field.least),
    max: String(field.most),
    inputmode: field.whole ? "numeric" : "decimal",
  });
  const change = async () => {
    const { value } = control;
    if (!isPossible(field, value)) {
      model.said.value = `${field.label}: ${ruleOf(field)}, got ${value || "nothing"}.`;
    } else if (value !== String(field.get(model.settings.peek()))) {
      await model.change((settings) => field.set(settings, value));
    }
    // What was refused is as it was.
    showValue(control, field, model.settings.peek());
  };
  control.addEventListener("change", change);
  const label = make("label", { for: id }, field.label);
  const element = make("div", { class: "field" }, label, control);
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

function isPossible({ choices, least, most, whole }: FieldKind, text: string): boolean {
  if (choices) return true;
  const value = Number(text);
  return text.trim() !== "" && value >= least! && value <= most! &&
    (!whole || Number.isInteger(value));
}

function ruleOf({ least, most, whole }: FieldKind): string {
  return `it must be ${whole ? "a whole number" : "a number"} from ${least} to ${most}`;
}
