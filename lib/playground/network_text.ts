/**
 * Networks and optimisers as short texts of an address.
 *
 * A network is its inputs, its layers and its initialisation, with ~ between them: `2~64la0.1~1n~g`
 * is 2 → 64 → 1, LeakyReLU with a slope of 0.1, then linear, weights by Glorot. A layer is its
 * width, a letter for its activation and, each behind a letter, slope (a), pieces (p), batch
 * normalisation (b, momentum and epsilon) and dropout (k, what is kept).
 *
 * @module
 */
import { type Activation } from "@/gan/activations.ts";
import { type OptimiserSpec } from "@/gan/optimiser.ts";
import { type Initialisation, type LayerSpec, type NetworkSpec } from "@/gan/spec.ts";

/** An activation that has no letter is its name in brackets. */
const LETTERS: Partial<Record<Activation, string>> = {
  linear: "n",
  relu: "r",
  leakyRelu: "l",
  maxout: "m",
  sigmoid: "s",
  tanh: "t",
};

const NUMBER = "-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?";
const LAYER = new RegExp(
  `^(\\d+)(?:([a-z])|\\((\\w+)\\))(?:a(${NUMBER}))?(?:p(\\d+))?(?:b(${NUMBER}),(${NUMBER}))?(?:k(${NUMBER}))?$`,
);

/** The text of a network. */
export function networkText({ inputs, layers, initialisation }: NetworkSpec): string {
  return [inputs, ...layers.map(layerText), initialisationText(initialisation)].join("~");
}

function layerText({ width, activation, slope, pieces, batchNorm, keep }: LayerSpec): string {
  const parts = [
    slope === undefined ? "" : `a${slope}`,
    pieces === undefined ? "" : `p${pieces}`,
    batchNorm ? `b${batchNorm.momentum},${batchNorm.epsilon}` : "",
    keep === undefined ? "" : `k${keep}`,
  ];
  return `${width}${LETTERS[activation] ?? `(${activation})`}${parts.join("")}`;
}

function initialisationText(initialisation: Initialisation): string {
  if (initialisation.kind === "uniform") return `u${initialisation.range}`;
  return initialisation.kind === "glorot" ? "g" : "f";
}

/** The network of such a text; undefined if it is none. */
export function readNetwork(text: string): NetworkSpec | undefined {
  const parts = text.split("~");
  const layers = parts.slice(1, -1).map(readLayer);
  const initialisation = readInitialisation(parts.at(-1)!);
  if (!/^\d+$/.test(parts[0]) || layers.includes(undefined) || !initialisation) return undefined;
  return { inputs: Number(parts[0]), layers: layers as LayerSpec[], initialisation };
}

function readLayer(text: string): LayerSpec | undefined {
  const [found, width, letter, name, slope, pieces, momentum, epsilon, keep] = LAYER.exec(text) ??
    [];
  const activation =
    (name ?? Object.entries(LETTERS).find(([, own]) => own === letter)?.[0]) as Activation;
  if (!found || !activation) return undefined;
  return {
    width: Number(width),
    activation,
    ...slope !== undefined && { slope: Number(slope) },
    ...pieces !== undefined && { pieces: Number(pieces) },
    ...momentum !== undefined &&
      { batchNorm: { momentum: Number(momentum), epsilon: Number(epsilon) } },
    ...keep !== undefined && { keep: Number(keep) },
  };
}

function readInitialisation(text: string): Initialisation | undefined {
  if (text === "g") return { kind: "glorot" };
  if (text === "f") return { kind: "fanIn" };
  const range = new RegExp(`^u(${NUMBER})$`).exec(text)?.[1];
  return range === undefined ? undefined : { kind: "uniform", range: Number(range) };
}

/** The text of an optimiser: its kind, then its numbers in a fixed order. */
export function optimiserText(spec: OptimiserSpec): string {
  if (spec.kind === "adam") {
    const { learningRate, beta1, beta2, epsilon, decay } = spec;
    return ["adam", learningRate, beta1, beta2, epsilon, ...decay === undefined ? [] : [decay]]
      .join(",");
  }
  if (spec.kind === "momentum") {
    const { learningRate, decay, floor, momentum: { initial, final, from, to } } = spec;
    return ["momentum", learningRate, decay, floor, initial, final, from, to].join(",");
  }
  const { kind, ...fields } = spec as { kind: string };
  return [kind, ...Object.entries(fields).map(([name, value]) => `${name}:${value}`)].join(",");
}

/** An optimiser whose fields are numbers by name: any kind that has no order of its own here. */
function readFields(kind: string, texts: string[]): OptimiserSpec {
  const fields = texts.map((text) => text.split(":")).map(([name, value]) => [name, Number(value)]);
  return { kind, ...Object.fromEntries(fields) } as OptimiserSpec;
}

/** The optimiser of such a text; undefined if it is none. */
export function readOptimiser(text: string): OptimiserSpec | undefined {
  const [kind, ...texts] = text.split(",");
  if (texts[0]?.includes(":")) return readFields(kind, texts);
  const numbers = texts.map(Number);
  if (numbers.some(Number.isNaN)) return undefined;
  if (kind === "adam" && (numbers.length === 4 || numbers.length === 5)) {
    const [learningRate, beta1, beta2, epsilon, decay] = numbers;
    return { kind, learningRate, beta1, beta2, epsilon, ...decay !== undefined && { decay } };
  }
  if (kind === "momentum" && numbers.length === 7) {
    const [learningRate, decay, floor, initial, final, from, to] = numbers;
    return { kind, learningRate, decay, floor, momentum: { initial, final, from, to } };
  }
}
