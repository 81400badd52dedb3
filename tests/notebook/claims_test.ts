/** Claims of the text: told with what was expected, what came, and which cells to run again. */
import { assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { ClaimError, claims, isNear, isSame } from "@/notebook/claims.ts";

const said = (run: () => void) => assertThrows(run, ClaimError).message;

Deno.test("a claim that holds says nothing", () => {
  const values = [0.1, 0.2];
  claims("In [3]", { values }, [() => values.length === 2, () => isNear(values[0], 0.1)]);
});

Deno.test("a comparison that fails is told with the values of both sides, and not with the others'", () => {
  const [largest, typical, limit] = [[0.4, 0.058], 0.01, 0.03];
  const text = said(() =>
    claims("In [12]", { largest, limit, typical }, [
      () => typical < limit,
      () => typical > 0 && largest.at(-1)! < limit,
    ])
  );
  assertStringIncludes(text, "The text counts on largest.at(-1) < limit, but");
  assertStringIncludes(text, "largest.at(-1) is 0.058, limit is 0.03");
  assertFalse(text.includes("typical"));
});

Deno.test("nearness and equality are told as one reads them", () => {
  const [got, list] = [{ jsd: 0.5 }, [1, 2]];
  assertStringIncludes(
    said(() => claims("", { got }, () => isNear(got.jsd, 0.49, 0.001))),
    "got.jsd = 0.49 ± 0.001, but got.jsd is 0.5",
  );
  assertStringIncludes(
    said(() => claims("", { list }, () => isSame(list, [1, 3]))),
    "but list is [ 1, 2 ]. If",
  );
});

Deno.test("of a list the first item is told that breaks the rule", () => {
  const rising = [1, 2, 2, 3];
  const text = said(() =>
    claims("", { rising }, () => rising.every((each, i) => i === 0 || each > rising[i - 1]))
  );
  assertStringIncludes(text, "item 2 of rising is 2");
});

Deno.test("the cells to run again are named, the claim's own where it needs no other", () => {
  const value: number = 1;
  const told = (cells: string) => said(() => claims(cells, { value }, () => value > 1));
  assertStringIncludes(
    told("In [3] and In [4]"),
    "Otherwise run In [3] and In [4] and then this cell",
  );
  assertStringIncludes(told(""), "Otherwise run this cell again");
});

Deno.test("a claim about a value that no cell has made says which, as the kernel's advice needs it", () => {
  const missing = new Function("return () => losses.length === 3")();
  assertThrows(() => claims("In [2]", {}, missing), ReferenceError, "losses is not defined");
});

Deno.test("what cannot be computed is told as that, and NaN never holds", () => {
  const empty: { norm: number }[] = [];
  const text = said(() => claims("In [2]", { empty }, () => empty[3].norm > 0));
  assertStringIncludes(text, "empty[3].norm > 0, but it could not be computed: Cannot read");
  for (const held of [isNear(NaN, NaN, 1), isNear(NaN, 0), isNear(0, Infinity)]) assertFalse(held);
  assertEquals([isNear(Infinity, Infinity), isSame([NaN, { a: 0 }], [NaN, { a: -0 }])], [
    true,
    true,
  ]);
  assertEquals([isSame([1], [1, 2]), isSame({ a: 1 }, { b: 1 }), isSame(null, {})], [
    false,
    false,
    false,
  ]);
});
