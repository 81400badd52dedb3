/**
 * p_data and p_g over the cells of the sample space, and D* that follows from them.
 *
 * @module
 */
import { GRID, type Modes, RING } from "@/data/toy.ts";
import { type Gan } from "@/gan/gan.ts";
import { latentSize } from "@/gan/options.ts";
import {
  type CellSquare,
  densityField,
  kernelField,
  kernelWidth,
  modesField,
} from "./kernel_field.ts";
import { countedField, knotsOf, lineKernelField } from "./line_field.ts";
import { type LookField } from "./playground_messages.ts";
import { fixedDraws, generate, toyOf } from "./scene.ts";
import { type PlaygroundData } from "./settings.ts";

/** Generated points that p_g is estimated from. */
export const ESTIMATED_FROM = 4000;
/** On the line the kernel may be narrower. */
const LINE_WIDTH = 1 / 100;
/** Below this share of the highest density there is no mass to speak of, and D* means nothing. */
const NOTHING = 1e-4;

/** Both densities over some cells. */
export interface Densities {
  pData: LookField;
  pG: LookField;
}

/** The densities of a GAN on the line or in the plane, as it is now. */
export function densitiesOf(gan: Gan, data: PlaygroundData, cells: CellSquare): Densities {
  const pData = dataField(gan, data, cells);
  const pG = counted(gan, cells) ??
    estimated(gan, generate(gan, fixedDraws(gan, ESTIMATED_FROM).z), cells);
  return { pData, pG };
}

/** p_g without samples: on the line, where z is one number; otherwise undefined. */
export function counted(gan: Gan, cells: CellSquare): LookField | undefined {
  if (toyOf(gan).columns !== 1 || latentSize(gan.options) !== 1) return undefined;
  const { latent } = gan.options;
  const g = generate(gan, Float32Array.from(knotsOf(latent)));
  return { values: countedField(latent, g, cells), how: "counted through G, without samples" };
}

/** The kernel estimate of the density of points, through the kernel that p_data is seen through. */
export function estimated(gan: Gan, points: Float32Array, cells: CellSquare): LookField {
  const { range, columns } = toyOf(gan);
  const width = columns === 1 ? LINE_WIDTH * (range[1] - range[0]) : kernelWidth(range);
  const values = columns === 1
    ? lineKernelField(points, cells, width)
    : kernelField(points, cells, width);
  const how = `a kernel estimate from ${
    (points.length / columns).toLocaleString("en-US")
  } points, of width ${Number(width.toPrecision(2))}`;
  return { values, how };
}

/** Computed once for the same data and cells: it does not change while a GAN trains. */
const known = new Map<string, LookField>();
const MOST_KNOWN = 8;

/** p_data over some cells, through the kernel of a plane. */
export function dataField(gan: Gan, data: PlaygroundData, cells: CellSquare): LookField {
  const key = JSON.stringify([data, cells]);
  let field = known.get(key);
  if (!field) {
    field = newDataField(gan, data, cells);
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!);
    known.set(key, field);
  }
  // Its buffer is given away with the answer.
  return { ...field, values: field.values.slice() };
}

function newDataField(gan: Gan, data: PlaygroundData, cells: CellSquare): LookField {
  const { density, columns, range } = toyOf(gan);
  const [low, high] = cells.range;
  if (columns === 1) {
    const middle = (cell: number) => low + (cell + 0.5) * (high - low) / cells.side;
    const values = Float32Array.from({ length: cells.side }, (_, cell) => density(middle(cell)));
    return { values, how: "exact" };
  }
  const width = kernelWidth(range);
  const modes = modesOf(data);
  const values = modes ? modesField(modes, cells, width) : densityField(density, cells, width);
  return { values, how: `exact, seen through a Gaussian of width ${Number(width.toPrecision(2))}` };
}

/** The modes of data that are a mixture of round Gaussians in the plane. */
export function modesOf(data: PlaygroundData): Modes | undefined {
  if (data.kind === "mnist") return undefined;
  if (data.kind === "toy") {
    return data.name === "ring" ? RING : data.name === "grid" ? GRID : undefined;
  }
  const { sigma } = data;
  const points = data.kind === "gaussians" ? data.centres : data.points;
  if (points[0].length !== 2) return undefined;
  return { centres: points.map(([x, y]) => [x, y] as const), sigma };
}

/** D* in each cell; NaN where neither density has any mass. */
export function bestField({ pData, pG }: Densities): LookField {
  const highest = pData.values.reduce((most, p) => Math.max(most, p), 0);
  const values = pData.values.map((p, i) => {
    const sum = p + pG.values[i];
    return sum > NOTHING * highest ? p / sum : NaN;
  });
  const how = pG.how.startsWith("counted")
    ? "exact, p_data / (p_data + p_g)"
    : `p_data / (p_data + p_g), with p_g ${pG.how}`;
  return { values, how };
}
