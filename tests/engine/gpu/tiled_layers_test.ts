/** Every shader of a layer's product, in every tile and split, against plain loops. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { shapeOf } from "@/engine/gpu/layer_dispatches.ts";
import { Word } from "@/engine/operation_protocol.ts";
import { PANEL } from "@/engine/layout.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { type TileChoice, tileOf, TILES, type Tiling } from "@/engine/gpu/tiles.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../../support/backends.ts";
import { KINDS, withLayer } from "../../support/gpu_layers.ts";
import { type Sides, type Wanted } from "../../support/gpu_operands.ts";

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;
/** The named tiles, and those in which slices are added in several ways. */
const NAMES = [
  ...Object.keys(TILES),
  "16x32,thread=8,slices=16",
  "64x16x32,slices=8",
  "64x64x16,slices=2",
];
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

  /** Makes a layer, and holds it to plain loops. Returns what it was made in. */
  async check(kind: string, sides: Sides, name: string, split?: number): Promise<Tiling> {
    const machine = this.#machine;
    const choice = tilesNamed(name, device().limits);
    // So many parts, even if there is nothing in the last ones.
    this.#tiles = (shape) => ({ ...choice(shape), ...split && { split } });
    const where = `${kind}, ${Object.values(sides).join("×")}, in tiles of ${name}, split ${split}`;
    let made: Tiling;
    await withLayer(machine, KINDS[kind], sides, async ({ words, wanted }) => {
      made = this.#tiles(shapeOf(words));
      const program = machine.program([words]);
      machine.run(program);
      for (const each of wanted) {
        holdTo(await machine.read(each.address, each.values.length), each, where);
      }
      machine.releaseProgram(program);
    });
    assertEquals(machine.allocated, 0);
    return made!;
  }
}

const PLAIN = ["forward", "backward"];

for (const kind of PLAIN) {
  testOnBackends(`${kind}: every tile gives what plain loops give`, async () => {
    const layers = new Layers();
    for (const [i, name] of NAMES.entries()) {
      await layers.check(kind, SIDES[i % SIDES.length], name);
    }
  }, ["webgpu"]);

  testOnBackends(`${kind}: 1 to 16 parts give what plain loops give`, async () => {
    const layers = new Layers();
    for (let split = 1; split <= 16; split++) {
      const sides = SIDES[(split + 2) % SIDES.length];
      await layers.check(kind, sides, NAMES[split % NAMES.length], split);
    }
  }, ["webgpu"]);
}

for (const [i, kind] of Object.keys(KINDS).entries()) {
  if (PLAIN.includes(kind)) continue;
  testOnBackends(`${kind}: tiles and parts give what plain loops give`, async () => {
    const layers = new Layers();
    for (let j = 0; j < 3; j++) {
      const name = NAMES[(i + 3 * j) % NAMES.length];
      const split = 1 + (5 * i + 7 * j) % 16;
      await layers.check(kind, SIDES[(i + j) % SIDES.length], name, split);
    }
    await layers.check(kind, SIDES[i % SIDES.length], NAMES[i % NAMES.length]);
  }, ["webgpu"]);
}

const IN_ROWS = Object.keys(KINDS).filter((kind) => /norm|bias|squares/.test(kind));

for (const kind of IN_ROWS) {
  testOnBackends(`${kind}: a workgroup that makes whole rows finishes them`, async () => {
    const layers = new Layers();
    for (const [j, name] of WHOLE.entries()) {
      for (const sides of [SIDES[j], SIDES[j + 3], { rows: 37, columns: 150, inner: 37 }]) {
        const { whole, split } = await layers.check(kind, sides, name);
        assertEquals([whole, split], [true, 1]);
      }
    }
  }, ["webgpu"]);
}

for (
  const [kind, sides] of [
    ["forward", { rows: 784, columns: 133, inner: 1200 }],
    ["backward", { rows: 1200, columns: 53, inner: 784 }],
    ["backward, gradient of a bias", { rows: 784, columns: 300, inner: 53 }],
  ] as const
) {
  testOnBackends(
    `${kind}: the tiles that it gets by itself are right for large sides`,
    async () => {
      await new Layers().check(kind, sides, "auto");
    },
    ["webgpu"],
  );
}

/** Bits of a layer's results. */
async function bitsOf(kind: string, sides: Sides, name: string): Promise<Uint32Array[]> {
  const machine = new GpuMachine(device(), tilesNamed(name, device().limits));
  const bits: Uint32Array[] = [];
  await withLayer(machine, KINDS[kind], sides, async ({ words, wanted }) => {
    // Thirds, so that each order of the sums has other bits.
    const count = (words[Word.Turns] * 4 * words[Word.Panels]) * PANEL;
    const operand = Float32Array.from({ length: count }, (_, i) => (i % 7 - 3) / 3);
    machine.write(words[Word.In], operand);
    machine.run(machine.program([words]));
    for (const { address, values } of wanted) {
      bits.push(new Uint32Array((await machine.read(address, values.length)).buffer));
    }
  });
  return bits;
}

testOnBackends(
  "a product has the same bits each time, and other tiles may give others",
  async () => {
    const sides = { rows: 53, columns: 133, inner: 784 };
    for (const name of ["32x32", "16x16,split=5", "8x128,whole"]) {
      const [first, second] = [
        await bitsOf("backward, batch norm", sides, name),
        await bitsOf("backward, batch norm", sides, name),
      ];
      assertEquals(second, first);
    }
    const [one, three] = [
      await bitsOf("forward", sides, "16x16"),
      await bitsOf("forward", sides, "16x16,split=3"),
    ];
    assertNotEquals(one, three);
  },
  ["webgpu"],
);
