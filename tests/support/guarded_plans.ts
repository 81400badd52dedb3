/**
 * Plans of every kind, on machines of 1 to 8 threads whose arrays lie between guards. As a program, it prints
 * a digest of the numbers that each plan comes to; a plan that read or wrote where it must not is an error.
 *
 *     deno run --allow-read --allow-env --allow-sys tests/support/guarded_plans.ts [random plans]
 */
import { useBackend } from "@/backend.ts";
import { toyData } from "@/data/toy.ts";
import { type TrainingData } from "@/data/training_data.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset, PRESETS } from "@/gan/presets.ts";
import { type Activation } from "@/gan/activations.ts";
import { type LayerSpec } from "@/gan/spec.ts";
import { BlendWord, Code, OP_BYTES, Word } from "@/engine/operation_protocol.ts";
import { WasmMachine } from "@/engine/wasm/wasm_machine.ts";
import { Random } from "@/random.ts";
import { formulaData, tinyOptions } from "./gans.ts";
import { GuardedMachine } from "./guarded_machine.ts";
import { CASES, leaky, logit, maxout, network, NORM } from "./planned_cases.ts";
import { planOn } from "./planned.ts";

/** Sides around those of tiles, panels and blocks. */
const WIDTHS = [1, 2, 4, 5, 6, 7, 11, 12, 13, 15, 16, 17, 47, 48, 49, 95, 97];
const BATCHES = [1, 2, 3, 15, 16, 17, 31, 33, 48, 50];

interface Case {
  name: string;
  options: GanOptions;
  data: TrainingData;
  steps: number;
}

/** The presets, most of them on batches that fill no panel; small networks with everything; random ones. */
function cases(random: number): Case[] {
  const images = formulaData(200, 784);
  const presets = Object.keys(PRESETS).map((name): Case => {
    const { options } = findPreset(name);
    const alternating = options.updates === "alternating";
    const odd = { batchSize: 17, generatorBatchSize: alternating ? 33 : undefined };
    return {
      name,
      options: { ...options, trainRows: undefined, seed: 1, ...name === "mlp" ? {} : odd },
      data: options.toy ? toyData(options.toy) : images,
      steps: 1,
    };
  });
  const small = Object.entries(CASES).map(([name, changes]): Case => ({
    name,
    options: tinyOptions({ averageDecay: 0.9, ...changes }),
    data: formulaData(130, 5),
    steps: 2,
  }));
  const source = new Random(7);
  const drawn = Array.from({ length: random }, (_, i): Case => {
    const options = drawOptions(source);
    const width = options.generator.layers.at(-1)!.width;
    return {
      name: `random ${i}`,
      options,
      data: formulaData(200, width),
      steps: 2,
    };
  });
  // Small memories first: all of a memory is looked at after each.
  return [...small, ...drawn, ...presets];
}

/** Networks of random sides, activations and batches. */
function drawOptions(random: Random): GanOptions {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random.uniform() * values.length)];
  const some = (share: number) => random.uniform() < share;
  const classes = some(0.3) ? 3 : undefined;
  const packing = classes || some(0.7) ? undefined : pick([2, 3]);
  const [batchSize, generatorBatchSize] = [pick(BATCHES), some(0.3) ? pick(BATCHES) : undefined];
  const gradientPenalty = some(0.6) ? 1 : 0;
  const [inputs, width] = [pick(WIDTHS), pick(WIDTHS)];
  const hidden = (): LayerSpec[] =>
    Array.from({ length: pick([0, 1, 2, 3]) }, () => {
      const activation = pick(["relu", "leakyRelu", "maxout"] as const);
      const keep = some(0.3) ? 0.7 : undefined;
      if (activation === "maxout") return maxout(pick(WIDTHS), pick([2, 3, 5]), keep);
      return { ...leaky(pick(WIDTHS), keep), activation };
    });
  const own = hidden().map((layer): LayerSpec => ({
    ...layer,
    keep: undefined,
    batchNorm: layer.activation === "maxout" || batchSize === 1 || some(0.5) ? undefined : NORM,
  }));
  const last: Activation = pick(["linear", "sigmoid", "tanh"] as const);
  return tinyOptions({
    classes,
    packing,
    batchSize,
    generatorBatchSize,
    gradientPenalty,
    averageDecay: some(0.5) ? 0.9 : 0,
    updates: some(0.3) && !generatorBatchSize ? "simultaneous" : "alternating",
    generator: network(inputs + (classes ?? 0), [...own, { width, activation: last }]),
    discriminator: network((packing ?? 1) * width + (classes ?? 0), [...hidden(), logit()]),
  });
}

/** A digest of the numbers that planned steps come to. */
async function digest({ options, data, steps }: Case, machine: WasmMachine): Promise<string> {
  const gan = createGan(options, data);
  const planned = planOn(machine, gan);
  for (let step = 0; step < steps; step++) planned.step();
  planned.release();
  const hash = await hashOf(gan);
  disposeGan(gan);
  if (machine instanceof GuardedMachine) machine.checkRest();
  return hash;
}

async function hashOf({ generator, discriminator, average }: Gan): Promise<string> {
  const parts: Uint8Array[] = [];
  for (const it of [generator, discriminator, average]) {
    for (const tensor of Object.values({ ...it?.weights, ...it?.statistics })) {
      const values = new Float32Array(await tensor.data());
      // What was read from a guard is NaN, and so is what came of it.
      if (values.some(Number.isNaN)) throw new Error("A number was read outside of all arrays");
      parts.push(new Uint8Array(values.buffer));
    }
  }
  const bytes = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** An operation on two arrays of a machine, which it moves by nothing. */
function blend(machine: WasmMachine, count = 64): Int32Array {
  const words = new Int32Array(OP_BYTES / 4);
  words.set([Code.Blend, Math.ceil(count / 16), 16], Word.Code);
  words[BlendWord.Source] = machine.allocate(count);
  words[BlendWord.Average] = machine.allocate(count);
  words[BlendWord.Numbers] = count;
  return words;
}

/** Machines of so many threads, all of them up. */
async function guardedMachines(threads: number[]): Promise<GuardedMachine[]> {
  const machines = threads.map((count) => new GuardedMachine({ relaxed: true }, count));
  // The first list starts the threads.
  for (const machine of machines) machine.run(machine.program([blend(machine)], true));
  const deadline = performance.now() + 60_000;
  while (machines.some(({ threads, wanted }) => threads < wanted)) {
    if (performance.now() > deadline) throw new Error("The threads of the machines do not come up");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return machines;
}

await useBackend("cpu");
const machines = await guardedMachines([1, 2, 3, 5, 8]);
const plain = new WasmMachine({ relaxed: true }, 1);
for (const [i, each] of cases(Number(Deno.args[0] ?? 20)).entries()) {
  const machine = machines[i % machines.length];
  const where = `${each.name}, ${machine.description}`;
  try {
    const found = await digest(each, machine);
    const large = each.steps === 1;
    if (!large && found !== await digest(each, plain)) throw new Error("Guards change the numbers");
    console.log(found, where);
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
  }
}
for (const machine of machines) machine.stop();
