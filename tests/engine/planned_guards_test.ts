/** No kernel reads or writes outside of its arrays: with V8's flags nothing else would notice. */
import { assertEquals, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { disposeGan } from "@/gan/gan.ts";
import {
  BlendWord,
  Code,
  GradientWord,
  HeadWord,
  MoveWord,
  OptimiserWord,
  Word,
} from "@/engine/operation_protocol.ts";
import { type WasmProgram } from "@/engine/wasm/wasm_machine.ts";
import { v8Flags } from "@/wasm/wide_registers.ts";
import { printedWith } from "../support/commands.ts";
import { tinyGan } from "../support/gans.ts";
import { GuardedMachine } from "../support/guarded_machine.ts";
import { gateTest } from "../support/gate.ts";
import { planOn } from "../support/planned.ts";

/** Digests of all plans, in a process with these flags of V8. */
const digests = async (flags: string) =>
  (await printedWith(flags, "guarded_plans.ts")).trim().split("\n");

gateTest(
  "no plan touches what is not its own, on 1 to 8 threads, with every access checked and without",
  async () => {
    const [checked, wide] = await Promise.all(
      ["--wasm-bounds-checks", v8Flags(Deno.build.arch)].map(digests),
    );
    assertEquals(checked.length > 60, true);
    assertEquals(wide, checked);
  },
);

/** A machine whose operations of one kind have a word that is wrong. */
class WrongMachine extends GuardedMachine {
  constructor(readonly code: Code, readonly word: number, readonly more: number) {
    super({ relaxed: true }, 1);
  }

  override program(operations: Int32Array[], shared: boolean, gate?: number): WasmProgram {
    const wrong = operations.map((words) => {
      if (words[Word.Code] !== this.code) return words;
      const copy = words.slice();
      copy[this.word] += this.more;
      return copy;
    });
    return super.program(wrong, shared, gate);
  }
}

for (
  const [what, code, word, more] of [
    ["rows of a result too many", Code.Forward, Word.Features, 12],
    ["a result one line too far", Code.Forward, Word.Out, 12 * 64],
    ["a panel of rows too many", Code.Backward, Word.Panels, 1],
    ["a sum too far on", Code.Backward, Word.Sums, 32 * 7],
    ["a panel of features too many", Code.Transpose, Word.Panels, 1],
    ["a gradient before its array", Code.Gradient, GradientWord.Out, -64],
    ["a feature too many", Code.Load, Word.Features, 12],
    ["a row of logits too many", Code.HeadD, HeadWord.Count, 16],
    ["a report behind its array", Code.HeadG, HeadWord.Report, 8 * 4],
    ["a register too many", Code.Adam, OptimiserWord.Numbers, 4],
    ["an average that is not aligned", Code.Blend, BlendWord.Average, -4],
    ["a pack too many", Code.Pack, Word.Chunks, 1],
    ["a sample that is too wide on its way back", Code.Unpack, MoveWord.Width, 12],
  ] as const
) {
  Deno.test(`the guards find ${what}`, async () => {
    await useBackend("cpu");
    const gan = tinyGan({
      packing: 2,
      discriminator: {
        ...tinyGan().options.discriminator,
        inputs: 10,
      },
    });
    const machine = new WrongMachine(code, word, more);
    const planned = planOn(machine, gan);
    // Panels of features are made within the operation that reads them.
    const found = code === Code.Transpose ? Code.Gradient : code;
    assertThrows(() => planned.step(), Error, `code ${found}`);
    // What the machine has is spoilt, and is not to be given back.
    gan.custody = undefined;
    disposeGan(gan);
  });
}

Deno.test("what is read outside of an array, written after it was given back, or written where nothing ever was, is found", () => {
  const machine = new GuardedMachine({ relaxed: true }, 1);
  const [a, b] = [machine.allocate(16), machine.allocate(16)];
  const operation = (from: number, to: number) => {
    const words = new Int32Array(48);
    words.set([Code.Blend, 1, 16], Word.Code);
    words.set([from, to], 0);
    words[BlendWord.Source] = from;
    words[BlendWord.Average] = to;
    words[BlendWord.Numbers] = 16;
    new Float32Array(words.buffer)[BlendWord.Share] = 1;
    words[Word.Code] = Code.Blend;
    words[Word.Chunks] = 1;
    return words;
  };
  const run = (from: number, to: number) =>
    machine.run(machine.program([operation(from, to)], true));
  run(a, b);
  machine.checkRest();
  run(a + 4, b);
  assertEquals(Number.isNaN(machine.floats(b, 16)[15]), true);
  machine.release(b, 16);
  machine.floats(b, 16)[3] = 1;
  assertThrows(() => machine.checkRest(), Error, "belongs to nobody");
  machine.floats(b, 16)[3] = 0;
  machine.checkRest();
  machine.floats(machine.size - 4, 1)[0] = 1;
  assertThrows(() => machine.checkRest(), Error, "belongs to nobody");
  machine.words(4096, 1)[0]++;
  assertThrows(() => machine.check("now"), Error, "below the first array");
});
