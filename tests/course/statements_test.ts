/** What is taken of cells, and what is left out. */
import { assertEquals, assertThrows } from "@std/assert";
import { factoryText } from "@/course/child.ts";
import { scriptOf } from "@/course/script.ts";
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

Deno.test("a function's name is the notebook's, inside of it too", async () => {
  const { values, notes } = await made(
    ["f"],
    "function f(n) { return n === 0 ? 0 : 1 + f(n - 1); }\nconst first = f; let calls = 0;\nf = (n) => { calls++; return first(n); };",
  );
  assertEquals([values.f(3), notes], [3, []]);
  const { values: other } = await made(["g"], "function g() { g = () => 2; return 1; }");
  assertEquals([other.g(), notes], [1, []]);
});

Deno.test("variables of blocks are for all, and a var that is declared again keeps its value", async () => {
  const { values, notes } = await made(
    ["f"],
    "if (true) { var a = 1; }\nfor (var i = 0; i < 3; i++) { var last = i; }",
    "var a;\nvar b = 2;\nvar b;\nfunction f() { return [a, b, i, last]; }",
  );
  assertEquals([values.f(), notes], [[1, 2, 3, 2], []]);
});

Deno.test("names of the factory are given way to", async () => {
  const { values } = await made(
    ["f"],
    "var $note = 1, $provide = 2;\nfunction f() { return $note + $provide; }",
  );
  assertEquals(values.f(), 3);
});

const HOOKS = { provide: "$p", dynamic: "$impor", typescript: "$t" };

Deno.test("a cell as a script: imports are calls, exports and using are declarations", () => {
  const script = (source: string) => scriptOf(source, HOOKS).replaceAll(/\s+/g, " ");
  assertEquals(
    script('import d, { a as b, type T } from "x"; import * as n from "y";'),
    'const [d, b] = $p("x", ["default","a"]); ;const [n] = $p("y", ["*"]);',
  );
  assertEquals(script("export const a: number = 1;\nexport { a, other };"), "const a = 1; ;");
  assertEquals(script("export default function f() {}"), "function f() {}");
  assertEquals(script("using a = f();"), "const a = f();");
  assertEquals(script('const m = await import("x");'), 'const m = await $impor("x");');
});

Deno.test("what no engine knows is lifted out of a script, and an import beside it stays", () => {
  const script = scriptOf(
    'import { a } from "x";\n@d export class A { accessor x = a; }\nenum E { B }',
    HOOKS,
  );
  const [imported, lifted, enumeration] = script.split("\n;");
  assertEquals(imported, 'const [a] = $p("x", ["a"]);');
  assertEquals(
    lifted.startsWith('let { A } = await $t("@d        class A { accessor x = a; }'),
    true,
  );
  assertEquals(enumeration.startsWith("var E ="), true);
  assertThrows(() => scriptOf("@d class {", HOOKS), SyntaxError, "(1:9)");
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
