/** GANs that are small enough to check, and helpers to look at their numbers. */
import { type TrainingData } from "@/data/training_data.ts";
import { createGan, type Gan } from "@/gan/gan.ts";
import { type Tensors } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";

/** Rows made by a formula: value (7i² + 3j + ij mod 11) / 10 in row i, column j; labels 0, 1 and 2. */
export function formulaData(rows: number, columns: number): TrainingData {
  const value = (i: number, j: number) => ((7 * i * i + 3 * j + i * j) % 11) / 10;
  const fill = (indices: ArrayLike<number>) =>
    Float32Array.from(
      { length: indices.length * columns },
      (_, at) => value(indices[Math.floor(at / columns)], at % columns),
    );
  const all = Array.from({ length: rows }, (_, i) => i);
  return {
    rows,
    columns,
    batch: fill,
    means: () =>
      Float64Array.from(
        { length: columns },
        (_, j) => all.reduce((sum, i) => sum + value(i, j), 0) / rows,
      ),
    labels: Uint8Array.from(all, (i) => (i + Math.floor(i / 3)) % 3),
    sha256: `formula ${rows}×${columns}`,
  };
}

/** A GAN on five numbers with batch norm in G, dropout and R1 in D. */
export function tinyGan(changes: Partial<GanOptions> = {}): Gan {
  return createGan(tinyOptions(changes), formulaData(17, 5));
}

/** The options of `tinyGan`. */
export function tinyOptions(changes: Partial<GanOptions> = {}): GanOptions {
  return {
    ...findPreset("tiny").options,
    generator: {
      inputs: 3,
      layers: [
        { width: 4, activation: "relu", batchNorm: { momentum: 0.1, epsilon: 1e-5 } },
        { width: 5, activation: "sigmoid" },
      ],
      initialisation: { kind: "fanIn" },
    },
    discriminator: {
      inputs: 5,
      layers: [
        { width: 7, activation: "leakyRelu", slope: 0.2 },
        { width: 1, activation: "linear", keep: 0.8 },
      ],
      initialisation: { kind: "fanIn" },
    },
    batchSize: 4,
    trainRows: undefined,
    seed: 1,
    ...changes,
  };
}

/** The numbers of named tensors, all asked for at once: a GPU answers each question after some 10 ms. */
export async function numbersOf(...records: Tensors[]): Promise<Record<string, number[]>> {
  const named = records.flatMap((record) => Object.entries(record));
  const values = await Promise.all(named.map(([, tensor]) => tensor.data()));
  return Object.fromEntries(named.map(([name], i) => [name, Array.from(values[i])]));
}

/** The largest |a - b| over two records of numbers; NaN if one of them has it, or sizes differ. */
export function largestDifference(
  a: Record<string, number[]>,
  b: Record<string, number[]>,
): number {
  if (Object.keys(a).sort().join() !== Object.keys(b).sort().join()) return NaN;
  let largest = 0;
  for (const name of Object.keys(a)) {
    if (a[name].length !== b[name].length) return NaN;
    for (let i = 0; i < a[name].length; i++) {
      // Math.max keeps a NaN.
      largest = Math.max(largest, Math.abs(a[name][i] - b[name][i]));
    }
  }
  return largest;
}
