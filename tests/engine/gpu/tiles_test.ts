/** Which tiles a product gets, and tiles as text. No GPU is needed. */
import { assert, assertEquals, assertGreaterOrEqual, assertThrows } from "@std/assert";
import { recordTiles, tilesNamed, tilesRecorded } from "@/engine/gpu/tile_names.ts";
import { fits, type ProductShape, threadsOf, tileOf, TILES } from "@/engine/gpu/tiles.ts";

const limits = (kibibytes: number, threads: number) => ({
  maxComputeWorkgroupStorageSize: 1024 * kibibytes,
  maxComputeInvocationsPerWorkgroup: threads,
});
/** A large card, a software adapter, and what every adapter must allow. */
const LIMITS = [limits(48, 1024), limits(32, 1024), limits(16, 256)];
const [CARD] = LIMITS;

const SIDES = [1, 7, 53, 133, 784, 1200];
const COLUMNS = [16, 144, 256, 2048, 4096];
const SHAPES: ProductShape[] = SIDES.flatMap((rows) =>
  SIDES.flatMap((inner) =>
    COLUMNS.flatMap((columns) => [true, false].map((whole) => ({ rows, columns, inner, whole })))
  )
);

Deno.test("every product gets tiles that its adapter has room for", () => {
  for (const each of LIMITS) {
    for (const shape of SHAPES) {
      const tiling = tileOf(shape, each);
      assert(fits(tiling, each), `${JSON.stringify(shape)} in ${JSON.stringify(tiling)}`);
      assert(threadsOf(tiling) >= 32);
    }
  }
});

Deno.test("a workgroup makes whole rows only of what needs them, and of no part", () => {
  for (const shape of SHAPES) {
    const { whole, split } = tileOf(shape, CARD);
    assert(!whole || shape.whole && split === 1);
  }
});

Deno.test("no part of a product is empty", () => {
  for (const shape of SHAPES) {
    for (const name of ["auto", "32x32,split=5", "64x64,split=16"]) {
      const { inner, split } = tilesNamed(name, CARD)(shape);
      const turns = Math.ceil(shape.inner / inner);
      const each = Math.ceil(turns / split);
      assert((split - 1) * each < turns, `${JSON.stringify(shape)}, split ${split}`);
    }
  }
});

Deno.test("a product of more than 10 MFLOP gets at least 100 workgroups on a large card", () => {
  for (const shape of SHAPES.filter((shape) => shape.rows > 7 || shape.columns > 256)) {
    const { rows, columns, inner } = shape;
    if (2 * rows * columns * inner < 1e7) continue;
    const tiling = tileOf(shape, CARD);
    const tiles = Math.ceil(rows / tiling.rows) *
      (tiling.whole ? 1 : Math.ceil(columns / tiling.columns));
    const least = Math.min(100, Math.ceil(inner / tiling.inner) * tiles);
    assertGreaterOrEqual(tiles * tiling.split, least, JSON.stringify(shape));
  }
});

Deno.test("large products get large tiles, and small ones many threads for each number", () => {
  const of = (rows: number, columns: number, inner: number, whole = false) => {
    const tile = tileOf({ rows, columns, inner, whole }, CARD);
    return `${tile.rows}x${tile.columns}${tile.whole ? ", whole" : ""}, split ${tile.split}`;
  };
  assertEquals(of(4096, 4096, 1024), "128x128, split 1");
  assertEquals(of(1024, 2048, 784), "128x64, split 1");
  assertEquals(of(784, 128, 1024), "32x32, split 1");
  assertEquals(of(256, 256, 512), "16x32, split 1");
  assertEquals(of(48, 128, 1024), "16x16, split 4");
  assertEquals(of(1024, 128, 512, true), "8x128, whole, split 1");
  assertEquals(of(512, 128, 256, true), "4x128, whole, split 1");
  assertEquals(of(512, 128, 1024, true), "16x32, split 1");
  assertEquals(of(1024, 2048, 512, true), "128x64, split 1");
});

Deno.test("tiles that were written down are the ones that are read", () => {
  for (const name of ["auto", "64x64,split=8", "8x128,whole", "32x32x128,slices=8"]) {
    const chosen = tilesNamed(name, CARD);
    const record = recordTiles(SHAPES, chosen);
    const read = tilesRecorded(JSON.parse(JSON.stringify(record)), CARD);
    for (const shape of SHAPES) assertEquals(read(shape), chosen(shape));
  }
});

Deno.test("what was not written down, or has no room on this adapter, is chosen by its shape", () => {
  const shape = { rows: 1024, columns: 2048, inner: 784, whole: false };
  const large = recordTiles([shape], tilesNamed("128x128", CARD));
  assertEquals(Object.values(large), ["128x128x16,thread=8,slices=1,split=1"]);
  for (const each of LIMITS) {
    assertEquals(tilesRecorded({}, each)(shape), tileOf(shape, each));
  }
  const [, , small] = LIMITS;
  assertEquals(tilesRecorded(large, small)(shape), tileOf(shape, small));
});

Deno.test("a name of tiles says what is different from the tile of that name", () => {
  const shape = { rows: 500, columns: 500, inner: 500, whole: true };
  const of = (name: string) => tilesNamed(name, CARD)(shape);
  const plain = { split: 1, whole: false };
  for (const [name, tile] of Object.entries(TILES)) assertEquals(of(name), { ...tile, ...plain });
  assertEquals(of("64x64,split=8"), { ...TILES["64x64"], split: 8, whole: false });
  assertEquals(of("64x64x32,split=8"), { ...TILES["64x64"], inner: 32, split: 8, whole: false });
  assertEquals(of("8x128,whole"), { ...TILES["8x128"], split: 1, whole: true });
  assertEquals(
    of("32x16,slices=2,inner=32"),
    { rows: 32, columns: 16, inner: 32, thread: 4, slices: 2, ...plain },
  );
});

for (
  const [name, rule] of [
    ["", "its sides must be powers of two"],
    ["60x60", "its sides must be powers of two"],
    ["2x64", "at least 4 rows and 16 columns"],
    ["64x64,slices=0.5", "its sides must be powers of two"],
    ["64x64,slices=3", "its sides must be powers of two"],
    ["64x64,slices=16", "a slice must have at least 4 of its inner side"],
    ["128x128,thread=5", "a thread must make 4 rows or 8"],
    ["64x64,split=17", "must be split in 1 to 16 parts"],
    ["64x64,split=", "must be split in 1 to 16 parts"],
    ["64x64,parts=4", "parts is nothing that a tile has"],
    ["128x128,whole", "four threads must be there for each of its rows"],
    ["128x128,inner=64", "a workgroup of this GPU must have room for them"],
  ] as const
) {
  Deno.test(`tiles of "${name}" are refused: ${rule}`, () => {
    assertThrows(() => tilesNamed(name, CARD), RangeError, rule);
  });
}
