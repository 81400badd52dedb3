/**
 * The layers of the stage: each with the mark that it is drawn with, so that this is the legend too.
 *
 * @module
 */
import { effect } from "@preact/signals-core";
import { type Look } from "@/playground/playground_messages.ts";
import { type LayerName } from "@/playground/settings.ts";
import { make, setText } from "../page/dom.ts";
import { type PlaygroundModel } from "./model.ts";
import { tickText } from "./number_text.ts";
import { ofEach } from "./reading_words.ts";
import { dimensionsOf } from "./shapes.ts";
import { longestPull } from "./stage.ts";

interface Layer {
  name: LayerName;
  /** Its name; what stands after _ is set below the line. */
  text: string;
  textOnLine?: string;
  /** In the plane, on the line, or in both. */
  in: readonly (1 | 2)[];
  /** How it is drawn, on the line where that differs. */
  mark: string;
  markOnLine?: string;
}

const LAYERS: readonly Layer[] = [
  { name: "data", text: "real points", in: [1, 2], mark: "dot", markOnLine: "tick real" },
  {
    name: "generated",
    text: "generated points",
    in: [1, 2],
    mark: "diamond",
    markOnLine: "tick fake",
  },
  {
    name: "discriminator",
    text: "D(x): blue real, orange generated, line at ½",
    textOnLine: "D(x)",
    in: [1, 2],
    mark: "field",
    markOnLine: "dashed ink",
  },
  {
    name: "best",
    text: "D*(x), the best D for this G: line at ½",
    textOnLine: "D*(x), the best D for this G",
    in: [1, 2],
    mark: "dashed best",
    markOnLine: "dash-dotted best",
  },
  {
    name: "difference",
    text: "D − D*: from too low to too high",
    in: [1, 2],
    mark: "difference",
  },
  { name: "pData", text: "p_data", in: [1, 2], mark: "solid real", markOnLine: "dotted real" },
  { name: "pG", text: "p_g", in: [1, 2], mark: "dashed fake", markOnLine: "solid fake" },
  { name: "grid", text: "G of a grid of z (torn cells outlined)", in: [2], mark: "net" },
  { name: "map", text: "G, from z to x", in: [1], mark: "net" },
  { name: "traces", text: "traces of twelve z", in: [2], mark: "trace" },
  { name: "pulls", text: "where G’s loss pulls", in: [1, 2], mark: "arrow pull" },
  { name: "slopes", text: "∇ₓa at a chosen point", in: [2], mark: "arrow ink" },
];

/** Less than this share of G's points inside the picture is next to nothing. */
const SEEN = 0.05;

/** The share of G's points that the picture has room for; 1 of pictures of digits. */
function shareInside({ fake, dimensions, range: [low, high] }: Look): number {
  if (dimensions > 2) return 1;
  const rows = fake.length / dimensions;
  const isInside = (x: number) => x >= low && x <= high;
  const inside = Array.from(
    { length: rows },
    (_, row) => fake.subarray(row * dimensions, (row + 1) * dimensions).every(isInside),
  );
  return inside.filter(Boolean).length / rows;
}

/** What is to be known of the pictures of one run or two: where their parts come from. */
export function noteOf(looks: readonly Look[], layers: readonly LayerName[]): string {
  const wants = (...names: LayerName[]) => names.some((name) => layers.includes(name));
  const each = (say: (look: Look) => string) => ofEach(looks.map(say));
  const longest = longestPull([...looks]);
  const parts = [
    looks.some(({ digits }) => digits)
      ? "Digits are generated. The bar below each is D: the longer, the surer D is that it is real"
      : "",
    each((look) => shareInside(look) < SEEN ? "G’s points lie outside the picture" : ""),
    wants("best", "difference") ? each(bestText) : "",
    wants("best", "difference") && looks.some(isHatched)
      ? "Hatched: not known, since neither density has any mass there"
      : "",
    wants("pData") ? each(({ pData }) => pData ? `p_data: ${pData.how}` : "") : "",
    wants("pG") ? each(({ pG }) => pG ? `p_g: ${pG.how}` : "") : "",
    wants("pData", "pG") && looks.some(({ dimensions }) => dimensions === 1)
      ? "Densities have a scale of their own"
      : "",
    wants("pulls") && longest
      ? `Longest arrow: ${tickText(Number(longest.toPrecision(2)))} nats per unit`
      : "",
  ];
  return parts.filter((part) => part !== "").join(". ");
}

/** Whether a field in the plane has cells whose value is not known. */
function isHatched({ dimensions, best, difference }: Look): boolean {
  return dimensions === 2 && (best ?? difference)?.values.some(Number.isNaN) === true;
}

function bestText({ best, difference, noBest }: Look): string {
  if (best) return `D*: ${best.how}`;
  return difference?.how ?? (noBest ? `No D*: ${noBest}` : "");
}

/** The layers, as a list of boxes to tick. */
export function layersPanel(model: PlaygroundModel): HTMLElement {
  const boxes = LAYERS.map((layer) => layerBox(model, layer));
  const note = make("p", { class: "known" });
  effect(() => {
    const looks = model.looks.value.filter((look) => look !== undefined);
    setText(note, noteOf(looks, model.layers.value));
  });
  return make("fieldset", { class: "layers" }, make("legend", {}, "Shown"), ...boxes, note);
}

function layerBox(model: PlaygroundModel, layer: Layer): HTMLElement {
  const box = make("input", {
    type: "checkbox",
    id: `layer-${layer.name}`,
    change: () => model.showLayer(layer.name, box.checked),
  });
  const mark = make("span", { "aria-hidden": "true" });
  const text = make("span", {});
  const label = make("label", { for: box.id }, box, mark, text);
  effect(() => {
    const layers = model.layers.value;
    const { data } = model.settings.value;
    const dimensions = dimensionsOf(data);
    const [name, below] = (dimensions === 1 && layer.textOnLine ? layer.textOnLine : layer.text)
      .split("_");
    text.replaceChildren(name, ...(below ? [make("sub", {}, below)] : []));
    box.checked = layers.includes(layer.name);
    label.hidden = dimensions === 784 || !layer.in.includes(dimensions);
    mark.className = `mark ${dimensions === 1 && layer.markOnLine ? layer.markOnLine : layer.mark}`;
  });
  return label;
}
