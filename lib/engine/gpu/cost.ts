/**
 * What a training step costs on a GPU, dispatch by dispatch, counted and not measured: the lists of
 * operations are those of the planner, and the dispatches those of the machine.
 *
 * Bytes are what the workgroups ask for, whether a cache has it or the memory. A number counts once
 * in each dispatch that needs it; of a product, once for each tile that needs it.
 *
 * @module
 */
import { type GanOptions } from "@/gan/options.ts";
import { dryPlan } from "../dry_plan.ts";
import { PANEL } from "../layout.ts";
import { type Operation } from "../operation.ts";
import {
  ActivationCode,
  BlendWord,
  Code,
  HeadWord,
  MoveWord,
  OptimiserWord,
  PenaltyWord,
  Word,
} from "../operation_protocol.ts";
import { type Dispatch, dispatchesOf } from "./dispatches.ts";
import { type TileChoice, type TileLimits, tileOf } from "./tiles.ts";

/** A dispatch of a step. */
export interface DispatchCost {
  /** What it computes, with the sides of its product. */
  name: string;
  groups: number;
  /** Threads of a workgroup, and bytes of its memory. */
  threads: number;
  groupBytes: number;
  /** Multiplications and additions of its products. */
  flop: number;
  /** Bytes. */
  read: number;
  written: number;
}

/** What a card does, for an estimate. */
export interface CardRates {
  /** Seconds of a dispatch that waits for the one before it and does next to nothing. */
  dispatch: number;
  /** Multiplications and additions in a second, with all multiprocessors at work. */
  flop: number;
  multiprocessors: number;
  /** Bytes in a second. */
  bytes: number;
}

/**
 * The dispatches of a step in their order.
 *
 * @param limits Of the device.
 * @param tiles Of the products; by their shape where it is left out.
 */
export function stepCosts(
  options: GanOptions,
  limits: TileLimits,
  tiles: TileChoice = (shape) => tileOf(shape, limits),
): DispatchCost[] {
  const { lists: { d = [], step } } = dryPlan(options);
  const costs = (list: Operation[]) => {
    const all = dispatchesOf(list.map(({ words }) => words), tiles, limits);
    return all.map((dispatch, i): DispatchCost => {
      const { operation, operations, shader, groups } = dispatch;
      const same = (other?: Dispatch) => other?.operation === operation ? other : undefined;
      const own = { dispatch, before: same(all[i - 1]), after: same(all[i + 1]) };
      return {
        groups: groups[0] * groups[1] * groups[2],
        threads: Number(/@workgroup_size\((\d+)\)/.exec(shader)![1]),
        groupBytes: groupBytesOf(shader),
        ...costOf(own, list.slice(operation, operation + operations)),
      };
    });
  };
  const updates = Array.from({ length: options.discriminatorSteps - 1 }, () => costs(d));
  return [...updates.flat(), ...costs(step)];
}

/**
 * Seconds of a step by these rates: for each dispatch its price, and its arithmetic or its bytes.
 * The arithmetic takes as long as the multiprocessor that has the most workgroups.
 */
export function estimatedSeconds(costs: DispatchCost[], rates: CardRates): number {
  return costs.reduce((sum, { flop, read, written, groups }) => {
    const most = Math.ceil(groups / rates.multiprocessors);
    const busy = groups / (most * rates.multiprocessors);
    const [arithmetic, memory] = [flop / rates.flop / busy, (read + written) / rates.bytes];
    return sum + rates.dispatch + Math.max(arithmetic, memory);
  }, 0);
}

/** Bytes of the types that workgroup memory has. */
const TYPE_BYTES: Record<string, number> = {
  f32: 4,
  u32: 4,
  "atomic<u32>": 4,
  vec3f: 16,
  vec4f: 16,
};

/** Bytes of a workgroup's memory, as the text of the shader declares it. */
function groupBytesOf(shader: string): number {
  const types = shader.matchAll(/^var<workgroup> \w+: (.+);/gm);
  return Array.from(types, ([, type]) => bytesOf(type)).reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes of a type: one that has a name, or an array. */
function bytesOf(type: string): number {
  const [, each, count] = /^array<(.+), (\d+)>$/.exec(type) ?? [];
  return each === undefined ? TYPE_BYTES[type] : Number(count) * bytesOf(each);
}

type Cost = Pick<DispatchCost, "name" | "flop" | "read" | "written">;

/** A dispatch, and those of the same operation before and after it. */
interface Part {
  dispatch: Dispatch;
  before?: Dispatch;
  after?: Dispatch;
}

function costOf(part: Part, operations: Operation[]): Cost {
  const [{ words }] = operations;
  switch (words[Word.Code] as Code) {
    case Code.Forward:
    case Code.Backward:
    case Code.ToAffine:
      return layerCost(part, operations[0]);
    case Code.Transpose:
      return gradientsCost(part.dispatch, operations);
    default:
      return { flop: 0, ...movingCost(words) };
  }
}

/** A product: rows and columns of the result, and the side that is summed over. */
interface Sides {
  rows: number;
  columns: number;
  inner: number;
}

/** Bytes that the tiles of a product read. */
function tileBytes({ rows, columns, inner }: Sides, { tile }: Dispatch): number {
  const [down, across] = [Math.ceil(rows / tile!.rows), Math.ceil(columns / tile!.columns)];
  return 4 * inner * (rows * across + columns * down);
}

function layerSides({ words, work }: Operation): Sides {
  const pieces = words[Word.Code] === Code.Forward ? words[Word.Pieces] : 1;
  const [rows, columns] = [words[Word.Features] * pieces, words[Word.Panels] * PANEL];
  return { rows, columns, inner: work / rows / columns };
}

/** The product of a layer, or the half that finishes its rows. */
function layerCost({ dispatch, before, after }: Part, operation: Operation): Cost {
  const { words, work } = operation;
  const sides = layerSides(operation);
  const numbers = 4 * sides.rows * sides.columns;
  const name = layerName(words, sides);
  // Batch norm keeps what it has normalised, and maxout its winners.
  const maxout = words[Word.Activation] === ActivationCode.Maxout;
  const kept = words[Word.Code] === Code.Forward && (words[Word.Norm] || maxout) ? 2 : 1;
  const finish = { read: numbers * arraysRead(words), written: numbers * kept };
  if (!dispatch.tile) {
    const parts = before?.groups[2] ?? 1;
    const own = { read: finish.read + parts * numbers, written: finish.written };
    return { name: before ? `rows of ${name}` : name, flop: 0, ...own };
  }
  const read = tileBytes(sides, dispatch);
  return after
    ? { name, flop: 2 * work, read, written: dispatch.groups[2] * numbers }
    : { name, flop: 2 * work, read: read + finish.read, written: finish.written };
}

function layerName(words: Int32Array, { rows, columns, inner }: Sides): string {
  if (words[Word.Code] === Code.ToAffine) return `activation of ${rows}, ${columns} rows`;
  const kind = words[Word.Code] === Code.Backward
    ? "backward"
    : words[Word.Adjoint]
    ? "adjoint"
    : "forward";
  return `${kind} ${inner} → ${rows}, ${columns} rows`;
}

/** Arrays as large as the result that are read beside the product. */
function arraysRead(words: Int32Array): number {
  const backward = words[Word.Code] !== Code.Forward;
  return [
    words[Word.Mask],
    words[Word.Activated],
    words[Word.Winners],
    backward && words[Word.Norm],
  ].filter(Boolean).length;
}

/** Gradients of weights: pairs of a `Transpose` and a `Gradient`. */
function gradientsCost(dispatch: Dispatch, operations: Operation[]): Cost {
  const cost = { name: "", flop: 0, read: 0, written: 0 };
  for (let i = 0; i < operations.length; i += 2) {
    const { words } = operations[i];
    const { work } = operations[i + 1];
    const [columns, inner] = [words[Word.Features], words[Word.Panels] * PANEL];
    const sides = { rows: work / columns / inner, columns, inner };
    const strips = Math.ceil(sides.rows / dispatch.tile!.rows);
    cost.flop += 2 * work;
    cost.read += tileBytes(sides, dispatch) +
      4 * strips * columns * words[Word.AddedPanels] * PANEL;
    cost.written += 4 * sides.rows * columns;
  }
  const rows = operations[0].words[Word.Panels] * PANEL;
  return { ...cost, name: `gradients of ${operations.length / 2} weights, ${rows} rows` };
}

/** Operations without a product. */
function movingCost(words: Int32Array): Omit<Cost, "flop"> {
  const bytes = (read: number, written: number) => ({ read: 4 * read, written: 4 * written });
  const [packing, width, count] = [MoveWord.Packing, MoveWord.Width, MoveWord.Count]
    .map((word) => words[word]);
  const mask = words[Word.Mask] ? 1 : 0;
  switch (words[Word.Code] as Code) {
    case Code.Load: {
      const features = words[Word.Features];
      const placed = features * words[Word.Panels] * PANEL;
      return { name: `load ${features}`, ...bytes(features * count + mask * placed, placed) };
    }
    case Code.Pack:
    case Code.Unpack: {
      const all = packing * width * count;
      const name = words[Word.Code] === Code.Pack ? "pack" : "unpack";
      return { name: `${name} ${packing} × ${width}`, ...bytes((1 + mask) * all, all) };
    }
    case Code.HeadD:
      return { name: "loss of D", ...bytes(2 * words[HeadWord.Count], 2 * words[HeadWord.Count]) };
    case Code.HeadG:
      return { name: "loss of G", ...bytes(words[HeadWord.Count], words[HeadWord.Count]) };
    case Code.Penalty:
      return { name: "penalty", ...bytes(words[PenaltyWord.Features], 1) };
    case Code.Adam:
    case Code.Momentum: {
      const [name, slots] = words[Word.Code] === Code.Adam ? ["adam", 2] : ["momentum", 1];
      const numbers = words[OptimiserWord.Numbers];
      const written = 1 + slots + (words[OptimiserWord.Average] ? 1 : 0);
      return {
        name: `${name} of ${numbers}`,
        ...bytes((written + 1) * numbers, written * numbers),
      };
    }
    default: {
      const numbers = words[BlendWord.Numbers];
      return { name: `average of ${numbers}`, ...bytes(2 * numbers, numbers) };
    }
  }
}
