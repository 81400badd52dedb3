/** Every shader of a layer's product, in every tile and split, against plain loops. */
import { assert, assertEquals } from "@std/assert";
import { shapeOf } from "@/engine/gpu/layer_dispatches.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { type TileChoice, tileOf, TILES, type Tiling } from "@/engine/gpu/tiles.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../../support/backends.ts";
import { KINDS, withLayer } from "../../support/gpu_layers.ts";
import { type Sides, type Wanted } from "../../support/gpu_operands.ts";

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;
const NAMES = Object.keys(TILES);
/** Tiles of which a workgroup makes whole rows. */
const WHOLE = ["8x32,whole", "8x128,whole", "4x128,whole"];

/** Sides that divide nothing. */
const SIDES: Sides[] = [
  { rows: 53, columns: 133, inner: 7 },
  { rows: 7, columns: 53, inner: 1200 },
  { rows: 133, columns: 7, inner: 133 },
  { rows: 1, columns: 133, inner: 784 },
  { rows: 133, columns: 53, inner: 53 },
  { rows: 53, columns: 1, inner: 784 },
  { rows: 7, columns: 133, inner: 1 },
];

function holdTo(found: Float32Array, { what, values, tolerance }: Wanted, where: string): void {
  const largest = values.reduce(
    (most, x) => Number.isNaN(x) ? most : Math.max(most, Math.abs(x)),
    1,
  );
  const wrong = values.findIndex((wanted, i) =>
    !Number.isNaN(wanted) && !(Math.abs(found[i] - wanted) <= tolerance * largest)
  );
  const difference = `number ${wrong} is ${found[wrong]}, and must be ${values[wrong]}`;
  assertEquals(wrong, -1, `${what} of ${where}: ${difference}`);
}

/** Layers on a machine of which the tiles change. */
class Layers {
  #tiles: TileChoice = (shape) => tileOf(shape, device().limits);
  readonly #machine = new GpuMachine(device(), (shape) => this.#tiles(shape));

  /** Makes a layer twice, and holds it to plain loops. Returns the parts it was split in. */
  async check(kind: string, sides: Sides, name: string): Promise<Tiling> {
    const machine = this.#machine;
    this.#tiles = tilesNamed(name, device().limits);
    const where = `${kind}, ${Object.values(sides).join("×")}, in tiles of ${name}`;
    let words: Int32Array;
    await withLayer(machine, KINDS[kind], sides, async (layer) => {
      words = layer.words;
      const program = machine.program([words]);
      machine.run(program);
      for (const each of layer.wanted) {
        holdTo(await machine.read(each.address, each.values.length), each, where);
      }
      machine.releaseProgram(program);
    });
    assertEquals(machine.allocated, 0);
    return this.#tiles(shapeOf(words!));
  }
}

for (const [i, kind] of Object.keys(KINDS).entries()) {
  testOnBackends(`${kind}: exact in tiles, whole or split`, async () => {
    const layers = new Layers();
    const plain = kind === "forward" || kind === "backward";
    const names = NAMES.filter((_, j) => plain || (i + j) % 3 === 0);
    for (const [j, name] of names.entries()) {
      const split = plain ? 1 + 2 * j % 16 : 1 + (i + 5 * j) % 16;
      await layers.check(kind, SIDES[(i + j) % SIDES.length], `${name},split=${split}`);
    }
  }, ["webgpu"]);
}
