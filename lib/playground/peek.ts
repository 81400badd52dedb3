/**
 * A look ahead: what the next update of a GAN would take in, without taking it.
 *
 * @module
 */
import { restoreBatches } from "@/data/batches.ts";
import { type Gan, rowsOfBatch } from "@/gan/gan.ts";
import { type Tensors } from "@/gan/network.ts";
import { Random } from "@/random.ts";

/**
 * The same GAN, the same tensors, with streams of its own that stand where those of `gan` do: what
 * it draws, `gan` will draw. It must not be moved.
 */
export function peekAt(gan: Gan): Gan {
  return {
    ...gan,
    custody: undefined,
    noise: Random.restore(gan.noise.state()),
    dropout: Random.restore(gan.dropout.state()),
    batches: restoreBatches(gan.data, rowsOfBatch(gan.options), gan.batches.state()),
  };
}

/** Norms of some tensors of a network: layer by layer, and of all together. */
export function normsOf(tensors: Tensors): { layers: number[]; all: number } {
  const squares: number[] = [];
  for (const [name, tensor] of Object.entries(tensors)) {
    const layer = Number(name.split(".")[1]);
    squares[layer] = (squares[layer] ?? 0) + sumOfSquares(tensor.dataSync() as Float32Array);
  }
  const all = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  return { layers: squares.map(Math.sqrt), all };
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}
