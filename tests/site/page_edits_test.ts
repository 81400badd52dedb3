/** What a browser keeps of a reader's edits. */
import { assertEquals } from "@std/assert";
import { Edits, type Store } from "@/site/page/edits.ts";

/** What a browser has: a store in which other programs keep things as well. */
function store(kept: Record<string, string> = {}): Store & { kept: Map<string, string> } {
  const map = new Map(Object.entries(kept));
  return {
    kept: map,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    key: (i) => [...map.keys()][i] ?? null,
    get length() {
      return map.size;
    },
  };
}

Deno.test("an edit is kept with the book's version, for its notebook and its cell alone", () => {
  const own = store();
  const edit = { code: "const a = 2;", book: "const a = 1;" };
  assertEquals(new Edits(own, "02").keep("cell-1", edit), true);
  assertEquals(new Edits(own, "02").of("cell-1"), edit);
  assertEquals(new Edits(own, "02").of("cell-10"), undefined);
  assertEquals(new Edits(own, "03").of("cell-1"), undefined);
  assertEquals(new Edits(own, "02").ids(), ["cell-1"]);
});

Deno.test("a cell that is as in the book again leaves nothing behind", () => {
  const own = store({ other: "x" });
  const edits = new Edits(own, "02");
  edits.keep("a", { code: "2", book: "1" });
  edits.keep("a", { code: "1", book: "1" });
  assertEquals([...own.kept], [["other", "x"]]);
});

Deno.test("all edits of a page can be forgotten, and those of other pages stay", () => {
  const own = store({ other: "x" });
  const [edits, others] = [new Edits(own, "02"), new Edits(own, "03")];
  for (const id of ["a", "b"]) edits.keep(id, { code: "2", book: "1" });
  others.keep("a", { code: "3", book: "1" });
  for (const id of edits.ids()) edits.forget(id);
  assertEquals([edits.ids(), others.ids()], [[], ["a"]]);
  assertEquals(own.kept.get("other"), "x");
});

Deno.test("what another program has left there is no edit", () => {
  const start = "gan-workbook/02/";
  const own = store({ [`${start}a`]: "{", [`${start}b`]: "[1]", [`${start}c`]: '{"code":1}' });
  assertEquals(["a", "b", "c"].map((id) => new Edits(own, "02").of(id)), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("a browser that keeps nothing is noticed, and breaks nothing", () => {
  const full = {
    ...store(),
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  for (const refusing of [undefined, full]) {
    const edits = new Edits(refusing, "02");
    assertEquals(edits.keep("a", { code: "2", book: "1" }), false);
    assertEquals([edits.of("a"), edits.ids()], [undefined, []]);
  }
});
