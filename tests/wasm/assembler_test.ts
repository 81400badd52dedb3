/** The assembler: its numbers and modules against bytes that were written by hand. */
import { assert, assertEquals } from "@std/assert";
import {
  assemble,
  call,
  countDown,
  f32x4,
  forever,
  i32,
  type Instructions,
  local,
  returnIf,
  select,
  sequence,
  signed,
  unrolled,
  unsigned,
  untilZero,
  type WasmFunction,
} from "@/wasm/assembler.ts";

const LIMITS = { pages: 1, maximumPages: 1 };

/** Instantiates functions in a memory of one page; `words` and `numbers` are views of it. */
function load(functions: WasmFunction[]) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const module = new WebAssembly.Module(assemble(LIMITS, functions));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return {
    exports: exports as Record<string, (...parameters: number[]) => void>,
    words: new Int32Array(memory.buffer),
    numbers: new Float32Array(memory.buffer),
  };
}

/** A function with some integers, of which `locals` are no parameters. */
function integers(
  name: string,
  parameters: number,
  locals: number,
  ...body: Instructions[]
): WasmFunction {
  return { name, parameters, locals: { integers: locals, vectors: 0 }, body: sequence(...body) };
}

Deno.test("integers are written as the specification's LEB128 has them", () => {
  const unsignedBytes: [number, number[]][] = [
    [0, [0]],
    [63, [63]],
    [64, [64]],
    [127, [127]],
    [128, [0x80, 1]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ];
  for (const [n, bytes] of unsignedBytes) assertEquals(unsigned(n), bytes, `${n}`);
  const signedBytes: [number, number[]][] = [
    [0, [0]],
    [63, [63]],
    // Bit 6 would make it negative.
    [64, [0xc0, 0]],
    [127, [0xff, 0]],
    [128, [0x80, 1]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 7]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ];
  for (const [n, bytes] of signedBytes) assertEquals(signed(n), bytes, `${n}`);
});

Deno.test("V8 reads every integer that is written as the one that was meant", () => {
  const values = Array.from({ length: 32 }, (_, bit) => [2 ** bit - 1, 2 ** bit, -(2 ** bit)])
    .flat()
    .filter((n) => n === (n | 0));
  for (const value of values) {
    // A loop of two turns adds it twice to a local, and an atomic addition brings it to the memory.
    const { exports, words } = load([
      integers(
        "twice",
        1,
        2,
        ...[i32.constant(2), local.set(1)],
        countDown(1, local.advance(2, i32.constant(value))),
        ...[local.get(0), local.get(2), i32.atomicAdd, local.set(1)],
      ),
    ]);
    exports.twice(16);
    assertEquals(words[4], 2 * value | 0);
  }
});

Deno.test("a module is byte by byte the one that was written by hand", () => {
  const found = assemble({ pages: 2, maximumPages: 300 }, [
    integers("f", 1, 1, local.get(0), local.set(1)),
    { name: "ö", parameters: 0, locals: { integers: 0, vectors: 1 }, body: call(1) },
  ]);
  // deno-fmt-ignore
  const wanted = [
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    // Types: a function of one i32, a function of nothing.
    1, 8, 2, 0x60, 1, 0x7f, 0, 0x60, 0, 0,
    // Import: the memory env.memory, shared, of 2 to 300 pages.
    2, 17, 1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3, 2, 0xac, 2,
    // The types of the functions.
    3, 3, 2, 0, 1,
    // Exports: a name has two bytes where its letter has.
    7, 10, 2, 1, 0x66, 0, 0, 2, 0xc3, 0xb6, 0, 1,
    // Bodies: one group of locals each.
    10, 17, 2, 8, 1, 1, 0x7f, 0x20, 0, 0x21, 1, 0x0b, 6, 1, 1, 0x7b, 0x10, 1, 0x0b,
  ];
  assertEquals([...found], wanted);
  assert(WebAssembly.validate(found));
});

Deno.test("functions with as many parameters have one type, and call each other", () => {
  const { exports, words } = load([
    integers(
      "add",
      2,
      0,
      ...[local.get(0), local.get(1), i32.atomicAdd, local.set(1)],
    ),
    integers("addTwice", 2, 0, unrolled(2, () => [...local.get(0), ...local.get(1), ...call(0)])),
    integers("nothing", 0, 0),
  ]);
  exports.addTwice(8, 21);
  exports.add(8, -2);
  exports.nothing();
  assertEquals(words[2], 40);
});

Deno.test("loops run as often as they say, and choices choose", () => {
  const { exports, words } = load([
    // For ever, until the counter at a has given the number b.
    integers(
      "upTo",
      2,
      0,
      forever(
        ...[local.get(0), i32.constant(1), i32.atomicAdd, local.get(1), i32.atLeast, returnIf],
      ),
    ),
    // The smaller of b and c to a; then 3 c to a + 4, by a loop that ends when a local is 0.
    integers(
      "smaller",
      3,
      1,
      ...[local.get(0), local.get(1), local.get(2), local.get(1), local.get(2)],
      ...[i32.lessThan, select, i32.atomicAdd, local.set(3)],
      ...[local.get(2), local.set(3)],
      untilZero(
        3,
        ...[local.get(0), i32.constant(4), i32.add, i32.constant(3), i32.atomicAdd, local.set(1)],
        ...[local.get(3), i32.constant(1), i32.subtract, local.set(3)],
      ),
    ),
  ]);
  exports.upTo(0, 7);
  assertEquals(words[0], 8);
  exports.smaller(8, 5, 9);
  exports.smaller(16, -5, 2);
  assertEquals([...words.subarray(2, 6)], [5, 27, -5, 6]);
});

for (const relaxed of [true, false]) {
  Deno.test(`vectors are loaded, splat, multiplied, added and stored [relaxed ${relaxed}]`, () => {
    const [a, x, y, sum] = [0, 1, 2, 3];
    const { exports, numbers } = load([{
      name: "multiplyAdd",
      parameters: 1,
      locals: { integers: 0, vectors: 3 },
      body: sequence(
        ...[local.get(a), f32x4.loadSplat(200), local.set(x)],
        ...[local.get(a), f32x4.load(16), local.set(y)],
        ...[f32x4.zero, local.set(sum)],
        unrolled(2, () => f32x4.multiplyAdd(x, y, sum, relaxed)),
        ...[local.get(a), local.get(sum), f32x4.store(300)],
      ),
    }]);
    numbers.set([1, 2, 3, 4], 8 + 4);
    numbers[8 + 50] = 5;
    exports.multiplyAdd(32);
    assertEquals([...numbers.subarray(8 + 74, 8 + 80)], [0, 10, 20, 30, 40, 0]);
  });
}
