/**
 * Whether a machine computes what it should, on the processor or the GPU that it runs on.
 *
 * The products are given small integers: every number must be the one that plain loops give. The
 * activations are held to the functions of JavaScript.
 *
 * @module
 */
import { Random } from "@/random.ts";
import { loadKeptRows, loadNormals } from "./batch_operations.ts";
import { ActivationCode, Code, OptimiserWord, Word } from "./operation_protocol.ts";
import {
  affine,
  at,
  backwardOn,
  differ,
  fillPanels,
  forwardOn,
  gradientOn,
  K,
  M,
  N,
  placeLayer,
  placePanels,
  type Placing,
  SLOPE,
  type Stretch,
  stretchOf,
  sum,
  weightAt,
} from "./check_operands.ts";
import { type GpuMachine } from "./gpu/gpu_machine.ts";
import { tilesNamed } from "./gpu/tile_names.ts";
import { padded, PANEL, panelsOf, weightIndex, weightSize } from "./layout.ts";
import { operation } from "./operation.ts";
import { type StepMachine } from "./step_machine.ts";
import { type WasmMachine } from "./wasm/wasm_machine.ts";

/**
 * Milliseconds of computing before the numbers count: V8 takes a few to find what is hot, and it is
 * the code of its optimising compiler that is to be checked.
 */
const WARM_UP = 25;

/** Asks for numbers, one stretch after another; returns what is wrong, if anything is. */
type Check = Generator<Stretch, string | undefined, ArrayLike<number>>;

/** What is wrong with a machine; undefined if nothing is. */
export function selfCheck(machine: WasmMachine): string | undefined {
  const check = inPlaces(machine, (place) => checkAll(machine, place, WARM_UP));
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
  const check = inPlaces(machine, (place) => checkGpu(machine, place));
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

/** Gives a check places in the memory, and takes them back. */
function* inPlaces(machine: StepMachine, check: (place: Placing) => Check): Check {
  const given: Stretch[] = [];
  try {
    return yield* check((count) => {
      const placed = { address: machine.allocate(count), values: new Float32Array(count) };
      given.push(stretchOf(placed));
      return placed;
    });
  } finally {
    for (const each of given) machine.release(...each);
  }
}

function* checkAll(machine: StepMachine, place: Placing, warmUp: number): Check {
  return (yield* checkLayer(machine, place, warmUp)) ?? (yield* checkOptimiser(machine, place));
}

function* checkGpu(machine: GpuMachine, place: Placing): Check {
  return (yield* checkAll(machine, place, 0)) ?? (yield* checkTiles(machine, place)) ??
    (yield* checkInputs(machine, place));
}

const ACTIVATIONS = [
  { name: "relu", code: ActivationCode.Relu, of: (h: number) => Math.max(h, 0) },
  { name: "leakyRelu", code: ActivationCode.LeakyRelu, of: (h: number) => h > 0 ? h : SLOPE * h },
  { name: "sigmoid", code: ActivationCode.Sigmoid, of: (h: number) => 1 / (1 + Math.exp(-h)) },
  { name: "tanh", code: ActivationCode.Tanh, of: Math.tanh },
];

/** How far an activation may be from JavaScript's. */
const TOLERANCE = 1e-5;

/** All passes of a layer, and every activation. */
function* checkLayer(machine: StepMachine, place: Placing, warmUp: number): Check {
  const layer = placeLayer(machine, place);
  const [h, g, dw] = [placePanels(place, N), placePanels(place, K), place(weightSize(K, N))];
  const features = place(padded(K, PANEL) * panelsOf(M) * PANEL);
  const activated = ACTIVATIONS.map(() => placePanels(place, N));
  const program = machine.program([
    forwardOn(layer, layer.x, h, ActivationCode.Linear),
    backwardOn(layer, g),
    ...gradientOn(layer, features, dw),
    ...ACTIVATIONS.map(({ code }, i) => forwardOn(layer, layer.small, activated[i], code)),
  ], false);
  const start = performance.now();
  do machine.run(program); while (performance.now() - start < warmUp);
  machine.releaseProgram(program);

  const products = affine(layer, layer.x);
  fillPanels(h, N, products);
  if (differ(h, yield stretchOf(h))) return "a product forwards is wrong";
  fillPanels(g, K, (k, m) => sum(N, (n) => weightAt(layer, k, n) * at(layer.u, N, n, m)));
  if (differ(g, yield stretchOf(g))) return "a product backwards is wrong";
  for (let k = 0; k < K; k++) {
    for (let n = 0; n < N; n++) {
      const wanted = sum(M, (m) => at(layer.u, N, n, m) * at(layer.x, K, k, m));
      dw.values[weightIndex(K, k, n)] = wanted;
    }
  }
  if (differ(dw, yield stretchOf(dw))) return "the gradient of a weight is wrong";
  const small = affine(layer, layer.small);
  for (const [i, { name, of }] of ACTIVATIONS.entries()) {
    fillPanels(activated[i], N, (n, m) => of(small(n, m)));
    if (differ(activated[i], yield stretchOf(activated[i]), TOLERANCE)) return `${name} is wrong`;
  }
}

/** Products in parts that another dispatch adds, and sums over the batch by one that has it all. */
function* checkTiles(machine: GpuMachine, place: Placing): Check {
  const layer = placeLayer(machine, place);
  const [h, g, whole] = [placePanels(place, N), placePanels(place, K), placePanels(place, K)];
  const bias = place(padded(K, PANEL));
  const parts = tilesNamed("16x16,inner=16,slices=4,split=4", machine.device.limits);
  for (
    const program of [
      machine.program(
        [forwardOn(layer, layer.x, h, ActivationCode.Linear), backwardOn(layer, g)],
        false,
        undefined,
        parts,
      ),
      machine.program([backwardOn(layer, whole, bias)]),
    ]
  ) {
    machine.run(program);
    machine.releaseProgram(program);
  }
  fillPanels(h, N, affine(layer, layer.x));
  if (differ(h, yield stretchOf(h))) return "a product forwards in parts is wrong";
  const gradients = (k: number, m: number) =>
    sum(N, (n) => weightAt(layer, k, n) * at(layer.u, N, n, m));
  fillPanels(g, K, gradients);
  if (differ(g, yield stretchOf(g))) return "a product backwards in parts is wrong";
  bias.values.fill(NaN);
  for (let k = 0; k < K; k++) bias.values[k] = sum(M, (m) => gradients(k, m));
  if (differ(bias, yield stretchOf(bias))) return "a sum over the batch is wrong";
}

/** Normal numbers of random words, and rows by their indices. */
function* checkInputs(machine: GpuMachine, place: Placing): Check {
  const features = 12;
  const [normals, taken] = [placePanels(place, features), placePanels(place, features)];
  const [words, indices] = [place(features * M), place(M)];
  const [rows, table] = [place(64 * features / 4), place(256)];
  const stride = 4 * features * PANEL;
  machine.write(words.address, new Random(1).wordsOfNormals(features * M));
  machine.write(indices.address, Uint32Array.from({ length: M }, (_, m) => 11 * m % 64));
  machine.fill(rows.address, Uint8Array.from({ length: 64 * features }, (_, i) => 37 * i % 256));
  machine.write(table.address, Float32Array.from({ length: 256 }, (_, byte) => 3 * byte));
  const kept = { rows: rows.address, table: table.address };
  const shape = { packing: 1, width: features, count: M };
  const program = machine.program([
    loadNormals(words.address, features, M, { address: normals.address, stride }).words,
    loadKeptRows(indices.address, kept, shape, { address: taken.address, stride }).words,
  ]);
  machine.run(program);
  machine.releaseProgram(program);
  const wanted = new Random(1).normals(features * M);
  fillPanels(normals, features, (feature, m) => wanted[m * features + feature]);
  if (differ(normals, yield stretchOf(normals), TOLERANCE)) return "a normal number is wrong";
  const byteAt = (feature: number, m: number) => 37 * (11 * m % 64 * features + feature) % 256;
  fillPanels(taken, features, (feature, m) => 3 * byteAt(feature, m));
  if (differ(taken, yield stretchOf(taken))) return "a row of the data is wrong";
}

/**
 * A step of Adam from slots of zero moves every weight by the rate against the sign of its
 * gradient.
 */
function* checkOptimiser(machine: StepMachine, place: Placing): Check {
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
  if (differ(all, yield stretchOf(all), 1e-6)) return "a step of Adam is wrong";
}
