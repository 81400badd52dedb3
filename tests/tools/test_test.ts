/** `deno task test`: which files it runs, what counts as a failure, and what it says of what it has left out. */
import { taskCommand } from "@/cli/place.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { gateTest, IN_GATE } from "../support/gate.ts";
import { inTempFolder, ROOT } from "../support/commands.ts";
import { resultOf, run, summaryOf, testFiles } from "../../tools/test.ts";

const OUTPUT = `running 4 tests from ./tests/a_test.ts
one ... ok (1ms)
gate: many ... ignored (0ms)
gate: long ... ignored (0ms)
two [webgpu] - NOT RUN: no WebGPU adapter ... ignored (0ms)

ok | 1 passed | 0 failed | 3 ignored (5ms)
`;

Deno.test("every file of tests is run, but for those that need a real Jupyter, and what takes long begins", async () => {
  const files = await testFiles([]);
  assert(files.length > 150);
  assert(files.includes("tests/layers_test.ts") && files.includes("tests/tools/test_test.ts"));
  assertEquals(files.filter((file) => /^tests\/(jupyter\/real|browser)\//.test(file)), []);
  assertEquals(files[0], "tests/notebooks_test.ts");
  const sizes = files.slice(1).map((file) => Deno.statSync(`${ROOT}${file}`).size);
  assertEquals(sizes, sizes.toSorted((a, b) => b - a));
});

Deno.test("a folder or a file that is named is run, that of a real Jupyter too; what is not there is told", async () => {
  assertEquals(await testFiles(["tests/tools/test_test.ts"]), ["tests/tools/test_test.ts"]);
  const real = await testFiles(["tests/jupyter/real/"]);
  assert(real.slice(0, 2).every((file) => /\/learner_(odd|even)_test/.test(file)));
  assert(real.length > 5 && real.every((file) => file.startsWith("tests/jupyter/real/")));
  await assertRejects(
    () => testFiles(["tests/nowhere"]),
    Error,
    "tests/nowhere: there is no such file",
  );
});

Deno.test("the counts of a file are those that deno test printed, the gate's tests among the ignored", () => {
  const { text: _, ...result } = resultOf("a", 0, OUTPUT, 1);
  assertEquals(result, {
    file: "a",
    ok: true,
    passed: 1,
    failed: 0,
    ignored: 3,
    gateOnly: 2,
    seconds: 1,
  });
});

for (
  const [what, code, text] of [
    ["has a test that fails", 1, "FAILED | 3 passed | 1 failed (5ms)\n"],
    ["crashes after its last line", 134, OUTPUT],
    ["prints no counts", 0, ""],
    ["cannot be loaded", 1, "FAILED | 0 passed | 1 failed (5ms)\n"],
  ] as const
) {
  Deno.test(`a file that ${what} has failed`, () => {
    const result = resultOf("a", code, text, 1);
    assertEquals([result.ok, result.failed], [false, 1]);
    assertMatch(
      summaryOf([result], 60, true),
      /^\nFailed:\n {2}a\n( {4}.*\n|\n)*(.*gate.*\n)?FAILED \| /,
    );
  });
}

Deno.test("the last line has the sums, and the line above it says how many tests the gate has beyond", () => {
  const results = [resultOf("a", 0, OUTPUT, 1), resultOf("b", 0, OUTPUT, 1)];
  const summary = summaryOf(results, 125, true);
  assertStringIncludes(
    summary,
    `4 longer tests are ignored here: ${taskCommand("test", "--gate")}`,
  );
  assertEquals(summary.split("\n").at(-1), "ok | 2 passed | 0 failed | 6 ignored (2m5s)");
});

Deno.test("a test that fails makes the exit code 1, and is shown", () =>
  inTempFolder(async (folder) => {
    const file = `${folder}/fails_test.ts`;
    await Deno.writeTextFile(file, 'Deno.test("it cannot", () => { throw new Error("said"); });');
    const [log, printed] = [console.log, [] as string[]];
    console.log = (text: string) => printed.push(text);
    try {
      assertEquals(await run([file]), 1);
    } finally {
      console.log = log;
    }
    assertMatch(printed.join("\n"), /error: Error: said[^]*FAILED \| 0 passed \| 1 failed/);
    // And once more at the end, where one looks first.
    assertMatch(
      printed.at(-1)!,
      /^\nFailed:\n.*fails_test.ts\n {4}it cannot =>.*\n {4}error: Error: said\n/,
    );
  }));

gateTest("a test of the gate runs where the gate asks for it, and nowhere else", () => {
  assert(IN_GATE);
});
