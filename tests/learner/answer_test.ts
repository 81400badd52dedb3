import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { answer, judged } from "@/learner/answer.ts";
import { noticeBundle, tooMany } from "@/learner/notice.ts";
import { type Answered } from "@/learner/record.ts";
import { type FormulaKey, type NumberKey } from "@/learner/verdict.ts";

const key: NumberKey = {
  expected: 3,
  tolerance: 1e-6,
  right: "1 + 2 is 3.",
  mistakes: [{ value: 2, because: "that is 1 · 2." }],
  hint: "Count on your fingers.",
  solution: "One, two, three.",
};

/** What a reader is told who gives these answers in turn. */
function toldAfter(...answers: unknown[]) {
  const answered: Answered = { wrong: [], right: false };
  return { told: answers.map((given) => judged("02-1", given, key, answered)), answered };
}

Deno.test("a second wrong answer offers the hint, and a third the solution", () => {
  const { told } = toldAfter(2, 4, 5);
  assertEquals(told.map(({ folded }) => folded?.text), [undefined, key.hint, key.solution]);
  assertEquals(told.map(({ tone }) => tone), ["off", "off", "off"]);
});

Deno.test("the same wrong answer again, and none at all, are no further tries", () => {
  const { told, answered } = toldAfter(2, undefined, 2, undefined, 2);
  assertEquals(told.map(({ folded }) => folded), Array(5).fill(undefined));
  assertEquals(answered, { wrong: ["2"], right: false });
});

Deno.test("the last answer decides whether an exercise is right", () => {
  assertEquals(toldAfter(2, 3).answered.right, true);
  assertEquals(toldAfter(3, 2).answered.right, false);
  assertEquals(toldAfter(3, undefined).answered.right, true);
});

Deno.test("a wrong function is one try, however often its cell is run", () => {
  const formula: FormulaKey = { ...key, expected: (x) => 3 * x, inputs: [[1], [2]], mistakes: [] };
  const answered: Answered = { wrong: [], right: false };
  const tries = [(x: number) => x, (x: number) => x, (x: number) => 2 * x];
  for (const given of tries) judged("02-2", given, formula, answered);
  assertEquals(answered.wrong.length, 2);
});

Deno.test("a hint is folded in HTML and follows in plain text; what the reader typed is no HTML", () => {
  const { told } = toldAfter(1, 2, "<b>");
  const { "text/html": html, "text/plain": text } = noticeBundle(told[1]);
  assertStringIncludes(String(html), "<details><summary>A hint</summary>Count on");
  assertStringIncludes(text, "\nA hint: Count on");
  const typed = String(noticeBundle(told[2])["text/html"]);
  assertStringIncludes(typed, "&lt;b>");
  assert(!typed.includes("<b>"));
});

Deno.test("what to write in the cell stands alone in the HTML, so that a page can name its form", () => {
  const { told } = toldAfter(undefined);
  const { "text/html": html, "text/plain": text } = noticeBundle(told[0]);
  assertStringIncludes(text, "is not answered yet: replace `undefined`");
  const said = /<span class="workbook-in-cell">(.*?)<\/span>/.exec(String(html))?.[1];
  assertStringIncludes(said!, "replace <code>undefined</code> with your answer");
});

Deno.test("a slip of the pen is no try, and brings no solution nearer", () => {
  const { told, answered } = toldAfter("3", NaN, [3], 2);
  assertEquals(told.map(({ tone, folded }) => [tone, folded]), Array(4).fill(["off", undefined]));
  assertEquals(answered.wrong, ["2"]);
});

Deno.test("an exercise that is not there is an error that names what is", async () => {
  await assertRejects(() => answer("99-1", 3), RangeError, "no notebook has that number");
  await assertRejects(() => answer("02-99", 3), RangeError, 'Cannot find exercise "02-99"');
});

Deno.test("a decimal comma, and a sketch without its outer brackets, are slips that are named", () => {
  assertStringIncludes(tooMany("Exercise 02-1", [0, 18]).text, "with a point: 0.18.");
  assertStringIncludes(tooMany("Prediction 02-2", [[0, 1], [1, 2]]).text, "pair of brackets");
});
