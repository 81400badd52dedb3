/**
 * A list of operations as threads run it: cut into chunks, with the panels of features of a
 * gradient made within it, and in an order in which few operations wait for the one before.
 *
 * @module
 */
import { Code, GradientWord, OP_BYTES, PlacedWord, Word } from "../operation_protocol.ts";
import { cut } from "./cuts.ts";
import { schedule } from "./schedule.ts";
import { type Touched, touchedBy } from "./touched.ts";

/** An operation, and what is done within it. */
export interface ArrangedOperation {
  /** Its place in the list that was given. */
  index: number;
  words: Int32Array;
  touched: Touched;
  /** Of `Gradient`. */
  transpose?: ArrangedOperation;
}

/** A list in its new order. */
export interface Arranged {
  /** What threads go through. */
  list: ArrangedOperation[];
  /** What is done within operations of the list. */
  within: ArrangedOperation[];
  /** Where the gate is in the list; negative where there is none. */
  gate: number;
}

/**
 * @param operations As the planner writes them.
 * @param gate The first operation that takes in what is put in late.
 * @param threads How many there are at most.
 */
export function arrange(operations: Int32Array[], gate: number, threads: number): Arranged {
  const all = operations.map((given, index): ArrangedOperation => ({
    index,
    words: Int32Array.from({ length: OP_BYTES / 4 }, (_, i) => given[i] ?? 0),
    touched: touchedBy(given),
  }));
  const within = all.filter((each, i) => i !== gate && putWithin(each, all[i + 1]));
  const kept = all.filter((each) => !within.includes(each));
  const { order, ahead } = schedule(
    kept.map(({ touched }) => touched),
    kept.findIndex(({ index }) => index === gate),
  );
  const list = order.map((i) => kept[i]);
  list.forEach(({ words }, i) => {
    cut(words, threads);
    words[PlacedWord.Ahead] = ahead[i];
  });
  return { list, within, gate: list.findIndex(({ index }) => index === gate) };
}

/** Has a gradient make its panels of features itself, if that is what is done before it. */
function putWithin(transpose: ArrangedOperation, gradient?: ArrangedOperation): boolean {
  if (transpose.words[Word.Code] !== Code.Transpose) return false;
  if (gradient?.words[Word.Code] !== Code.Gradient) return false;
  if (transpose.words[Word.Out] !== gradient.words[GradientWord.Features]) return false;
  gradient.transpose = transpose;
  const { reads, writes } = transpose.touched;
  gradient.touched.reads.push(...reads);
  gradient.touched.writes.push(...writes);
  return true;
}

/**
 * The words of a list that begins at `address`: its operations, and then those within them.
 *
 * @returns The words, and the address of each operation by its place in the list that was given.
 */
export function placeAt(
  address: number,
  { list, within }: Arranged,
): { words: Int32Array; addresses: number[] } {
  const all = [...list, ...within];
  const addresses: number[] = [];
  all.forEach(({ index }, i) => addresses[index] = address + i * OP_BYTES);
  const words = new Int32Array(all.length * OP_BYTES / 4);
  all.forEach(({ words: own, transpose }, i) => {
    if (transpose) own[PlacedWord.Transpose] = addresses[transpose.index];
    words.set(own, i * OP_BYTES / 4);
  });
  return { words, addresses };
}
