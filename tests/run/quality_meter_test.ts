/** Generators that are measured in a thread beside the training. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { toyData } from "@/data/toy.ts";
import { type Quality, qualityMeasure } from "@/eval/quality.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { PRESETS } from "@/gan/presets.ts";
import { QualityMeter } from "@/run/quality_meter.ts";
import { tf } from "@/tf.ts";

const OPTIONS = { ...PRESETS.line.options, seed: 1 };

async function withGan(
  test: (gan: Gan) => Promise<void>,
  backend: "wasm" | "cpu" = "wasm",
): Promise<void> {
  await useBackend(backend);
  const gan = createGan(OPTIONS, toyData("line"));
  await test(gan);
  disposeGan(gan);
}

/** A meter, with what it has said. */
function listening(hear: (quality: Quality) => void = () => {}) {
  const said = { measured: [] as Quality[], failed: [] as string[] };
  const meter = new QualityMeter({
    measured: (quality) => {
      said.measured.push(quality);
      hear(quality);
      return Promise.resolve();
    },
    failed: (reason) => void said.failed.push(reason),
  });
  return { meter, said };
}

Deno.test("the thread's figures are those of the generator as it was when it was handed over", () =>
  withGan(async (gan) => {
    const { meter, said } = listening();
    using _meter = meter;
    const { samples, figures } = await (await qualityMeasure(OPTIONS))(gan.generator);
    await meter.add(gan);
    // What is trained meanwhile is another one.
    for (const [name, weight] of Object.entries(gan.generator.weights)) {
      gan.generator.weights[name] = tf.zerosLike(weight);
      weight.dispose();
    }
    await meter.finish();
    const [found] = said.measured;
    assertEquals([found.step, found.epoch, found.samples], [0, 1, samples]);
    // Its products of matrices are other ones, which round otherwise.
    for (const name of ["mean", "sigma"]) {
      assertAlmostEquals(found.figures[name], figures[name], 1e-5, name);
      assertGreater(Math.abs(figures[name]), 1e-3, "not of the zeros that came after");
    }
    assertEquals([said.measured.length, said.failed], [1, []]);
  }));

// There a tensor's numbers are the tensor itself.
Deno.test("on the cpu backend, too, a training keeps the weights that it hands over", () =>
  withGan(async (gan) => {
    const { meter, said } = listening();
    using _meter = meter;
    const [weight] = Object.values(gan.generator.weights);
    const before = Array.from(await weight.data());
    for (let i = 0; i < 2; i++) await meter.add(gan);
    assertEquals(Array.from(await weight.data()), before);
    await meter.finish();
    assertEquals(said.measured.length, 2);
    assertEquals(said.measured[0].figures, said.measured[1].figures);
  }, "cpu"));

Deno.test("where epochs pass too fast some are left out, never the last, and nobody waits", () =>
  withGan(async (gan) => {
    const { meter, said } = listening();
    using _meter = meter;
    const began = performance.now();
    for (let step = 1; step <= 30; step++) {
      gan.step = step;
      await meter.add(gan);
      assertLess(meter.pending, 10);
    }
    const handed = performance.now() - began;
    await meter.finish();
    const steps = said.measured.map(({ step }) => step);
    assertEquals(meter.pending, 0);
    assertEquals(steps.at(-1), 30);
    assertEquals(steps, steps.toSorted((a, b) => a - b));
    assert(steps.length >= 5 && steps.length < 30, `${steps.length} were measured`);
    assertLess(handed, 5000);
  }));

Deno.test("when the training is over nobody waits for all that wait, but for the last one", () =>
  withGan(async (gan) => {
    const { meter, said } = listening();
    using _meter = meter;
    for (let step = 1; step <= 8; step++) {
      gan.step = step;
      await meter.add(gan);
    }
    meter.hurry(0);
    await meter.finish();
    const steps = said.measured.map(({ step }) => step);
    assertEquals(steps.at(-1), 8);
    assert(steps.length >= 2 && steps.length <= 4, `${steps.length} were measured`);
  }));

Deno.test("at the end of a training all are measured that can be in a short time", () =>
  withGan(async (gan) => {
    const { meter, said } = listening();
    using _meter = meter;
    for (let i = 0; i < 3; i++) await meter.add(gan);
    meter.hurry(60_000);
    await meter.finish();
    assertEquals(said.measured.length, 3);
  }));

Deno.test("a thread that fails says so once, and the training goes on without it", () =>
  withGan(async (gan) => {
    const { meter, said } = listening();
    using _meter = meter;
    const { generator } = OPTIONS;
    const broken = { ...gan, options: { ...OPTIONS, generator: { ...generator, inputs: 3 } } };
    for (let i = 0; i < 3; i++) await meter.add(broken);
    await meter.finish();
    await meter.add(broken);
    assertEquals([said.measured, said.failed.length, meter.pending], [[], 1, 0]);
  }));

Deno.test("what cannot be kept of a figure ends the training with the reason", () =>
  withGan(async (gan) => {
    const { meter } = listening(() => {
      throw new Error("the disk is full");
    });
    using _meter = meter;
    await meter.add(gan);
    const error = await meter.finish().then(() => undefined, (error) => error);
    assertEquals(error?.message, "the disk is full");
  }));
