/** The process of a student: what it is asked, what it answers, and how it ends. */
import { join } from "node:path";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type ChildProgram, makeChildProgram } from "@/course/child_program.ts";
import { GraderFailure, NoAnswer } from "@/course/failure.ts";
import { LIMITS, type Limits, Student } from "@/course/sandbox.ts";
import { unenforced } from "@/course/system_tools.ts";

const folder = await Deno.makeTempDir();
const program = await makeChildProgram(
  new Map([["@/math/stable.ts", new Set(["linspace"])], [
    "@/plot/charts.ts",
    new Set(["lineChart"]),
  ]]),
  folder,
);
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

async function withStudent<T>(
  cells: string[],
  names: string[],
  test: (student: Student) => Promise<T>,
  limits: Partial<Limits> = {},
  own: ChildProgram = program,
): Promise<T> {
  const taken = cells.map((source) => ({ source, own: true }));
  await using student = new Student(own, taken, names, {
    limits: { ...LIMITS, ...limits },
  });
  return await test(student);
}

const refused = async (student: Student, name: string, ...args: unknown[]) =>
  (await assertRejects(() => student.call(name, args), NoAnswer)).message;

Deno.test("a function of the cells is called with values and gives values", () =>
  withStudent(
    [
      "const two: number = 2;",
      "function f(xs: number[], o: { k: number }) { return { y: xs.map((x) => x * two + o.k) }; }",
    ],
    ["f"],
    async (student) => {
      assertEquals(await student.call("f", [[1, NaN, Infinity], { k: -0.5 }]), {
        y: [1.5, NaN, Infinity],
      });
      assertEquals([...student.loaded!], ["f"]);
    },
  ));

Deno.test("provided names are there, names of charts do nothing, others are refused", () =>
  withStudent(
    [
      `import { linspace } from "@/math/stable.ts";`,
      `import { lineChart } from "@/plot/charts.ts";`,
      `import { softplus } from "@/math/stable.ts";`,
      `import { Random } from "@/random.ts";`,
      `function f() { return [linspace(0, 1, 3), lineChart({} as any)]; }`,
      `function g() { return [softplus, Random]; }`,
    ],
    ["f", "g"],
    async (student) => {
      assertEquals(await student.call("f", []), [[0, 0.5, 1], undefined]);
      assertEquals(student.notes.map(({ cell, message }) => `${cell} ${message}`), [
        '2 ReferenceError: softplus of "@/math/stable.ts" is not among the imports of this assignment',
        '3 ReferenceError: Random of "@/random.ts" is not among the imports of this assignment',
      ]);
    },
  ));

Deno.test("a function that is not there, one that throws and one that gives no data are told", () =>
  withStudent(
    [`function f() { throw new RangeError("no"); }\nfunction g() { return () => 1; }`],
    ["f", "g", "h"],
    async (student) => {
      assertEquals(await refused(student, "h"), "the notebook has no function h");
      assertEquals(await refused(student, "f"), "f fails: RangeError: no");
      assertEquals(await refused(student, "g"), "g fails: CodecError: a function");
      assertEquals([...student.loaded!], ["f", "g"]);
    },
  ));

Deno.test("a process keeps its state between calls; after its end a new one begins anew", () =>
  withStudent(
    [`let n = 0;\nfunction f() { return ++n; }\nfunction end() { Deno.exit(3); }`],
    ["f", "end"],
    async (student) => {
      assertEquals([await student.call("f", []), await student.call("f", [])], [1, 2]);
      assertStringIncludes(await refused(student, "end"), "your code ended the program");
      assertEquals(await student.call("f", []), 1);
    },
  ));

Deno.test("a function that hung is not asked again, and takes no time from another", () =>
  withStudent(
    [`function f() { for (;;); }\nconst g = () => new Promise(() => {});\nconst h = () => 1;`],
    ["f", "g", "h"],
    async (student) => {
      for (const name of ["f", "g"]) {
        assertEquals(await refused(student, name), "no answer within 0.5 s");
        const began = performance.now();
        const again = `${name} gave no answer within 0.5 s before, and is not asked again`;
        for (let i = 0; i < 3; i++) assertEquals(await refused(student, name), again);
        // To be asked again would take half a second each time.
        assertEquals(performance.now() - began < 1000, true);
        assertEquals(await student.call("h", []), 1);
      }
      student.forgive();
      assertEquals(await refused(student, "f"), "no answer within 0.5 s");
    },
    { callMs: 500 },
  ));

Deno.test("each part has its own time", () =>
  withStudent(
    ["const f = () => new Promise((resolve) => setTimeout(resolve, 300));\nconst g = () => 1;"],
    ["f", "g"],
    async (student) => {
      await student.call("f", [], "a");
      const { message } = await assertRejects(async () => {
        for (let i = 0; i < 4; i++) await student.call("f", [], "a");
      }, NoAnswer);
      assertEquals(message, "the time for all checks of this part, 1 s, is used up");
      assertEquals(await student.call("g", [], "b"), 1);
      await student.call("f", [], "c");
    },
    { callMs: 5_000, partMs: 1_000 },
  ));

/** Writes into the channel, which only its number leads to. */
const CHANNEL = `import { writeSync } from "node:fs";
async function write(text: string) {
  const { writeSync } = await import("node:fs");
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    try { at += writeSync(3, bytes.subarray(at)); } catch { await new Promise((r) => setTimeout(r, 1)); }
  }
}`;

Deno.test("what is sent beyond its limit ends the process", () =>
  withStudent(
    [`${CHANNEL}\nasync function f() { for (;;) await write("x".repeat(2 ** 20)); }`],
    ["f"],
    async (student) => {
      assertEquals(await refused(student, "f"), "your code sent more than 2 MiB for one answer");
    },
    { outputBytes: 2 ** 21 },
  ));

Deno.test("an answer that is much to read is not read", () =>
  withStudent(
    [`/** The answer in the place of the true one. */
function f(value: unknown, times: number) {
  const list = new Array(times).fill(value);
  Array.from = () => list;
  return [];
}`],
    ["f"],
    async (student) => {
      assertEquals(await student.call("f", [1, 3]), [1, 1, 1], "it can forge its own");
      for (const [value, times] of [[[], 2e6], [{ a: 1 }, 6e5], [1, 5e6]] as const) {
        student.renew();
        assertEquals(await refused(student, "f", value, times), "the answer is too large");
      }
    },
  ));

Deno.test("a process that ends by itself is asked once more in a new one, and then counts", () =>
  withStudent(
    [`let n = 0;
function f() { if (n++ > 0) Deno.exit(1); return n; }
function g() { Deno.exit(1); }`],
    ["f", "g"],
    async (student) => {
      assertEquals([await student.call("f", []), await student.call("f", [])], [1, 1]);
      assertStringIncludes(await refused(student, "g"), "your code ended the program");
      assertEquals(await student.call("f", []), 1);
    },
  ));

Deno.test("memory is bounded, typed arrays included", {
  ignore: (await unenforced()).length > 0,
}, () =>
  withStudent(
    [`function f() { const all = []; for (let i = 0; i < 64; i++) all.push(new Uint8Array(2 ** 26).fill(1)); return all.length; }`],
    ["f"],
    async (student) => {
      assertStringIncludes(await refused(student, "f"), "allocation failed");
    },
  ));

Deno.test("cells that hang as they are taken in cost one deadline, not one for each call", async () => {
  await withStudent(
    [`const x = (() => { for (;;); })();\nfunction f() { return x; }`],
    ["f"],
    async (student) => {
      assertStringIncludes(await refused(student, "f"), "your cells could not be taken in");
      const began = performance.now();
      for (let i = 0; i < 5; i++) {
        assertStringIncludes(await refused(student, "f"), "your cells could not be taken in");
      }
      const ms = performance.now() - began;
      assertEquals(ms < 1500, true, `${ms} ms for five calls after the first`);
    },
    { callMs: 1500 },
  );
});

Deno.test("the process has no rights, an empty environment and nowhere to write", () =>
  withStudent(
    [`async function f() {
  const names = ["read", "write", "net", "env", "run", "ffi", "sys", "import"] as const;
  const states = await Promise.all(names.map(async (name) => (await Deno.permissions.request({ name })).state));
  const cache = await caches.open("a").then(() => "a cache", () => "no cache");
  return [...new Set(states), cache];
}`],
    ["f"],
    async (student) => assertEquals(await student.call("f", []), ["denied", "no cache"]),
  ));

Deno.test("flags of V8 that the grader runs with do not reach the process", async () => {
  // (module (memory 1) (func (export "read") (param i32) (result i32) (i32.load (local.get 0))))
  const bytes = [
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1],
    ...[7, 8, 1, 4, 114, 101, 97, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11],
  ];
  const before = Deno.env.get("DENO_V8_FLAGS");
  Deno.env.set("DENO_V8_FLAGS", "--no-wasm-bounds-checks");
  try {
    await withStudent(
      [`function f() {
  const module = new WebAssembly.Module(new Uint8Array([${bytes}]));
  return (new WebAssembly.Instance(module).exports as any).read(65536 * 4);
}`],
      ["f"],
      async (student) => {
        assertEquals(
          await refused(student, "f"),
          "f fails: RuntimeError: memory access out of bounds",
        );
      },
    );
  } finally {
    if (before === undefined) Deno.env.delete("DENO_V8_FLAGS");
    else Deno.env.set("DENO_V8_FLAGS", before);
  }
});

Deno.test("tensors go there and back", async () => {
  const own = await Deno.makeTempDir();
  try {
    const program = await makeChildProgram(new Map([["@/tf.ts", new Set(["tf"])]]), own);
    await withStudent(
      [
        `import { tf } from "@/tf.ts";`,
        `function f(x: tf.Tensor, w: tf.Tensor[]) { return { y: tf.matMul(x as any, w[0] as any) }; }`,
      ],
      ["f"],
      async (student) => {
        const { tf } = await import("@/tf.ts");
        const [x, w] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])];
        const { y } = await student.call("f", [x, [w]]) as { y: typeof x };
        assertEquals([y.shape, Array.from(y.dataSync()), y.dtype], [[1, 1], [11], "float32"]);
      },
      {},
      program,
    );
  } finally {
    await Deno.remove(own, { recursive: true });
  }
});

/** What a process that cannot begin is to be taken for. */
const failed = async (own: ChildProgram, limits: Partial<Limits> = {}) =>
  await withStudent(
    ["const f = () => 1;"],
    ["f"],
    async (student) => (await assertRejects(() => student.call("f", []), GraderFailure)).message,
    limits,
    own,
  );

Deno.test("a process that is not ready is the grader's failure, with its cause, and never an answer", async () => {
  const own = await Deno.makeTempDir();
  const path = join(own, "program.js");
  const broken: ChildProgram = { paths: { functions: path, notebook: path } };
  const start = "Cannot start a process for a submission: ";
  assertStringIncludes(await failed(broken), `${start}it ends before it is ready (exit code 1)`);
  assertStringIncludes(await failed(broken), "Module not found");
  for (const text of ["", "Deno.exit(0);", "throw new Error('no');"]) {
    await Deno.writeTextFile(path, text);
    assertStringIncludes(await failed(broken), `${start}it ends before it is ready (`);
  }
  await Deno.remove(own, { recursive: true });
  assertEquals(await failed(broken), `${start}its folder ${own} is gone`);
});

Deno.test(
  "memory that cannot be had before there is any code of the student's is the grader's failure",
  {
    ignore: (await unenforced()).length > 0,
  },
  async () => {
    for (const memoryBytes of [2 ** 20, 2 ** 28]) {
      assertStringIncludes(
        await failed(program, { memoryBytes }),
        "it ends before it is ready (SIG",
      );
    }
  },
);

Deno.test("where it cannot be seen how much time a process has had, no verdict is given", {
  ignore: Deno.build.os !== "linux",
}, () =>
  withStudent([`function f() { for (;;); }`], ["f"], async (student) => {
    await student.load();
    const before = Deno.env.get("PATH")!;
    Deno.env.set("PATH", "/nowhere");
    try {
      const { message } = await assertRejects(() => student.call("f", []), GraderFailure);
      assertStringIncludes(message, "Cannot see how much time a submission has had: ");
    } finally {
      Deno.env.set("PATH", before);
    }
  }, { callMs: 300 }));

/** A notebook of which all cells run, in their order. */
async function withNotebook<T>(
  cells: string[],
  names: string[],
  test: (student: Student) => Promise<T>,
): Promise<T> {
  const taken = cells.map((source) => ({ source, own: true }));
  const limits = { ...LIMITS, callMs: 700 };
  await using student = new Student(program, taken, names, { limits, mode: "notebook" });
  return await test(student);
}

const noted = ({ notes }: Student) => notes.map(({ cell, message }) => `${cell} ${message}`);

Deno.test("a notebook's cells run in order in one scope, an error ends its cell only, as in the kernel", () =>
  withNotebook(
    [
      `import { linspace } from "@/math/stable.ts";\nconst xs = linspace(0, 1, 2);`,
      `const first = hoisted();\nfunction hoisted() { return 1; }\nnothing.there;\nlet never = 1;`,
      `function f() { return [first, xs, typeof never, (globalThis as any).hoisted(), self.g()]; }`,
      `const xs = [5];\nglobalThis.g = () => [7].last();\nArray.prototype.last = function () { return this.at(-1); };`,
      `const f = () => "the kernel refuses this cell";`,
      `for (var i = 0; i < 3; i++) { var seen = i; }\nexport default function h() { return [i, seen]; }`,
      `const m = await import("@/math/stable.ts");\nlet d = m.linspace(0, 2, 2);\nxs = 3;`,
    ],
    ["f", "g", "h", "missing"],
    async (student) => {
      await student.load();
      assertEquals([...student.loaded!], ["f", "g", "h"]);
      assertEquals(await student.call("h", []), [3, 2]);
      const answer = await refused(student, "f");
      assertEquals(answer, "f fails: ReferenceError: never is not defined");
      assertEquals(noted(student), [
        "1 ReferenceError: nothing is not defined",
        "4 SyntaxError: Identifier 'f' has already been declared",
        "6 TypeError: Assignment to constant variable.",
      ]);
    },
  ));

Deno.test("cells that do not end, end the program or cannot be read are named, and cost the others nothing", () =>
  withNotebook(
    [
      "const a = 1;",
      "function f() { return [a, b]; }\nfor (;;);",
      "Deno.exit(0);",
      "const ) = 3;",
      "await new Promise(() => {});",
      "const b = 2;",
    ],
    ["f"],
    async (student) => {
      assertEquals(await student.call("f", []), [1, 2]);
      assertEquals(noted(student).map((note) => note.replace(", or ran out of memory", "")), [
        "1 was not run: it did not end within 0.7 s",
        "2 was not run: your code ended the program",
        "3 SyntaxError: Unexpected token (line 1 of the cell)",
        "4 was not run: it did not end within 0.7 s",
      ]);
    },
  ));

Deno.test("a notebook's cells have no right either, and shadowed names of the language spoil no answer", () =>
  withNotebook(
    [
      `const states = ["read", "write", "net", "env", "run", "ffi", "sys", "import"].map((name) =>
  Deno.permissions.requestSync({ name } as any).state);
const console_ = await import("node:inspector").then(({ Session }) => new Session().connect(), String).catch((e) => e.name);`,
      `const JSON = 1, Object = 2, Array = 3, Map = 4, String = 5, Number = 6, Promise = 7, Error = 8;`,
      `function f() { return { states: [...new Set(states)], console_ }; }`,
    ],
    ["f"],
    async (student) => {
      assertEquals(await student.call("f", []), { states: ["denied"], console_: "NotCapable" });
    },
  ));

Deno.test("what the system cannot bound is said, a line each", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["eval", "--config", "deno.json"],
      `import { unenforced } from "@/course/system_tools.ts"; console.log((await unenforced()).join("\\n"));`,
    ],
    env: { PATH: "/nowhere", NO_COLOR: "1" },
  }).output();
  const [limits, orphans] = new TextDecoder().decode(stdout).trim().split("\n");
  assertStringIncludes(limits, "have no limit: prlimit is missing");
  assertStringIncludes(orphans, "outlives a grader that is killed: setpriv is missing");
});
