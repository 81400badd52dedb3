import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { compared, formOf, misfit, type Truth } from "@/learner/comparison.ts";
import { type Guess, type Prediction, type SketchPrediction } from "@/learner/questions.ts";

const number: Prediction = { asks: "V", kind: "number", unit: "nats", tolerance: 0.1 };
const share: Prediction = { asks: "D", kind: "number", between: [0, 1], tolerance: 0.1 };
const within: Prediction = { asks: "steps", kind: "number", factor: 2 };
const choice: Prediction = { asks: "how often", kind: "choice", choices: ["never", "once"] };
const sketch: SketchPrediction = {
  asks: "D*",
  kind: "sketch",
  x: [-2, 2],
  y: [0, 1],
  tolerance: 0.1,
};

const cases: [string, Prediction, Guess, Truth, boolean, string][] = [
  ["within its tolerance", number, 1.05, 1, true, "near enough (± 0.1 nats)"],
  ["too low", number, 0.5, 1, false, "you said 0.5 nats, it is 1 nats: too low."],
  ["too high", number, 1.2, 1, false, "too high"],
  ["the very number", number, 1, 1, true, "exactly"],
  ["half of it, within a factor of 2", within, 50, 100, true, "a factor of 2"],
  ["less than half of it", within, 49, 100, false, "too low"],
  ["of the other sign", within, -100, 100, false, "the size is right, the sign is not"],
  ["of a negative number", within, -150, -100, true, "near enough"],
  ["a number where none came", number, 1, NaN, false, "it is NaN"],
  ["infinity where it is", number, Infinity, Infinity, true, "∞"],
  ["the word", choice, "once", "once", true, "and so it is"],
  ["another word", choice, "never", "once", false, 'you said "never", it is "once"'],
];
for (const [what, question, guess, truth, good, text] of cases) {
  Deno.test(`a prediction is compared: ${what}`, () => {
    const found = compared(question, guess, truth);
    assertEquals(found.good, good);
    assertStringIncludes(found.text, text);
  });
}

Deno.test("the distance of a sketch is the mean of |sketch − curve| between its ends", () => {
  const xs = [-2, -1, 0, 1, 2];
  const curve: Truth = [xs, [9, 0.2, 0.2, 0.2, 9]];
  const flat = compared(sketch, [[-1, 0.25], [1, 0.25]], curve);
  assert(flat.good, "what lies beside the sketch is not compared");
  assertStringIncludes(flat.text, "is 0.05 from the curve");
  // On [-1, 1] the sketch |x| is 1, 0, 1: 0.8, 0.2 and 0.8 from 0.2.
  const bent = compared(sketch, [[-1, 1], [0, 0], [1, 1]], curve);
  assert(!bent.good);
  assertStringIncludes(bent.text, "is 0.6 from the curve");
  assertStringIncludes(bent.text, "at −1, where the curve is at 0.2 and the sketch at 1.");
});

Deno.test("a sketch is straight between its points", () => {
  const xs = Float64Array.from({ length: 41 }, (_, i) => -2 + i / 10);
  const lower: Truth = [xs, xs.map((x) => (x + 2) / 4 - 0.07)];
  const found = compared(sketch, [[-2, 0], [-0.3, 0.425], [2, 1]], lower);
  assertStringIncludes(found.text, "is 0.07 from the curve on average: near enough (± 0.1).");
});

const misfits: [Prediction, unknown, string | undefined][] = [
  [number, 3, undefined],
  [number, NaN, "a number (nats), got NaN"],
  [number, "3", 'got "3"'],
  [share, 1, undefined],
  [share, 30, "a number between 0 and 1, got 30"],
  [share, -0.1, "a number between 0 and 1"],
  [choice, "once", undefined],
  [choice, "Once", '"never" or "once", got "Once"'],
  [sketch, [[-2, 0], [2, 1]], undefined],
  [sketch, [[-2, 0]], "two or more points"],
  [sketch, [[-2, 0], [2]], "two or more points"],
  [sketch, [[-2, 0], [2, "1"]], "two or more points"],
  [sketch, [[1, 0], [-1, 1]], "from left to right"],
  [sketch, [[1, 0], [1, 1]], "an x of its own, got two at 1"],
  [sketch, [[-2, 0, 5], [2, 1]], "decimals is written with a point"],
  [sketch, [[-2, 0], [2, 3]], "between 0 and 1 up, got the point [2,3]"],
  [sketch, [[-3, 0], [2, 1]], "between -2 and 2 across"],
  [sketch, [[-1, 0], [0, 1]], "at least half of the axis"],
];
for (const [question, guess, text] of misfits) {
  Deno.test(`the form of a ${question.kind} is looked at: ${JSON.stringify(guess)}`, () => {
    const found = misfit(question, guess);
    if (text === undefined) assertEquals(found, undefined);
    else assertStringIncludes(found ?? "", text);
  });
}

Deno.test("the example of a sketch that readers are shown is a sketch", () => {
  const [, example] = formOf(sketch).match(/such as (.*)$/)!;
  assertEquals(misfit(sketch, JSON.parse(example)), undefined);
});

Deno.test("a truth of another kind than its question is the notebook's fault", () => {
  assertThrows(() => compared(number, 1, "once"), TypeError, "must be a number");
  assertThrows(() => compared(choice, "once", 1), TypeError, "must be a word");
  assertThrows(() => compared(sketch, [[-2, 0], [2, 1]], 1), TypeError, "a curve");
});
