/** What a session of cells does with GANs that nobody can reach any more. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { startEngine } from "@/engine/engine.ts";
import { disposeGan, type Gan } from "@/gan/gan.ts";
import { type Network } from "@/gan/network.ts";
import { train } from "@/gan/train.ts";
import { offerCellHost } from "@/host/cell.ts";
import { tf } from "@/tf.ts";
import { tinyGan } from "../support/gans.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Collects what nobody can reach, and lets the news of it be heard. */
async function forget(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const tensors = () => tf.memory().numTensors;
await useBackend("wasm");
const engine = startEngine().engine!;
/** Bytes that the engine has left. */
const room = () => engine.machine.available;

async function trained(gan = tinyGan()): Promise<Gan> {
  for await (const _ of train(gan, { steps: gan.step + 2, logEvery: 1 }, engine));
  return gan;
}

/** A training of which a program, or a cell, keeps nothing. */
async function trainAndForget(): Promise<void> {
  await trained();
}

Deno.test("in a program nothing is freed that the program does not free", async () => {
  const [before, bytes] = [tensors(), room()];
  await trainAndForget();
  await forget();
  assertGreater(tensors(), before);
  assertLess(room(), bytes);
});

Deno.test("in a session of cells a GAN that nobody can reach gives back its tensors and the engine's memory", async () => {
  inASession();
  const [before, bytes] = [tensors(), room()];
  for (let again = 0; again < 3; again++) await trainAndForget();
  await forget();
  assertEquals([tensors(), room()], [before, bytes]);
});

Deno.test("what a cell still holds of a GAN lives on: a network, a record of weights, one tensor", async () => {
  inASession();
  const before = tensors();
  const parts = async (): Promise<[Network, tf.Tensor]> => {
    const gan = await trained();
    return [gan.generator, gan.discriminator.weights["layers.0.weight"]];
  };
  const [{ weights, statistics }, tensor] = await parts();
  await forget();
  const held = [...Object.values(weights), ...Object.values(statistics), tensor];
  assertEquals(tensors(), before + held.length);
  for (const each of held) assertEquals(each.dataSync().every(Number.isFinite), true);
  tf.dispose(held);
  await forget();
  assertEquals(tensors(), before);
});

Deno.test("what was freed is not freed again, and a copy of it lives on", async () => {
  inASession();
  const [before, bytes] = [tensors(), room()];
  const copyOf = async () => {
    const gan = await trained();
    const copy = tf.clone(gan.generator.weights["layers.0.weight"]);
    disposeGan(gan);
    return copy;
  };
  const copy = await copyOf();
  const next = await trained(); // In the engine's memory it has the place of the first.
  const left = room();
  await forget();
  assertEquals(room(), left);
  disposeGan(next);
  assertEquals([tensors(), room()], [before + 1, bytes]);
  assertEquals(copy.dataSync().some((value) => value !== 0), true);
  copy.dispose();
});

Deno.test("a GAN that a cell holds trains on, whatever is forgotten beside it", async () => {
  inASession();
  const [held, alone] = [tinyGan(), tinyGan()];
  for (let again = 0; again < 3; again++) {
    await trained(held);
    await trainAndForget();
    await forget();
  }
  for (let again = 0; again < 3; again++) await trained(alone);
  const [one, other] = [held, alone].map(({ generator: { weights } }) =>
    Object.values(weights).map((tensor) => tensor.dataSync())
  );
  assertEquals(one, other);
  for (const gan of [held, alone]) disposeGan(gan);
});

/** Says that this code runs in cells; there is no way back. */
function inASession(): void {
  offerCellHost({ signal: () => new AbortController().signal, beforeIdle: new Set() });
}
