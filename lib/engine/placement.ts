/**
 * Where everything that a training step needs lies in the memory of a machine: both networks, the
 * buffers of their passes, and what a step takes in and reports.
 *
 * @module
 */
import { type GanOptions, labelCount, latentSize } from "@/gan/options.ts";
import {
  type LayerBuffers,
  type Panels,
  type PlacedNetwork,
  placeLayers,
  placeNetwork,
  type Room,
} from "./buffers.ts";
import { type Flags, placeFlags } from "./flags.ts";
import { ReportWord } from "./operation_protocol.ts";
import { PANEL, panelsOf } from "./layout.ts";

/** Where the caller puts what an update takes in, row by row. */
export interface Staging {
  latent: number;
  /** One-hot, [rows, labels]; where the networks are told one. */
  labels?: number;
  /** By layer of D: [rows, inputs]. */
  masks: (number | undefined)[];
}

/** Where the rows of a data set lie in the memory, a byte for each number, and what they stand for. */
export interface KeptRows {
  rows: number;
  table: number;
}

/** What a machine makes itself of less than the numbers that a step takes in. */
export interface Inputs {
  /** Normal numbers of random words: the latent numbers are put in as words. */
  normals?: boolean;
  /** Masks of dropout of random words, in the same way. */
  masks?: boolean;
  /** Real rows of their indices: these are put in. */
  rows?: KeptRows;
}

/** Everything that a plan has in the memory of a machine. */
export class Placement {
  readonly generator: PlacedNetwork;
  readonly discriminator: PlacedNetwork;
  /** What the operations report, by `ReportWord`. */
  readonly report: number;
  /** Flags of D's optimiser, and of G's. */
  readonly flags: Flags;
  readonly d: LayerBuffers[];
  readonly g: LayerBuffers[];
  readonly logits: Panels;
  /** Slopes of D's loss in the logits, and of G's. */
  readonly dSeeds: number;
  readonly gSeeds: number;
  /** What G makes, where that is not what D takes as it is; and the gradient on its way back. */
  readonly made?: Panels;
  readonly packed?: Panels;
  /** D's topmost gradient: the pass back begins with ones. */
  readonly ones: Panels & { panels: number };
  readonly squares: number;
  /** Real rows, or their indices. */
  readonly real: number;
  readonly staging: { d: Staging; g: Staging };

  constructor(room: Room, options: GanOptions, readonly inputs: Inputs = {}) {
    const averaged = options.averageDecay > 0;
    const { generatorOptimiser, discriminatorOptimiser } = options;
    this.generator = placeNetwork(room, options.generator, generatorOptimiser, averaged);
    this.discriminator = placeNetwork(room, options.discriminator, discriminatorOptimiser, false);
    this.report = room.allocate(2 * ReportWord.Words);
    this.flags = placeFlags((count) => room.allocate(count), [
      this.discriminator.parameters.size,
      this.generator.parameters.size,
    ]);
    const { generator, discriminator, batchSize, generatorBatchSize = batchSize } = options;
    const { packing = 1, gradientPenalty } = options;
    const told = labelCount(options);
    const width = generator.layers.at(-1)!.width;
    const dPanels = Math.max(2 * panelsOf(batchSize), panelsOf(generatorBatchSize));
    const samples = packing * Math.max(batchSize, generatorBatchSize);
    const penalty = gradientPenalty > 0;
    this.d = placeLayers(room, discriminator, dPanels, { dropout: true, penalty });
    this.g = placeLayers(room, generator, panelsOf(samples), { dropout: false, penalty: false });
    this.logits = room.panels(dPanels, 1);
    this.dSeeds = room.allocate(dPanels * PANEL);
    this.gSeeds = room.allocate(panelsOf(generatorBatchSize) * PANEL);
    const { mask } = this.d[0];
    if (packing > 1 || mask) this.made = room.panels(panelsOf(samples), width);
    // A mask lies as D's input does: what it is multiplied with must, too.
    if (packing > 1 || mask && told > 0) this.packed = room.panels(dPanels, discriminator.inputs);
    this.squares = room.allocate(discriminator.inputs);
    this.real = room.allocate(batchSize * packing * (inputs.rows ? 1 : width));
    const staging = (dRows: number, samples: number): Staging => ({
      // Words come in pairs.
      latent: room.allocate(samples * latentSize(options) + 1),
      labels: told > 0 ? room.allocate(samples * told) : undefined,
      masks: this.d.map((layer, index) => {
        const inputs = index === 0 ? discriminator.inputs : discriminator.layers[index - 1].width;
        return layer.mask && room.allocate(dRows * inputs);
      }),
    });
    this.staging = {
      d: staging(2 * batchSize, batchSize * packing),
      g: staging(generatorBatchSize, generatorBatchSize * packing),
    };
    this.ones = { ...this.d.at(-1)!.u, panels: dPanels };
  }
}
