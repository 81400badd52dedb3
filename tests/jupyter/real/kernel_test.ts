/** The workbook's kernel over its sockets: what Deno's own does wrong, and that all else is passed on. */
import {
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join, resolve } from "node:path";
import { freeConnection } from "@/jupyter/connection.ts";
import { kernelSpec } from "@/notebook/kernelspec.ts";
import { cost } from "./support/kernel_cost.ts";
import { TestKernel, textOf } from "./support/kernel.ts";

/** From a stop to idle. */
const STOPPED_MS = 3000;

const ms = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

Deno.test("a value, a print, an error and an object literal arrive as from Deno's kernel", async () => {
  await using kernel = await TestKernel.start();
  const value = await kernel.run("const a = 6 * 7;\na");
  assertEquals(value.order, ["busy", "execute_input", "execute_result", "idle"]);
  assertEquals(value.outputs[0].content.data, { "text/plain": "42" });
  assertEquals([value.reply.status, value.reply.execution_count], ["ok", 1]);
  assertEquals(textOf(await kernel.run('console.log("out")')), "out\n");
  assertEquals(textOf(await kernel.run("{ a: 1, b: await Promise.resolve(2) }")), "{ a: 1, b: 2 }");
  assertEquals(textOf(await kernel.run("{ const b = 1; }")), "");
  const loop = "const list: number[] = [];\nfor (const x of [3, 4]) list.push(x);";
  assertEquals((await kernel.run(`${loop}\nconst c = 1; // No value.`)).outputs, []);
  assertEquals((await kernel.run(loop)).outputs, []);
  const silent = await kernel.run("a", { silent: true });
  assertEquals(silent.order, ["busy", "idle"]);
  assertEquals((await kernel.run("a")).reply.execution_count, 7);
});

Deno.test("an error is shown with the line of the cell, types and comments counted", async () => {
  await using kernel = await TestKernel.start();
  const cell =
    '// one\ninterface A { x: number }\n\nconst f = () => {\n  throw new TypeError("no");\n};\nf();';
  const { outputs, reply } = await kernel.run(cell);
  assertEquals(outputs.map(({ type }) => type), ["error"]);
  assertEquals([outputs[0].content.ename, reply.ename], ["TypeError", "TypeError"]);
  assertEquals(outputs[0].content.traceback, ["TypeError: no", "    at line 7 of the cell: f();"]);
  // Pages show the traceback alone, and what is thrown need not have one.
  assertStringIncludes(textOf(await kernel.run('throw "text"')), "Error: text");
  assertStringIncludes(textOf(await kernel.run("await Promise.reject(1)")), "line 1 of the cell");
  const loose = await kernel.run(
    'void Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 50));',
  );
  assertStringIncludes(textOf(loose), "A promise that nobody awaits has failed: Error: lost");
  const timer = await kernel.run(
    'setTimeout(() => { throw new Error("lost") }); await new Promise((r) => setTimeout(r, 50));',
  );
  assertStringIncludes(
    textOf(timer),
    "Something that a cell has left running has failed: Error: lost",
  );
});

const UNREADABLE: [string, number, number][] = [
  ["const beta1 = 0,18;", 1, 17],
  ["def f(x): return x", 1, 5],
  ["const a = 1;\nconst b = [1, 2;", 2, 16],
  ["const a = {\n  x: 1\n  y: 2\n};", 3, 3],
  ['const s = "abc', 1, 11],
];

Deno.test("what is no TypeScript is answered with line, column and the line itself", async () => {
  await using kernel = await TestKernel.start();
  for (const [code, line, column] of UNREADABLE) {
    const answer = await kernel.run(code);
    assertEquals(answer.order, ["busy", "execute_input", "error", "idle"], code);
    assertEquals(answer.reply.status, "error");
    const text = textOf(answer);
    assertStringIncludes(text, `SyntaxError in line ${line}, column ${column}: `);
    assertStringIncludes(text, `${line} | ${code.split("\n")[line - 1]}`);
  }
  assertStringIncludes(textOf(await kernel.run(UNREADABLE[0][0])), "write it with a point: 0.18");
  assertStringIncludes(textOf(await kernel.run(UNREADABLE[1][0])), "this looks like Python");
});

Deno.test("a cell of the middle, run in a fresh kernel, is told which cell makes what it misses", async () => {
  await Deno.mkdir("build", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: resolve("build"), prefix: "middle-" });
  const path = join(folder, "middle.ipynb");
  const sources = ["const xs = [1, 2, 3];", "const total = xs.length;", "total + 1"];
  const cells = sources.map((source, i) => ({ cell_type: "code", id: `c${i}`, source }));
  await Deno.writeTextFile(path, JSON.stringify({ cells }));
  const [xs, total] = [["xs", 1, sources[0]], ["total", 2, sources[1]]].map((
    [name, cell, begins],
  ) => `\`${name}\` is made by code cell ${cell} of middle.ipynb, which begins \`${begins}\`.`);
  {
    await using kernel = await TestKernel.start({ cwd: folder });
    assertStringIncludes(textOf(await kernel.run(sources[1])), xs);
    const { content } = (await kernel.run(sources[2])).outputs[0];
    assertEquals(content.traceback.slice(0, 2), [
      "ReferenceError: total is not defined",
      "    at line 1 of the cell: total + 1",
    ]);
    assertStringIncludes(content.traceback.at(-1), total);
    // What is no notebook's gets the advice of every slip.
    const own = "const mine = (value: number) => value ** 3;\nmine(totl);";
    assertStringIncludes(textOf(await kernel.run(own)), "Look for a slip in the spelling");
    assertEquals(textOf(await kernel.run("1 + 1")), "2");
  }
  // A newer Jupyter names the notebook: a cell that is not in it yet is told as well.
  await using kernel = await TestKernel.start({ env: { JPY_SESSION_NAME: path } });
  assertStringIncludes(textOf(await kernel.run("Math.sqrt(total) + 1234567890")), total);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a cell is idle after its outputs: 200 prints, values and displays, none is late", async () => {
  await using kernel = await TestKernel.start();
  for (let i = 0; i < 200; i++) {
    const shown =
      `await Deno.jupyter.broadcast("display_data", { data: { "text/plain": "shown" }, metadata: {}, transient: {} })`;
    const { order } = await kernel.run(`console.log("a".repeat(${i}));\n${shown};\n${i}`);
    const expected = ["busy", "execute_input", "stream", "display_data", "execute_result", "idle"];
    assertEquals(order, expected, `cell ${i}`);
  }
});

const UNENDING: Record<string, string> = {
  "a sleep": "await new Promise((r) => setTimeout(r, 20_000))",
  "a promise that never resolves": "await new Promise(() => {})",
  "an object that waits": "{ a: await new Promise(() => {}) }",
  "a calculation": "while (true) {}",
  "a calculation behind an await": "await 3; while (true) {}",
  "a calculation behind an import":
    'import { nextTurn } from "@/host/cell.ts"; await nextTurn(); const spin = () => { while (true) {} }; spin();',
  "a loop that awaits values": "while (true) await 1;",
  "a loop in a function":
    "async function f() { while (true) await new Promise((r) => setTimeout(r, 5)); } await f();",
  "a generator":
    "for await (const _ of (async function* () { while (true) { await new Promise((r) => setTimeout(r, 5)); yield 1; } })()) {}",
  "a loop that catches":
    "while (true) { try { await new Promise((r) => setTimeout(r, 5)); } catch { /* again */ } }",
  "a question": 'prompt("who?")',
};

Deno.test("whatever a cell does, it can be stopped, says so, and the next one runs", async (t) => {
  await using kernel = await TestKernel.start();
  await kernel.run("const kept = 20;");
  for (const [what, code] of Object.entries(UNENDING)) {
    await t.step(what, async () => {
      const running = kernel.run(code);
      await ms(300);
      const stopped = performance.now();
      await kernel.interrupt();
      const answer = await running;
      assertLess(performance.now() - stopped, STOPPED_MS);
      assertEquals(answer.outputs.map(({ type }) => type), ["error"]);
      assertMatch(textOf(answer), /^Interrupted: the cell was stopped\. /);
      assertEquals(answer.reply.status, "error");
      assertEquals(textOf(await kernel.run("kept + 1")), "21");
    });
  }
});

Deno.test("a page shows the kernel as busy until a stopped cell has ended", async () => {
  await using kernel = await TestKernel.start();
  const running = kernel.run("while (true);");
  await ms(300);
  const before = kernel.states.length;
  await kernel.interrupt();
  await running;
  assertEquals(kernel.states.slice(before), ["busy", "idle", "busy", "idle"]);
});

Deno.test("what a stopped cell has begun does not go on behind the next one", async () => {
  await using kernel = await TestKernel.start();
  const counts = [
    "setInterval(() => globalThis.n++, 3); await new Promise(() => {});",
    "const count = async () => { while (true) { await new Promise((r) => setTimeout(r, 3)); globalThis.n++; } }; await count();",
    `import { countTurns } from "${
      import.meta.resolve("./support/turns.ts")
    }"; await countTurns();`,
  ];
  for (const code of counts) {
    const running = kernel.run(`globalThis.n = 0; ${code}`);
    await ms(400);
    await kernel.interrupt();
    await running;
    const before = Number(textOf(await kernel.run("globalThis.n")));
    assertGreater(before, 3);
    await ms(100);
    assertEquals(Number(textOf(await kernel.run("globalThis.n"))), before, code);
  }
});

Deno.test("an interrupt with no cell running stops nothing that comes later", async () => {
  await using kernel = await TestKernel.start();
  await kernel.interrupt();
  assertEquals(textOf(await kernel.run("await new Promise((r) => setTimeout(r, 50)); 1")), "1");
  let asked = 0;
  await using asking = await TestKernel.start({ onInput: () => `answer ${++asked}` });
  const running = asking.run("await new Promise(() => {})");
  await ms(100);
  await asking.interrupt();
  await running;
  // An answer that the stop has sent would be taken for the reader's.
  assertEquals(textOf(await asking.run('prompt("?")')), '"answer 1"');
  assertEquals(textOf(await asking.run('prompt("?")')), '"answer 2"');
});

Deno.test("what waits behind a cell that failed or was stopped is aborted; what comes later runs", async () => {
  await using kernel = await TestKernel.start();
  const failing = [
    kernel.run("1"),
    kernel.run('throw new Error("x")'),
    kernel.run("2"),
    kernel.run("3"),
  ];
  const statuses = (await Promise.all(failing)).map(({ reply }) => reply.status);
  assertEquals(statuses, ["ok", "error", "aborted", "aborted"]);
  assertEquals((await failing[2]).order, ["busy", "idle"]);
  assertEquals((await kernel.run("4")).reply.execution_count, 3);
  const stopped = [kernel.run("await new Promise(() => {})"), kernel.run("5")];
  await ms(200);
  await kernel.interrupt();
  assertEquals((await Promise.all(stopped)).map(({ reply }) => reply.status), ["error", "aborted"]);
  const going = [kernel.run('throw new Error("x")', { stop_on_error: false }), kernel.run("6")];
  assertEquals((await Promise.all(going)).map(({ reply }) => reply.status), ["error", "ok"]);
});

Deno.test("a Deno that died is told with why, and another takes its place", async () => {
  await using kernel = await TestKernel.start({
    env: { DENO_V8_FLAGS: "--max-old-space-size=100" },
  });
  const deaths: [string, string][] = [
    [
      `new Deno.Command("sh", { args: ["-c", "echo the end >&2; kill -TERM " + Deno.pid] }).spawn(); await new Promise(() => {})`,
      "SIGTERM): it crashed",
    ],
    ["Deno.exit(3)", "exit code 3): a cell has called Deno.exit()"],
    [
      'Deno.kill(Deno.pid, "SIGKILL"); await new Promise(() => {})',
      "SIGKILL): the system killed it",
    ],
    [
      "const kept = []; while (true) kept.push(new Array(1e5).fill(1.5).map((x, i) => x * i));",
      "JavaScript's memory was used up",
    ],
  ];
  for (const [code, why] of deaths) {
    const answer = await kernel.run(code);
    assertEquals(answer.outputs.map(({ type }) => type), ["error"]);
    assertStringIncludes(textOf(answer), why);
    assertEquals(answer.reply.ename, "KernelDied");
    assertEquals(textOf(await kernel.run("1 + 1")), "2");
  }
  // Between two cells: the next one tells.
  await kernel.run("setTimeout(() => Deno.exit(0), 100)");
  await ms(800);
  const next = await kernel.run("3");
  assertEquals(next.outputs.map(({ type }) => type), ["stream", "execute_result"]);
  assertStringIncludes(textOf(next), "All variables are gone");
});

Deno.test("the kernel answers while a cell runs, and says again that it is busy", async () => {
  await using kernel = await TestKernel.start();
  const running = kernel.run("await new Promise((r) => setTimeout(r, 700)); 1");
  await ms(100);
  const { reply, ms: time } = await kernel.ask("kernel_info_request");
  assertEquals(reply.language_info.name, "typescript");
  assertLess(time, 400);
  assertEquals((await running).order.slice(0, 3), ["busy", "execute_input", "busy"]);
});

Deno.test("--types: a wrong type is a warning beside the result, a right cell says nothing", async () => {
  await using kernel = await TestKernel.start({ types: true });
  const first = await kernel.run('const text: number = await Promise.resolve("x");\nnull');
  assertStringIncludes(textOf(first), "Types, line 1: Type 'string' is not assignable");
  const right = await kernel.run('import { createGan } from "@/gan/gan.ts";\nconst n = 3;\nn');
  assertEquals(right.outputs.map(({ type }) => type), ["execute_result"], textOf(right));
  const wrong = await kernel.run('// a comment\nconst s: number = "abc";\ns');
  assertStringIncludes(
    textOf(wrong),
    "Types, line 2: Type 'string' is not assignable to type 'number'",
  );
  assertEquals(wrong.reply.status, "ok");
  // Names of earlier cells count, and may be declared again.
  assertStringIncludes(textOf(await kernel.run("n.length")), "Property 'length' does not exist");
  assertEquals(textOf(await kernel.run('const n = "now a text";\nn.length')), "10");
  assertStringIncludes(
    textOf(await kernel.run("\ncreateGan({ learnRate: 10 } as never, 5);")),
    "Types, line 2: ",
  );
});

Deno.test("where Deno's kernel cannot be mended it runs as it is, and says so once", async () => {
  await using kernel = await TestKernel.start({
    main: join(import.meta.dirname!, "support", "unmended.ts"),
  });
  assertStringIncludes(
    textOf(await kernel.run("await 6")),
    "this version of Deno's kernel could not be mended",
  );
  assertEquals(textOf(await kernel.run("{ a: await 7 }")), "{ a: 7 }");
  assertStringIncludes(textOf(await kernel.run("const a = 0,18;")), "SyntaxError in line 1");
});

function alive(pid: number): boolean {
  try {
    // A process that has ended and that nobody has waited for is a zombie.
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

Deno.test("Deno's kernel does not outlive ours, whatever it calculates, nor ours Jupyter", async () => {
  for (const code of ["await new Promise(() => {})", "while (true) {}"]) {
    await using kernel = await TestKernel.start();
    const inner = Number(textOf(await kernel.run("Deno.pid")));
    kernel.run(code);
    await ms(300);
    kernel.process.kill("SIGKILL");
    for (let i = 0; i < 30 && alive(inner); i++) await ms(100);
    assertEquals(alive(inner), false, code);
  }
  // A parent that goes away at once, as Jupyter does that is killed.
  const folder = await Deno.makeTempDir();
  const file = join(folder, "connection.json");
  await Deno.writeTextFile(file, JSON.stringify(freeConnection()));
  const { argv: [program, ...args] } = kernelSpec();
  const command = [
    program,
    ...args.map((argument) => argument === "{connection_file}" ? file : argument),
  ];
  const shell = `export JPY_PARENT_PID=$$; ${
    command.map((word) => `'${word}'`).join(" ")
  } >/dev/null 2>&1 & echo $!; sleep 1`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", shell] }).output();
  const outer = Number(new TextDecoder().decode(stdout));
  assertEquals(alive(outer), true);
  await ms(3000);
  assertEquals(alive(outer), false);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("our kernel costs less than 5 ms a cell beside Deno's own", async () => {
  const { cell } = await cost(3, 50);
  assertLess(cell.ours - cell.plain, 5);
}); // The start varies by more than its limit on a busy machine: tools/kernel_cost.ts measures it.

Deno.test("shut down in the middle of a cell, the kernel leaves no process behind", async () => {
  const cells = ["await new Promise(() => {})", "while (true) {}", "await new Promise(() => {})"];
  for (let i = 0; i < 4; i++) {
    // Several at once: the end of one then takes long enough for what must not begin in between.
    await Promise.all(cells.map(async (code) => {
      // Disposed of, it looks for what is left.
      await using kernel = await TestKernel.start();
      kernel.run(code);
      await ms(100);
      kernel.leave();
    }));
  }
});

Deno.test("messages with a wrong signature are dropped", async () => {
  await using kernel = await TestKernel.start();
  kernel.forge("globalThis.forged = true");
  assertEquals(textOf(await kernel.run("String(globalThis.forged)")), '"undefined"');
});
