/**
 * Tiles as text: to choose them by name, and to write them down, so that a run that is resumed
 * makes its products in the tiles that it was begun with.
 *
 * @module
 */
import { gradientTileNamed } from "./gradient_dispatches.ts";
import {
  fits,
  MOST_PARTS,
  type ProductShape,
  type ProductTile,
  splitOf,
  threadsOf,
  type TileChoice,
  type TileLimits,
  type TileName,
  tileOf,
  TILES,
  type Tiling,
} from "./tiles.ts";

/** The tiles of products, by their shapes. */
export type TileRecord = Record<string, string>;

/** What is not said of a tile that has no name. */
const OTHERWISE = { inner: 16, thread: 4, slices: 1 } as const;

/** The text that `tilingFrom` reads. */
function textOf({ rows, columns, inner, thread, slices, split, whole }: Tiling): string {
  const tile = `${rows}x${columns}x${inner},thread=${thread},slices=${slices},split=${split}`;
  return whole ? `${tile},whole` : tile;
}

/**
 * Tiles from text: the name of one, or its three sides, then what is to be different:
 * `64x64,split=8`, `32x32x128,slices=8`, `8x128,whole`. And the rule that they break, if any.
 */
function tilingFrom(text: string): { tiling: Tiling; wrong?: string } {
  const [sides, ...fields] = text.split(",");
  const [rows, columns, inner] = sides.split("x").map(Number);
  const named: ProductTile | undefined = TILES[`${rows}x${columns}` as TileName];
  const { whole, ...numbers } = Object.fromEntries(
    fields.map((field) => {
      const [name, value] = field.split("=");
      return [name, name === "whole" ? value === undefined : Number(value)];
    }),
  );
  const tiling = {
    ...{ ...OTHERWISE, ...named, rows, columns, split: 1, whole: whole === true },
    ...inner === undefined ? {} : { inner },
    ...numbers,
  };
  return { tiling, wrong: whatIsWrong(tiling) };
}

const isPower = (n: number) => n >= 1 && Number.isInteger(Math.log2(n));

/** The rule that a tile breaks. */
function whatIsWrong(tiling: Tiling): string | undefined {
  const { rows, columns, inner, thread, slices, split, whole, ...unknown } = tiling;
  const [name] = Object.keys(unknown);
  if (name !== undefined) return `${name} is nothing that a tile has`;
  if (thread !== 4 && thread !== 8) return "a thread must make 4 rows or 8";
  if (![rows, columns, inner, slices].every(isPower)) return "its sides must be powers of two";
  if (rows < thread || columns < 16) {
    return `it must have at least ${thread} rows and 16 columns`;
  }
  if (inner < 4 * slices) return "a slice must have at least 4 of its inner side";
  if (whole && threadsOf(tiling) < 4 * rows) {
    return "four threads must be there for each of its rows";
  }
  if (!Number.isInteger(split) || split < 1 || split > MOST_PARTS) {
    return `it must be split in 1 to ${MOST_PARTS} parts`;
  }
}

/** Before the name of a tile of gradients. */
const OF_GRADIENTS = "gradients:";

/**
 * The tiles that all products of layers get: `auto` is `tileOf`, otherwise the text of tiles. Or those
 * of the gradients of weights: `gradients:` and a name of theirs.
 *
 * @throws {RangeError} If there are no tiles of that name, or the device has no room for them.
 */
export function tilesNamed(name: string, limits: TileLimits): TileChoice {
  const auto = (shape: ProductShape) => tileOf(shape, limits);
  if (name === "auto") return auto;
  if (name.startsWith(OF_GRADIENTS)) {
    const gradients = gradientTileNamed(name.slice(OF_GRADIENTS.length), limits);
    return Object.assign(auto, { gradients });
  }
  const { tiling, wrong } = tilingFrom(name);
  if (wrong) {
    throw new RangeError(
      `Cannot make products in tiles of ${name}: ${wrong}. Give auto, one of ${
        Object.keys(TILES).join(", ")
      }, or one of them with changes, such as 64x64,split=8 or 8x128,whole`,
    );
  }
  if (!fits(tiling, limits)) {
    throw new RangeError(
      `Cannot make products in tiles of ${name}: a workgroup of this GPU must have room for them, and has ${limits.maxComputeWorkgroupStorageSize} bytes and ${limits.maxComputeInvocationsPerWorkgroup} threads. Choose smaller ones`,
    );
  }
  return (shape) => {
    const whole = tiling.whole && shape.whole;
    return { ...tiling, whole, split: whole ? 1 : splitOf(shape, tiling, tiling.split) };
  };
}

function nameOfShape({ rows, columns, inner, whole }: ProductShape): string {
  return `${rows}x${columns}x${inner}${whole ? ",whole" : ""}`;
}

/** The tiles of some products, written down. */
export function recordTiles(shapes: ProductShape[], tiles: TileChoice): TileRecord {
  return Object.fromEntries(shapes.map((shape) => [nameOfShape(shape), textOf(tiles(shape))]));
}

/**
 * The tiles that were written down. Shapes that are not among them, and tiles that the device has
 * no room for, are left to `tileOf`.
 *
 * @throws {RangeError} If what was written down are no tiles.
 */
export function tilesRecorded(record: TileRecord, limits: TileLimits): TileChoice {
  const known = Object.entries(record).map(([shape, text]) => {
    const { tiling, wrong } = tilingFrom(text);
    if (!wrong) return [shape, tiling] as const;
    throw new RangeError(
      `Cannot make products of ${shape} in the tiles of the run, ${text}: ${wrong}. Take tiles out of its config.json, and they are chosen anew`,
    );
  });
  const byShape = new Map(known.filter(([, tiling]) => fits(tiling, limits)));
  return (shape) => byShape.get(nameOfShape(shape)) ?? tileOf(shape, limits);
}
