import { assertEquals } from "@std/assert";
import { parseError, stoppable } from "@/jupyter/cell_text.ts";

/** A cell as it is run, without what tells where its statements begin and takes its value away. */
const bare = (code: string) =>
  stoppable(code).replaceAll(/var \$cell_at = \$cell\.at\(\d+\);|;void 0;/g, "");

Deno.test("whatever is awaited can be given up: in statements, functions, arguments and loops", () => {
  assertEquals(bare("await f()"), "await $cell.on( f())");
  assertEquals(bare("const a = await (b, c);"), "const a = await $cell.on( (b, c));");
  assertEquals(
    bare("g(await a, await await b)"),
    "g(await $cell.on( a), await $cell.on( await $cell.on( b)))",
  );
  assertEquals(
    bare("const f = async () => await x as number;"),
    "const f = async () => await $cell.on( x) as number;",
  );
  assertEquals(
    bare("for await (const x of (g(await h))) await x!;"),
    "for await (const x of $cell.each( (g(await $cell.on( h))))) await $cell.on( x!);",
  );
  assertEquals(bare("for (const x of xs) x;"), "for (const x of xs) x;");
});

Deno.test("the text keeps its lines, and each statement says on which one it begins", () => {
  const code = "// a comment\nimport { a } from 'b';\n\nconst c: number = 1; c\nawait a(\n  c,\n);";
  const changed = stoppable(code);
  assertEquals(changed.split("\n").length, code.split("\n").length);
  const told = changed.split("\n").map((line) =>
    [...line.matchAll(/\.at\((\d+)\)/g)].map(([, n]) => Number(n))
  );
  assertEquals(told, [[], [2], [], [4, 4], [5], [], []]);
});

Deno.test("an object stays one, a block stays one, and what cannot be read stays as it is", () => {
  assertEquals(bare("{ a: await b }"), "({ a: await $cell.on( b) })");
  assertEquals(bare("{ const a = 1; }"), "{ const a = 1; }");
  assertEquals(bare("{ a: 1 };"), "{ a: 1 };");
  for (const code of ["const a = 0,18;", "def f(x): return x", "await"]) {
    assertEquals(stoppable(code), code);
  }
});

Deno.test("a cell that does not end in an expression has no value", () => {
  const valueOf = (code: string) => eval(`const $cell = { at() {} }; ${stoppable(code)}`);
  for (const code of ["const a = [];\n6 * 7", "6 * 7; // so", "let a = 5; a = 42;;", "{ 1 }\n42"]) {
    assertEquals(valueOf(code), 42, code);
  }
  for (
    const code of [
      "const list = [];\nfor (const x of [3]) list.push(x);\nconst a = list; // so",
      "const list = [];\nfor (const x of [3]) list.push(x)",
      "5;\nconst c = 1",
      "if (1) 2;;",
      "function f() {}",
      "",
    ]
  ) assertEquals(valueOf(code), undefined, code);
  assertEquals(valueOf("{ a: 42 }"), { a: 42 });
});

Deno.test("our parser says where a text stops being TypeScript, lines and columns from 1", () => {
  assertEquals(parseError("const a: number = 1;"), undefined);
  const { line, column } = parseError("const a = 1;\nconst b = 0,18;")!;
  assertEquals([line, column], [2, 13]);
});
