/**
 * A training step operation by operation: what an operation is called, and what it computes.
 *
 * @module
 */
import { PANEL, TILE_ROWS } from "@/engine/layout.ts";
import { Code, GradientWord, OptimiserWord, Word } from "@/engine/operation_protocol.ts";
import { createGan, type Gan } from "@/gan/gan.ts";
import { type RowTask } from "./row.ts";
import { readTaskData } from "./task_files.ts";

/** An operation, by its sides. */
export interface Described {
  name: string;
  /** Multiplications and additions of a product, padding included. */
  flop?: number;
  /** Bytes that an optimiser reads and writes. */
  bytes?: number;
}

/** An operation of the step with its time. */
export interface ProfileLine extends Described {
  /** Median over the steps. */
  microseconds: number;
  /** Workgroups, on a GPU. */
  groups?: number[];
}

export interface Profile {
  /** `webgpu`, or `wasm, 2 threads`. */
  where: string;
  /** Steps that the medians are taken over. */
  steps: number;
  /** Milliseconds of a step in one go, by the clock of the processor. */
  wholeMs: number;
  /** Milliseconds of a step in one go by the GPU's own clock, without what is around it. */
  gpuMs?: number;
  /** Microseconds of a dispatch that does next to nothing, behind others like it. */
  emptyMicroseconds?: number;
  /** Nanoseconds of a tick of the GPU's clock, by the processor's. */
  nanosecondsPerTick?: number;
  /** In the order of the step. */
  lines: ProfileLine[];
}

/** A new GAN of the row's task: what is profiled is not the GAN that was timed. */
export async function ganOf(task: RowTask): Promise<Gan> {
  return createGan(task.options, await readTaskData(task));
}

/** Names of the codes. */
const NAMES: Record<number, string> = Object.fromEntries(
  Object.entries({
    load: Code.Load,
    pack: Code.Pack,
    unpack: Code.Unpack,
    features: Code.Transpose,
    activation: Code.ToAffine,
    "head of D": Code.HeadD,
    "head of G": Code.HeadG,
    penalty: Code.Penalty,
    adam: Code.Adam,
    momentum: Code.Momentum,
    average: Code.Blend,
  }).map(([name, code]) => [code, name]),
);

/**
 * What the words of an operation say.
 *
 * @param merged Whether `Gradient` and its `Transpose` are one, as on a GPU.
 */
export function describeOperation(words: Int32Array, merged: boolean): Described {
  const name = NAMES[words[Word.Code]];
  const columns = words[Word.Panels] * PANEL;
  const [rows, turns] = [words[Word.Features], words[Word.Turns]];
  switch (words[Word.Code]) {
    case Code.Forward: {
      const [n, k] = [rows * words[Word.Pieces], 4 * turns];
      const what = words[Word.Adjoint] ? "adjoint" : "forward";
      return { name: `${what} ${k} → ${n}, ${columns} rows`, flop: 2 * n * k * columns };
    }
    case Code.Backward: {
      const n = TILE_ROWS * turns;
      return { name: `backward ${n} → ${rows}, ${columns} rows`, flop: 2 * n * rows * columns };
    }
    case Code.Gradient: {
      const n = TILE_ROWS * words[GradientWord.OutputTiles];
      const [k, m] = merged
        ? [rows, columns]
        : [PANEL * words[GradientWord.InputPanels], 4 * words[GradientWord.Turns]];
      return { name: `gradient ${k} × ${n}, ${m} rows`, flop: 2 * k * n * m };
    }
    case Code.Adam:
    case Code.Momentum: {
      const arrays = (words[Word.Code] === Code.Adam ? 7 : 5) +
        (words[OptimiserWord.Average] ? 2 : 0);
      const numbers = words[OptimiserWord.Numbers];
      return { name: `${name} of ${numbers} numbers`, bytes: 4 * arrays * numbers };
    }
    default:
      return { name };
  }
}
