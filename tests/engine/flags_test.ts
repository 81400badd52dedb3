/** The flags of operations that are cut into many chunks, and into many workgroups. */
import { assert, assertEquals } from "@std/assert";
import { optimise } from "@/engine/batch_operations.ts";
import { type PlacedNetwork } from "@/engine/buffers.ts";
import { checkNetworks, flagsOf, isFlagged, placeFlags } from "@/engine/flags.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { FLAG_BYTES, MOST_FLAGS, ReportWord, Word } from "@/engine/operation_protocol.ts";
import { type StepMachine } from "@/engine/step_machine.ts";
import { WasmMachine } from "@/engine/wasm/wasm_machine.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";

/** A vector, a workgroup, more than one, more than a chunk of the processor, more than all workgroups at once. */
const SIZES = [16, 512, 528, 16_400, 530_000];

/** What is needed of a network to look at its numbers; the others, and its gradients, are 0. */
function networkOf(size: number, weights: number, zeros = 0): PlacedNetwork {
  const places = { weights, gradients: zeros, slots: [zeros], running: weights };
  return { parameters: { size }, statistics: { size }, ...places } as unknown as PlacedNetwork;
}

testOnBackends("a flag tells of each number of an array, and of no others", async (backend) => {
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  await (backend === "wasm"
    ? findEach(new WasmMachine({ relaxed: true }, 1))
    : findEach(new GpuMachine(device)));
}, ["wasm", "webgpu"]);

interface ReadMachine extends StepMachine {
  read(address: number, count: number): Float32Array | Promise<Float32Array>;
}

async function findEach(machine: ReadMachine): Promise<void> {
  const flags = placeFlags((count) => machine.allocate(count), SIZES);
  const report = machine.allocate(2 * ReportWord.Words);
  const arrays = SIZES.map((size) => machine.allocate(size));
  const zeros = machine.allocate(Math.max(...SIZES));
  // Without rates it leaves the weights as they are.
  const operations = SIZES.map((size, i) =>
    optimise(networkOf(size, arrays[i], zeros), "momentum", flags.of[i])
  );
  operations.push(checkNetworks(flags, networkOf(16, zeros), report));
  const program = machine.program(operations.map(({ words }) => words), false);
  /** The operations of which a flag is set. */
  const flagged = async () => {
    machine.run(program);
    const reported = machine.report(report, ReportWord.Words);
    machine.finish();
    const all = "read" in reported ? await reported.read() : reported;
    const found = await machine.read(flags.address, flags.count * FLAG_BYTES / 4);
    const ends = [...flags.of.slice(1), Infinity];
    const set = flags.of.flatMap((first, i) => {
      const [from, to] = [first, ends[i]].map((address) => (address - flags.address) / 4);
      return found.slice(from, to).some((flag) => flag !== 0) ? [i] : [];
    });
    assertEquals(isFlagged(all), set.length > 0);
    return set;
  };
  assertEquals(await flagged(), []);
  for (const [i, size] of SIZES.entries()) {
    for (const at of [0, size >> 1, size - 1]) {
      const value = [NaN, -Infinity, -NaN][at % 3];
      machine.write(arrays[i] + 4 * at, Float32Array.of(value));
      assertEquals(await flagged(), [i], `number ${at} of ${size}`);
      machine.write(arrays[i] + 4 * at, Float32Array.of(-3.4e38));
    }
  }
  assertEquals(await flagged(), []);
}

Deno.test("an operation over 100 million numbers has no more chunks than flags", () => {
  for (const size of [...SIZES, 1e8]) {
    const { words } = optimise({ ...networkOf(size, 0), slots: [] }, "adam", 0);
    assert(words[Word.Chunks] <= flagsOf(size) && flagsOf(size) <= MOST_FLAGS);
    assert(words[Word.Chunks] * words[Word.ChunkSize] >= size);
  }
});
