/** What is taken of cells, and what is left out. */
import { assertEquals, assertThrows } from "@std/assert";
import { factoryText } from "@/course/child.ts";
import { functionBodies, neededFor, type Statement, statementsOf } from "@/course/statements.ts";

const all = (...cells: string[]): Statement[] =>
  cells.flatMap((source, cell) => statementsOf(source, cell));
const texts = (names: string[], ...cells: string[]) =>
  neededFor(names, all(...cells)).map(({ text }) => text);

/** Makes the named values as a child process does. */
async function made(names: string[], ...cells: string[]) {
  const text = factoryText(neededFor(names, all(...cells)), names);
  const url = `data:text/javascript;base64,${new TextEncoder().encode(text).toBase64()}`;
  const notes: [number, string][] = [];
  const values = await (await import(url)).default(
    (source: string, name: string) => `${name} of ${source}`,
    (cell: number, error: unknown) => notes.push([cell, String(error)]),
  );
  return {
    values: Object.fromEntries(names.map((name) => [name, values[name]?.()])),
    notes,
  };
}

Deno.test("a statement declares its names and uses its free ones, types apart", () => {
  const [variable, own] = statementsOf(
    "const { a, b: [c] }: Thing = f(1 as Size);\nfunction g(p: T, q = r) { return p + a + h.i; }",
    0,
  );
  assertEquals([variable.kind, variable.declares, [...variable.uses]], ["variable", ["a", "c"], [
    "f",
  ]]);
  assertEquals([own.kind, own.declares, [...own.uses].sort()], ["function", ["g"], [
    "a",
    "h",
    "r",
  ]]);
});

Deno.test("imports are told by their names in the module", () => {
  const [own] = statementsOf('import d, { a, b as c, type T } from "x";', 0);
  assertEquals(own.imports, [
    { local: "d", name: "default" },
    { local: "a", name: "a" },
    { local: "c", name: "b" },
  ]);
  assertEquals(statementsOf('import type { T } from "x";', 0), []);
});

Deno.test("only what a function depends on is chosen", () => {
  const chosen = texts(
    ["f"],
    "const rate = 2;\nconst run = await train(f);",
    "function f(x) { return help(x) * rate; }\nshow(f(1));",
    "function help(x) { return x; }\nfunction other() {}",
  );
  assertEquals(chosen, [
    "const rate = 2;",
    "function f(x) { return help(x) * rate; }",
    "function help(x) { return x; }",
  ]);
});

Deno.test("what fills a variable in its own cell is chosen with it, and nothing that only calls", () => {
  const chosen = texts(
    ["f"],
    "const table = [];\nfor (let i = 0; i < 3; i++) table.push(i);\nconst g = () => 1;\ng();",
    "function f() { return table[g()]; }\nf();",
    "table.length = 0;",
  );
  assertEquals(chosen, [
    "const table = [];",
    "for (let i = 0; i < 3; i++) table.push(i);",
    "const g = () => 1;",
    "function f() { return table[g()]; }",
  ]);
});

Deno.test("a parameter hides a name of the notebook", () => {
  assertEquals(
    texts(["f"], "const data = heavy();", "function f(data) { return data; }").length,
    1,
  );
});

Deno.test("a name that is declared twice is what it was last", async () => {
  const { values } = await made(["f"], "function f() { return 1; }", "const f = () => 2;");
  assertEquals(values.f(), 2);
});

Deno.test("functions of a cell are there from its beginning, classes and exports work", async () => {
  const { values, notes } = await made(
    ["f", "Pair"],
    "const start = g();\nfunction g() { return 4; }",
    "export class Pair { constructor(private readonly a: number) {} get value() { return this.a; } }",
    "export function f(): number { return new Pair(start).value + count; }\nlet count: number = 1;",
  );
  assertEquals([values.f(), notes], [5, []]);
});

Deno.test("destructuring, defaults and variables without a value keep their meaning", async () => {
  const { values } = await made(
    ["f"],
    "const { a, ...rest } = { a: 1, b: 2, c: 3 }, [first, , third = 9] = [7, 8];\nlet later;",
    "later = 5;",
    "function f() { return [a, rest, first, third, later]; }",
  );
  assertEquals(values.f(), [1, { b: 2, c: 3 }, 7, 9, undefined]);
});

Deno.test("a statement that fails is noted, and the others work", async () => {
  const { values, notes } = await made(
    ["f", "g"],
    "const bad = nothing.here;",
    "function f() { return bad; }\nfunction g() { return 1; }",
  );
  assertEquals([values.g(), values.f()], [1, undefined]);
  assertEquals(notes, [[0, "ReferenceError: nothing is not defined"]]);
});

Deno.test("an import takes its names from what is provided", async () => {
  const { values } = await made(["f"], 'import { a as b } from "x";', "function f() { return b; }");
  assertEquals(values.f(), "a of x");
});

Deno.test("enumerations become code, and what cannot be parsed is said", () => {
  assertEquals(statementsOf("enum A { B }\nfunction f() { return A.B; }", 0).length, 2);
  assertThrows(() => statementsOf("const x = ;", 0));
  assertThrows(() => statementsOf("} catch {", 0));
});

Deno.test("bodies of functions are told by their lines", () => {
  assertEquals(
    functionBodies("// a\nfunction f(\n  x: number,\n) {\n  return x;\n}\nconst g = () => {};"),
    [
      { name: "f", from: 3, to: 5 },
    ],
  );
});
