/** Cells as a page runs them: what they share, what they show, and how they fail and are stopped. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type FromCells } from "@/site/cell_messages.ts";
import { Session } from "@/site/cells/session.ts";

type Ended = Extract<FromCells, { type: "ended" }>;

const told: FromCells[] = [];
const session = new Session({
  tell: (message) => void told.push(message),
  load: (specifier) => import(specifier),
  figures: "plain",
  keep: () => {},
});

/** Runs cells, numbered from 1, and gives what is told of them. */
async function run(...codes: string[]): Promise<FromCells[]> {
  told.length = 0;
  await session.run(codes.map((code, i) => ({ id: `c${i + 1}`, number: i + 1, code })));
  return [...told];
}

function endsOf(messages: FromCells[]): Ended[] {
  return messages.filter((message) => message.type === "ended");
}

/** Runs cells that succeed, and gives what the last shows as text. */
async function textOf(...codes: string[]): Promise<string> {
  const messages = await run(...codes);
  for (const { error } of endsOf(messages)) if (error) throw new Error(error.stack);
  const last = messages.findLast(({ type }) => type === "output");
  if (last?.type !== "output") return "";
  return String(last.output.text ?? last.output.data!["text/plain"]);
}

/** Runs cells of which the last fails, and gives its error. */
async function errorOf(...codes: string[]) {
  const { error } = endsOf(await run(...codes)).at(-1)!;
  assert(error, "the last cell should have failed");
  return error;
}

Deno.test("cells share constants, functions, classes and what they import", async () => {
  const text = await textOf(
    `import { assertEquals as same } from "@std/assert";
     const [a, { b, ...rest }] = [1, { b: 2, c: 3 }];
     function twice(x: number): number { return 2 * x; }
     class Box<T> { constructor(readonly held: T) {} }
     enum Side { Left, Right }
     for (var i = 0; i < 3; i++);`,
    `same(rest, { c: 3 });
     twice(a + b) + new Box(i).held + Side.Right;`,
  );
  assertEquals(text, "10");
});

Deno.test("a constant is declared again when its cell is run again", async () => {
  const cell = "const n = globalThis.count = (globalThis.count ?? 0) + 1;";
  assertEquals(await textOf(cell, cell, "n"), "2");
});

Deno.test("bindings are live: what a cell changes later, functions of other cells see", async () => {
  assertEquals(
    await textOf(
      "let k = 1; const read = () => k; const up = () => ++k;",
      "k = 5;",
      "up(); read()",
    ),
    "6",
  );
});

Deno.test("what one cell declares again, functions of other cells see", async () => {
  assertEquals(
    await textOf(
      "const base = 1;",
      "const plus = (x: number) => x + base;",
      "const base = 10;",
      "plus(1)",
    ),
    "11",
  );
});

Deno.test("a function and a variable get another value from a later cell, and all cells see it", async () => {
  assertEquals(
    await textOf(
      "function one() { return 1; } let list = [1]; const read = () => one() + list[0];",
      "read()",
      "const change = () => { [list] = [[20]]; }; one = () => 300;",
      "change();",
      "`${read()} ${one() + list[0]}`",
    ),
    '"320 320"',
  );
});

Deno.test("what no cell changes is a plain property, which loops read as fast as a variable", async () => {
  const text = await textOf(
    "const fixed = 1; let moved = 1; const move = () => moved++;",
    "['fixed', 'moved'].map((name) => 'value' in Object.getOwnPropertyDescriptor(globalThis, name))",
  );
  assertEquals(text, "[ true, false ]");
});

Deno.test("a constant of another cell cannot be set, and the error is where that was tried", async () => {
  const { message, cell, line } = await errorOf("const fixed = 1;", "\nfixed = 2;");
  assertEquals({ message, cell, line }, {
    message: "Assignment to constant variable.",
    cell: 2,
    line: 2,
  });
});

Deno.test("names of the global object are free for cells, and the library keeps its own", async () => {
  const text = await textOf(
    "const performance = 'mine', name = 'n', status = 1, close = 2, $cell = 3, setTimeout = 4;",
    "const f = () => performance + name; `${f()} ${status} ${close} ${$cell} ${setTimeout}`",
  );
  assertEquals(text, '"minen 1 2 3 4"');
  assert(globalThis.performance.now() > 0);
  assertEquals(await textOf("typeof performance"), '"string"');
});

Deno.test("the last expression is shown, unless it is undefined or no expression", async () => {
  assertEquals(await textOf("({ a: [1, 2] });"), "{ a: [ 1, 2 ] }");
  assertEquals(await textOf("{ a: 1 }"), "{ a: 1 }");
  assertEquals(await textOf("await Promise.resolve('x') // said\n"), '"x"');
  assertEquals(await textOf("undefined"), "");
  assertEquals(await textOf("for (const x of [1]) x;"), "");
  assertEquals(
    await textOf(`({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "own" }) })`),
    "own",
  );
});

Deno.test("what a cell prints is an output of the cell", async () => {
  const messages = await run("console.log('a', { b: 1 }); console.error('c');");
  const outputs = messages.flatMap((message) => message.type === "output" ? [message.output] : []);
  assertEquals(outputs, [
    { output_type: "stream", name: "stdout", text: "a { b: 1 }\n" },
    { output_type: "stream", name: "stderr", text: "c\n" },
  ]);
});

Deno.test("exports, types and dynamic imports are as in any TypeScript", async () => {
  const text = await textOf(
    `import type { Gaussian } from "@/math/density.ts";
     import { type Curve } from "@/experiments/plane_game.ts";
     import * as stable from "@/math/stable.ts";
     export const three = 3 satisfies number as number;
     export default function four() { return 4; }
     interface Point { x: number }`,
    `const { linspace } = await import("@/math/stable.ts");
     linspace(0, 1, 2).length + three + four() + (linspace === stable.linspace ? 1 : 0)`,
  );
  assertEquals(text, "10");
});

Deno.test("an import of a name that is not there says which there are", async () => {
  const { message, line } = await errorOf(
    'const a = 1;\nimport { linspase } from "@/math/stable.ts"; linspase(0, 1, 2);',
  );
  assertMatch(message, /"@\/math\/stable.ts" has no such name. It has .*linspace/);
  assertEquals(line, 2);
});

Deno.test("a cell that cannot be read names its line and says what is wrong", async () => {
  const { name, cell, line, stack } = await errorOf(
    "const x: number = 1;",
    "const a = 1;\nconst b = (2;",
  );
  assertEquals({ name, cell, line }, { name: "SyntaxError", cell: 2, line: 2 });
  assertStringIncludes(stack, "2 | const b = (2;");
  assertStringIncludes(stack, "is not closed");
});

Deno.test("an error names the deepest line within a cell, also from within the library", async () => {
  const thrown = await errorOf(
    'import { linspace } from "@/math/stable.ts";\nconst points = (n: number) =>\n  linspace(0, 1, n);',
    "const fine = 1;\npoints(-1);",
  );
  assertEquals([thrown.cell, thrown.line], [1, 3]);
  assertStringIncludes(thrown.stack, "at points (In [1], line 3)");
  assertStringIncludes(thrown.stack, "at In [2], line 2");
  assertEquals(thrown.stack.includes("session.ts"), false);
});

Deno.test("types, imports and exports of many lines leave every line where it is", async () => {
  const { line } = await errorOf(`import {
  linspace,
  type NoSuchType,
} from "@/math/stable.ts";
interface Point {
  x: number;
}
type Pair =
  | [number]
  | [number, number];
const a = linspace(0, 1, 2) as
  number[];
export {
  a,
};
throw new Error(String(a satisfies
  number[]));`);
  assertEquals(line, 16);
});

Deno.test("an error that is awaited names the line that awaits it", async () => {
  const { cell, line } = await errorOf(
    'import { useBackend } from "@/backend.ts";',
    "// which is wrong\nawait Promise.resolve()\nawait useBackend('fast' as never);",
  );
  assertEquals([cell, line], [2, 3]);
});

Deno.test("after a cell that fails, what it has not come to is not defined, and the rest is", async () => {
  const { error } =
    endsOf(await run("const first = 1;\nthrow new Error('no');\nconst second = 2;"))[0];
  assertEquals(error!.line, 2);
  assertEquals(await textOf("`${first} ${typeof second}`"), '"1 undefined"');
});

Deno.test("a cell that fails ends the run of those that wait", async () => {
  assertEquals(endsOf(await run("nothing;", "1")).length, 1);
});

Deno.test("what is thrown and is no error is said", async () => {
  assertEquals((await errorOf("throw 'words';")).message, '"words"');
});

/** Runs cells, and stops the first after a moment. */
async function stopped(code: string, ms = 100): Promise<FromCells[]> {
  const running = run(code, "'waits'");
  await new Promise((resolve) => setTimeout(resolve, ms));
  session.stop();
  return await running;
}

Deno.test("a stop ends what waits for ever, and forgets the cells that wait", async () => {
  const ends = endsOf(await stopped("await new Promise(() => {});"));
  assertEquals(ends.length, 1);
  assertEquals(ends[0].stopped, true);
  assertStringIncludes(ends[0].error!.message, "the cell was stopped. What it had done is kept");
  assertEquals(await textOf("'goes on'"), '"goes on"');
});

Deno.test("a stop ends a loop of awaited values and a loop of our own pauses", async () => {
  assertEquals(endsOf(await stopped("for (;;) await 1;"))[0].stopped, true);
  const own = 'import { nextTurn } from "@/host/cell.ts"; for (;;) await nextTurn();';
  assertEquals(endsOf(await stopped(own))[0].stopped, true);
});

Deno.test("a cell gets no outputs of one that was stopped before it", async () => {
  const loop = `import { show } from "@/notebook/show.ts";
    const forever = async () => { for (;;) { await show("late"); await 0; } };
    setInterval(() => console.log("ticks"), 5);
    forever();
    await new Promise(() => {});`;
  await stopped(loop);
  const messages = await run("await new Promise((resolve) => setTimeout(resolve, 100));");
  assertEquals(messages.filter(({ type }) => type === "output"), []);
});

Deno.test("a live figure is one output, and its changes are updates", async () => {
  const messages = await run(
    `import { liveFigure } from "@/notebook/show.ts";
     import { lineChart } from "@/plot/charts.ts";
     const chart = (title: string) => lineChart({ title, x: { label: "x", values: [0, 1] }, y: { label: "y" }, lines: { a: [0, 1] } });
     const live = await liveFigure(chart("one"));
     await live.update(chart("two"));`,
  );
  const [output] = messages.flatMap((message) => message.type === "output" ? [message] : []);
  const updates = messages.flatMap((message) => message.type === "update" ? [message] : []);
  assert(output.displayId);
  assertEquals(updates.every(({ displayId }) => displayId === output.displayId), true);
  assertStringIncludes(JSON.stringify(updates.at(-1)), "two");
  assertEquals("image/png" in output.output.data!, false);
});

for (
  const [what, code] of [
    ["a name that is no text", "throw Object.assign(new Error('m'), { name: Symbol('x') });"],
    ["a message with a function", "throw Object.assign(new Error('m'), { message: { f() {} } });"],
    ["a stack that is no text", "throw Object.assign(new Error('m'), { stack: 5 });"],
    ["a proxy that is revoked", "const p = Proxy.revocable({}, {}); p.revoke(); throw p.proxy;"],
    ["a line that only JavaScript counts", "const s = 1;\u2028throw new Error('m');"],
    ["a name of its own for its text", "\n\nthrow new Error('m');\n//# sourceURL=other.js"],
  ]
) {
  Deno.test(`whatever a cell throws, such as ${what}, the next cell runs`, async () => {
    const error = await errorOf(code);
    structuredClone(error); // As a worker sends it.
    assertEquals(typeof error.name + typeof error.message, "stringstring");
    assertEquals(await textOf("1 + 1"), "2");
  });
}

Deno.test("a value whose own display is no data is shown as any other", async () => {
  const messages = await run('({ [Symbol.for("Jupyter.display")]: () => 5 })');
  const output = messages.find(({ type }) => type === "output");
  assert(output?.type === "output" && "text/plain" in output.output.data!);
});

Deno.test("what is exported without a name, and from elsewhere, is no error", async () => {
  assertEquals(
    await textOf(
      "const before = () => 1\nexport default function () { return 2; }",
      "export default class {}",
      'export * from "@std/assert"; export { assert } from "@std/assert";',
      "export default 5;",
      "before()",
    ),
    "1",
  );
});

Deno.test("a variable within a static block is not the cell's", async () => {
  assertEquals(await textOf("class A { static { var inner = 3; this.n = inner; } }\nA.n"), "3");
});

Deno.test("comments with words and brackets in the head of a loop are no code", async () => {
  const text = await textOf(`for await (const x /* of course */ of ([1, 2])) // (each)
    console.log(x);
  for await (const x of [3]) /* (a) */ { console.log(x); }`);
  assertEquals(text, "3\n");
});

Deno.test("what is imported on the way may have options and brackets", async () => {
  assertEquals(
    await textOf('(await import(("@std/assert"), { with: {} })).assert.name'),
    '"assert"',
  );
});

Deno.test("all names for the tools of a cell may be its own", async () => {
  const names = ["$cell", "$cell$", "$cell$$", "$cell1", "$cell4"];
  assertEquals(await textOf(`const ${names.map((name) => `${name} = 1`).join(", ")}; $cell$`), "1");
});

Deno.test("what the console writes by its other methods is shown, and places are filled", async () => {
  const messages = await run(
    `console.log("%d of %s: %o, 100%%", 3, "four", { a: 1 }, "more");
     console.table([{ a: 1 }]);
     console.dir({ b: 2 });
     console.assert(1 < 2, "true");
     console.assert(1 > 2, "%s", "false");`,
  );
  const texts = messages.flatMap((message) => message.type === "output" ? message.output.text : []);
  assertEquals(texts, [
    "3 of four: { a: 1 }, 100% more\n",
    "[ { a: 1 } ]\n",
    "{ b: 2 }\n",
    "Assertion failed: false\n",
  ]);
});

for (
  const [what, code] of [
    ["often", "for (let i = 0; i < 50_000; i++) console.log(i);"],
    ["much", "for (let i = 0; i < 50; i++) console.log('x'.repeat(100_000));"],
    ["long a text", "console.log('x'.repeat(5_000_000));"],
  ]
) {
  Deno.test(`of a cell that prints too ${what}, the beginning is shown, and that there is more`, async () => {
    const texts = (await run(code, "console.log('next');"))
      .flatMap((message) => message.type === "output" ? [message.output] : []);
    assert(texts.length <= 20_001);
    const length = texts.reduce((sum, { text }) => sum + text!.length, 0);
    assert(length > 100_000 && length < 1_001_000, `${length} letters`);
    assertMatch(String(texts.at(-2)!.text), /What else it prints is not shown/);
    assertEquals(texts.at(-1)!.text, "next\n");
  });
}
