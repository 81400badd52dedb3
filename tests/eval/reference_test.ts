/** The ends of the scales are those of as many images as there are samples. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { loadImages, pixels } from "@/data/mnist.ts";
import { imagesAgainst } from "@/eval/against.ts";
import { ALL_METRICS } from "@/eval/metrics.ts";
import { endsFor, loadReference } from "@/eval/reference.ts";
import { evaluate } from "@/eval/suite.ts";
import { gateTest } from "../support/gate.ts";
import { range, WITH_THREADS } from "../support/rows.ts";

const mnist = await loadImages();

gateTest("100 real images have the figures of 100 real images beside them", async () => {
  await useBackend("wasm");
  const metrics = ["frechet", "classifier", "precisionRecall", "diversity"] as const;
  const own = await evaluate(pixels(mnist.train.images, range(100)), mnist, { metrics });
  const { real, noise, missing } = await endsFor(100, metrics, mnist);
  assertEquals(real, own);
  assertEquals([noise.samples, missing], [100, undefined]);
  const recorded = await loadReference();
  assert(real.frechet!.value > 10 && recorded.real.frechet!.value < 1, "100 are not 10,000");
  assert(noise.frechet!.value > 300);
  assertEquals(noise.precisionRecall!.recall, 0);
}, WITH_THREADS);

Deno.test("what is recorded is used for 10,000 samples, and where their number does not matter", async () => {
  const recorded = await loadReference();
  const ends = await endsFor(10_000, ALL_METRICS, mnist);
  assertEquals(ends.real, { ...recorded.real, samples: 10_000 });
  assertEquals(ends.noise, { ...recorded.noise, samples: 10_000 });
  const validation = await endsFor(10_000, ALL_METRICS, imagesAgainst(mnist, "validation"));
  assertEquals(validation.real, { ...recorded.validation.real, samples: 10_000 });
  assertEquals(validation.noise, { ...recorded.validation.noise, samples: 10_000 });
  // Validation images beside the training images before them are as new as test images are.
  assertAlmostEquals(
    recorded.validation.real.memorisation!.median,
    recorded.real.memorisation!.median,
    0.1,
  );
  const fewer = await endsFor(700, ["memorisation"], mnist);
  assertEquals(fewer.real, { samples: 700, memorisation: recorded.real.memorisation });
  const more = await endsFor(20_000, ["parzen", "precisionRecall"], mnist);
  const { parzen, precisionRecall } = recorded.real;
  assertEquals(more.real, { samples: 20_000, parzen, precisionRecall });
});

Deno.test("for more samples than there are real images there is no figure, and the reason is told", async () => {
  const { real, noise, missing } = await endsFor(60_001, ALL_METRICS, mnist);
  for (const end of [real, noise]) {
    assertEquals(Object.keys(end), ["samples", "parzen", "precisionRecall", "memorisation"]);
  }
  assertEquals(
    missing,
    "frechet and classifier and diversity depend on the number of samples, and there are only 60,000 real images",
  );
});

Deno.test("the floor of the Fréchet distance is nowhere one of another number of images", async () => {
  assertEquals(Object.keys((await loadReference()).real.frechet!), ["value"]);
});
