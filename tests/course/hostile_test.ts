/**
 * Hostile submissions get what they earned, harm no neighbour and leave nothing behind.
 *
 * Most of them hide an attack in `double`, which gives the right answer only if the attack worked;
 * `total` is honest. They are graded as one class, with honest submissions in between.
 */
import { join } from "node:path";
import { assert, assertEquals, assertFalse } from "@std/assert";
import { released } from "@/course/assignment.ts";
import { type ClassGrades } from "@/course/grades.ts";
import { type Notebook, notebookText, sourceOf } from "@/notebook/document.ts";
import { inTempFolder } from "../support/commands.ts";
import {
  assignmentPath,
  cell,
  changed,
  marks,
  smallAssignment,
  submission,
  withCell,
} from "../support/submissions.ts";
import { gateTest } from "../support/gate.ts";
import { gradeAndRead } from "../support/graded_class.ts";

const assignment = smallAssignment();
const ALL = ["double-visible", "double-hidden", "sum-doubled"];
const HONEST_TOTAL = "function total(xs: number[]) { return xs.reduce((s, x) => s + 2 * x, 0); }";
const ROOT = Deno.cwd();
const SECRET_FILE = join(ROOT, assignmentPath("a1_theory"));

/** A submission: its notebook (or what makes its folder), and the items that it earns. */
type Hostile = {
  text?: string | Uint8Array<ArrayBuffer>;
  make?(folder: string): Promise<void>;
  earns: string[];
};

/** `double` is right only if the attack neither throws nor ends the process. */
function attack(code: string, earns = ["sum-doubled"]): Hostile {
  const double = `async function double(x: any): Promise<any> {\n${code}\nreturn 2 * x;\n}`;
  return { text: submission(assignment, { double, total: HONEST_TOTAL }), earns };
}

/** Some other code in the place of `double`, with `total` honest. */
function instead(double: string, earns = ["sum-doubled"]): Hostile {
  return { text: submission(assignment, { double, total: HONEST_TOTAL }), earns };
}

/** A change of the released notebook, with nothing written in it. */
function edited(change: (notebook: Notebook) => void, earns: string[] = []): Hostile {
  const student = structuredClone(released(assignment));
  change(student);
  return { text: notebookText(student), earns };
}

function nbgraderOf(notebook: Notebook, index: number): Record<string, unknown> {
  return notebook.cells[index].metadata.nbgrader as Record<string, unknown>;
}

const literal = JSON.stringify;
const inData = (code: string) => `"data:text/javascript," + encodeURIComponent(${literal(code)})`;

const hostile: Record<string, Hostile> = {
  // Reading files, by every way there is.
  "reads a file": attack(`await Deno.readTextFile(${literal(SECRET_FILE)});`),
  "reads a file, synchronously": attack(`Deno.readTextFileSync("/etc/hostname");`),
  "reads a file by node": attack(`(await import("node:fs")).readFileSync("/etc/hostname");`),
  "reads a folder": attack(`[...Deno.readDirSync(".")];`),
  "imports a module of the project": attack(
    `await import(${literal(join(ROOT, "lib/random.ts"))});`,
  ),
  "imports it by URL": attack(`await import(${literal(`file://${ROOT}/lib/random.ts`)});`),
  "imports by a computed name": attack(
    `const path = ["file://", ${
      literal(ROOT)
    }, "/lib/", "random.ts"].join(""); await import(path);`,
  ),
  "imports a file as JSON": attack(
    `await import(${literal(`file://${SECRET_FILE}`)}, { with: { type: "json" } });`,
  ),
  "imports a file as text": attack(
    `await import(${literal(`file://${SECRET_FILE}`)}, { with: { type: "text" } });`,
  ),
  "imports by a module that imports statically": attack(
    `await import(${
      inData(`import * as a from ${literal(`file://${ROOT}/deno.json`)} with { type: "json" };`)
    });`,
  ),
  "imports by a blob": attack(
    `await import(URL.createObjectURL(new Blob([${
      literal(`export * from ${literal(`file://${ROOT}/lib/random.ts`)};`)
    }], { type: "text/javascript" })));`,
  ),
  "imports statically": instead(
    `import { Random } from "@/random.ts";\nfunction double(x: number) { new Random(1); return 2 * x; }`,
  ),
  "imports hidden library functions": instead(
    `import { softplus } from "@/math/stable.ts";\nfunction double(x: number) { softplus(1); return 2 * x; }`,
  ),
  "requires a file": attack(
    `(await import("node:module")).createRequire(${literal(`${ROOT}/a.js`)})("./deno.json");`,
  ),
  "a worker with a file": attack(
    `await new Promise((resolve, reject) => { const w = new Worker(${
      literal(`file://${ROOT}/lib/random.ts`)
    }, { type: "module" }); w.onerror = reject; w.onmessage = resolve; });`,
  ),
  "fetches a file": attack(`await fetch(${literal(`file://${SECRET_FILE}`)});`),
  "a database in a file": attack(
    `const { DatabaseSync } = await import("node:sqlite"); new DatabaseSync("/tmp/evil.db");`,
  ),
  "a worker that imports statically": attack(
    `await new Promise((resolve, reject) => { const w = new Worker(${
      inData(`import a from ${literal(`file://${ROOT}/deno.json`)} with { type: "json" };
postMessage(a);`)
    }, { type: "module" }); w.onerror = reject; w.onmessage = resolve; });`,
  ),
  "a worker with rights": attack(
    `await new Promise((resolve, reject) => { const w = new Worker("data:text/javascript,postMessage(1)",
       { type: "module", deno: { permissions: { read: true } } } as any); w.onerror = reject; w.onmessage = resolve; });`,
  ),
  "a worker of node": attack(
    `const { Worker } = await import("node:worker_threads"); await new Promise((resolve, reject) => {
       const w = new Worker("require('node:fs').readFileSync('/etc/hostname')", { eval: true });
       w.on("error", reject); w.on("exit", resolve); });`,
  ),
  "a file attached to a database": attack(
    `const { DatabaseSync } = await import("node:sqlite");
     new DatabaseSync(":memory:").exec("ATTACH DATABASE '/tmp/evil.db' AS e; CREATE TABLE e.x (a)");`,
  ),
  "a database copied to a file": attack(
    `const { DatabaseSync } = await import("node:sqlite");
     new DatabaseSync(":memory:").exec("CREATE TABLE x (a); VACUUM INTO '/tmp/evil.db'");`,
  ),
  "operations of the runtime": attack(
    `const { ops } = (Deno as any)[(Deno as any).internal].core; ops.op_require_stat("/etc/hostname");`,
  ),
  "files by their numbers": attack(
    // But for the channel that its own answers take.
    `const fs = await import("node:fs"); const found: number[] = [];
     for (let fd = 4; fd < 100; fd++) try { fs.fstatSync(fd); found.push(fd); } catch { /* none */ }
     if (found.length === 0) throw new Error();`,
  ),
  "writes into its channel by its number": attack(
    `const fs = await import("node:fs"); fs.writeSync(3, "."); fs.writeSync(3, '"');`,
    ALL,
  ),
  "flags of V8, memory without bounds": attack(
    `const v8 = await import("node:v8"); v8.setFlagsFromString("--no-wasm-bounds-checks");
     const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1,
       7, 8, 1, 4, 114, 101, 97, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11];
     const module = new WebAssembly.Module(new Uint8Array(bytes));
     (new WebAssembly.Instance(module).exports as any).read(65536 * 4);`,
  ),
  // A driver is much code with rights of its own, and keeps a cache in the home folder.
  "a graphics processor": attack(
    `if (!await (navigator as any).gpu?.requestAdapter()) throw new Error();`,
  ),
  // Network, environment, processes, rights.
  "fetches a page": attack(`await fetch("http://127.0.0.1:8000/");`),
  "connects": attack(`await Deno.connect({ hostname: "127.0.0.1", port: 22 });`),
  "listens": attack(`Deno.listen({ port: 0 });`),
  "asks a name server": attack(`await Deno.resolveDns("example.com", "A");`),
  "a module from the network": attack(`await import("https://jsr.io/@std/assert/1.0.16/mod.ts");`),
  "a package": attack(`await import("npm:papaparse@5.7.1");`),
  "reads the environment": attack(`Deno.env.get("PATH");`),
  "reads the environment by node": attack(
    `if (Object.keys((globalThis as any).process.env).length === 0) throw new Error();`,
  ),
  "a subprocess": attack(`await new Deno.Command("/bin/true").output();`),
  "a subprocess by node": attack(`(await import("node:child_process")).execFileSync("/bin/true");`),
  "an inspector": attack(`(await import("node:inspector")).open(9333);`),
  "a native library": attack(`(Deno as any).dlopen("libc.so.6", {});`),
  "asks for rights": attack(
    `const { state } = await Deno.permissions.request({ name: "read" }); if (state !== "granted") throw state;`,
  ),
  "kills the grader": attack(`Deno.kill(Deno.ppid, "SIGKILL");`),
  "kills the grader by node": attack(
    `(globalThis as any).process.kill((globalThis as any).process.ppid);`,
  ),
  // Leaving something behind.
  "writes a file": attack(`await Deno.writeTextFile("/tmp/evil", "");`),
  "a temporary file": attack(`await Deno.makeTempFile();`),
  "writes to the cache": attack(
    `const cache = await caches.open("a"); await cache.put("http://a/", new Response("b"));`,
  ),
  "writes to local storage": attack(`localStorage.setItem("a", "b");`),
  // Ending, hanging, filling.
  "ends the program": attack(`Deno.exit(0);`),
  "ends the program by node": attack(`(globalThis as any).process.exit(0);`),
  "ends the program as it is loaded": instead(
    `const end = Deno.exit(0);\nfunction double(x: number) { return end ?? 2 * x; }`,
    ["sum-doubled"],
  ),
  "kills itself": attack(`(globalThis as any).process.abort();`),
  "a loop": attack(`for (;;);`),
  "a loop as it is loaded": instead(
    `const wait = (() => { for (;;); })();\nfunction double(x: number) { return 2 * x + wait; }`,
    ["sum-doubled"],
  ),
  "a promise that never settles": attack(`await new Promise(() => {});`),
  "an answer that is its own promise": attack(
    `const own = { then(f: (x: unknown) => void) { f(own); } }; return own;`,
  ),
  "waits for nobody": attack(`Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`),
  "ignores polite signals and loops": attack(
    `try { Deno.addSignalListener("SIGTERM", () => {}); } catch { /* */ } for (;;);`,
  ),
  "a bomb of workers": attack(
    `const code = "data:text/javascript,for(;;);"; for (;;) new Worker(code, { type: "module" });`,
  ),
  "memory: typed arrays": attack(
    `const all = []; for (;;) all.push(new Float64Array(2 ** 22).fill(1));`,
  ),
  "memory: objects": attack(`const all: unknown[] = []; for (let i = 0;; i++) all.push({ i });`),
  "memory: one string": attack(`let s = "ab"; for (;;) { s += s; s.charCodeAt(1); }`),
  "recursion without end": attack(`const f = (n: number): number => f(n + 1) + 1; f(0);`),
  "floods its output": attack(
    `const bytes = new Uint8Array(2 ** 20).fill(97); for (;;) Deno.stdout.writeSync(bytes);`,
  ),
  "floods its output by lines": attack(
    `const bytes = new TextEncoder().encode("{}\\n".repeat(2 ** 16)); for (;;) Deno.stdout.writeSync(bytes);`,
  ),
  "floods the errors": attack(
    `const bytes = new Uint8Array(2 ** 20).fill(97); for (;;) Deno.stderr.writeSync(bytes);`,
  ),
  "prints much, and answers": attack(
    `for (let i = 0; i < 1e5; i++) console.log("debugging", i);`,
    ALL,
  ),
  "promises that fail unheard": attack(
    `for (let i = 0; i < 100; i++) Promise.reject(new Error("nobody hears"));`,
    ALL,
  ),
  "overflows the parser": instead(
    `const deep = ${"(".repeat(200_000)}1${
      ")".repeat(200_000)
    };\nfunction double(x: number) { return 2 * x + 0 * deep; }`,
    [],
  ),
  // Answers that are tricks.
  "a huge array": instead(`function double() { return new Array(5e6).fill(4); }`),
  "a huge string": instead(`function double() { return "4".repeat(2 ** 27); }`),
  "a cycle": instead(`function double() { const a: any = []; a.push(a); return a; }`),
  "a deep nest": instead(
    `function double() { let a: any = 4; for (let i = 0; i < 1e5; i++) a = [a]; return a; }`,
  ),
  "a function": instead(`function double(x: number) { return () => 2 * x; }`),
  "toJSON": instead(`function double() { return { toJSON() { return 4; } }; }`),
  "valueOf": instead(`function double() { return { valueOf() { return 4; } }; }`),
  "a getter": instead(`function double() { return { get value() { throw 1; } }; }`),
  "a proxy": instead(
    `function double() { return new Proxy([], { get: (t, key) => key === "length" ? 1e9 : 4 }); }`,
  ),
  "a false tensor": instead(
    `function double() { return { shape: [1e9], dtype: "float32", dataSync: () => [4] }; }`,
  ),
  "NaN": instead(`function double() { return NaN; }`),
  "an array that compares as its number": instead(`function double(x: number) { return [2 * x]; }`),
  "text that compares as its number": instead("function double(x: number) { return `${2 * x}`; }"),
  "toJSON of every object": attack(
    `for (const { prototype } of [Object, Number, Array] as any[]) prototype.toJSON = () => 4; return {};`,
    [],
  ),
  "patched intrinsics": attack(
    `Object.is = () => true; Math.abs = () => 0; Number.isFinite = () => true; Array.isArray = (() => true) as any;
     JSON.stringify = () => "{}"; JSON.parse = () => ({}); return -1;`,
    [],
  ),
  "patched prototypes": attack(
    `(Array.prototype as any).map = () => []; (String.prototype as any).startsWith = () => true;
     (Promise.prototype as any).then = function () { return this; }; return -1;`,
    [],
  ),
  "a patched check": instead(
    `import { CheckError, near } from "@/course/check.ts";
function double(x: number) { try { (near as any).prototype = CheckError; } catch { /* */ } return -x; }`,
  ),
  "forged answers": instead(
    `function double() {
  for (const line of ['{"value":4}', ' {"value":4}', '0 {"value":4}', "".padStart(32, "0") + ' {"value":4}']) {
    Deno.stdout.writeSync(new TextEncoder().encode(line + "\\n"));
  }
  return -1;
}`,
  ),
  "forged answers, the request spied on": instead(
    `let token = "";
const parse = JSON.parse;
JSON.parse = (text: string) => { token = parse(text).token ?? token; return parse(text); };
function double(x: number) {
  Deno.stdout.writeSync(new TextEncoder().encode(token + ' {"value":4}\\n'));
  return -x;
}`,
  ),
  "an answer in advance": instead(
    `function double(x: number) {
  setTimeout(() => Deno.stdout.writeSync(new TextEncoder().encode('{"value":4}\\n{"value":24690}\\n')), 5);
  return -x;
}`,
  ),
  "reads its input, where nothing is": attack(
    `if (Deno.stdin.readSync(new Uint8Array(1000)) !== null) return -1;`,
    ALL,
  ),
  "reads the grader's requests": attack(
    `const fs = await import("node:fs"); if (fs.readSync(3, new Uint8Array(1000)) === 0) throw 0;`,
  ),
  "breaks out of its wrapper": instead(
    `function double(x: number) { return -x; } } catch {} return { double: (x) => 2 * x }; try {`,
  ),
  "takes the wrapper's names": instead(
    `var $note = () => {}, $provide = () => 4;\nfunction double(x: number) { $note(); return 2 * $provide(); }`,
  ),
  "a constructor of functions": instead(
    `function double() { return (0, eval)("double.constructor('return process')().mainModule"); }`,
  ),
  "patches that outlive its visible check": {
    text: submission(assignment, {
      double: "function double(x: number) { return 2 * x; }",
      total:
        `function total() { for (const { prototype } of [Object, Number, Array] as any[]) prototype.toJSON = () => 4; return -1; }`,
    }),
    earns: ["double-visible", "double-hidden"],
  },
  // The notebook itself.
  "the solution's cells deleted": edited((notebook) => {
    notebook.cells = notebook.cells.filter((each) => each.id !== "double" && each.id !== "total");
  }),
  "the checks deleted": edited((notebook) => {
    notebook.cells = notebook.cells.filter((each) => !/-/.test(each.id));
  }),
  "the checks emptied": edited((notebook) => {
    for (const each of notebook.cells) if (each.id.includes("-")) each.source = "";
  }),
  "the checks replaced by right functions": edited((notebook) => {
    const checks = notebook.cells.filter((each) => each.id.includes("-"));
    for (const each of checks) each.source = "function double(x: number) { return 2 * x; }";
  }),
  "cells duplicated, the last one wrong": edited((notebook) => {
    const copy = structuredClone(notebook.cells.find(({ id }) => id === "double")!);
    notebook.cells.push({
      ...copy,
      id: "a",
      source: "function double(x: number) { return 2 * x; }",
    });
    notebook.cells.push({
      ...copy,
      id: "b",
      source: "function double(x: number) { return 3 * x; }",
    });
    notebook.cells.push(cell(HONEST_TOTAL, { id: "c" }));
  }, ["sum-doubled"]),
  "points raised": edited((notebook) => {
    notebook.cells.forEach((_, i) =>
      Object.assign(nbgraderOf(notebook, i) ?? {}, { points: 1000 })
    );
  }),
  "metadata forged: a right function as a check": edited((notebook) => {
    for (const id of ["double", "total"]) {
      const found = notebook.cells.find((each) => each.id === id)!;
      found.source = id === "double"
        ? "function double(x: number) { return 2 * x; }"
        : HONEST_TOTAL;
      if (id === "double") found.metadata.nbgrader = marks("test", "double-visible", 99);
    }
  }, ["sum-doubled"]),
  "metadata forged: no sense in it": edited((notebook) => {
    notebook.cells.forEach((each, i) => {
      each.metadata = [null, 3, "text", [], { nbgrader: null }, {
        nbgrader: { grade_id: {} },
      }][i % 6] as Record<string, unknown>;
    });
  }),
  "the given code changed": edited((notebook) => {
    notebook.cells.find(({ id }) => id === "given")!.source =
      "const grid = []; const linspace = 0;";
  }),
  "cells that are none": edited((notebook) => {
    notebook.cells = [null, 3, "x", { cell_type: "code", source: { length: 1e9 } }, {
      cell_type: "code",
      source: [[]],
    }, { cell_type: "x" }] as unknown as Notebook["cells"];
  }),
  "a hundred thousand cells": edited((notebook) => {
    notebook.cells = Array.from({ length: 100_000 }, (_, i) => cell("", { id: `c${i}` }));
  }),
  "not JSON": { text: "{", earns: [] },
  "empty": { text: "", earns: [] },
  "null": { text: "null", earns: [] },
  "a list": { text: "[[[]]]", earns: [] },
  "brackets": { text: "[".repeat(1_000_000), earns: [] },
  "its cells a text": { text: '{"cells": "x"}', earns: [] },
  "not text": { text: new Uint8Array([0xff, 0xfe, 0x00, 0x80]), earns: [] },
  "100 MB": {
    async make(folder) {
      const path = join(folder, "small.ipynb");
      await Deno.writeTextFile(path, "");
      await Deno.truncate(path, 100_000_000);
    },
    earns: [],
  },
  "a link to another's work": {
    make: (folder) => Deno.symlink("../honest 0/small.ipynb", join(folder, "small.ipynb")),
    earns: [],
  },
  "a link to another's folder": {
    async make(folder) {
      await Deno.remove(folder);
      await Deno.symlink("honest 0", folder);
    },
    earns: [],
  },
  [`a name too long for an ending ${"x".repeat(220)}`]: {
    text: changed(assignment, []),
    earns: ALL,
  },
  "a folder in the notebook's place": {
    make: (folder) => Deno.mkdir(join(folder, "small.ipynb")),
    earns: [],
  },
  "no notebook": { make: async () => {}, earns: [] },
  "a notebook of another assignment": { text: Deno.readTextFileSync(SECRET_FILE), earns: [] },
  "a name like a formula, =1+1": { text: changed(assignment, []), earns: ALL },
  "a name like a page, <script>alert(1)<": { text: changed(assignment, []), earns: ALL },
};

/** What an honest student hands in, in one way and in another. */
const honest = [
  changed(assignment, []),
  withCell(assignment, "function helper(x: number) { return x + x; }").replace(
    /throw new Error\([^)]*twice x\\"\);/,
    "return helper(x);",
  ).replace(/throw new Error\(\\"Write total\\"\);/, "return 3 * xs.length / 3 + 0 * helper(1);"),
];
const NEIGHBOURS = 8;

const LIMITS = { callMs: 1_000, partMs: 30_000, outputBytes: 2 ** 24 };

async function gradeAll(
  folder: string,
  names: string[],
): Promise<{ out: string; grades: ClassGrades }> {
  const [submissions, out] = [join(folder, "in"), join(folder, "out")];
  for (const name of names) {
    const { text, make } = hostile[name];
    const own = join(submissions, name);
    await Deno.mkdir(own, { recursive: true });
    if (make) await make(own);
    else if (typeof text === "string") await Deno.writeTextFile(join(own, "small.ipynb"), text);
    else await Deno.writeFile(join(own, "small.ipynb"), text!);
  }
  for (let i = 0; i < NEIGHBOURS; i++) {
    const own = join(submissions, `honest ${i}`);
    await Deno.mkdir(own, { recursive: true });
    await Deno.writeTextFile(join(own, "small.ipynb"), honest[i % 2]);
  }
  const before = await leftovers(folder);
  const { grades } = await gradeAndRead(assignment, {
    submissions,
    out,
    jobs: 4,
    seed: 1,
    limits: LIMITS,
  });
  assertEquals(await leftovers(folder), before, "files or processes are left");
  return { out, grades };
}

/** Processes of this folder's submissions, and what lies where something could have been left. */
async function leftovers(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const place of ["/tmp", ROOT]) {
    for await (const { name } of Deno.readDir(place)) {
      if (/^(evil|a$)/.test(name)) found.push(join(place, name));
    }
  }
  if (Deno.build.os !== "windows") {
    const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "args"] }).output();
    for (const line of new TextDecoder().decode(stdout).split("\n")) {
      if (line.includes(join(folder, "out", ".results"))) found.push(line);
    }
  }
  return found;
}

/** Grades these hostile submissions among honest ones. */
function assertHarmless(names: string[]): Promise<void> {
  return inTempFolder(async (folder) => {
    const { out, grades } = await gradeAll(folder, names);
    const earned = new Map(grades.students.map(({ student, marks }) => [
      student,
      marks.filter(({ outcome }) => outcome === "right").map(({ id }) => id),
    ]));
    const said = (name: string) =>
      grades.students.find(({ student }) => student === name)!.marks.map(({ message }) => message);
    const wrong = names.map((name) => ({ name, earns: hostile[name].earns }))
      .map(({ name, earns }) => ({ name, earns, earned: earned.get(name)!, said: said(name) }))
      .filter(({ earns, earned }) => earns.join() !== earned.join());
    assertEquals(wrong, []);
    for (let i = 0; i < NEIGHBOURS; i++) {
      assertEquals([`honest ${i}`, earned.get(`honest ${i}`)], [`honest ${i}`, ALL]);
    }

    // What could lead a spreadsheet or a browser to do something is text.
    const csv = await Deno.readTextFile(join(out, "grades.csv"));
    assert(csv.includes("a name like a formula"));
    const page = await Deno.readTextFile(
      join(out, "a name like a page, <script>alert(1)<", "feedback.html"),
    );
    assertFalse(page.includes("<script"));
    assert(page.includes("&lt;script"));
    assertEquals(
      [...Deno.readDirSync(join(out, ".results"))].filter(({ name }) => !name.endsWith(".json")),
      [],
    );
  });
}

const NAMES = Object.keys(hostile);
/** One in eight, and those that look like something else in a table or on a page. */
const SOME = NAMES.filter((name, i) => i % 8 === 0 || name.startsWith("a name like"));

Deno.test(`${SOME.length} of ${NAMES.length} hostile submissions get what they earn, and harm nobody`, () =>
  assertHarmless(SOME));

gateTest(
  `all ${NAMES.length} hostile submissions get what they earn, and harm nobody`,
  () => assertHarmless(NAMES),
);

Deno.test("at least 40 submissions are hostile", () => {
  assert(Object.keys(hostile).length >= 40);
});

Deno.test("what a hidden check has asked is not told by later ones either", () =>
  inTempFolder(async (folder) => {
    const memory = (tell: string) =>
      submission(assignment, {
        double:
          "const seen: number[] = [];\nfunction double(x: number) { seen.push(x); return 2 * x; }",
        total:
          `function total(xs: number[]) { if (seen.some((x) => x > 10000)) { ${tell} }\nreturn xs.reduce((s, x) => s + 2 * x, 0); }`,
      });
    const spies = {
      "by an error": memory("throw new Error(`seen ${seen}`);"),
      "by an answer": memory("return Math.max(...seen);"),
      "by its shape": memory("return new Array(Math.round(seen.at(-1)!)).fill(0);"),
    };
    for (const [name, text] of Object.entries(spies)) {
      await Deno.mkdir(join(folder, "in", name), { recursive: true });
      await Deno.writeTextFile(join(folder, "in", name, "small.ipynb"), text);
    }
    const [submissions, out] = [join(folder, "in"), join(folder, "out")];
    const { grades } = await gradeAndRead(assignment, { submissions, out, jobs: 2, seed: 1 });
    for (const { student, marks } of grades.students) {
      assertEquals(marks[1].outcome, "right", student);
      const page = await Deno.readTextFile(join(out, student, "feedback.html"));
      assertFalse(/seen|123\d\d/.test(page), `${student}: ${page}`);
    }
  }));

Deno.test("nothing of a hidden check gets into the feedback, whatever the function does", () =>
  inTempFolder(async (folder) => {
    const spies: Record<string, string> = {
      "in an error": "throw new Error(`<b>spy ${x}</b> ${double.caller ?? ''}`);",
      "as the answer": "return x;",
      "as text": "return `spy ${x}`;",
      "as an object": "return { spy: [x, 'spy'] };",
      "as a name": "const e = new Error('spy'); e.name = `spy ${x}`; throw e;",
      "without an error": "throw { toString() { return `spy ${x}` } };",
    };
    for (const [name, code] of Object.entries(spies)) {
      const own = join(folder, "in", name);
      await Deno.mkdir(own, { recursive: true });
      const double = `function double(x: any): any { ${code} }`;
      await Deno.writeTextFile(
        join(own, "small.ipynb"),
        submission(assignment, {
          double: double.replace("{", "{ if (x === 2) return 4; if (x === 0) return 0;"),
        }),
      );
    }
    const out = join(folder, "out");
    const { grades } = await gradeAndRead(assignment, {
      submissions: join(folder, "in"),
      out,
      jobs: 2,
      seed: 1,
    });
    const hidden = sourceOf(assignment.notebook.cells.find(({ id }) => id === "double-hidden")!)
      .split("\n").filter((line) => line.includes("secret"));
    for (const { student, marks } of grades.students) {
      const mark = marks.find(({ id }) => id === "double-hidden")!;
      assertEquals([mark.outcome === "right", mark.hidden], [false, true], student);
      const page = await Deno.readTextFile(join(out, student, "feedback.html"));
      assert(page.includes("A hidden check failed"), page);
      // The student's own code is shown beside the check.
      const said = page.replaceAll(/<details><summary>Your code.*?<\/details>/gs, "");
      assert(said.length < page.length, page);
      assertFalse(/spy|12345|secret/.test(said), `${student}: ${page}`);
      assertFalse(/12345|secret/.test(page), `${student}: ${page}`);
      for (const line of hidden) assertFalse(page.includes(line));
    }
  }));
