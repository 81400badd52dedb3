/**
 * Whether a machine computes what it should, on the processor or the GPU that it runs on.
 *
 * The products are given small integers, so that their sums are exact in any order and with any
 * kind of fused arithmetic: every number must be the one that plain loops give. The activations are
 * held to the functions of JavaScript.
 *
 * @module
 */
import { ActivationCode, Code, GradientWord, OptimiserWord, Word } from "./operation_protocol.ts";
import { type GpuMachine } from "./gpu/gpu_machine.ts";
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
import { type WasmMachine } from "./wasm/wasm_machine.ts";

/**
 * Milliseconds of computing before the numbers count: V8 takes a few to find what is hot, and it is
 * the code of its optimising compiler that is to be checked.
 */
const WARM_UP = 25;

/** Sides that fill no tile: inputs, outputs, and more rows than a workgroup has in hand at a time. */
const [K, N, M] = [53, 19, 133];

/** Numbers that a check wants to see: the address of the first, and how many. */
type Region = [address: number, count: number];

/** Asks for numbers, one region after another; returns what is wrong, if anything is. */
type Check = Generator<Region, string | undefined, ArrayLike<number>>;

/** What is wrong with a machine; undefined if nothing is. */
export function selfCheck(machine: WasmMachine): string | undefined {
  const check = checkAll(machine, WARM_UP);
  try {
    let step = check.next();
    while (!step.done) step = check.next(machine.read(...step.value));
    return step.value;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The same for a machine on a GPU, where a shader that is refused is wrong as well. */
export async function selfCheckOnGpu(machine: GpuMachine): Promise<string | undefined> {
  const { device } = machine;
  device.pushErrorScope("validation");
  const check = checkAll(machine, 0);
  let wrong: string | undefined;
  try {
    let step = check.next();
    while (!step.done) step = check.next(await machine.read(...step.value));
    wrong = step.value;
  } catch (error) {
    wrong = (error as Error).message;
  }
  const refused = await device.popErrorScope();
  return refused?.message ?? wrong;
}

function* checkAll(machine: StepMachine, warmUp: number): Check {
  const given: Region[] = [];
  const place: Place = (count) => {
    const placed = { address: machine.allocate(count), values: new Float32Array(count) };
    given.push(regionOf(placed));
    return placed;
  };
  try {
    return (yield* checkLayer(machine, place, warmUp)) ?? (yield* checkOptimiser(machine, place));
  } finally {
    for (const region of given) machine.release(...region);
  }
}

/** Numbers in a machine, and the same here: what is written there, or what should be found. */
interface Placed {
  address: number;
  values: Float32Array;
}

type Place = (count: number) => Placed;

function regionOf({ address, values }: Placed): Region {
  return [address, values.length];
}

/** The index of feature `feature` of row `row` in panels of a batch. */
function panelIndex(features: number, feature: number, row: number): number {
  const panel = Math.floor(row / PANEL) * paddedFeatures(features) * PANEL;
  return panel + feature * PANEL + row % PANEL;
}

function placePanels(place: Place, features: number): Placed {
  return place(panelsOf(M) * paddedFeatures(features) * PANEL);
}

/** What a layer is given: x is its input, u the gradient at its affine map. */
interface Layer {
  weights: Placed;
  bias: Placed;
  x: Placed;
  /** x made small, so that no activation saturates. */
  small: Placed;
  u: Placed;
}

/** What `small` is x divided by: the sums stay exact. */
const SMALL = 64;

function placeLayer(machine: StepMachine, place: Place): Layer {
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
const SLOPE = 0.25;

const ACTIVATIONS = [
  { name: "relu", code: ActivationCode.Relu, of: (h: number) => Math.max(h, 0) },
  { name: "leakyRelu", code: ActivationCode.LeakyRelu, of: (h: number) => h > 0 ? h : SLOPE * h },
  { name: "sigmoid", code: ActivationCode.Sigmoid, of: (h: number) => 1 / (1 + Math.exp(-h)) },
  { name: "tanh", code: ActivationCode.Tanh, of: Math.tanh },
];

/** How far an activation may be from JavaScript's. */
const TOLERANCE = 1e-5;

/** All passes of a layer, and every activation. */
function* checkLayer(machine: StepMachine, place: Place, warmUp: number): Check {
  const layer = placeLayer(machine, place);
  const [h, g, dw] = [placePanels(place, N), placePanels(place, K), place(weightSize(K, N))];
  const features = place(padded(K, PANEL) * panelsOf(M) * PANEL);
  const activated = ACTIVATIONS.map(() => placePanels(place, N));
  const program = machine.program([
    forward(layer, layer.x, h, ActivationCode.Linear),
    backward(layer, g),
    ...gradient(layer, features, dw),
    ...ACTIVATIONS.map(({ code }, i) => forward(layer, layer.small, activated[i], code)),
  ], false);
  const start = performance.now();
  do machine.run(program); while (performance.now() - start < warmUp);
  machine.releaseProgram(program);

  const products = affine(layer, layer.x);
  fillPanels(h, N, products);
  if (differ(h, yield regionOf(h))) return "a product forwards is wrong";
  fillPanels(g, K, (k, m) => sum(N, (n) => weightOf(layer, k, n) * at(layer.u, N, n, m)));
  if (differ(g, yield regionOf(g))) return "a product backwards is wrong";
  for (let k = 0; k < K; k++) {
    for (let n = 0; n < N; n++) {
      const wanted = sum(M, (m) => at(layer.u, N, n, m) * at(layer.x, K, k, m));
      dw.values[weightIndex(K, k, n)] = wanted;
    }
  }
  if (differ(dw, yield regionOf(dw))) return "the gradient of a weight is wrong";
  const small = affine(layer, layer.small);
  for (const [i, { name, of }] of ACTIVATIONS.entries()) {
    fillPanels(activated[i], N, (n, m) => of(small(n, m)));
    if (differ(activated[i], yield regionOf(activated[i]), TOLERANCE)) return `${name} is wrong`;
  }
}

function at({ values }: Placed, features: number, feature: number, row: number): number {
  return values[panelIndex(features, feature, row)];
}

function weightOf({ weights }: Layer, k: number, n: number): number {
  return weights.values[weightIndex(K, k, n)];
}

/** The affine map of a layer, of an input. */
function affine(layer: Layer, x: Placed): (n: number, m: number) => number {
  return (n, m) => layer.bias.values[n] + sum(K, (k) => weightOf(layer, k, n) * at(x, K, k, m));
}

function sum(count: number, term: (i: number) => number): number {
  let all = 0;
  for (let i = 0; i < count; i++) all += term(i);
  return all;
}

/** What panels should hold in the rows of the batch; elsewhere NaN: there anything may be. */
function fillPanels(
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
function differ({ values }: Placed, found: ArrayLike<number>, tolerance = 0): boolean {
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

function forward(layer: Layer, x: Placed, to: Placed, activation: ActivationCode): Int32Array {
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

function backward(layer: Layer, to: Placed): Int32Array {
  return operation(Code.Backward, {
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
function gradient({ x, u }: Layer, features: Placed, to: Placed): Int32Array[] {
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

/**
 * A step of Adam from slots of zero moves every weight by the rate against the sign of its
 * gradient.
 */
function* checkOptimiser(machine: StepMachine, place: Place): Check {
  const [count, decay1, decay2, rate] = [64, 0.5, 0.75, 0.25];
  const all = place(4 * count);
  const [weights, gradients, mean, square] = [0, 1, 2, 3].map((i) => 4 * count * i + all.address);
  for (let i = 0; i < count; i++) {
    const g = i % 2 ? i + 1 : -i - 1;
    const numbers = [-Math.sign(g) * rate, g, (1 - decay1) * g, (1 - decay2) * g * g];
    numbers.forEach((value, array) => all.values[array * count + i] = value);
  }
  machine.write(gradients, all.values.subarray(count, 2 * count));
  const adam = operation(Code.Adam, {
    ...{ [Word.Chunks]: 3, [Word.ChunkSize]: 24 },
    [OptimiserWord.Weights]: weights,
    [OptimiserWord.Gradients]: gradients,
    [OptimiserWord.First]: mean,
    [OptimiserWord.Second]: square,
    [OptimiserWord.Numbers]: count,
  }, {
    [OptimiserWord.FirstDecay]: decay1,
    [OptimiserWord.SecondDecay]: decay2,
    [OptimiserWord.Rate]: rate / (1 - decay1),
    [OptimiserWord.SecondCorrection]: 1 / Math.sqrt(1 - decay2),
  });
  const program = machine.program([adam.words], false);
  machine.run(program);
  machine.releaseProgram(program);
  if (differ(all, yield regionOf(all), 1e-6)) return "a step of Adam is wrong";
}

/** Integers from -4 to 4 that repeat only after a long while. */
function integers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state % 9 - 4;
  };
}
