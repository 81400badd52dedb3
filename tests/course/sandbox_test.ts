/** The process of a student: what it is asked, what it answers, and how it ends. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type ChildProgram, makeChildProgram } from "@/course/child_program.ts";
import { NoAnswer } from "@/course/failure.ts";
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
  await using student = new Student(own, taken, names, { ...LIMITS, ...limits });
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

Deno.test("a call ends at its deadline, all calls together at theirs", () =>
  withStudent(
    [`function f() { for (;;); }\nconst g = () => new Promise(() => {});`],
    ["f", "g"],
    async (student) => {
      assertEquals(await refused(student, "f"), "no answer within 1 s");
      assertEquals(await refused(student, "g"), "no answer within 1 s");
      for (let i = 0; i < 3; i++) await refused(student, "g");
      assertStringIncludes(await refused(student, "g"), "the time for all checks, 4 s, is used up");
    },
    { callMs: 1000, partMs: 4000 },
  ));

Deno.test("output beyond its limit ends the process", () =>
  withStudent(
    [`function f() { const b = new Uint8Array(2 ** 20); for (;;) Deno.stdout.writeSync(b); }`],
    ["f"],
    async (student) => {
      assertEquals(await refused(student, "f"), "your code wrote more than 2 MiB");
    },
    { outputBytes: 2 ** 21 },
  ));

Deno.test("an answer that is much to read is not read", () =>
  withStudent(
    [`let token = "";
const decode = TextDecoder.prototype.decode;
TextDecoder.prototype.decode = function (...args: any[]) {
  const text = decode.apply(this, args as any);
  token = text.match(/"token":"([0-9a-f]{32})"/)?.[1] ?? token;
  return text;
};
/** The answer in the place of the true one. */
async function f(value: string, times: number) {
  await 0;
  const bytes = new TextEncoder().encode(\`\${token} {"value":[\${value.repeat(times)}0]}\n\`);
  for (let i = 0; i < bytes.length;) i += Deno.stdout.writeSync(bytes.subarray(i));
}`],
    ["f"],
    async (student) => {
      assertEquals(await student.call("f", ["1,", 3]), [1, 1, 1, 0], "it can forge its own");
      for (const [value, times] of [["[],", 2e6], ['{"$":"object"},', 6e5], ["1,", 5e6]] as const) {
        assertEquals(await refused(student, "f", value, times), "the answer is too large");
      }
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
      assertEquals(ms < 1000, true, `${ms} ms for five calls after the first`);
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

Deno.test("what the system cannot bound is said, a line each", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["eval", "--config", "deno.json"],
      `import { unenforced } from "@/course/system_tools.ts"; console.log((await unenforced()).join("\\n"));`,
    ],
    env: { PATH: "/nowhere", NO_COLOR: "1" },
  }).output();
  const [limits, orphans] = new TextDecoder().decode(stdout).trim().split("\n");
  assertStringIncludes(limits, "have no limit: no prlimit");
  assertStringIncludes(orphans, "outlives a grader that is killed: no setpriv");
});
