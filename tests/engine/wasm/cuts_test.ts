/** Chunks: each item is in one of them, and what the model of several threads counts. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { dryPlan } from "@/engine/dry_plan.ts";
import { BlendWord, Code, OP_BYTES, PlacedWord, Word } from "@/engine/operation_protocol.ts";
import { TILE_ROWS } from "@/engine/layout.ts";
import { makespan, sharesOf } from "@/engine/wasm/makespan.ts";
import { arrange } from "@/engine/wasm/arrange.ts";
import { WasmMachine } from "@/engine/wasm/wasm_machine.ts";
import { findPreset, PRESETS } from "@/gan/presets.ts";
import { stepOf, threadsTable } from "../../../tools/threads_table.ts";

Deno.test("of coarse chunks and fine ones each number is in one, for every place where fine ones begin", () => {
  const machine = new WasmMachine({ relaxed: true }, 1);
  const count = 240;
  const [source, average] = [machine.allocate(count), machine.allocate(count)];
  machine.floats(source, count).fill(1);
  for (const [size, fine] of [[48, 16], [32, 16], [64, 4], [16, 4]]) {
    for (let coarse = 0; coarse * size < count; coarse++) {
      const words = new Int32Array(OP_BYTES / 4);
      words[Word.Code] = Code.Blend;
      words[Word.Chunks] = coarse + Math.ceil((count - coarse * size) / fine);
      words[Word.ChunkSize] = size;
      words[PlacedWord.FirstFine] = coarse;
      words[PlacedWord.FineSize] = fine;
      words[BlendWord.Source] = source;
      words[BlendWord.Average] = average;
      words[BlendWord.Numbers] = count;
      new Float32Array(words.buffer)[BlendWord.Share] = 0.5;
      machine.floats(average, count).fill(0);
      const program = machine.program([words], false);
      machine.run(program);
      machine.releaseProgram(program);
      // A number that is moved twice is 0.75.
      const found = machine.floats(average, count);
      assert(found.every((value) => value === 0.5), `${coarse} of ${size}, then ${fine}`);
    }
  }
});

Deno.test("products of all presets are cut into chunks that fit, of whole units, the last ones fine", () => {
  let cut = 0;
  for (const name of Object.keys(PRESETS)) {
    const { options } = findPreset(name);
    const { lists: { step }, gate } = dryPlan({ ...options, trainRows: undefined, seed: 1 });
    const { list } = arrange(step.map(({ words }) => words), step.indexOf(gate!), 16);
    for (const { words, index } of list) {
      const [size, fine] = [words[Word.ChunkSize], words[PlacedWord.FineSize]];
      if (!fine) {
        assertEquals(words[Word.Chunks], step[index].words[Word.Chunks]);
        continue;
      }
      cut++;
      assert(fine < size);
      const planned = step[index].words;
      const most = planned[Word.Chunks] * planned[Word.ChunkSize];
      const coarse = words[PlacedWord.FirstFine] * size;
      const all = coarse + (words[Word.Chunks] - words[PlacedWord.FirstFine]) * fine;
      // What the planner's chunks hold is less than one of them more than there is; so with these.
      assert(all > most - size && all < most + fine, `${name}, operation ${index}`);
      if (words[Word.Code] !== Code.Forward) continue;
      for (const tiles of [size, fine]) assertEquals(tiles * TILE_ROWS % words[Word.Pieces], 0);
    }
  }
  assert(cut > 50);
});

const SPEEDS = { flop: 1e11, bytes: 3e10, allBytes: 1e15, chunk: 0, gate: 0, joins: 0 };

Deno.test("one thread never waits, and several have the same work between them", () => {
  const step = stepOf("mlp", 16);
  const one = makespan(step, 1, SPEEDS);
  assertEquals([one.waits, one.waiting], [0, 0]);
  for (const threads of [2, 3, 8, 16, 64]) {
    const { seconds, waiting, chunks } = makespan(step, threads, SPEEDS);
    assert(seconds < one.seconds && seconds * threads >= one.seconds * (1 - 1e-9));
    // What is neither work nor waiting is behind the last chunk that a thread takes.
    assert(waiting <= seconds * threads - one.seconds + 1e-9);
    assertEquals(chunks, one.chunks);
  }
  const lone = { ...step, list: step.list.slice(0, 1) };
  const { words } = lone.list[0];
  const [first] = sharesOf(words);
  const [alone, many] = [1, 1000].map((threads) => makespan(lone, threads, SPEEDS).seconds);
  assertAlmostEquals(many, alone * first, 1e-12);
});

Deno.test("by counting chunks and waits, eight threads take a step of mlp at least five times as fast as one", () => {
  const row = threadsTable("mlp").split("\n").find((line) => line.startsWith("| 8 |"))!;
  assert(Number(row.split("|")[3]) >= 5, row);
});

Deno.test("the documentation's table of threads is that of tools/threads_table.ts", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/performance.md", import.meta.url));
  const cells = (text: string) =>
    text.split("\n").filter((line) => line.startsWith("|")).map((line) =>
      line.split("|").map((cell) => cell.trim().replace(/^-+:$/, "-:"))
    );
  const table = threadsTable("mlp");
  const start = page.indexOf(table.split("\n")[0].slice(0, 9), page.indexOf("## On many cores"));
  const printed = cells(page.slice(start, page.indexOf("## On WebGPU")));
  assertEquals(printed, cells(table));
});
