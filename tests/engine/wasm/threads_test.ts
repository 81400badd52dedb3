/** Threads: the numbers do not depend on how many there are, and those that wait sleep. */
import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { useBackend } from "@/backend.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { BlendWord, Code, OP_BYTES, Word } from "@/engine/operation_protocol.ts";
import { WasmMachine } from "@/engine/wasm/wasm_machine.ts";
import { threadsUpTo } from "@/wasm/pool.ts";
import { formulaData } from "../../support/gans.ts";
import { everything } from "../../support/planned_cases.ts";
import { planOn } from "../../support/planned.ts";

/** A machine whose threads are up. */
async function machineOf(threads: number): Promise<WasmMachine> {
  const machine = new WasmMachine({ relaxed: true }, threads);
  const program = machine.program([blend(machine, 64)], true);
  machine.run(program);
  const deadline = performance.now() + 60_000;
  while (machine.threads < threads && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(machine.threads, threads);
  return machine;
}

/** An operation of one chunk over `count` numbers. */
function blend(machine: WasmMachine, count: number): Int32Array {
  const words = new Int32Array(OP_BYTES / 4);
  words.set([Code.Blend, 1, count], Word.Code);
  words[BlendWord.Source] = machine.allocate(count);
  words[BlendWord.Average] = machine.allocate(count);
  words[BlendWord.Numbers] = count;
  return words;
}

Deno.test("steps of mlp have the same bits on 1, 2, 3, 8 and 16 threads", async () => {
  await useBackend("cpu");
  const options = { ...findPreset("mlp").options, batchSize: 17, trainRows: undefined, seed: 1 };
  const data = formulaData(60, 784);
  let first: Record<string, number[]> | undefined;
  for (const threads of [1, 2, 3, 8, 16]) {
    const machine = await machineOf(threads);
    const gan = createGan(options, data);
    const planned = planOn(machine, gan);
    for (let step = 0; step < 4; step++) planned.step(false);
    const numbers = await everything(gan);
    planned.release();
    disposeGan(gan);
    machine.stop();
    first ??= numbers;
    assertEquals(numbers, first, `${threads} threads`);
  }
});

/**
 * Seconds of the processor that this process uses meanwhile, the least of three times: what else
 * runs on the machine makes them more, and waiting that keeps a core busy takes them every time.
 */
function processorSeconds(work: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return Math.min(...times);
}

Deno.test("threads that wait for a chunk of another one do not keep a core busy", async () => {
  const machine = await machineOf(3);
  const count = 2 ** 20;
  const words = blend(machine, count);
  // Each operation is one chunk, and waits for the one before.
  const program = machine.program(Array(60).fill(words), true);
  machine.run(program);
  const together = processorSeconds(() => machine.run(program));
  machine.stop();
  machine.run(program);
  const alone = processorSeconds(() => machine.run(program));
  assert(together < 1.7 * alone, `${together} s, ${alone} s alone`);
});

Deno.test("threads that wait for what is put in late do not keep a core busy", async () => {
  const machine = await machineOf(3);
  const program = machine.program([blend(machine, 64)], true);
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  const used = processorSeconds(() =>
    machine.run(program, () => void Atomics.wait(asleep, 0, 0, 400))
  );
  machine.stop();
  assert(used < 0.2, `${used} s in 0.4 s`);
});

Deno.test("a thread for each core: of more than 8 hardware threads half, but on ARM", () => {
  const found = [1, 2, 8, 10, 16, 24, 64].map((hardware) => [
    threadsUpTo(16, hardware, "x86_64"),
    threadsUpTo(16, hardware, undefined),
    threadsUpTo(16, hardware, "aarch64"),
  ]);
  const wanted = [[1, 1, 1], [2, 2, 2], [8, 8, 8], [8, 8, 10], [8, 8, 16], [12, 12, 16]];
  assertEquals(found, [...wanted, [16, 16, 16]]);
  assertEquals(threadsUpTo(4, 16, "aarch64"), 4);
});
