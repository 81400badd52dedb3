/**
 * What the GAN learns: a shape, points drawn by hand, or points of a file; and the presets of the
 * library.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { withData } from "@/playground/changed_settings.ts";
import { onGrid } from "@/data/points_text.ts";
import { type PlaygroundData, type PlaygroundSettings, settingsOf } from "@/playground/settings.ts";
import { make, makeButton } from "../page/dom.ts";
import { type DrawnPoints } from "./drawn_points.ts";
import { type PlaygroundModel } from "./model.ts";
import { type FieldKind } from "./setting_fields.ts";
import { fieldElement } from "./settings_form.ts";
import { dimensionsOf, SHAPES, smallSettings } from "./shapes.ts";

/** Names of the presets, by the data that they are for. */
const PRESET_NAMES = [
  ["line", "line"],
  ["ring", "ring"],
  ["grid", "grid"],
  ["spiral", "spiral"],
  ["spiral-collapse", "spiral-collapse"],
  ["tiny", "tiny (MNIST)"],
  ["mlp", "mlp (MNIST)"],
  ["mlp-collapse", "mlp-collapse (MNIST)"],
] as const;

export function dataPanel(model: PlaygroundModel, drawn: DrawnPoints): HTMLElement {
  const shape = make("select", { id: "set-shape" });
  const names = Object.entries(SHAPES).map(([value, { text }]) => make("option", { value }, text));
  const hand = make("option", { value: "hand" }, "Drawn by hand");
  const file = make("option", { value: "file" }, "Points of a file");
  const other = make("option", { value: "other" }, "As in the address");
  shape.append(...names, hand, file, other);
  const picker = make("input", {
    id: "set-file",
    type: "file",
    accept: ".csv,.tsv,.txt,text/csv",
    change: async () => {
      const [picked] = picker.files ?? [];
      if (picked) await takeFile(model, await picked.text(), picked.name);
      picker.value = "";
    },
  });
  shape.addEventListener("change", async () => {
    if (shape.value === "hand") drawn.begin();
    else if (shape.value === "file") picker.click();
    else if (shape.value in SHAPES) {
      drawn.end();
      const { data } = SHAPES[shape.value];
      const before = model.settings.peek().data.kind;
      const changed = await model.change((settings) => withData(settings, data));
      if (changed && (data.kind === "mnist") !== (before === "mnist")) {
        model.said.value =
          `Begun anew with the networks of the preset ${model.settings.peek().preset}: points and pictures need other ones.`;
      }
    }
    shape.value = nameOf(model.settings.peek().data);
  });
  effect(() => {
    const name = drawn.active.value ? "hand" : nameOf(model.settings.value.data);
    other.hidden = name !== "other";
    shape.value = name;
  });
  return make(
    "div",
    { class: "fields data" },
    presetField(model, drawn),
    labelled("Data", shape),
    labelled("Own points, as CSV", picker),
    drawButtons(model, drawn),
    fieldElement(model, SPREAD),
  );
}

function labelled(text: string, control: HTMLElement): HTMLElement {
  return make("div", { class: "field" }, make("label", { for: control.id }, text), control);
}

function presetField(model: PlaygroundModel, drawn: DrawnPoints): HTMLElement {
  const preset = make("select", { id: "set-preset" });
  preset.append(
    make("option", { value: "" }, "small networks, to begin with"),
    ...PRESET_NAMES.map(([value, text]) => make("option", { value }, text)),
  );
  preset.addEventListener("change", async () => {
    drawn.end();
    const { seed } = model.settings.peek().options;
    await model.start(
      preset.value === ""
        ? smallSettings("eightGaussians", seed)
        : settingsOf(preset.value, { seed }),
    );
  });
  effect(() => {
    preset.value = presetOf(model.settings.value);
  });
  return labelled("Preset", preset);
}

/** The preset whose options these are, seed aside; "" where they are a change of one. */
export function presetOf({ preset, options }: PlaygroundSettings): string {
  const own = settingsOf(preset, { seed: options.seed }).options;
  return JSON.stringify(options) === JSON.stringify(own) ? preset : "";
}

function drawButtons(model: PlaygroundModel, drawn: DrawnPoints): HTMLElement {
  const draw = makeButton("Draw data on the stage", () => {
    if (drawn.active.peek()) drawn.end();
    else drawn.begin();
  });
  const clear = makeButton("Clear the drawing", () => drawn.clear());
  effect(() => {
    draw.setAttribute("aria-pressed", String(drawn.active.value));
    draw.hidden = dimensionsOf(model.settings.value.data) === 784;
    clear.hidden = !drawn.active.value;
  });
  return make("div", { class: "buttons" }, draw, clear);
}

/** The width of the Gaussian around each of one's own points. */
const SPREAD: FieldKind = {
  id: "sigma",
  label: "Width of each point or Gaussian, σ",
  group: "noise",
  ...{ least: 1e-4, most: 10 },
  get: ({ data }) => "sigma" in data ? data.sigma : undefined,
  set: (settings, value) => ({
    ...settings,
    data: { ...settings.data, sigma: Number(value) } as PlaygroundData,
  }),
};

async function takeFile(model: PlaygroundModel, text: string, name: string): Promise<void> {
  try {
    // Its parser is fetched for those alone who have a file.
    const { fitsText, pointsOfCsv } = await import("./own_points.ts");
    const { points, sigma, fits } = pointsOfCsv(text);
    const data: PlaygroundData = { kind: "points", from: "file", points: onGrid(points), sigma };
    if (!await model.change((settings) => withData(settings, data))) return;
    model.said.value = `${points.length} points of ${name}. ${fitsText(fits)}`;
  } catch (error) {
    model.said.value = (error as Error).message;
  }
}

/** The name of a shape whose data these are. */
function nameOf(data: PlaygroundData): string {
  if (data.kind === "points") return data.from;
  const text = JSON.stringify(data);
  return Object.entries(SHAPES).find(([, shape]) => JSON.stringify(shape.data) === text)?.[0] ??
    "other";
}
