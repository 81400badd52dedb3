/** Values go over the pipe as they are, and nothing but values. */
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { CodecError, decode, encode, hasFewMembers, type MakeTensor } from "@/course/codec.ts";

/** There and back, through JSON. */
const through = (value: unknown, makeTensor?: MakeTensor) =>
  decode(JSON.parse(JSON.stringify(encode(value))), makeTensor);

const values: unknown[] = [
  0,
  -1.5e-300,
  NaN,
  Infinity,
  -Infinity,
  "text \u2028 ✓",
  true,
  null,
  undefined,
  12345678901234567890n,
  [],
  [1, [2, [NaN]], undefined],
  { a: 1, $: "number", nested: { b: [null] } },
  new Float32Array([1.5, NaN]),
  new Uint8Array([1, 2, 3]).subarray(1),
  new Float64Array(0),
];
for (const value of values) {
  Deno.test(`comes back as it was: ${Deno.inspect(value, { compact: true })}`, () => {
    assertEquals(through(value), value);
  });
}

Deno.test("-0 stays -0, and a hole becomes undefined", () => {
  assert(Object.is(through(-0), -0));
  // deno-lint-ignore no-sparse-arrays
  assertEquals(through([1, , 2]), [1, undefined, 2]);
});

Deno.test("a tensor comes back by shape, type and values", () => {
  const tensor = { shape: [2, 1], dtype: "float32", dataSync: () => new Float32Array([1, 2]) };
  const make: MakeTensor = (values, shape, dtype) => ({ values, shape, dtype });
  assertEquals(through({ w: [tensor] }, make), {
    w: [{ values: new Float32Array([1, 2]), shape: [2, 1], dtype: "float32" }],
  });
});

Deno.test("__proto__ is a name like any other", () => {
  const found = through(JSON.parse('{"__proto__": {"evil": 1}}')) as Record<string, unknown>;
  assertEquals(Object.keys(found), ["__proto__"]);
  assertEquals((found as { evil?: number }).evil, undefined);
});

Deno.test("what is no data is refused", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const refused = [() => 1, Symbol("a"), cycle, new Map(), new Set(), [Promise.resolve(1)]];
  for (const value of refused) assertThrows(() => encode(value), CodecError);
  assertThrows(() => encode(new Array(3_000_000).fill(0)), CodecError, "members");
});

Deno.test("what goes over is short enough in members to be read, and a flood of them is not", () => {
  const many = [
    new Array(190_000).fill(-0),
    new Array(95_000).fill({ a: null }),
    new Array(95_000).fill([undefined]),
    new Float64Array(400_000),
  ];
  for (const value of many) assert(hasFewMembers(JSON.stringify(encode(value))));
  assertFalse(hasFewMembers("[],".repeat(1_000_000)));
  assertFalse(hasFewMembers("[".repeat(1_500_000)));
});

const forged: [string, unknown][] = [
  ["an unknown kind", { $: "function" }],
  ["no kind", { a: 1 }],
  ["an unknown array", { $: "array", name: "constructor", bytes: "" }],
  ["bytes that are none", { $: "array", name: "Float64Array", bytes: 4 }],
  ["an array cut short", { $: "array", name: "Float64Array", bytes: "AAAA" }],
  ["members that are none", { $: "object", entries: { length: 1e9 } }],
  ["a member that is none", { $: "object", entries: [["a"]] }],
  ["a tensor without values", { $: "tensor", shape: [1e9], dtype: "float32", bytes: "" }],
  ["a tensor with a false shape", { $: "tensor", shape: [-1], dtype: "float32", bytes: "" }],
  ["a tensor of many sides", {
    $: "tensor",
    shape: Array(100).fill(1),
    dtype: "bool",
    bytes: "AA==",
  }],
  ["a tensor of a type that is none", { $: "tensor", shape: [], dtype: "toString", bytes: "" }],
  ["an integer that is none", { $: "bigint", text: "9".repeat(1e6) }],
  ["a deep nest", JSON.parse("[".repeat(1000) + "]".repeat(1000))],
];
for (const [name, data] of forged) {
  Deno.test(`a forged value is refused: ${name}`, () => {
    assertThrows(() => decode(data, () => 0), CodecError);
  });
}

Deno.test("a tensor is refused where no tensors are in use", () => {
  assertThrows(
    () => decode({ $: "tensor", shape: [], dtype: "bool", bytes: "AA==" }),
    CodecError,
    "no tensors are in use",
  );
});
