/** What operations touch, in which order they are done, and that nobody is in another's way. */
import { assert, assertEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset, PRESETS } from "@/gan/presets.ts";
import { dryPlan } from "@/engine/dry_plan.ts";
import { Code, OP_BYTES, PlacedWord, Word } from "@/engine/operation_protocol.ts";
import { arrange, type Arranged } from "@/engine/wasm/arrange.ts";
import { type ByteRange, conflict, touchedBy } from "@/engine/wasm/touched.ts";
import { WasmMachine, type WasmProgram } from "@/engine/wasm/wasm_machine.ts";
import { formulaData, tinyOptions } from "../../support/gans.ts";
import { CASES } from "../../support/planned_cases.ts";
import { planOn } from "../../support/planned.ts";

/** Where arrays begin. */
const FIRST = 2 ** 16;
/** A NaN that no arithmetic makes. */
const POISON = 0x7fa5a5a5;

/** Cases that have every operation, with all that it can be asked to do. */
const WITH_EVERYTHING: (keyof typeof CASES)[] = [
  "batch norm, dropout, R1, average",
  "simultaneous, R1 and dropout",
  "maxout of 5 and of 2, dropout everywhere, R1",
  "maxout at the end of G",
  "tanh and sigmoid in D, no penalty",
  "batch norm at the end of G",
  "packs of 3, a batch norm at G's end, simultaneous",
  "conditional, dropout of D's input, R1, another batch for G",
  "conditional, maxout at the end of G, three updates of D, z in a cube",
];

/** Runs each operation twice: on the memory as it is, and with all poisoned that it does not touch. */
class SuspiciousMachine extends WasmMachine {
  override run(program: WasmProgram, late?: () => void): void {
    late?.();
    for (let i = 0; i < program.operations; i++) this.#runOne(program, i);
  }

  #runOne(program: WasmProgram, i: number): void {
    const address = program.address + i * OP_BYTES;
    const one = { ...program, address, operations: 1, gate: 0 };
    const memory = this.words(FIRST, this.allocated / 4);
    const before = memory.slice();
    super.run(one);
    const after = memory.slice();
    const words = this.words(address, OP_BYTES / 4);
    const what = `operation ${i}, code ${words[Word.Code]}`;
    const parts = [words.slice()];
    const transpose = words[PlacedWord.Transpose];
    if (transpose) parts.push(this.words(transpose, OP_BYTES / 4).slice());
    const touched = parts.map(touchedBy);
    const writes = touched.flatMap(({ writes }) => writes);
    const all = touched.flatMap(({ reads, writes }) => [...reads, ...writes]);
    const own: ByteRange[] = [
      [program.address, program.address + program.addresses.length * OP_BYTES],
      [program.counters, program.counters + 128],
    ];
    const written = mask(memory.length, [...writes, ...own]);
    for (let at = 0; at < memory.length; at++) {
      if (!written[at]) assertEquals(after[at], before[at], `${what} writes at ${FIRST + 4 * at}`);
    }
    const known = mask(memory.length, [...all, ...own]);
    for (let at = 0; at < memory.length; at++) memory[at] = known[at] ? before[at] : POISON;
    super.run(one);
    for (let at = 0; at < memory.length; at++) {
      const wanted = known[at] ? after[at] : POISON;
      if (memory[at] !== wanted) {
        throw new Error(`${what} reads more than it is said to: see ${FIRST + 4 * at}`);
      }
    }
    memory.set(after);
  }
}

/** 1 where a word is in a range. */
function mask(words: number, ranges: ByteRange[]): Uint8Array {
  const known = new Uint8Array(words);
  for (const [from, to] of ranges) known.fill(1, (from - FIRST) / 4, Math.ceil((to - FIRST) / 4));
  return known;
}

Deno.test("no operation of a plan reads or writes beyond what it is said to touch", async () => {
  await useBackend("cpu");
  const machine = new SuspiciousMachine({ relaxed: true }, 1);
  for (const name of WITH_EVERYTHING) {
    const changes = CASES[name];
    const gan = createGan(tinyOptions({ averageDecay: 0.9, ...changes }), formulaData(130, 5));
    const planned = planOn(machine, gan);
    planned.step();
    planned.release();
    disposeGan(gan);
  }
});

/** The steps of all presets and cases. */
function steps(): [name: string, lists: Int32Array[][], gate: number][] {
  const all: [string, GanOptions][] = [
    ...Object.keys(PRESETS).map((name): [string, GanOptions] => [
      name,
      { ...findPreset(name).options, trainRows: undefined, seed: 1 },
    ]),
    ...Object.entries(CASES).map(([name, changes]): [string, GanOptions] => [
      name,
      tinyOptions({ averageDecay: 0.9, ...changes }),
    ]),
  ];
  return all.flatMap(([name, options]): ReturnType<typeof steps> => {
    const { lists: { d, step }, gate } = dryPlan(options);
    return (d ? [step, d] : [step]).map((list) => [
      name,
      [list.map(({ words }) => words)],
      list.indexOf(gate!),
    ]);
  });
}

/** Whether two operations of a list may run at the same time, or in the wrong order, in spite of what they touch. */
function race({ list }: Arranged): string | undefined {
  for (const [i, own] of list.entries()) {
    const waited = i - own.words[PlacedWord.Ahead];
    for (const [j, other] of list.slice(0, i).entries()) {
      if (!conflict(other.touched, own.touched)) continue;
      if (j >= waited) return `operation ${i} does not wait for ${j}`;
      if (other.index > own.index) return `operations ${j} and ${i} have changed places`;
    }
  }
}

Deno.test("each operation is in the list once, and waits for all that it shares memory with", () => {
  for (const [name, [operations], gate] of steps()) {
    const arranged = arrange(operations, gate, 2);
    const { list, within } = arranged;
    const indices = [...list, ...within].map(({ index }) => index).sort((a, b) => a - b);
    assertEquals(indices, [...operations.keys()], name);
    assertEquals(race(arranged), undefined, name);
    for (const { words, transpose } of list) {
      const inside = words[Word.Code] === Code.Gradient;
      assertEquals(transpose !== undefined, inside, name);
    }
  }
});

Deno.test("what is done before the gate stays before it, and the rest behind", () => {
  for (const [name, [operations], gate] of steps()) {
    const { list, gate: place } = arrange(operations, gate, 2);
    assertEquals(list[place].index, gate, name);
    list.forEach(({ index }, i) =>
      assertEquals(Math.sign(index - gate), Math.sign(i - place), name)
    );
  }
});

Deno.test("an order that is wrong, and a wait that is left out, are races", () => {
  const [, [operations], gate] = steps()[0];
  const arranged = arrange(operations, gate, 2);
  const last = arranged.list.length - 1;
  const swapped = {
    ...arranged,
    list: arranged.list.toSpliced(last, 1).toSpliced(3, 0, arranged.list[last]),
  };
  assert(race(swapped));
  arranged.list[5].words[PlacedWord.Ahead] = 5;
  assert(race(arranged));
});

Deno.test("in a step of mlp at most two in five operations wait for the one before", () => {
  const [, [operations], gate] = steps().find(([name]) => name === "mlp")!;
  const { list } = arrange(operations, gate, 2);
  const waiting = list.filter(({ words }) => words[PlacedWord.Ahead] === 0);
  assert(waiting.length * 5 <= list.length * 2, `${waiting.length} of ${list.length}`);
});

Deno.test("an operation that nobody knows touches everything", () => {
  const unknown = touchedBy(Int32Array.of(99));
  const [, [operations]] = steps()[0];
  for (const words of operations) assert(conflict(unknown, touchedBy(words)));
});
