/** Values as text in a browser: as Deno writes them, as far as messages and cells need it. */
import { assert, assertEquals } from "@std/assert";
import { written } from "@/host/written.ts";

for (
  const value of [
    new Map<unknown, unknown>([["a", [1, 2]], [{ b: 1 }, "two"]]),
    new Set(["a", 1]),
    new Set(),
    new Date(0),
    new Date(NaN),
    /a+[/]/gi,
    [new Float32Array([0.5, 1]), null, undefined, -0, 3n],
    { a: { b: [true] } },
  ]
) {
  Deno.test(`written as by Deno: ${Deno.inspect(value)}`, () => {
    assertEquals(written(value), Deno.inspect(value));
  });
}

Deno.test("a value with nothing to list is written by its name", () => {
  assertEquals(written(new DataView(new ArrayBuffer(8))), "DataView {}");
});

Deno.test("of a long list, only what is shown is written", () => {
  let asked = 0;
  const list = Array.from({ length: 1000 }, (_, i) => ({
    get at() {
      asked++;
      return i;
    },
  }));
  assert(written(list).endsWith("{ at: 99 }, ... 900 more items ]"));
  assertEquals(asked, 100);
});
