import { assertEquals, assertStringIncludes } from "@std/assert";
import { type FormulaKey, type Key, type NumberKey, verdictOn } from "@/learner/verdict.ts";

const number: NumberKey = {
  expected: -Math.log(4),
  tolerance: 1e-3,
  unit: "nats",
  right: "log 1/2 comes twice",
  mistakes: [{ value: -Math.log(2), because: "only once" }],
  near: 0.1,
  hint: "put D = 1/2 into V",
  solution: "2 log 1/2",
};
const word: Key<string> = {
  expected: "b",
  right: "indeed",
  mistakes: [{ value: "a", because: "a is the other way round" }],
  hint: "read section 2",
  solution: "b",
};
const formula: FormulaKey = {
  expected: (a, b) => a / (a + b),
  inputs: [[1, 1], [1, 3]],
  tolerance: 1e-9,
  right: "the share of real samples",
  mistakes: [{ value: (a, b) => b / (a + b), because: "that is p_g's share" }],
  hint: "where is the derivative zero?",
  solution: "a/(a + b)",
};

const told: [string, unknown, NumberKey | FormulaKey | Key<string>, string, string][] = [
  ["no number yet", undefined, number, "not answered yet", "undefined"],
  ["no word yet", undefined, word, "not answered yet", "undefined"],
  ["no formula yet", undefined, formula, "not answered yet", "undefined"],
  ["the right number", -1.3863, number, "right", "log 1/2 comes twice"],
  ["a number of a known mistake", -0.693, number, "not right yet", "only once"],
  ["the wrong sign", Math.log(4), number, "not right yet", "the sign is not"],
  ["bits for nats", -2, number, "not right yet", "bits"],
  ["a number too small", -7, number, "not right yet", "−7 is too small."],
  ["a number too large", 7, number, "not right yet", "7 is too large."],
  [
    "a number that is nearly right",
    -1.4,
    number,
    "not right yet",
    "−1.4 is close, but a little too small.",
  ],
  ["NaN", NaN, number, "not right yet", "NaN"],
  ["a word for a number", "a", number, "not right yet", 'quotation marks, got "a"'],
  ["infinity", Infinity, { ...number, expected: Infinity }, "right", "twice"],
  ["the wrong infinity", -Infinity, { ...number, expected: Infinity }, "not right yet", "sign"],
  ["zero, right", 0, { ...number, expected: 0 }, "right", "twice"],
  ["the right word", "b", word, "right", "indeed"],
  ["a word of a known mistake", "a", word, "not right yet", "the other way round"],
  ["another word", "c", word, "not right yet", 'one of "a", "b"'],
  ["a word in capitals", "B", word, "right", "indeed"],
  ["a word of a known mistake, in capitals", "A", word, "not right yet", "the other way round"],
  ["a number for a word", 2, word, "not right yet", 'one of "a", "b", in quotation marks, got 2'],
  ["a number as a word", "-1.4", number, "not right yet", "a number without quotation marks"],
  ["a calculation that gives nothing", undefined, number, "not answered yet", "Math.PI"],
  ["the right formula", (a: number, b: number) => 1 / (1 + b / a), formula, "right", "share"],
  [
    "a formula of a known mistake",
    (a: number, b: number) => b / (a + b),
    formula,
    "not right yet",
    "p_g's",
  ],
  [
    "another formula",
    (a: number) => a / 2,
    formula,
    "not right yet",
    "at (1, 3) your function gives 0.5",
  ],
  [
    "a formula that gives NaN",
    () => NaN,
    formula,
    "not right yet",
    "at (1, 1) your function gives NaN",
  ],
  ["a formula that gives nothing", () => {}, formula, "not right yet", "stands after `return`"],
  ["a formula that gives a list", () => [1], formula, "not right yet", "[ 1 ], which is no number"],
  ["a formula that is async", async () => await 1, formula, "not right yet", "take `async` away"],
  ["a power of mathematics", (a: number) => a ^ 2, formula, "not right yet", "written `**`"],
  [
    "a name of mathematics",
    new Function("return log(2)"),
    formula,
    "not right yet",
    "throws: log is not defined. In TypeScript, `log` is written `Math.log`.",
  ],
  ["a formula that throws", () => JSON.parse("{"), formula, "not right yet", "throws"],
  [
    "a number for a formula",
    3,
    formula,
    "not right yet",
    "a function of 2 numbers, written with an arrow `=>`, got 3",
  ],
  [
    "a number for a formula of one number",
    3,
    { ...formula, expected: (a) => a, inputs: [[1]], mistakes: [] },
    "not right yet",
    "a function of one number",
  ],
];
for (const [what, answer, key, state, text] of told) {
  Deno.test(`the reader is told: ${what}`, () => {
    const verdict = verdictOn(answer, key);
    assertEquals(verdict.state, state);
    assertStringIncludes(verdict.text, text);
  });
}

Deno.test("a formula that throws after its first mistake is no error", () => {
  const late = (a: number, b: number) => {
    if (b > 1) throw new Error("enough");
    return a / 2;
  };
  const inputs = [[1, 0.5], [1, 3]];
  // Where it is compared with a known mistake it agrees, and then throws.
  const mistakes = [{ value: late, because: "half" }, { value: () => 0.5, because: "half" }];
  const { state, text } = verdictOn(late, { ...formula, inputs, mistakes });
  assertEquals(state, "not right yet");
  assertStringIncludes(text, "at (1, 0.5) your function gives 0.5");
});
