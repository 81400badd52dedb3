/** The machine: memory, threads, self-check. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  ActivationCode,
  BlendWord,
  Code,
  OP_BYTES,
  OptimiserWord,
  Word,
} from "@/engine/operation_protocol.ts";
import { WasmMachine, type WasmProgram } from "@/engine/wasm/wasm_machine.ts";
import { selfCheck } from "@/engine/self_check.ts";
import { type Sweep, type TileExports } from "@/engine/wasm/tile_module.ts";
import { v8Flags } from "@/wasm/wide_registers.ts";
import { fileURLToPath } from "node:url";

const relaxed = true;

Deno.test("memory is zero when it is given out, also for the second time", () => {
  const machine = new WasmMachine({ relaxed }, 1);
  const first = machine.allocate(100);
  machine.floats(first, 100).fill(7);
  machine.release(first, 100);
  const again = machine.allocate(50);
  assertEquals(again, first);
  assert(machine.floats(again, 50).every((value) => value === 0));
});

Deno.test("what is given back is joined, and nothing is given out twice", () => {
  const machine = new WasmMachine({ relaxed }, 1);
  const before = machine.allocated;
  const sizes = [10, 300, 1, 64, 5000];
  const addresses = sizes.map((size) => machine.allocate(size));
  addresses.forEach((address, i) => {
    assertEquals(address % 64, 0);
    const next = addresses[i + 1] ?? Infinity;
    assert(address + 4 * sizes[i] <= next);
  });
  for (const i of [1, 3, 2, 0, 4]) machine.release(addresses[i], sizes[i]);
  assertEquals(machine.allocated, before);
  assertEquals(machine.allocate(5000), addresses[0]);
});

Deno.test("only what was given out is taken back, once, and of the size that it had", () => {
  const machine = new WasmMachine({ relaxed }, 1);
  const [address, neighbour] = [machine.allocate(100), machine.allocate(16)];
  const refused = (address: number, count: number, found: string) =>
    assertThrows(() => machine.release(address, count), RangeError, found);
  refused(address + 64, 36, "nothing was there");
  refused(address, 200, "448 bytes was there");
  machine.release(address, 100);
  refused(address, 100, "nothing was there");
  assertThrows(() => machine.allocate(-1), RangeError, "at least 0, got -1");
  assertEquals(machine.allocated, 64);
  machine.release(neighbour, 16);
});

Deno.test("more than a memory may have is refused, and the machine goes on", () => {
  const machine = new WasmMachine({ relaxed }, 1);
  assertThrows(() => machine.allocate(2 ** 30), RangeError);
  assertEquals(machine.allocated, 0);
  const address = machine.allocate(16);
  machine.write(address, new Float32Array(16).fill(1));
  assertEquals(machine.floats(address, 16)[15], 1);
});

Deno.test("no memory is given out or taken back while threads run a list", () => {
  const machine = new WasmMachine({ relaxed }, 2);
  const { program } = averages(machine, 2, 64, 1);
  const address = machine.allocate(16);
  for (const use of [() => machine.allocate(16), () => machine.release(address, 16)]) {
    assertThrows(() => machine.run(program, use), Error, "while a list of operations is being run");
  }
  machine.run(program, () => {});
  machine.release(address, 16);
  machine.stop();
});

Deno.test("a list that reaches beyond the memory is an error, whoever comes upon it, and nobody waits forever", async () => {
  const program = fileURLToPath(new URL("../../support/trapping_machine.ts", import.meta.url));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", "--allow-sys", program],
    env: { DENO_V8_FLAGS: "--wasm-bounds-checks", NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const [first, then, second, last] = new TextDecoder().decode(stdout).split("\n");
  for (const line of [first, second]) {
    assertMatch(line, /threads failed|memory access out of bounds/);
  }
  for (const line of [then, last]) assertMatch(line, /^done [123] 7$/);
});

Deno.test("memory grows as it is asked for", () => {
  const machine = new WasmMachine({ relaxed }, 1);
  const count = 8 * 2 ** 20;
  const address = machine.allocate(count);
  machine.floats(address, count)[count - 1] = 3;
  assertEquals(machine.floats(address + 4 * (count - 1), 1)[0], 3);
});

Deno.test("a number of threads that is none is refused", () => {
  for (const threads of [0, -1, 1.5, NaN, 2000]) {
    assertThrows(
      () => new WasmMachine({ relaxed }, threads),
      RangeError,
      `Cannot start the engine: threads must be an integer from 1 to 1009, got ${threads}`,
    );
  }
});

/** A list of `operations` averages over `count` numbers, each towards the one before; all start at 0. */
function averages(machine: WasmMachine, operations: number, count: number, gate?: number) {
  const addresses = Array.from({ length: operations + 1 }, () => machine.allocate(count));
  const first = machine.floats(addresses[0], count);
  for (let i = 0; i < count; i++) first[i] = i % 100;
  const program = machine.program(
    Array.from({ length: operations }, (_, i) => {
      const words = new Int32Array(OP_BYTES / 4);
      words.set([Code.Blend, Math.ceil(count / 64), 64], Word.Code);
      words[BlendWord.Source] = addresses[i];
      words[BlendWord.Average] = addresses[i + 1];
      words[BlendWord.Numbers] = count;
      new Float32Array(words.buffer)[BlendWord.Share] = 0.5;
      return words;
    }),
    true,
    gate,
  );
  const array = (i: number) => machine.floats(addresses[i], count);
  return { program, array, last: () => array(operations) };
}

/** Lets the other threads come up. */
async function start(machine: WasmMachine, threads: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (machine.threads < threads && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals(machine.threads, threads);
}

Deno.test("every thread that can be asked for has its word: a list is run by 64 of them", async () => {
  const machine = new WasmMachine({ relaxed }, 64);
  const { program, last } = averages(machine, 4, 4096);
  machine.run(program);
  await start(machine, 64);
  machine.run(program);
  const alone = new WasmMachine({ relaxed }, 1);
  const one = averages(alone, 4, 4096);
  for (let i = 0; i < 2; i++) alone.run(one.program);
  assertEquals(last(), one.last());
  machine.stop();
});

for (const threads of [1, 2, 3, 5]) {
  Deno.test(`a list is run from the first to the last, each chunk once [${threads} threads]`, async () => {
    const machine = new WasmMachine({ relaxed }, threads);
    const operations = 12;
    const { program, last } = averages(machine, operations, 4096);
    machine.run(program);
    // The other threads come up while this one lets go; then they take part.
    await start(machine, threads);
    // After r runs operation j holds c(r, j) times the source, c(r, j) = (c(r-1, j) + c(r, j-1)) / 2.
    let factors = [1, ...Array(operations).fill(0)];
    const runs = 40;
    for (let run = 0; run < runs; run++) {
      if (run > 0) machine.run(program);
      const next = [1];
      for (let j = 1; j <= operations; j++) next[j] = (factors[j] + next[j - 1]) / 2;
      factors = next;
    }
    const found = last();
    for (let i = 0; i < found.length; i++) {
      assert(Math.abs(found[i] - factors[operations] * (i % 100)) < 1e-4, `number ${i}`);
    }
    machine.stop();
  });
}

/** Computes for about so long, without letting go. */
function keepBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

Deno.test("what is put in late is there from the gate on, and the other threads have begun by then", async () => {
  const threads = 3, count = 4096, gate = 2;
  const machine = new WasmMachine({ relaxed }, threads);
  const { program, array } = averages(machine, 4, count, gate);
  machine.run(program, () => {});
  await start(machine, threads);
  let begun = 0;
  for (let run = 0; run < 20; run++) {
    for (let i = 1; i <= 4; i++) array(i).fill(0);
    machine.run(program, () => {
      keepBusy(20);
      if (array(1)[99] > 0) begun++;
      // The operation at the gate moves this array, and no operation before it reads or writes it.
      array(gate + 1).fill(8);
    });
    // A half, a quarter, and the mean of that and 8, of which the last is half.
    const right = array(0).map((source) => (source / 4 + 8) / 4);
    assert(array(4).every((value, i) => Math.abs(value - right[i]) < 1e-5));
  }
  // On a busy machine they may have been late for some of the runs.
  assert(begun > 0, "the other threads wait for what they do not need");
  machine.stop();
});

Deno.test("where what is late cannot be put in, nothing behind the gate is done, and the machine goes on", async () => {
  const threads = 2, count = 4096, gate = 1;
  const machine = new WasmMachine({ relaxed }, threads);
  const { program, array } = averages(machine, 3, count, gate);
  machine.run(program, () => {});
  await start(machine, threads);
  for (let i = 1; i <= 3; i++) array(i).fill(0);
  const failing = () => {
    throw new Error("no batch");
  };
  assertThrows(() => machine.run(program, failing), Error, "no batch");
  assert(array(1)[99] > 0);
  for (const i of [2, 3]) assert(array(i).every((value) => value === 0));
  machine.run(program, () => {});
  assert(array(3)[99] > 0);
  machine.stop();
});

type Rest = Parameters<Sweep> extends [number, number, number, ...infer R] ? R : never;

/** A machine whose inner loop `name` gives one number too much. */
function machineWithWrongLoop(name: keyof TileExports): WasmMachine {
  const right = WebAssembly.Instance;
  let machine: WasmMachine | undefined;
  WebAssembly.Instance = class {
    exports: WebAssembly.Exports;
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      this.exports = { ...new right(module, imports).exports };
      const loop = this.exports[name] as Sweep | undefined;
      if (!loop) return;
      this.exports[name] = (a: number, b: number, c: number, ...rest: Rest) => {
        loop(a, b, c, ...rest);
        machine!.floats(c, 1)[0] += 1;
      };
    }
  };
  try {
    return machine = new WasmMachine({ relaxed }, 1);
  } finally {
    WebAssembly.Instance = right;
  }
}

/** A machine that gives one number a little too much, where word `out` of a certain operation says. */
class WrongMachine extends WasmMachine {
  #address?: number;

  constructor(readonly isWrong: (words: Int32Array) => boolean, readonly out: number) {
    super({ relaxed }, 1);
  }

  override program(operations: Int32Array[], shared: boolean): WasmProgram {
    this.#address = operations.find(this.isWrong)?.[this.out];
    return super.program(operations, shared);
  }

  override run(program: WasmProgram): void {
    super.run(program);
    if (this.#address) this.floats(this.#address, 1)[0] += 1e-4;
  }
}

Deno.test("the self-check passes, and gives its memory back", () => {
  const machine = new WasmMachine({ relaxed }, 1);
  assertEquals(selfCheck(machine), undefined);
  assertEquals(machine.allocated, 0);
});

Deno.test("the self-check finds a loop that is wrong in one number", () => {
  for (
    const [name, complaint] of [
      ["forward", "a product forwards is wrong"],
      ["backward", "a product backwards is wrong"],
      ["gradient", "the gradient of a weight is wrong"],
    ] as const
  ) {
    assertEquals(selfCheck(machineWithWrongLoop(name)), complaint);
  }
});

Deno.test("the self-check finds one wrong number of an activation, and of a step of Adam", () => {
  for (
    const [activation, complaint] of [
      [ActivationCode.Relu, "relu is wrong"],
      [ActivationCode.LeakyRelu, "leakyRelu is wrong"],
      [ActivationCode.Sigmoid, "sigmoid is wrong"],
      [ActivationCode.Tanh, "tanh is wrong"],
    ] as const
  ) {
    const isWrong = (words: Int32Array) => words[Word.Activation] === activation;
    assertEquals(selfCheck(new WrongMachine(isWrong, Word.Out)), complaint);
  }
  for (const out of [OptimiserWord.Weights, OptimiserWord.First, OptimiserWord.Second]) {
    const machine = new WrongMachine((words) => words[Word.Code] === Code.Adam, out);
    assertEquals(selfCheck(machine), "a step of Adam is wrong");
  }
});

Deno.test("a machine that fails at the self-check is wrong, and says how", () => {
  const machine = new WasmMachine({ relaxed }, 1);
  machine.run = () => {
    throw new Error("no such instruction");
  };
  assertEquals(selfCheck(machine), "no such instruction");
});

Deno.test("the flags for wide registers are given on x86-64 alone: elsewhere V8 refuses them", () => {
  assertEquals(v8Flags("x86_64"), "--no-wasm-bounds-checks,--experimental-wasm-revectorize");
  assertEquals(v8Flags("aarch64"), "--wasm-bounds-checks");
});
