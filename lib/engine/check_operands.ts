/**
 * What a self-check gives a machine: a layer of small integers, so that its sums are exact in any
 * order and with any kind of fused arithmetic, and the operations on it.
 *
 * @module
 */
import { ActivationCode, Code, GradientWord, Word } from "./operation_protocol.ts";
import {
  BLOCK,
  padded,
  paddedFeatures,
  PANEL,
  panelsOf,
  TILE_ROWS,
  weightIndex,
  weightSize,
} from "./layout.ts";
import { operation } from "./operation.ts";
import { type StepMachine } from "./step_machine.ts";

/** Sides that fill no tile: inputs, outputs, and more rows than a workgroup has in hand at a time. */
export const [K, N, M] = [53, 19, 133];

/** Numbers that a check wants to see: the address of the first, and how many. */
export type Stretch = [address: number, count: number];

/** Numbers in a machine, and the same here: what is written there, or what should be found. */
export interface Placed {
  address: number;
  values: Float32Array;
}

export type Placing = (count: number) => Placed;

export function stretchOf({ address, values }: Placed): Stretch {
  return [address, values.length];
}

/** The index of feature `feature` of row `row` in panels of a batch. */
function panelIndex(features: number, feature: number, row: number): number {
  const panel = Math.floor(row / PANEL) * paddedFeatures(features) * PANEL;
  return panel + feature * PANEL + row % PANEL;
}

export function placePanels(place: Placing, features: number): Placed {
  return place(panelsOf(M) * paddedFeatures(features) * PANEL);
}

/** What a layer is given: x is its input, u the gradient at its affine map. */
export interface Layer {
  weights: Placed;
  bias: Placed;
  x: Placed;
  /** x made small, so that no activation saturates. */
  small: Placed;
  u: Placed;
}

/** What `small` is x divided by: the sums stay exact. */
const SMALL = 64;

export function placeLayer(machine: StepMachine, place: Placing): Layer {
  const layer: Layer = {
    weights: place(weightSize(K, N)),
    bias: place(padded(N, PANEL)),
    x: placePanels(place, K),
    small: placePanels(place, K),
    u: placePanels(place, N),
  };
  const { weights, bias, x, small, u } = layer;
  const random = integers();
  for (let n = 0; n < N; n++) {
    bias.values[n] = random();
    for (let k = 0; k < K; k++) weights.values[weightIndex(K, k, n)] = random();
    for (let m = 0; m < M; m++) u.values[panelIndex(N, n, m)] = random();
  }
  for (let k = 0; k < K; k++) {
    for (let m = 0; m < M; m++) x.values[panelIndex(K, k, m)] = random();
  }
  small.values.set(x.values.map((value) => value / SMALL));
  for (const { address, values } of Object.values(layer) as Placed[]) {
    machine.write(address, values);
  }
  return layer;
}

/** A slope that float32 has exactly. */
export const SLOPE = 0.25;

export function at({ values }: Placed, features: number, feature: number, row: number): number {
  return values[panelIndex(features, feature, row)];
}

export function weightAt({ weights }: Layer, k: number, n: number): number {
  return weights.values[weightIndex(K, k, n)];
}

/** The affine map of a layer, of an input. */
export function affine(layer: Layer, x: Placed): (n: number, m: number) => number {
  return (n, m) => layer.bias.values[n] + sum(K, (k) => weightAt(layer, k, n) * at(x, K, k, m));
}

export function sum(count: number, term: (i: number) => number): number {
  let all = 0;
  for (let i = 0; i < count; i++) all += term(i);
  return all;
}

/** What panels should hold in the rows of the batch; elsewhere NaN: there anything may be. */
export function fillPanels(
  { values }: Placed,
  features: number,
  wanted: (feature: number, row: number) => number,
): void {
  values.fill(NaN);
  for (let feature = 0; feature < features; feature++) {
    for (let row = 0; row < M; row++) {
      values[panelIndex(features, feature, row)] = wanted(feature, row);
    }
  }
}

/** Whether a number that matters differs; a NaN that was found always does. */
export function differ({ values }: Placed, found: ArrayLike<number>, tolerance = 0): boolean {
  return values.some((wanted, i) =>
    !Number.isNaN(wanted) && !(Math.abs(found[i] - wanted) <= tolerance)
  );
}

/** Words that cut an operation into more than one chunk. */
function chunks(all: number): Record<number, number> {
  const size = 2;
  return { [Word.Chunks]: Math.ceil(all / size), [Word.ChunkSize]: size };
}

const ROWS = {
  [Word.Panels]: panelsOf(M),
  [Word.GroupPanels]: panelsOf(M),
  [Word.LastColumns]: M - PANEL * (panelsOf(M) - 1),
  [Word.Pieces]: 1,
};

const [K_STRIDE, N_STRIDE] = [K, N].map((features) => 4 * paddedFeatures(features) * PANEL);
const WEIGHT_STEP = 4 * TILE_ROWS * padded(K, BLOCK);

export function forwardOn(
  layer: Layer,
  x: Placed,
  to: Placed,
  activation: ActivationCode,
): Int32Array {
  return operation(Code.Forward, {
    ...chunks(Math.ceil(N / TILE_ROWS)),
    ...ROWS,
    [Word.Features]: N,
    [Word.In]: x.address,
    [Word.InStride]: K_STRIDE,
    [Word.Weights]: layer.weights.address,
    [Word.WeightStep]: WEIGHT_STEP,
    [Word.Turns]: Math.ceil(K / 4),
    [Word.Bias]: layer.bias.address,
    [Word.Activation]: activation,
    [Word.Raw]: to.address,
    [Word.RawStride]: N_STRIDE,
    [Word.Out]: to.address,
    [Word.OutStride]: N_STRIDE,
  }, { [Word.Slope]: activation === ActivationCode.LeakyRelu ? SLOPE : 0 }).words;
}

export function backwardOn(layer: Layer, to: Placed, biasGradient?: Placed): Int32Array {
  return operation(Code.Backward, {
    [Word.BiasGradient]: biasGradient?.address,
    ...chunks(Math.ceil(K / TILE_ROWS)),
    ...ROWS,
    [Word.Features]: K,
    [Word.In]: layer.u.address,
    [Word.InStride]: N_STRIDE,
    [Word.Weights]: layer.weights.address,
    [Word.WeightStep]: WEIGHT_STEP,
    [Word.Turns]: Math.ceil(N / TILE_ROWS),
    [Word.Raw]: to.address,
    [Word.RawStride]: K_STRIDE,
    [Word.Out]: to.address,
    [Word.OutStride]: K_STRIDE,
  }).words;
}

/** A weight's gradient by way of panels of features. */
export function gradientOn({ x, u }: Layer, features: Placed, to: Placed): Int32Array[] {
  const inputPanels = Math.ceil(K / PANEL);
  const stride = 4 * panelsOf(M) * PANEL * PANEL;
  const transpose = operation(Code.Transpose, {
    ...chunks(inputPanels),
    ...ROWS,
    [Word.Features]: K,
    [Word.In]: x.address,
    [Word.InStride]: K_STRIDE,
    [Word.Out]: features.address,
    [Word.OutStride]: stride,
  });
  const product = operation(Code.Gradient, {
    ...chunks(inputPanels),
    [GradientWord.InputPanels]: inputPanels,
    [GradientWord.Features]: features.address,
    [GradientWord.FeaturesStride]: stride,
    [GradientWord.Turns]: panelsOf(M) * PANEL / 4,
    [GradientWord.U]: u.address,
    [GradientWord.UStride]: N_STRIDE,
    [GradientWord.OutputTiles]: Math.ceil(N / TILE_ROWS),
    [GradientWord.Out]: to.address,
    [GradientWord.WeightStep]: WEIGHT_STEP,
    [GradientWord.Outputs]: N,
  });
  return [transpose.words, product.words];
}

/** Integers from -4 to 4 that repeat only after a long while. */
function integers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state % 9 - 4;
  };
}
