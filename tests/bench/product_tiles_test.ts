/** Tiles by name: each part of a name is heeded, and what fits on no device is refused. */
import { assertEquals, assertThrows } from "@std/assert";
import { NO_LIMITS, productTiles } from "@/bench/product_tiles.ts";
import { stepCosts } from "@/engine/gpu/cost.ts";
import { GRADIENT_TILES } from "@/engine/gpu/gradient_dispatches.ts";
import { tileOf } from "@/engine/gpu/tiles.ts";
import { createWorkload } from "@/bench/workload.ts";

const SHAPE = { rows: 1024, columns: 2048, inner: 512, whole: false };

Deno.test("the tiles of layers stand before the slash, those of gradients behind it", () => {
  const { layers, gradients } = productTiles("64x64,split=4/32x64", NO_LIMITS);
  const { rows, columns, split } = layers(SHAPE);
  assertEquals([rows, columns, split], [64, 64, 4]);
  assertEquals(gradients, GRADIENT_TILES["32x64"]);
  const auto = productTiles("auto", NO_LIMITS);
  assertEquals(auto.layers(SHAPE), tileOf(SHAPE, NO_LIMITS));
  assertEquals(auto.gradients, undefined);
});

Deno.test("other tiles of gradients are other workgroups, of gradients alone", () => {
  const { options } = createWorkload("mlp", true);
  const [small, large] = ["auto/32x32", "auto/128x128"].map((name) => {
    const { layers, gradients } = productTiles(name, NO_LIMITS);
    return stepCosts(options, NO_LIMITS, layers, gradients);
  });
  const different = small.filter(({ groups }, i) => groups !== large[i].groups);
  assertEquals(different.map(({ name }) => name.split(" ")[0]), ["gradients", "gradients"]);
});

Deno.test("a name that is none is refused, and so is a tile that the device has no room for", () => {
  assertThrows(() => productTiles("auto/9x9", NO_LIMITS), RangeError, "auto or one of 128x128");
  const limits = { maxComputeWorkgroupStorageSize: 4096, maxComputeInvocationsPerWorkgroup: 256 };
  assertThrows(() => productTiles("auto/64x64", limits), RangeError, "has 4096 bytes and 256");
});
