/**
 * Gradients of weights on a GPU, those of several layers at once, against plain loops. The numbers
 * are small integers: every sum is exact in any order.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type LayerBuffers,
  type Panels,
  type PlacedNetwork,
  placeLayers,
  placeNetwork,
  Room,
} from "@/engine/buffers.ts";
import { GRADIENT_TILE_NAMES } from "@/engine/gpu/gradient_dispatches.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { dispatchesOf } from "@/engine/gpu/dispatches.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { tileOf } from "@/engine/gpu/tiles.ts";
import { weightGradient } from "@/engine/layer_operations.ts";
import { PANEL, panelsOf, weightIndex, weightSize } from "@/engine/layout.ts";
import { operation, type Rows, rowsOf } from "@/engine/operation.ts";
import { Code, GradientWord, Word } from "@/engine/operation_protocol.ts";
import { inputsOf } from "@/gan/spec.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../../support/backends.ts";
import { MOMENTUM, network as networkSpec } from "../../support/planned_cases.ts";

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

/** Runs a test on a machine of its own. */
const testOnGpu = (name: string, test: (machine: GpuMachine) => Promise<void>) =>
  testOnBackends(name, () => test(new GpuMachine(device())), ["webgpu"]);

interface Case {
  /** Inputs of the first layer, and what each of the layers gives out. */
  sides: [number, ...number[]];
  groups: 1 | 2;
  /** Rows of a group. */
  rows: number;
  seeds?: boolean;
  /** Whether something is added in the first group. */
  added?: boolean;
}

/** Small integers that repeat only after a long while. */
function integers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state % 7 - 3;
  };
}

/** Features of rows of a batch, one row after another, and where they lie in a machine. */
interface Batch {
  panels: Panels;
  features: number;
  values: Float32Array;
}

/** A network whose gradients are asked for. */
class Gradients {
  readonly rows: Rows;
  readonly network: PlacedNetwork;
  readonly layers: LayerBuffers[];
  readonly u: Batch[];
  readonly x: Batch[];
  readonly added: Batch[];
  readonly seeds?: { address: number; values: Float32Array };

  constructor(
    readonly machine: GpuMachine,
    readonly given: Case,
    value: () => number,
  ) {
    const [inputs, ...widths] = given.sides;
    const spec = networkSpec(inputs, widths.map((width) => ({ width, activation: "linear" })));
    const room = new Room((count) => machine.allocate(count), machine);
    this.rows = rowsOf(given.groups, given.rows);
    this.network = placeNetwork(room, spec, MOMENTUM, false);
    const uses = { dropout: false, penalty: given.added === true };
    this.layers = placeLayers(room, spec, this.rows.panels, uses);
    const batch = (panels: Panels, features: number): Batch => {
      const values = Float32Array.from({ length: features * this.rows.count }, value);
      this.#write(panels, features, values);
      return { panels, features, values };
    };
    this.x = this.layers.map(({ x }, i) => batch(x, inputsOf(spec, i)));
    this.u = this.layers.map(({ u }, i) => batch(u, widths[i]));
    this.added = given.added ? this.layers.map(({ s }, i) => batch(s!, inputsOf(spec, i))) : [];
    if (given.seeds) {
      const address = room.allocate(this.rows.panels * PANEL);
      const values = Float32Array.from({ length: this.rows.count }, value);
      this.#write({ address, stride: 4 * PANEL }, 1, values);
      this.seeds = { address, values };
    }
  }

  /** Puts numbers into panels. What is no feature, and what is no row, is NaN. */
  #write({ address, stride }: Panels, features: number, values: Float32Array) {
    const panels = new Float32Array(this.rows.panels * stride / 4).fill(NaN);
    for (let row = 0; row < this.rows.count; row++) {
      for (let i = 0; i < features; i++) {
        const at = this.#panelOf(row) * stride / 4 + i * PANEL + this.#columnOf(row);
        panels[at] = values[row * features + i];
      }
    }
    this.machine.write(address, panels);
  }

  #panelOf(row: number): number {
    const { rows } = this.given;
    return Math.floor(row / rows) * panelsOf(rows) + Math.floor(row % rows / PANEL);
  }

  #columnOf(row: number): number {
    return row % this.given.rows % PANEL;
  }

  operations(): Int32Array[] {
    const { network, rows, seeds, given } = this;
    return this.layers.flatMap((buffers, i) =>
      weightGradient(network, i, buffers, rows, {
        seeds: seeds?.address,
        added: given.added ? { panels: buffers.s!, count: panelsOf(given.rows) } : undefined,
      })
    ).map(({ words }) => words);
  }

  /** The gradient of layer `i`'s weight as it should lie. */
  wanted(i: number): Float32Array {
    const { given: { rows: ofGroup }, seeds, rows: { count } } = this;
    const [x, u, added] = [this.x[i], this.u[i], this.added[i]];
    const sums = new Float32Array(x.features * u.features);
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < x.features; k++) {
        const at = row * x.features + k;
        const more = added && row < ofGroup ? added.values[at] : 0;
        const right = (seeds?.values[row] ?? 1) * x.values[at] + more;
        for (let n = 0; n < u.features; n++) {
          sums[k * u.features + n] += u.values[row * u.features + n] * right;
        }
      }
    }
    const weights = new Float32Array(weightSize(x.features, u.features));
    for (let k = 0; k < x.features; k++) {
      for (let n = 0; n < u.features; n++) {
        weights[weightIndex(x.features, k, n)] = sums[k * u.features + n];
      }
    }
    return weights;
  }

  /** The gradient of layer `i`'s weight as it lies. */
  found(i: number): Promise<Float32Array> {
    const { parameters, gradients } = this.network;
    const address = parameters.address(gradients, `layers.${i}.weight`);
    return this.machine.read(address, weightSize(this.x[i].features, this.u[i].features));
  }
}

/** All pairs of these sides, so that there are more layers than a dispatch takes. */
const ALL_PAIRS: Case["sides"] = [1, 1, 7, 7, 53, 53, 133, 133, 784, 784]
  .concat(1, 53, 1, 133, 1, 784, 7, 133, 7, 784, 53, 784, 133, 53, 7, 1) as Case["sides"];

const CASES: Case[] = [
  { sides: ALL_PAIRS, groups: 1, rows: 7 },
  { sides: [53, 133, 7, 1], groups: 2, rows: 33, seeds: true, added: true },
  { sides: [53, 133, 7, 1], groups: 2, rows: 32, added: true },
  { sides: [7, 53], groups: 2, rows: 1, seeds: true },
  { sides: [7, 7], groups: 1, rows: 133, seeds: true },
  { sides: [784, 784], groups: 2, rows: 17, seeds: true, added: true },
  { sides: [784, 784, 784, 1], groups: 2, rows: 17, seeds: true, added: true },
];

for (const each of CASES) {
  const { sides, rows, groups, seeds, added } = each;
  const name = `${sides.length - 1} layers from ${sides[0]} to ${sides.at(-1)}, ` +
    `${groups} × ${rows} rows${seeds ? ", seeds" : ""}${added ? ", something added" : ""}`;
  testOnGpu(`gradients of weights are those of plain loops: ${name}`, async (machine) => {
    const gradients = new Gradients(machine, each, integers());
    machine.run(machine.program(gradients.operations()));
    for (let i = 0; i < sides.length - 1; i++) {
      const [found, wanted] = [await gradients.found(i), gradients.wanted(i)];
      const wrong = found.findIndex((value, at) => value !== wanted[at]);
      assertEquals(wrong, -1, `layer ${i}: ${found[wrong]} instead of ${wanted[wrong]}`);
      assert(wanted.some((value) => value !== 0));
    }
  });
}

/** Numbers that need rounding in every product and sum. */
function fractions(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
}

testOnBackends("a gradient has the same bits twice, in every tile, and among many", async () => {
  const layer: Case = { sides: [133, 53], groups: 2, rows: 37, seeds: true, added: true };
  let wanted: Float32Array | undefined;
  const names = ["auto", ...GRADIENT_TILE_NAMES.map((name) => `gradients:${name}`)];
  for (const name of names) {
    const machine = new GpuMachine(device(), tilesNamed(name, device().limits));
    const many = new Gradients(machine, { sides: [784, 7], groups: 1, rows: 1 }, fractions());
    const gradients = new Gradients(machine, layer, fractions());
    const lists = [gradients.operations(), [...many.operations(), ...gradients.operations()]];
    for (const list of [lists[0], lists[0], lists[1]]) {
      const { gradients: address, parameters } = gradients.network;
      machine.write(address, new Float32Array(parameters.size));
      machine.run(machine.program(list));
      const found = await gradients.found(0);
      wanted ??= found;
      assertEquals(found, wanted);
    }
  }
  assert(wanted!.some((value) => value !== 0));
}, ["webgpu"]);

Deno.test("gradients that follow each other are one dispatch, as many as it takes", () => {
  const limits = { maxComputeWorkgroupStorageSize: 49152, maxComputeInvocationsPerWorkgroup: 1024 };
  const pair = (outputs: number, inputs: number) => [
    operation(Code.Transpose, { [Word.Features]: inputs, [Word.Panels]: 1 }).words,
    operation(Code.Gradient, { [GradientWord.Outputs]: outputs }).words,
  ];
  const other = operation(Code.Penalty, {}).words;
  const all = (list: Int32Array[]) =>
    dispatchesOf(list, (shape) => tileOf(shape, limits), limits)
      .map(({ operation, operations, groups }) => [operation, operations, groups[0]]);
  // In tiles of 32 × 32.
  const some = [...pair(33, 64), ...pair(1, 1)];
  assertEquals(all([other, ...some, other]), [[0, 1, 1], [1, 4, 5], [5, 1, 1]]);
  const many = Array.from({ length: 17 }, () => pair(1, 33)).flat();
  assertEquals(all(many), [[0, 32, 32], [32, 2, 2]]);
  // Where there are many, in larger ones: 256 of 64 × 64.
  assertEquals(all(pair(1024, 1024)), [[0, 2, 256]]);
});

Deno.test("a tile of gradients that has no name, or no room, is refused with what to do", () => {
  const limits = { maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256 };
  assertThrows(() => tilesNamed("gradients:65x64", limits), RangeError, "must be one of 128x64");
  assertThrows(() => tilesNamed("gradients:64x64", limits), RangeError, "must have room for them");
  assertEquals(tilesNamed("gradients:32x64", limits).gradients?.outputs, 32);
  assertEquals(tilesNamed("auto", limits).gradients, undefined);
});
