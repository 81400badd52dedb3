/** Checks hold for what is right, and say of what is wrong what it is. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  brief,
  CheckError,
  freshRandom,
  holds,
  near,
  same,
  sameShape,
  useCheckSeed,
} from "@/course/check.ts";
import { passed } from "@/course/passed.ts";

/** What a check says. */
function said(check: () => void): [string, string] {
  const { message, got } = assertThrows(check, CheckError) as CheckError;
  return [message, got];
}

Deno.test("near: a difference up to the tolerance, relative for large numbers", () => {
  near(1.0005, 1, 1e-3, "one");
  near(1000.5, 1000, 1e-3, "a thousand");
  near(Infinity, Infinity, 0, "infinite");
  near([[1, 2], [3]], [[1, 2.0001], [3]], 1e-3, "nested");
  near(new Float64Array([1, 2]), [1, 2], 0, "an array of another kind");
  assertEquals(said(() => near(1.002, 1, 1e-3, "one")), ["one: expected 1, got 1.002", "1.002"]);
  assertEquals(
    said(() => near(-Infinity, Infinity, 1, "x"))[0],
    "x: expected Infinity, got -Infinity",
  );
});

Deno.test("NaN is near nothing and the same as nothing", () => {
  assertThrows(() => near(NaN, 1, Infinity, "x"), CheckError);
  assertThrows(() => near(NaN, NaN, Infinity, "x"), CheckError);
  assertThrows(() => same(NaN, NaN, "x"), CheckError);
});

Deno.test("an answer of another kind is told, and never computed with", () => {
  for (const wrong of [undefined, null, "1", true, {}, [1], { valueOf: () => 1 }, 1n, () => 1]) {
    assertThrows(() => near(wrong, 1, 1, "x"), CheckError, "expected a number");
  }
  for (const wrong of [undefined, 1, "ab", { length: 2, 0: 1, 1: 2 }]) {
    assertThrows(() => near(wrong, [1, 2], 1, "x"), CheckError, "expected 2 numbers");
  }
  assertThrows(
    () => near([1, 2, 3], [1, 2], 1, "x"),
    CheckError,
    "expected the shape [2], got [3]",
  );
  assertThrows(() => near([1, [2]], [1, 2], 1, "x"), CheckError, "expected a number at [1]");
});

Deno.test("tensors are compared by shape and values", () => {
  const tensor = (shape: number[], ...values: number[]) => ({ shape, dataSync: () => values });
  near(tensor([2, 1], 1, 2), tensor([2, 1], 1, 2), 0, "equal");
  sameShape(tensor([2], 5, 6), tensor([2], 1, 2), "the shape alone");
  assertThrows(() => near(tensor([2], 1, 2), tensor([2, 1], 1, 2), 1, "x"), CheckError, "[2, 1]");
  assertThrows(() => near([1, 2], tensor([2, 1], 1, 2), 1, "x"), CheckError, "shape");
});

Deno.test("holds: true and nothing else", () => {
  holds(true, "x");
  for (const wrong of [false, undefined, 1, "true", {}]) {
    assertThrows(() => holds(wrong, "x"), CheckError);
  }
  assertEquals(said(() => holds(false, "smaller", 3)), ["smaller", "3"]);
});

Deno.test("an answer in short: a list, a number, a long text and an object", () => {
  assertEquals(brief([1, 2, 3, 4]), "[1, 2, 3, … (4)]");
  assertEquals(brief(1 / 3), "0.33333333");
  assertEquals(brief("x".repeat(1e6)).length <= 80, true);
  assertEquals(brief({ a: { b: { c: 1 } } }), "{ a: { b: { c: 1 } } }");
});

Deno.test("in a notebook random inputs are new each time", () => {
  const draw = () => freshRandom("name").uint32();
  assertEquals(new Set([draw(), draw(), draw(), draw()]).size > 1, true);
});

Deno.test("of an answer with very many members only the first are looked at", () => {
  let looked = 0;
  const wide = (depth: number): unknown =>
    new Proxy(depth === 0 ? [1] : new Array(1000).fill(0), {
      get: (own, key) => {
        looked++;
        return depth > 0 && /^\d+$/.test(String(key)) ? wide(depth - 1) : Reflect.get(own, key);
      },
    });
  assertEquals(brief(wide(12)).length, 80);
  assertEquals(looked < 1000, true, `${looked} looks`);
  const keys = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`key${i}`, { i }]));
  assertEquals(brief(keys), "{ key0: { i: 0 }, key1: { i: 1 }, key2: { i: 2 }, … (5) }");
  assertEquals(brief({}), "{}");
});

Deno.test("a check that holds says so in a notebook, and nothing in the grader", async () => {
  const said: string[] = [];
  const log = console.log;
  console.log = (line: string) => void said.push(line);
  try {
    await passed("One logit and its label");
    useCheckSeed(1);
    await passed("Two logits");
  } finally {
    console.log = log;
  }
  assertEquals(said, ["✓ One logit and its label: the visible checks hold"]);
});
