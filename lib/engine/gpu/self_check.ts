/**
 * Whether a GPU computes what it should.
 *
 * The products are given small integers, so that their sums are exact in any order: every number must be
 * the one that plain loops give. The functions of the activations are held to those of JavaScript.
 *
 * @module
 */
import { Activation, Code, OP_BYTES, OptimiserWord, Word } from "../fields.ts";
import { BLOCK, padded, paddedFeatures, PANEL, TILE_ROWS, weightIndex } from "../layout.ts";
import { type GpuMachine } from "./gpu_machine.ts";

/** Sides that fill no tile: inputs, outputs, rows. */
const [K, N, M] = [53, 19, 21];

/** What is wrong with a machine; undefined if nothing is. */
export async function selfCheck(machine: GpuMachine): Promise<string | undefined> {
  const { device } = machine;
  device.pushErrorScope("validation");
  let wrong: string | undefined;
  try {
    wrong = await checkProducts(machine) ?? await checkOptimiser(machine);
  } catch (error) {
    wrong = (error as Error).message;
  }
  const error = await device.popErrorScope();
  return error?.message ?? wrong;
}

async function checkProducts(machine: GpuMachine): Promise<string | undefined> {
  const panels = Math.ceil(M / PANEL);
  const weightStep = 4 * TILE_ROWS * padded(K, BLOCK);
  const [xStride, uStride] = [K, N].map((features) => 4 * paddedFeatures(features) * PANEL);
  const sizes = {
    w: padded(N, TILE_ROWS) * padded(K, BLOCK),
    x: panels * xStride / 4,
    u: panels * uStride / 4,
    bias: padded(N, 16),
  };
  const { w: wSize, x: xSize, u: uSize } = sizes;
  const counts = [wSize, xSize, uSize, sizes.bias, uSize, xSize, wSize, uSize];
  const addresses = counts.map((count) => machine.allocate(count));
  const [w, x, u, bias, h, g, dw, tanh] = addresses;
  const random = integers();
  const place = (features: number, feature: number, row: number) =>
    Math.floor(row / PANEL) * paddedFeatures(features) * PANEL + feature * PANEL + row % PANEL;
  const [W, X, U, B] = [wSize, xSize, uSize, sizes.bias].map((size) => new Float32Array(size));
  for (let n = 0; n < N; n++) {
    B[n] = random();
    for (let k = 0; k < K; k++) W[weightIndex(K, k, n)] = random();
    for (let m = 0; m < M; m++) U[place(N, n, m)] = random();
  }
  for (let k = 0; k < K; k++) for (let m = 0; m < M; m++) X[place(K, k, m)] = random();
  [W, X, U, B].forEach((values, i) => machine.write(addresses[i], values));

  const rows = {
    [Word.Panels]: panels,
    [Word.GroupPanels]: panels,
    [Word.LastColumns]: M - PANEL * (panels - 1),
    [Word.Pieces]: 1,
    [Word.Weights]: w,
    [Word.WeightStep]: weightStep,
  };
  const forward = {
    ...rows,
    [Word.Code]: Code.Forward,
    [Word.Rows]: N,
    [Word.In]: x,
    [Word.InStride]: xStride,
    [Word.Turns]: Math.ceil(K / 4),
    [Word.Bias]: bias,
    [Word.OutStride]: uStride,
  };
  const program = machine.program([
    words({ ...forward, [Word.Out]: h }),
    words({ ...forward, [Word.Out]: tanh, [Word.Activation]: Activation.Tanh }),
    words({
      ...rows,
      [Word.Code]: Code.Backward,
      [Word.Rows]: K,
      [Word.In]: u,
      [Word.InStride]: uStride,
      [Word.Turns]: Math.ceil(N / TILE_ROWS),
      [Word.Raw]: g,
      [Word.RawStride]: xStride,
      [Word.Out]: g,
      [Word.OutStride]: xStride,
    }),
    words({
      ...rows,
      [Word.Code]: Code.Features,
      [Word.Rows]: K,
      [Word.In]: x,
      [Word.InStride]: xStride,
    }),
    words({
      [Word.Code]: Code.Gradient,
      [Word.Raw]: u,
      [Word.RawStride]: uStride,
      [Word.Panels]: Math.ceil(N / TILE_ROWS),
      [Word.Out]: dw,
      [Word.WeightStep]: weightStep,
    }),
  ]);
  machine.run(program);
  machine.releaseProgram(program);
  const [H, G, D, T] = [
    await machine.read(h, uSize),
    await machine.read(g, xSize),
    await machine.read(dw, wSize),
    await machine.read(tanh, uSize),
  ];
  addresses.forEach((address, i) => machine.release(address, counts[i]));

  const sum = (count: number, term: (i: number) => number) => {
    let all = 0;
    for (let i = 0; i < count; i++) all += term(i);
    return all;
  };
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      const at = place(N, n, m);
      const wanted = B[n] + sum(K, (k) => W[weightIndex(K, k, n)] * X[place(K, k, m)]);
      if (H[at] !== wanted) return "a product forwards is wrong";
      if (!(Math.abs(T[at] - Math.tanh(wanted)) < 1e-5)) return "tanh is wrong";
    }
    for (let k = 0; k < K; k++) {
      const wanted = sum(N, (n) => W[weightIndex(K, k, n)] * U[place(N, n, m)]);
      if (G[place(K, k, m)] !== wanted) return "a product backwards is wrong";
    }
  }
  for (let k = 0; k < K; k++) {
    for (let n = 0; n < N; n++) {
      const wanted = sum(M, (m) => U[place(N, n, m)] * X[place(K, k, m)]);
      if (D[weightIndex(K, k, n)] !== wanted) return "the gradient of a weight is wrong";
    }
  }
}

/** A step of Adam from slots of zero moves every weight by the rate against the sign of its gradient. */
async function checkOptimiser(machine: GpuMachine): Promise<string | undefined> {
  const count = 64;
  const addresses = Array.from({ length: 4 }, () => machine.allocate(count));
  const gradients = Float32Array.from({ length: count }, (_, i) => i % 2 ? i + 1 : -i - 1);
  machine.write(addresses[1], gradients);
  const operation = words({ [Word.Code]: Code.Adam, [OptimiserWord.Numbers]: count });
  operation.set(addresses, OptimiserWord.Weights);
  const floats = new Float32Array(operation.buffer);
  floats[OptimiserWord.Beta1] = 0.5;
  floats[OptimiserWord.Beta2] = 0.75;
  floats[OptimiserWord.Rate] = 0.25 / (1 - 0.5);
  floats[OptimiserWord.Correction] = 1 / Math.sqrt(1 - 0.75);
  const program = machine.program([operation]);
  machine.run(program);
  machine.releaseProgram(program);
  const weights = await machine.read(addresses[0], count);
  for (const address of addresses) machine.release(address, count);
  const right = weights.every((value, i) => Math.abs(value - (i % 2 ? -0.25 : 0.25)) < 1e-6);
  return right ? undefined : "a step of Adam is wrong";
}

function words(values: Record<number, number>): Int32Array {
  const all = new Int32Array(OP_BYTES / 4);
  for (const [index, value] of Object.entries(values)) all[Number(index)] = value;
  return all;
}

/** Integers from -4 to 4 that repeat only after a long while. */
function integers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state % 9 - 4;
  };
}
