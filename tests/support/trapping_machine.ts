/**
 * Lists that reach beyond the memory, in a process that checks every access: first the other threads come upon it,
 * then the calling one. Prints what came of each; to be run with --wasm-bounds-checks.
 */
import { BlendWord, Code, OP_BYTES, Word } from "@/engine/operation_protocol.ts";
import { MAXIMUM_PAGES, WasmMachine } from "@/engine/wasm/wasm_machine.ts";

const COUNT = 4096;
const BEYOND = MAXIMUM_PAGES * 2 ** 16 - 2 ** 20;

function average(from: number, to: number): Int32Array {
  const words = new Int32Array(OP_BYTES / 4);
  words.set([Code.Blend, COUNT / 64, 64], Word.Code);
  words[BlendWord.Source] = from;
  words[BlendWord.Average] = to;
  words[BlendWord.Numbers] = COUNT;
  new Float32Array(words.buffer)[BlendWord.Share] = 1;
  return words;
}

function attempt(run: () => void): string {
  try {
    run();
    return "done";
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

function keepBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const machine = new WasmMachine({ relaxed: true }, 3);
const [a, b] = [machine.allocate(COUNT), machine.allocate(COUNT)];
machine.floats(a, COUNT).fill(7);
const right = machine.program([average(a, b), average(a, b)], true);
const wrong = machine.program([average(a, BEYOND), average(a, b)], true, 1);
machine.run(right);
while (machine.threads < machine.wanted) await new Promise((resolve) => setTimeout(resolve, 20));

// The others are at the first operation, and fail, while this thread is busy with what is late.
console.log(attempt(() => machine.run(wrong, () => keepBusy(500))));
machine.floats(b, COUNT).fill(0);
console.log(
  attempt(() => machine.run(right)),
  machine.threads,
  machine.floats(b, COUNT)[COUNT - 1],
);
// Nobody is left who could fail in this thread's place.
console.log(attempt(() => machine.run(wrong)));
machine.floats(b, COUNT).fill(0);
console.log(
  attempt(() => machine.run(right)),
  machine.threads,
  machine.floats(b, COUNT)[COUNT - 1],
);
machine.stop();
