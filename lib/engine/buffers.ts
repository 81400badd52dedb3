/**
 * Networks and the buffers of their passes, laid out in the memory of the machine.
 *
 * @module
 */
import { SUM_BYTES } from "./operation_protocol.ts";
import { padded, paddedFeatures, PANEL } from "./layout.ts";
import { type StepMachine } from "./step_machine.ts";
import { OPTIMISERS, type OptimiserSpec } from "@/gan/optimiser.ts";
import {
  affineWidth,
  batchStatistics,
  inputsOf,
  type NetworkSpec,
  trainableParameters,
} from "@/gan/spec.ts";
import { Arena } from "./arena.ts";

/** Panels of a batch: where they begin, and the bytes from one to the next. */
export interface Panels {
  address: number;
  stride: number;
}

/** Buffers of one layer. */
export interface LayerBuffers {
  /** What comes in, dropout applied. */
  x: Panels;
  /** x in panels of features, times what the gradient needs. */
  features: number;
  /** The gradient at the affine map. */
  u: Panels;
  /** Maxout: the affine map, then a 1 at each winning piece. */
  winners?: Panels;
  /** Maxout: the gradient at the output. */
  g?: Panels;
  /** Batch norm: the normalised affine map, and 1/√(variance + ε). */
  normalised?: Panels;
  inverseDeviation?: number;
  /** Room for sums over the batch; all layers of a network have the same. */
  sums: number;
  /** Dropout of x. */
  mask?: Panels;
  /** The adjoint of the penalty at x; for maxout also at the affine map. */
  s?: Panels;
  sRaw?: Panels;
}

/** A network in the memory of the machine: byte addresses of arenas. */
export interface PlacedNetwork {
  spec: NetworkSpec;
  parameters: Arena;
  statistics: Arena;
  weights: number;
  gradients: number;
  /**
   * In the order in which the optimiser names them: mean and mean square of Adam, velocity of
   * momentum.
   */
  slots: number[];
  running: number;
  average?: number;
  averageRunning?: number;
}

/** What was allocated, to be given back together. */
export class Room {
  readonly #owned: [address: number, count: number][] = [];

  /**
   * @param give Returns the address of `count` numbers, all zero.
   * @param machine Takes them back; left out where only the bytes are counted.
   */
  constructor(
    readonly give: (count: number) => number,
    readonly machine?: Pick<StepMachine, "release">,
  ) {}

  /** Address of `count` numbers, all zero. */
  allocate(count: number): number {
    const address = this.give(count);
    this.#owned.push([address, count]);
    return address;
  }

  /** Room for `panels` panels of `features` features. */
  panels(panels: number, features: number): Panels {
    const rows = paddedFeatures(features);
    return { address: this.allocate(panels * rows * PANEL), stride: 4 * rows * PANEL };
  }

  release(): void {
    for (const [address, count] of this.#owned.splice(0)) this.machine?.release(address, count);
  }
}

/** Room for a network, what its optimiser remembers, and its average. */
export function placeNetwork(
  room: Room,
  spec: NetworkSpec,
  optimiser: OptimiserSpec,
  averaged: boolean,
): PlacedNetwork {
  const parameters = new Arena(trainableParameters(spec));
  const statistics = new Arena(batchStatistics(spec));
  const arena = () => room.allocate(parameters.size);
  return {
    spec,
    parameters,
    statistics,
    weights: arena(),
    gradients: arena(),
    slots: OPTIMISERS[optimiser.kind].slots.map(arena),
    running: room.allocate(statistics.size),
    average: averaged ? arena() : undefined,
    averageRunning: averaged ? room.allocate(statistics.size) : undefined,
  };
}

/**
 * Buffers for passes of at most `panels` panels.
 *
 * @param uses Whether dropout is applied, and whether there is a penalty.
 */
export function placeLayers(
  room: Room,
  spec: NetworkSpec,
  panels: number,
  uses: { dropout: boolean; penalty: boolean },
): LayerBuffers[] {
  const widest = Math.max(spec.inputs, ...spec.layers.map(affineWidth));
  const sums = room.allocate(SUM_BYTES / 4 * widest);
  return spec.layers.map((layer, index): LayerBuffers => {
    const inputs = inputsOf(spec, index);
    const affine = affineWidth(layer);
    const maxout = layer.activation === "maxout";
    const some = (wanted: boolean, features: number) =>
      wanted ? room.panels(panels, features) : undefined;
    return {
      x: room.panels(panels, inputs),
      features: room.allocate(padded(inputs, PANEL) * panels * PANEL),
      u: room.panels(panels, affine),
      winners: some(maxout, affine),
      g: some(maxout, layer.width),
      normalised: some(layer.batchNorm !== undefined, affine),
      inverseDeviation: layer.batchNorm ? room.allocate(affine) : undefined,
      sums,
      mask: some(uses.dropout && (layer.keep ?? 1) < 1, inputs),
      s: some(uses.penalty, inputs),
      sRaw: some(uses.penalty && maxout, affine),
    };
  });
}
