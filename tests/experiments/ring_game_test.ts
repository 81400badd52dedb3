import { assert, assertEquals, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { createRingGan, keptFrom, playRing, ringMoment } from "@/experiments/ring_game.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { disposeGan } from "@/gan/gan.ts";

const recipe = {
  ...{ k: 1, dRate: 1e-3, gRate: 1e-3, beta1: 0.5, gamma: 0, packing: 1, seed: 1 },
  loss: "nonSaturating" as const,
};

Deno.test("the modes are kept from the step after the last that lacks one", () => {
  const from = (...modes: number[]) =>
    keptFrom(modes.map((own, i) => ({ step: 50 * (i + 1), modes: own, highQuality: 1 })));
  assertEquals(from(8, 3, 8, 8), 150);
  assertEquals(from(8, 8), 50);
  assertEquals(from(8, 7), Infinity);
});

Deno.test("a ring game is measured every 50 steps and at its end; packing widens D alone", async () => {
  await useBackend("wasm");
  const gan = createRingGan({ ...recipe, packing: 2 });
  assertEquals(gan.options.discriminator.inputs, 4);
  assertEquals((await ringMoment(gan)).step, 0);
  const heard: number[] = [];
  const moments = await playRing(gan, 60, undefined, ({ step }) => heard.push(step));
  assertEquals(heard, [50, 60]);
  assert(moments.every(({ modes, highQuality }) => modes <= 8 && highQuality <= 1));
  disposeGan(gan);
});

Deno.test("a ring game that diverges says so", async () => {
  await useBackend("wasm");
  const gan = createRingGan({ ...recipe, dRate: 1e30, gRate: 1e30 });
  await assertRejects(() => playRing(gan, 100), DivergedError, "must be finite");
  disposeGan(gan);
});
