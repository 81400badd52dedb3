/**
 * Tiles of products on a GPU by name, to be tried out: those of the layers, and behind a slash those
 * of the gradients of weights. `64x64`, `auto/32x64`, `32x32,slices=4/64x64`.
 *
 * @module
 */
import { GRADIENT_TILES } from "@/engine/gpu/gradient_dispatches.ts";
import {
  gradientThreads,
  type GradientTile,
  gradientVectors,
} from "@/engine/gpu/shaders/gradient_shader.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { tilesNamed } from "@/engine/gpu/tile_names.ts";
import { type TileChoice, type TileLimits, TILES } from "@/engine/gpu/tiles.ts";

/** What makes the products of a step. */
export interface ProductTiles {
  layers: TileChoice;
  /** By the shapes where it is undefined. */
  gradients?: GradientTile;
}

/** Limits that allow everything, to see whether a name is one. */
export const NO_LIMITS: TileLimits = {
  maxComputeWorkgroupStorageSize: Infinity,
  maxComputeInvocationsPerWorkgroup: Infinity,
};

/** The names, for a reader. */
export const TILE_NAMES = `auto, ${
  Object.keys(TILES).join(", ")
}, or as 64x64,split=4; behind a / ${Object.keys(GRADIENT_TILES).join(", ")} for gradients`;

/**
 * The tiles of that name on a device with these limits.
 *
 * @throws {RangeError} If there are none, or the device has no room for them.
 */
export function productTiles(name: string, limits: TileLimits): ProductTiles {
  const [layers, gradients = "auto"] = name.split("/");
  const found: GradientTile | undefined = Object.hasOwn(GRADIENT_TILES, gradients)
    ? GRADIENT_TILES[gradients as keyof typeof GRADIENT_TILES]
    : undefined;
  if (gradients !== "auto" && !found) {
    throw new RangeError(
      `Cannot make gradients in tiles of ${gradients}: they must be auto or one of ${
        Object.keys(GRADIENT_TILES).join(", ")
      }`,
    );
  }
  if (found && !hasRoom(found, limits)) {
    throw new RangeError(
      `Cannot make gradients in tiles of ${gradients}: a workgroup of this GPU must have room for them, and has ${limits.maxComputeWorkgroupStorageSize} bytes and ${limits.maxComputeInvocationsPerWorkgroup} threads`,
    );
  }
  return { layers: tilesNamed(layers, limits), gradients: found };
}

function hasRoom(tile: GradientTile, limits: TileLimits): boolean {
  return 16 * gradientVectors(tile) <= limits.maxComputeWorkgroupStorageSize &&
    gradientThreads(tile) <= limits.maxComputeInvocationsPerWorkgroup;
}

/** A machine that makes its products in these tiles. */
export function machineWith({ layers, gradients }: ProductTiles, device: GPUDevice): GpuMachine {
  const machine = new GpuMachine(device, layers);
  machine.gradientTile = gradients;
  return machine;
}
