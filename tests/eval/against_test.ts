/** Validation images in place of test images: which rows they are, and what is kept apart. */
import { isDeepStrictEqual } from "node:util";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { imagesBetween, loadImages, PIXELS } from "@/data/mnist.ts";
import { imagesAgainst, seenInTraining } from "@/eval/against.ts";
import { parzenRows } from "@/eval/parzen.ts";
import { PRESETS } from "@/gan/presets.ts";

const mnist = await loadImages();

Deno.test("validation images are the last 10,000 training images, and no training images any more", () => {
  assertEquals(imagesAgainst(mnist, "test"), mnist);
  const { train, test } = imagesAgainst(mnist, "validation");
  assertEquals([train.count, test.count], [50_000, 10_000]);
  const both = { images: new Uint8Array(60_000 * PIXELS), labels: new Uint8Array(60_000) };
  for (const [part, at] of [[train, 0], [test, 50_000]] as const) {
    both.images.set(part.images, at * PIXELS);
    both.labels.set(part.labels, at);
  }
  assertEquals(mnist.train, { count: 60_000, ...both });
  const fewer = { ...mnist, train: { ...mnist.train, count: 59_999 } };
  assertThrows(
    () => imagesAgainst(fewer, "validation"),
    RangeError,
    "they are rows 50000 to 59999 of the training images, got 59999 images",
  );
});

Deno.test("no validation image chooses sigma and is measured", () => {
  const rowsOf = (against: "test" | "validation") => {
    const { choosing, measured } = parzenRows(imagesAgainst(mnist, against));
    return [choosing, measured].map(({ data }) => data);
  };
  const [choosing, measured] = rowsOf("validation");
  assert(isDeepStrictEqual(choosing, imagesBetween(mnist.train, 50_000, 51_000)));
  assert(isDeepStrictEqual(measured, imagesBetween(mnist.train, 51_000, 60_000)));
  const [sameChoosing, test] = rowsOf("test");
  assert(isDeepStrictEqual(sameChoosing, choosing), "sigma is chosen on the same images");
  assert(isDeepStrictEqual(test, imagesBetween(mnist.test, 0, 10_000)));
});

Deno.test("a generator that was trained on validation images is told so, and no other", () => {
  const told = (trainRows: number | undefined, against: "test" | "validation") =>
    seenInTraining("x", { ...PRESETS.mlp.options, seed: 1, trainRows }, against);
  assertEquals([told(undefined, "test"), told(50_000, "validation")], [undefined, undefined]);
  assertMatch(told(undefined, "validation")!, /^x was trained on all training images, /);
  assertMatch(told(50_001, "validation")!, /^x was trained on 50,001 training images, /);
  const ring = { ...PRESETS.ring.options, seed: 1 };
  assertEquals(seenInTraining("x", ring, "validation"), undefined);
});
