/**
 * Whether a machine computes what it should, on the processor that it runs on.
 *
 * The inner loops are given small integers, so that their sums are exact in any order and with any kind
 * of fused arithmetic: every number must be the one that plain loops give. They first run long enough
 * for V8 to have compiled them with its optimising compiler, which is what is to be checked.
 *
 * @module
 */
import { Code, OP_BYTES, OptimiserWord, Word } from "../fields.ts";
import { BLOCK, padded, PANEL, TILE_ROWS, weightIndex } from "../layout.ts";
import { type Machine } from "./machine.ts";

/** Milliseconds of computing before the check: V8 takes a few for what it finds hot. */
const WARM_UP = 25;

/** Sides that fill no tile: inputs, outputs, rows. */
const [K, N, M] = [100, 13, 48];

/** What is wrong with a machine; undefined if nothing is. */
export function selfCheck(machine: Machine): string | undefined {
  return checkProducts(machine) ?? checkOptimiser(machine);
}

function checkProducts(machine: Machine): string | undefined {
  const weightStep = TILE_ROWS * padded(K, BLOCK);
  const sizes = {
    weights: padded(N, TILE_ROWS) * padded(K, BLOCK),
    x: padded(K, 12) * M,
    u: padded(N, 12) * M,
    features: padded(K, PANEL) * M,
  };
  const { weights, x, u, features } = sizes;
  const [w, xs, us, fs] = [weights, x, u, features].map((size) => machine.allocate(size));
  const outs = [u, x, weights].map((size) => machine.allocate(size));
  const [h, g, dw] = outs;
  try {
    const random = integers();
    const view = (address: number, size: number) => machine.floats(address, size);
    const [W, X, U, F] = [view(w, weights), view(xs, x), view(us, u), view(fs, features)];
    const panels = (features: number, k: number, m: number) =>
      Math.floor(m / PANEL) * padded(features, 12) * PANEL + k * PANEL + (m % PANEL);
    for (let k = 0; k < K; k++) {
      for (let n = 0; n < N; n++) W[weightIndex(K, k, n)] = random();
      for (let m = 0; m < M; m++) {
        X[panels(K, k, m)] = random();
        F[Math.floor(k / PANEL) * M * PANEL + m * PANEL + (k % PANEL)] = X[panels(K, k, m)];
      }
    }
    for (let n = 0; n < N; n++) for (let m = 0; m < M; m++) U[panels(N, n, m)] = random();
    const [xStride, uStride] = [padded(K, 12), padded(N, 12)].map((rows) => 4 * rows * PANEL);
    const count = M / PANEL;
    const { forward, backward, gradient } = machine.sweeps;
    const sweep = () => {
      for (let n = 0; n < padded(N, TILE_ROWS); n += TILE_ROWS) {
        const from = w + 4 * (n / TILE_ROWS) * weightStep;
        const jump = 4 * BLOCK * (TILE_ROWS - 1);
        forward(from, xs, h + 4 * n * PANEL, K / 4, jump, count, 0, xStride, uStride);
      }
      for (let k = 0; k < K; k += TILE_ROWS) {
        const from = w + 4 * weightIndex(K, k, 0);
        const turns = padded(N, TILE_ROWS) / TILE_ROWS;
        backward(from, us, g + 4 * k * PANEL, turns, 4 * weightStep, count, 0, uStride, xStride);
      }
      for (let k = 0; k < K; k += PANEL) {
        const to = dw + 4 * weightIndex(K, k, 0);
        const [jump, tiles] = [uStride - 4 * PANEL, padded(N, TILE_ROWS) / TILE_ROWS];
        const from = fs + 4 * k * M;
        gradient(us, from, to, M / 4, jump, tiles, 4 * TILE_ROWS * PANEL, 0, 4 * weightStep);
      }
    };
    const start = performance.now();
    while (performance.now() - start < WARM_UP) sweep();
    sweep();

    const [H, G, D] = [view(h, u), view(g, x), view(dw, weights)];
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += W[weightIndex(K, k, n)] * X[panels(K, k, m)];
        if (H[panels(N, n, m)] !== sum) return "a product forwards is wrong";
      }
      for (let k = 0; k < K; k++) {
        let sum = 0;
        for (let n = 0; n < N; n++) sum += W[weightIndex(K, k, n)] * U[panels(N, n, m)];
        if (G[panels(K, k, m)] !== sum) return "a product backwards is wrong";
      }
    }
    for (let k = 0; k < K; k++) {
      for (let n = 0; n < N; n++) {
        let sum = 0;
        for (let m = 0; m < M; m++) sum += U[panels(N, n, m)] * X[panels(K, k, m)];
        if (D[weightIndex(K, k, n)] !== sum) return "the gradient of a weight is wrong";
      }
    }
  } finally {
    machine.release(w, weights);
    machine.release(xs, x);
    machine.release(us, u);
    machine.release(fs, features);
    [u, x, weights].forEach((size, i) => machine.release(outs[i], size));
  }
}

/** A step of Adam from slots of zero moves every weight by the rate against the sign of its gradient. */
function checkOptimiser(machine: Machine): string | undefined {
  const count = 64;
  const addresses = Array.from({ length: 4 }, () => machine.allocate(count));
  const [w, g, mean, square] = addresses.map((address) => machine.floats(address, count));
  for (let i = 0; i < count; i++) g[i] = i % 2 ? i + 1 : -i - 1;
  const words = new Int32Array(OP_BYTES / 4);
  const floats = new Float32Array(words.buffer);
  words.set([Code.Adam, 3, 24], Word.Code);
  words.set(addresses, OptimiserWord.Weights);
  words[OptimiserWord.Numbers] = count;
  floats[OptimiserWord.Beta1] = 0.5;
  floats[OptimiserWord.Beta2] = 0.75;
  floats[OptimiserWord.Rate] = 0.25 / (1 - 0.5);
  floats[OptimiserWord.Correction] = 1 / Math.sqrt(1 - 0.75);
  const program = machine.program([words], false);
  machine.run(program);
  machine.releaseProgram(program);
  const right = w.every((value, i) => Math.abs(value - (i % 2 ? -0.25 : 0.25)) < 1e-6) &&
    mean.every((value, i) => value === 0.5 * g[i]) &&
    square.every((value, i) => value === 0.25 * g[i] * g[i]);
  for (const address of addresses) machine.release(address, count);
  return right ? undefined : "a step of Adam is wrong";
}

/** Integers from -4 to 4 that repeat only after a long while. */
function integers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state % 9 - 4;
  };
}
