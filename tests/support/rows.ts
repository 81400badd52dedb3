/** Rows of numbers for tests of metrics. */
import { type Rows } from "@/eval/rows.ts";
import { type Random } from "@/random.ts";

/** The integers from 0 to count - 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** The same rows in another order. */
export function shuffled({ data, columns }: Rows, random: Random): Rows {
  const order = random.permutation(data.length / columns);
  const copy = new Float32Array(data.length);
  order.forEach((row, i) =>
    copy.set(data.subarray(row * columns, (row + 1) * columns), i * columns)
  );
  return { data: copy, columns };
}

/** Of a test that multiplies matrices: threads may outlive it. */
export const WITH_THREADS = { sanitizeResources: false, sanitizeOps: false };

/** A test that multiplies matrices. */
export function testWithThreads(name: string, fn: () => void | Promise<void>): void {
  Deno.test({ name, ...WITH_THREADS, fn });
}
