import { assertEquals, assertStringIncludes } from "@std/assert";
import { adviceOnError } from "@/jupyter/slips.ts";
import { syntaxError } from "@/jupyter/syntax_error.ts";
import { thrown } from "@/jupyter/words.ts";

/** What is typed as an answer, and what the reader is told to do. */
const TYPED: [string, string][] = [
  ["1,000,000", "write it without commas: 1000000"],
  ["192,000", "write it without commas: 192000"],
  ["[100, 0,002, 0,001]", "write it with a point: 0.002"],
  ["(z) => 2 + 3z", "A product is written with `*`: 3 * z"],
  ["0.1.8", "0.1.8 has two decimal points"],
  ["18 %", "write 0.18"],
  ["0.2 *", "Something is missing after `*`"],
  ["Math.log(0.3", "The bracket `(` in line 1, column 13 is not closed"],
  ["[0.3", "The bracket `[` in line 1, column 22 is not closed"],
  ["0.5)", "Nothing is open that `)` in line 1, column 26 could close"],
  ['"b', "A quotation mark is missing"],
  ["“b”", '`“` is not a sign of TypeScript. Write `"`'],
  ["−0.5", "Write `-`"],
  ["½", "Write `1 / 2`"],
  ["2 Math.log(2)", "A product is written with `*`"],
  ["0.1 # mine", "A comment begins with `//`"],
  ["0.5 if x else 0.3", "this looks like Python"],
  ["lambda p, q: p", "this looks like Python"],
  ["(p, q) -> p", "`=>`, not `->`"],
];

Deno.test("a slip in an answer is answered with what to do about it", async () => {
  for (const [typed, advice] of TYPED) {
    const cell = `await answer("02-1", ${typed}); // your answer`;
    assertStringIncludes((await syntaxError(cell)).traceback.join("\n"), advice, typed);
  }
});

Deno.test("a comma or a capital that is wrong is found, and sound brackets are not blamed", async () => {
  const told = async (code: string) => (await syntaxError(code)).traceback.at(-1);
  assertEquals(await told("f({\n  a: 1 // (\n  b: 2,\n});"), "A comma is missing before `b`");
  assertStringIncludes(await told("const a = ;") ?? "", "Nothing stands after `=`");
  assertStringIncludes(await told("const a = 0,18;") ?? "", "write it with a point: 0.18");
  assertEquals(await told("Const a = 1;"), "`Const` is written in small letters: const");
});

Deno.test("an error of a cell ends with what to do about it", () => {
  const told: [string, string, string][] = [
    ["log is not defined", "const a = log(2);", "written `Math.log`"],
    ["e is not defined", "const a = e^6;", "`Math.E`. A power is written with `**`"],
    ["b is not defined", 'const a: "b" | "c" = b;', 'in quotation marks: "b"'],
    ["a is not defined", "const a = 18 %", "missing at the end of a line"],
    ["p is not defined", 'await answer("02-1", p, q => p);', "in parentheses: (p, q) =>"],
    ["once is not defined", 'await predict("02-3", once);', 'quotation marks: "once"'],
    ["once is not defined", 'await answer("02-3", once); // a word', 'quotation marks: "once"'],
    ["π is not defined", 'await answer("02-1", π);', "`Math.PI`"],
    ["z is not defined", 'await answer("03-1", 2 - 0.5*z);', "an arrow: (z) =>"],
    ["foo is not defined", 'await answer("01-2", (a, y) => foo(a));', "slip in the spelling"],
    ["number 0 is not iterable (cannot read …)", "const bumps = [0, 2, 1];", "[[0, 2, 1]]"],
    ["slope is not defined", "f(slope);", "run that cell first"],
    ["Random is not defined", "new Random(1);", "slip in the spelling"],
    ["constructor is not defined", "constructor;", "slip in the spelling"],
    ["2 is not a function", "const a = 2(3);", "written with `*`"],
    ["Math.lg is not a function", "Math.lg(3);", "the spelling of `Math.lg`"],
    ["Assignment to constant variable.", "a = 3;", "Write `const` before the name"],
    ["Missing initializer in const declaration", "const a: 3;", "followed by `=`"],
  ];
  for (const [evalue, code, advice] of told) {
    const { traceback } = thrown({ ename: "Error", evalue, traceback: [] }, code, { line: 1 });
    assertStringIncludes(traceback.at(-1)!, advice);
    assertStringIncludes(traceback.join("\n"), `at line 1 of the cell: ${code}`);
  }
  const sigma = "Cannot build a Gaussian: sigma must be positive and finite, got 0";
  const said = (code: string) =>
    thrown({ ename: "", evalue: sigma, traceback: [] }, code).traceback;
  assertStringIncludes(said("const [center, sigma] = [2, 0,5];").at(-1)!, "with a point: 0.5");
  for (const code of ["f([0,1], [2,3]);", "f(2, 0.5); // 0,5", 'f("2, 0,5");', "f(1, 2, 3);"]) {
    assertEquals(said(code).filter((text) => text.includes("with a point")), []);
  }
  assertEquals(adviceOnError("Cannot build a Gaussian: sigma must be positive"), undefined);
});
